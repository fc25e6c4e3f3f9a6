package io.gemel.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.daemon.admin.JsonText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    private static final String GOOD =
            "volumes: [{name: m, backend: {type: memory, size: 1MiB}}]\n";

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private CommandLine commandLine;

    @BeforeEach
    void listen() {
        commandLine = Main.commandLine("--help");
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
    }

    private Path file(final String text) throws IOException {
        return Files.writeString(folder.resolve("gemel.yaml"), text);
    }

    @Test
    void shouldSaySoWhenAConfigurationIsGood() throws IOException {
        assertThat(commandLine.execute("check", file(GOOD).toString())).isZero();
        assertThat(out.toString())
                .contains("is good: 1 volume, 0 iSCSI targets, 0 NVMe subsystems");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldPointAtThePlaceWhenAConfigurationIsRefused() throws IOException {
        final Path file = file(GOOD + "log: {levle: info}\n");
        assertThat(commandLine.execute("check", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo(
                        file
                                + ":2:7: log.levle\n"
                                + "    2 | log: {levle: info}\n"
                                + "      |       ^\n"
                                + "  found:   unknown key \"levle\"\n"
                                + "  allowed: level, format\n"
                                + "  did you mean \"level\"?\n"
                                + "\n"
                                + "1 problem; nothing was started or changed\n");
    }

    @Test
    void shouldRefuseToServeWhatCheckRefuses() throws IOException {
        assertThat(commandLine.execute("serve", file("volumes: []").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("found:   an empty list");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    @SuppressWarnings("unchecked") // the document has these shapes, or the test fails
    void shouldListProblemsAsJsonWhenAsked() throws IOException {
        final Path file = file("volumes: []");
        assertThat(commandLine.execute("check", "--json", file.toString())).isEqualTo(2);
        final Map<String, Object> document =
                (Map<String, Object>)
                        JsonText.read(out.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(document).containsEntry("good", false);
        assertThat((List<Map<String, Object>>) document.get("problems"))
                .singleElement()
                .satisfies(
                        problem ->
                                assertThat(problem)
                                        .containsEntry("line", 1L)
                                        .containsEntry("column", 10L)
                                        .containsEntry("key", "volumes"));
    }

    @Test
    void shouldEndWith3WhenThereIsNoDaemon() {
        final String socket = folder.resolve("no.sock").toString();
        for (final String listing :
                List.of("status", "volumes", "sessions", "counters", "latency")) {
            assertThat(commandLine.execute(listing, "--socket", socket)).isEqualTo(3);
        }
        assertThat(err.toString()).contains("no daemon answers on " + socket);
    }

    @Test
    void shouldEndWith2WhenTheCommandLineIsWrong() {
        assertThat(commandLine.execute()).isEqualTo(2);
        assertThat(commandLine.execute("sreve")).isEqualTo(2);
        assertThat(commandLine.execute("check")).isEqualTo(2);
    }

    @Test
    void shouldHelpEverywhere() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(commandLine.execute("--version")).isZero();
        for (final String command : commandLine.getSubcommands().keySet()) {
            assertThat(commandLine.execute(command, "--help")).as(command).isZero();
        }
        assertThat(out.toString()).contains("gemel ", "serve", "check", "status", "bench");
    }

    @Test
    void shouldAlignColumnsAndHideControlCharacters() {
        assertThat(
                        new Table(false, "A", ">N", "B")
                                .row("x\u001b[31m", 7, "y")
                                .row("", 1234, "")
                                .toString())
                .isEqualTo("A          N  B\nx?[31m     7  y\n        1234\n");
        assertThat(new Table(true, "A").toString()).isEqualTo("\u001b[1mA\u001b[0m\n");
    }

    @Test
    void shouldWriteSizesInTheLargestUnitReached() {
        assertThat(Listing.size(0)).isEqualTo("0 B");
        assertThat(Listing.size(1023)).isEqualTo("1023 B");
        assertThat(Listing.size(1024)).isEqualTo("1 KiB");
        assertThat(Listing.size(100L << 30)).isEqualTo("100 GiB");
        assertThat(Listing.size((1L << 40) * 5 / 2)).isEqualTo("2.5 TiB");
        assertThat(Listing.duration(3_661)).isEqualTo("1:01:01");
        assertThat(Listing.duration(86_400 * 3 + 59)).isEqualTo("3d 0:00:59");
    }
}
