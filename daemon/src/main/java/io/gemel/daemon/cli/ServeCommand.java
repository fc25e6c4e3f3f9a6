package io.gemel.daemon.cli;

import io.gemel.config.ConfigLoader;
import io.gemel.config.ConfigRefusedException;
import io.gemel.config.GemelConfig;
import io.gemel.daemon.Daemon;
import io.gemel.daemon.StartFailedException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gemel serve}: runs until a signal ends it. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Runs the daemon in the foreground until SIGTERM or ctrl-C.")
final class ServeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path file;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter err = spec.commandLine().getErr();
        final GemelConfig config;
        try {
            config = new ConfigLoader().load(file);
        } catch (final ConfigRefusedException refused) {
            CheckCommand.print(err, refused);
            return ExitStatus.REFUSED;
        }
        configureLog(config);
        final Daemon daemon;
        try {
            daemon = Daemon.start(config);
        } catch (final StartFailedException failed) {
            err.println("gemel: " + failed.getMessage());
            return ExitStatus.FAILED;
        }
        // A signal runs this hook; the JVM alone would then end with 128 + signal.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () ->
                                        Runtime.getRuntime()
                                                .halt(
                                                        daemon.stop()
                                                                ? ExitStatus.OK
                                                                : ExitStatus.FAILED),
                                "gemel-stop"));
        final PrintWriter out = spec.commandLine().getOut();
        out.println(daemon.readyLine());
        out.flush();
        daemon.awaitStop();
        return ExitStatus.OK;
    }

    /** Before the first logger is made. */
    private static void configureLog(final GemelConfig config) {
        System.setProperty("gemel.log.level", config.log().level().name().toLowerCase(Locale.ROOT));
        System.setProperty(
                "log4j2.configurationFile",
                "io/gemel/daemon/log4j2-"
                        + config.log().format().name().toLowerCase(Locale.ROOT)
                        + ".xml");
    }
}
