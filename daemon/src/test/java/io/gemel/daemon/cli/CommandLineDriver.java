package io.gemel.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs the command line inside a test. */
public final class CommandLineDriver {
    private CommandLineDriver() {}

    /** What a command prints, to either side, when it ends with the status expected. */
    public static String run(final int status, final Path socket, final String... arguments) {
        final StringWriter text = new StringWriter();
        final CommandLine commandLine = Main.commandLine(arguments);
        commandLine.setOut(new PrintWriter(text, true));
        commandLine.setErr(new PrintWriter(text, true));
        final List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--socket", socket.toString()));
        assertThat(commandLine.execute(all.toArray(new String[0])))
                .as("%s", text)
                .isEqualTo(status);
        return text.toString();
    }
}
