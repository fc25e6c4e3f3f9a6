package io.gemel.daemon.cli;

import io.gemel.config.ConfigLoader;
import io.gemel.config.ConfigRefusedException;
import io.gemel.daemon.Daemon;
import io.gemel.daemon.StartFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Starts a daemon with a memory volume on free loopback ports, looks at it once, and stops it: what
 * the build runs to let the JVM write its class archive (AppCDS), with which {@code serve} starts
 * in about half the time. Hidden, since it is of no use to an operator.
 */
@Command(
        name = "training-run",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Lets the JVM learn what a start loads.")
final class TrainingRun implements Callable<Integer> {

    @Override
    public Integer call() throws IOException, ConfigRefusedException, StartFailedException {
        final Path folder = Files.createTempDirectory("gemel-training");
        try {
            final Path socket = folder.resolve("s");
            final Path file = folder.resolve("c");
            Files.writeString(file, configuration(folder, socket));
            LogSetup.apply(new ConfigLoader().load(file).log());
            final Daemon daemon = Daemon.start(new ConfigLoader().load(file));
            try {
                for (final String page : List.of("status", "counters", "latency")) {
                    Main.commandLine(page).execute(page, "--socket", socket.toString());
                }
            } finally {
                daemon.stop();
            }
        } finally {
            delete(folder);
        }
        return ExitStatus.OK;
    }

    private static String configuration(final Path folder, final Path socket) {
        return """
        node: {stateDir: "%s"}
        volumes: [{name: v, backend: {type: memory, size: 1MiB}}]
        iscsi:
          portals: [{port: 0}]
          targets: [{iqn: "iqn.2026-11.io.gemel:t", luns: [{lun: 0, volume: v}], initiators: any}]
        nvme:
          portals: [{port: 0}]
          discovery: {port: 0}
          subsystems: [{nqn: "nqn.2026-11.io.gemel:t", namespaces: [{nsid: 1, volume: v}], hosts: any}]
        admin: {socket: "%s", http: "127.0.0.1:0"}
        """
                .formatted(folder, socket);
    }

    private static void delete(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(
                            file -> {
                                try {
                                    Files.delete(file);
                                } catch (final IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        }
    }
}
