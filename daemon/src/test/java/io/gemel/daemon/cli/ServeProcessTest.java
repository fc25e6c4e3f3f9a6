package io.gemel.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.daemon.admin.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code gemel serve} as a process of its own: what a script or a service manager sees of it. */
@Timeout(60)
class ServeProcessTest {
    private static final long PATIENCE_S = 30;

    @TempDir private Path folder;
    private Process process;

    @AfterEach
    void leaveNothingBehind() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private void serve(final String more) throws IOException {
        final Path file =
                Files.writeString(
                        folder.resolve("gemel.yaml"),
                        """
                        volumes: [{name: m, backend: {type: memory, size: 1MiB}}]
                        nvme:
                          portals: [{port: 0}]
                          discovery: {port: 0}
                          subsystems: [{nqn: "nqn.2026-11.io.gemel:t", namespaces: [{nsid: 1, volume: m}], hosts: any}]
                        node: {stateDir: "%s"}
                        admin: {socket: "%s", http: none}
                        %s
                        """
                                .formatted(folder.resolve("state"), folder.resolve("s"), more));
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        command.add("-XX:+UseSerialGC");
        command.add("-Dgemel.native.path=" + System.getProperty("gemel.native.path"));
        command.addAll(List.of("-cp", classPath(), Main.class.getName(), "serve"));
        command.add(file.toString());
        process =
                new ProcessBuilder(command)
                        .redirectError(folder.resolve("stderr").toFile())
                        .start();
    }

    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private String stderr() throws IOException {
        return Files.readString(folder.resolve("stderr"));
    }

    private String readyLine() throws IOException {
        final BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        return out.readLine();
    }

    private int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    @Test
    void shouldSayReadyAndEndWith0WhenAskedToStop() throws Exception {
        serve("");
        assertThat(readyLine())
                .as(stderr())
                .matches("ready nvme=127\\.0\\.0\\.1:\\d+ discovery=127\\.0\\.0\\.1:\\d+");
        process.destroy(); // SIGTERM
        assertThat(exitStatus()).as(stderr()).isZero();
        assertThat(stderr()).contains("Daemon: ready nvme=").contains("Daemon: stopped");
        assertThat(folder.resolve("s")).doesNotExist();
    }

    @Test
    @SuppressWarnings("unchecked") // the lines are objects, or the test fails
    void shouldLogOneJsonObjectPerLineWhenAsked() throws Exception {
        serve("log: {format: json}");
        assertThat(readyLine()).as(stderr()).startsWith("ready ");
        process.destroy();
        assertThat(exitStatus()).isZero();
        final List<String> lines = stderr().lines().filter(line -> line.startsWith("{")).toList();
        assertThat(lines).hasSizeGreaterThanOrEqualTo(4);
        for (final String line : lines) {
            assertThat((Map<String, Object>) JsonText.read(line.getBytes(StandardCharsets.UTF_8)))
                    .containsKeys("time", "level", "thread", "logger", "message", "exception");
        }
    }

    @Test
    void shouldEndWith1AndSayWhyWhenItCannotStart() throws Exception {
        Files.writeString(folder.resolve("s"), "in the way");
        serve("");
        assertThat(readyLine()).isNull();
        assertThat(exitStatus()).isEqualTo(1);
        assertThat(stderr()).contains("gemel: the admin socket " + folder.resolve("s"));
        assertThat(folder.resolve("s")).hasContent("in the way");
    }
}
