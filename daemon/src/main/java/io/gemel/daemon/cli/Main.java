package io.gemel.daemon.cli;

import io.gemel.bench.BenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code gemel}. */
@Command(
        name = "gemel",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Block storage target: every volume over iSCSI and NVMe/TCP at once.",
        subcommands = {
            ServeCommand.class,
            CheckCommand.class,
            Listing.Status.class,
            Listing.Volumes.class,
            Listing.Sessions.class,
            ReservationsCommand.class,
            ClearReservationsCommand.class,
            Listing.Counters.class,
            Listing.Latency.class,
            TrainingRun.class
        })
public final class Main implements Runnable {
    @Spec private CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /** Exit statuses: 0 done, 1 failed, 2 configuration or command line refused, 3 no daemon. */
    public static void main(final String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /**
     * Knows the load generator only where it may be wanted: the other commands start faster without
     * its classes.
     */
    static CommandLine commandLine(final String... arguments) {
        final CommandLine commandLine = new CommandLine(new Main());
        final String first = arguments.length > 0 ? arguments[0] : "";
        return commandLine.getSubcommands().containsKey(first)
                ? commandLine
                : commandLine.addSubcommand(BenchCommand.class);
    }
}
