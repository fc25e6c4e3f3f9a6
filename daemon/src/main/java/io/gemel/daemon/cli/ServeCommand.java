package io.gemel.daemon.cli;

import io.gemel.config.ConfigLoader;
import io.gemel.config.ConfigRefusedException;
import io.gemel.config.GemelConfig;
import io.gemel.daemon.Daemon;
import io.gemel.daemon.StartFailedException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;
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
        LogSetup.apply(config.log());
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, failure) ->
                        LoggerFactory.getLogger(ServeCommand.class)
                                .error("thread {} has ended", thread.getName(), failure));
        final CompletableFuture<Daemon> started = new CompletableFuture<>();
        // Before anything is open, so that a signal at any moment ends in order.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> onSignalOrExit(started), "gemel-stop"));
        final Daemon daemon;
        try {
            daemon = Daemon.start(config);
            started.complete(daemon);
        } catch (final StartFailedException failed) {
            err.println("gemel: " + failed.getMessage());
            return ExitStatus.FAILED;
        } finally {
            // No effect after a start that went well.
            started.completeExceptionally(new IllegalStateException("not started"));
        }
        final PrintWriter out = spec.commandLine().getOut();
        out.println(daemon.readyLine());
        out.flush();
        daemon.awaitStop();
        return ExitStatus.OK;
    }

    /**
     * Waits for the end of a start that is under way, then stops. After a signal the JVM alone
     * would end with 128 + signal: an orderly stop is 0.
     */
    private static void onSignalOrExit(final CompletableFuture<Daemon> started) {
        final Daemon daemon;
        try {
            daemon = started.join();
        } catch (final CompletionException failed) {
            return; // the exit status is that of the failed start
        }
        Runtime.getRuntime().halt(daemon.stop() ? ExitStatus.OK : ExitStatus.FAILED);
    }
}
