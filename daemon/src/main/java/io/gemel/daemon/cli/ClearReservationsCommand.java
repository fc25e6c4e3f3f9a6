package io.gemel.daemon.cli;

import io.gemel.daemon.admin.AdminActions;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gemel clear-reservations}. */
@Command(
        name = "clear-reservations",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description =
                "Removes every registration and reservation of a volume, whoever holds them; the"
                        + " operator's way out. It is written to the daemon's log.")
final class ClearReservationsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "VOLUME", description = "Name of the volume.")
    private String volume;

    @Option(names = "--yes", description = "Needed: hosts that rely on them lose their protection.")
    private boolean yes;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = Listing.DEFAULT_SOCKET,
            description = "Admin socket of the daemon (default: ${DEFAULT-VALUE}).")
    private Path socket;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final PrintWriter err = spec.commandLine().getErr();
        if (!yes) {
            err.println(
                    "gemel: hosts that rely on the reservations of "
                            + volume
                            + " lose their protection; if that is meant, add --yes");
            return ExitStatus.FAILED;
        }
        try {
            final AdminClient.Answer answer =
                    new AdminClient(socket)
                            .post(
                                    AdminActions.CLEAR_RESERVATIONS
                                            + URLEncoder.encode(volume, StandardCharsets.UTF_8));
            final String message = new String(answer.body(), StandardCharsets.UTF_8).strip();
            if (200 == answer.status()) {
                spec.commandLine().getOut().println(message);
                return ExitStatus.OK;
            }
            err.println("gemel: " + message);
        } catch (final AdminClient.NoDaemonException nobody) {
            err.println("gemel: " + nobody.getMessage());
        }
        return ExitStatus.FAILED;
    }
}
