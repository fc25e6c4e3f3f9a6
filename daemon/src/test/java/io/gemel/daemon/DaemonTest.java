package io.gemel.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.config.ConfigLoader;
import io.gemel.config.ConfigRefusedException;
import io.gemel.config.GemelConfig;
import io.gemel.daemon.admin.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DaemonTest {
    private static final String MEMORY =
            "volumes: [{name: m, backend: {type: memory, size: 1MiB}}]\n";

    @TempDir private Path folder;
    private Daemon daemon;

    @AfterEach
    void stop() {
        if (daemon != null) {
            assertThat(daemon.stop()).isTrue();
        }
    }

    private Path socket() {
        return folder.resolve("run").resolve("admin.sock");
    }

    private GemelConfig config(final String more) throws ConfigRefusedException {
        return config(more, "127.0.0.1:0");
    }

    private GemelConfig config(final String more, final String http) throws ConfigRefusedException {
        return new ConfigLoader()
                .load(
                        Path.of("test.yaml"),
                        more
                                + "node: {name: here, stateDir: "
                                + folder.resolve("state")
                                + "}\ndataPath: {lanes: 2, queueDepth: 16}\nadmin: {socket: "
                                + socket()
                                + ", http: \""
                                + http
                                + "\"}\n");
    }

    private InetSocketAddress http() {
        return daemon.portals().stream()
                .filter(portal -> portal.protocol().equals("http"))
                .findFirst()
                .orElseThrow()
                .address();
    }

    private HttpURLConnection request(final String method, final String path) throws IOException {
        final HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create("http://" + OpenPortal.text(http()) + path)
                                .toURL()
                                .openConnection();
        connection.setRequestMethod(method);
        return connection;
    }

    private String page(final String path) throws IOException {
        return new String(
                request("GET", path).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String overSocket(final String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            channel.shutdownOutput();
            final ByteArrayOutputStream answer = new ByteArrayOutputStream();
            final ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (channel.read(buffer.clear()) >= 0) {
                answer.write(buffer.array(), 0, buffer.position());
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    @SuppressWarnings("unchecked") // the document has these shapes, or the test fails
    void shouldTellWhatItServes() throws Exception {
        final Path image = folder.resolve("f.img");
        daemon =
                Daemon.start(
                        config(
                                "volumes:\n"
                                        + "- {name: m, backend: {type: memory, size: 1MiB}}\n"
                                        + "- {name: f, blockSize: 4096, backend: {type: file, path: "
                                        + image
                                        + ", size: 1MiB, direct: false}}\n"));

        assertThat(Files.size(image)).isEqualTo(1 << 20);
        assertThat(daemon.readyLine()).isEqualTo("ready http=" + OpenPortal.text(http()));
        final Map<String, Object> status =
                (Map<String, Object>)
                        JsonText.read(page("/v1/status").getBytes(StandardCharsets.UTF_8));
        assertThat((Map<String, Object>) status.get("node"))
                .containsEntry("name", "here")
                .containsEntry("phase", "serving");
        assertThat((Map<String, Object>) status.get("dataPath")).containsEntry("tasks", 32L);
        final List<Map<String, Object>> volumes = (List<Map<String, Object>>) status.get("volumes");
        assertThat(volumes).hasSize(2);
        assertThat(volumes.get(1))
                .containsEntry("name", "f")
                .containsEntry("blockCount", 256L)
                .containsEntry("path", image.toString());
        for (final String name : List.of("volumes", "sessions", "counters", "latency")) {
            assertThat(overSocket("GET /v1/" + name + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\n\r\n{\"" + name + "\":[");
        }
    }

    @Test
    void shouldServeHealthMetricsAndPageReadOnly() throws Exception {
        daemon = Daemon.start(config(MEMORY));

        assertThat(page("/healthz")).isEqualTo("ok\n");
        for (int scrape = 0; scrape < 2; scrape++) {
            assertThat(page("/metrics"))
                    .contains("gemel_serving 1.0")
                    .contains("gemel_volume_size_bytes{volume=\"m\"} 1048576.0")
                    .contains("gemel_volume_reads_total{volume=\"m\"} 0.0")
                    .contains("gemel_tasks_started_total{lane=\"1\"} 0.0")
                    .contains("gemel_sessions{protocol=\"nvme\"} 0.0")
                    .contains("jvm_memory_used_bytes")
                    .doesNotContain("NaN\n");
        }
        assertThat(page("/")).contains("<title>Gemel</title>").doesNotContain("http://");
        assertThat(page("/?theme=1")).contains("<title>Gemel</title>");
        assertThat(request("GET", "/etc/passwd").getResponseCode()).isEqualTo(404);
        assertThat(request("POST", "/").getResponseCode()).isEqualTo(405);
        final HttpURLConnection head = request("HEAD", "/");
        assertThat(head.getResponseCode()).isEqualTo(200);
        assertThat(head.getInputStream().readAllBytes()).isEmpty();
        assertThat(head.getHeaderField("Content-Security-Policy")).contains("default-src 'none'");
    }

    @Test
    void shouldAnswerOrHangUpWhenTheSocketHearsNoise() throws Exception {
        daemon = Daemon.start(config(MEMORY, "none"));

        assertThat(daemon.readyLine()).isEqualTo("ready");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");
        assertThat(overSocket("GET / HTTP/1.1\r\n\r\n")).contains("<title>Gemel</title>");
        assertThat(overSocket("HEAD /healthz HTTP/1.1\r\n\r\n")).endsWith("\r\n\r\n");
        assertThat(overSocket("DELETE /v1/status HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(overSocket("GET /v1/nothing HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        assertThat(overSocket("")).startsWith("HTTP/1.1 400 ");
        assertThat(overSocket("\u0001\r\n\r\n")).startsWith("HTTP/1.1 ");
        assertThat(overSocket("GET /" + "x".repeat(8192 - 5))).startsWith("HTTP/1.1 400 ");
        assertThat(overSocket("GET /healthz HTTP/1.1\r\n\r\n")).endsWith("\r\n\r\nok\n");
    }

    @Test
    void shouldGiveEverythingBackWhenStopped() throws Exception {
        final Daemon first = Daemon.start(config(MEMORY));
        final InetSocketAddress address = first.portals().get(0).address();
        assertThat(first.stop()).isTrue();

        assertThat(Files.exists(socket())).isFalse();
        daemon = Daemon.start(config(MEMORY, OpenPortal.text(address)));
        assertThat(http()).isEqualTo(address);
    }

    @Test
    void shouldReplaceTheSocketOfADaemonThatIsGone() throws Exception {
        Files.createDirectories(socket().getParent());
        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gone.bind(UnixDomainSocketAddress.of(socket()));
        }
        assertThat(Files.exists(socket())).isTrue();

        daemon = Daemon.start(config(MEMORY));

        assertThat(overSocket("GET /healthz HTTP/1.1\r\n\r\n")).endsWith("ok\n");
    }

    @Test
    void shouldRefuseToStartWhereAnotherServes() throws Exception {
        daemon = Daemon.start(config(MEMORY));
        final GemelConfig same = config(MEMORY);
        assertThatThrownBy(() -> Daemon.start(same))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining(folder.resolve("state").toString());

        final GemelConfig sameSocket =
                new ConfigLoader()
                        .load(
                                Path.of("test.yaml"),
                                MEMORY
                                        + "node: {stateDir: "
                                        + folder.resolve("other")
                                        + "}\nadmin: {http: none, socket: "
                                        + socket()
                                        + "}");
        assertThatThrownBy(() -> Daemon.start(sameSocket))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining(socket().toString())
                .hasMessageContaining("another daemon");
        assertThat(overSocket("GET /healthz HTTP/1.1\r\n\r\n")).endsWith("ok\n");
    }

    @Test
    void shouldNamePortAndRemedyWhenThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String address = "127.0.0.1:" + taken.getLocalPort();
            final GemelConfig config = config(MEMORY, address);
            assertThatThrownBy(() -> Daemon.start(config))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining(address)
                    .hasMessageContaining("the port is in use");
        }
        // All that was opened before is closed again.
        daemon = Daemon.start(config(MEMORY));
    }

    @Test
    void shouldNameTheAddressWhenTheMachineHasItNot() throws Exception {
        final GemelConfig config = config(MEMORY, "192.0.2.1:1");
        assertThatThrownBy(() -> Daemon.start(config))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("192.0.2.1:1")
                .hasMessageContaining("no such address");
    }

    @Test
    void shouldNameTheVolumeWhenItsFolderIsMissing() throws Exception {
        final Path image = folder.resolve("missing").resolve("f.img");
        final GemelConfig config =
                config(
                        "volumes: [{name: f, backend: {type: file, size: 1MiB, path: "
                                + image
                                + "}}]\n");
        assertThatThrownBy(() -> Daemon.start(config))
                .isInstanceOf(StartFailedException.class)
                .hasMessageStartingWith("volume f: ")
                .hasMessageContaining(image.toString());
    }
}
