package io.gemel.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.config.ConfigLoader;
import io.gemel.config.ConfigRefusedException;
import io.gemel.config.GemelConfig;
import io.gemel.daemon.admin.JsonText;
import io.gemel.daemon.cli.CommandLineDriver;
import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.ReservationType;
import io.gemel.reservations.agreement.ReservationAnswer;
import io.gemel.reservations.agreement.VolumeReservations;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
        for (final String name :
                List.of("volumes", "sessions", "reservations", "counters", "latency")) {
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

    private void decide(final ReservationCommand command) throws Exception {
        final CompletableFuture<ReservationStatus> answer = new CompletableFuture<>();
        final VolumeReservations volume = daemon.reservations().all().get(0);
        volume.decide(
                command,
                daemon.report().lanes().lane(0),
                new ReservationAnswer() {
                    @Override
                    public void decided(final ReservationStatus status) {
                        answer.complete(status);
                    }

                    @Override
                    public void failed() {
                        answer.completeExceptionally(new IOException("not stored"));
                    }
                });
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(ReservationStatus.GOOD);
    }

    /** An initiator and a host register; the host takes the volume. */
    private void reserve() throws Exception {
        final ItNexus nexus = new ItNexus("iqn.2001-04.a:b", 0x23d000001L, 257);
        final NvmeHost host = NvmeHost.of128(1, 2);
        decide(
                new ReservationCommand.Register(
                        nexus,
                        0,
                        0xabcL,
                        false,
                        ReservationCommand.Persistence.SET,
                        List.of(),
                        false,
                        List.of()));
        decide(
                new ReservationCommand.NvmeRegister(
                        host,
                        ReservationCommand.RegisterAction.REGISTER,
                        0,
                        0xdefL,
                        false,
                        ReservationCommand.Persistence.KEEP));
        decide(
                new ReservationCommand.Reserve(
                        host, 0xdefL, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY));
    }

    private String gemel(final int status, final String... arguments) {
        return CommandLineDriver.run(status, socket(), arguments);
    }

    @Test
    void shouldShowAndKeepReservationsOfBothProtocols() throws Exception {
        daemon = Daemon.start(config(MEMORY));
        assertThat(gemel(0, "reservations")).contains("none").doesNotContain("0x");
        reserve();
        for (int start = 0; start < 2; start++) {
            assertThat(gemel(0, "reservations", "m"))
                    .contains("writeExclusiveRegistrantsOnly")
                    .contains("nvme host 00000000000000010000000000000002")
                    .contains("iqn.2001-04.a:b,i,0x00023d000001 port 257")
                    .contains("0x0000000000000abc")
                    .contains("0x0000000000000def");
            assertThat(page("/v1/reservations"))
                    .contains("\"nvmeType\":3")
                    .contains("\"scsiType\":5")
                    .contains("\"hostId\":\"00000000000000010000000000000002\"")
                    .contains("\"persistent\":true");
            assertThat(daemon.stop()).isTrue();
            daemon = Daemon.start(config(MEMORY));
        }
        assertThat(gemel(0, "reservations", "x")).contains("there is no volume x");
    }

    @Test
    void shouldClearReservationsOnlyForTheOperatorAndOnlyWhenMeant() throws Exception {
        daemon = Daemon.start(config(MEMORY));
        reserve();

        assertThat(gemel(1, "clear-reservations", "m")).contains("--yes");
        assertThat(gemel(1, "clear-reservations", "x", "--yes")).contains("there is no volume x");
        assertThat(request("POST", "/v1/clear-reservations/m").getResponseCode()).isEqualTo(405);
        assertThat(daemon.reservations().all().get(0).state().registrantCount()).isEqualTo(2);

        assertThat(gemel(0, "clear-reservations", "m", "--yes")).contains("registrants before: 2");
        assertThat(daemon.reservations().all().get(0).state().registrantCount()).isZero();
        assertThat(daemon.stop()).isTrue();
        daemon = Daemon.start(config(MEMORY));
        assertThat(daemon.reservations().all().get(0).state().registrantCount()).isZero();
    }

    @Test
    void shouldAdmitNobodyAndSaySoWhenTheRecordIsDamaged() throws Exception {
        daemon = Daemon.start(config(MEMORY));
        reserve();
        assertThat(daemon.stop()).isTrue();
        daemon = null;
        try (Stream<Path> files = Files.list(folder.resolve("state").resolve("reservations"))) {
            for (final Path file : files.toList()) {
                final byte[] record = Files.readAllBytes(file);
                record[record.length / 2] ^= 1;
                Files.write(file, record);
            }
        }

        daemon = Daemon.start(config(MEMORY));
        assertThat(gemel(0, "reservations")).contains("LOST: nobody is admitted");
        assertThat(gemel(0, "clear-reservations", "m", "--yes")).contains("cleared");
        assertThat(gemel(0, "reservations")).doesNotContain("LOST");
    }

    @Test
    void shouldKeepNothingWhenPersistenceIsSwitchedOff() throws Exception {
        final String forgetful =
                "volumes: [{name: m, reservations: {persist: false},"
                        + " backend: {type: memory, size: 1MiB}}]\n";
        daemon = Daemon.start(config(forgetful));
        assertThat(gemel(0, "reservations")).contains("never");
        assertThat(daemon.reservations().all().get(0).canPersist()).isFalse();
    }
}
