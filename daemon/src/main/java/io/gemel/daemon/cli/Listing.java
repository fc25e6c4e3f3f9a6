package io.gemel.daemon.cli;

import io.gemel.daemon.admin.JsonText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks the daemon for one document and shows it. */
@Command(mixinStandardHelpOptions = true, versionProvider = VersionText.class)
abstract class Listing implements Callable<Integer> {
    static final String DEFAULT_SOCKET = "/run/gemel/admin.sock";

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = DEFAULT_SOCKET,
            description = "Admin socket of the daemon (default: ${DEFAULT-VALUE}).")
    private Path socket;

    @Option(names = "--json", description = "Print the document as JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    private final String page;

    Listing(final String page) {
        this.page = page;
    }

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try {
            final Map<String, Object> document = select(new AdminClient(socket).get(page));
            out.print(
                    json
                            ? new String(JsonText.write(document, true), StandardCharsets.UTF_8)
                                    + "\n"
                            : show(document, Ansi.AUTO.enabled()));
            out.flush();
            return ExitStatus.OK;
        } catch (final AdminClient.NoDaemonException nobody) {
            spec.commandLine().getErr().println("gemel: " + nobody.getMessage());
            return ExitStatus.NO_DAEMON;
        }
    }

    /** The part of the document that was asked for. */
    Map<String, Object> select(final Map<String, Object> document) {
        return document;
    }

    /** The document for a person. */
    abstract String show(Map<String, Object> document, boolean colour);

    @SuppressWarnings("unchecked") // the daemon's documents have lists of objects there
    static List<Map<String, Object>> list(final Map<String, Object> tree, final String name) {
        return (List<Map<String, Object>>) tree.get(name);
    }

    @SuppressWarnings("unchecked") // the daemon's documents have objects there
    static Map<String, Object> object(final Map<String, Object> tree, final String name) {
        return (Map<String, Object>) tree.get(name);
    }

    static long number(final Map<String, Object> tree, final String name) {
        return (Long) tree.get(name);
    }

    /** Bytes in the largest binary unit that they reach, with at most two decimals. */
    static String size(final long bytes) {
        final String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        final String text = String.format(java.util.Locale.ROOT, "%.2f", value);
        return text.replaceFirst("\\.?0+$", "") + " " + units[unit];
    }

    static String duration(final long seconds) {
        final long days = seconds / 86_400;
        final String clock =
                String.format("%d:%02d:%02d", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        return days > 0 ? days + "d " + clock : clock;
    }

    static String volumes(final Map<String, Object> document, final boolean colour) {
        final Table table =
                new Table(
                        colour,
                        "VOLUME",
                        ">SIZE",
                        ">BLOCK",
                        "BACKEND",
                        "MODE",
                        ">READS",
                        ">READ",
                        ">WRITES",
                        ">WRITTEN",
                        ">ERRORS",
                        "EXPORTS");
        for (final Map<String, Object> volume : list(document, "volumes")) {
            table.row(
                    volume.get("name"),
                    size(number(volume, "sizeBytes")),
                    volume.get("blockSize"),
                    volume.get("backend")
                            + (volume.get("path") == null ? "" : " " + volume.get("path")),
                    mode(volume),
                    volume.get("reads"),
                    size(number(volume, "readBytes")),
                    volume.get("writes"),
                    size(number(volume, "writtenBytes")),
                    volume.get("errors"),
                    exports(volume));
        }
        return table.toString();
    }

    private static String mode(final Map<String, Object> volume) {
        final List<String> words = new ArrayList<>();
        words.add(Boolean.TRUE.equals(volume.get("readOnly")) ? "ro" : "rw");
        words.add(Boolean.TRUE.equals(volume.get("writeCache")) ? "wce" : "wt");
        if (Boolean.TRUE.equals(volume.get("thin"))) {
            words.add("thin");
        }
        return String.join(",", words);
    }

    private static String exports(final Map<String, Object> volume) {
        final List<String> words = new ArrayList<>();
        for (final Map<String, Object> export : list(volume, "exports")) {
            words.add(
                    export.containsKey("lun")
                            ? "iscsi:lun" + export.get("lun")
                            : "nvme:nsid" + export.get("nsid"));
        }
        return words.isEmpty() ? "-" : String.join(" ", words);
    }

    static String sessions(final Map<String, Object> document, final boolean colour) {
        final Table table =
                new Table(
                        colour,
                        "PROTOCOL",
                        "PEER",
                        "TARGET",
                        ">ID",
                        "ADDRESS",
                        ">CONNECTIONS",
                        "DETAIL");
        for (final Map<String, Object> session : list(document, "sessions")) {
            table.row(
                    session.get("protocol"),
                    session.get("peer"),
                    session.get("target"),
                    session.get("id"),
                    session.get("address"),
                    session.get("connections"),
                    session.get("detail"));
        }
        return list(document, "sessions").isEmpty() ? "no sessions\n" : table.toString();
    }

    /** {@code gemel status}. */
    @Command(name = "status", description = "Shows node, portals, volumes and sessions.")
    static final class Status extends Listing {
        Status() {
            super("status");
        }

        @Override
        String show(final Map<String, Object> document, final boolean colour) {
            final Map<String, Object> node = object(document, "node");
            final Map<String, Object> dataPath = object(document, "dataPath");
            final Table portals = new Table(colour, "PORTAL", "ADDRESS", ">GROUP");
            for (final Map<String, Object> portal : list(document, "portals")) {
                portals.row(
                        portal.get("protocol"),
                        portal.get("address"),
                        portal.getOrDefault("group", ""));
            }
            return String.format(
                    "node %s (id %d) %s, up %s, version %s, process %d%n"
                            + "cluster %s, %d lanes, %d of %d tasks in use%n%n%s%n%s%n%s",
                    node.get("name"),
                    number(node, "id"),
                    node.get("phase"),
                    duration(number(node, "uptimeSeconds")),
                    node.get("version"),
                    number(node, "processId"),
                    object(document, "cluster").get("name"),
                    number(dataPath, "lanes"),
                    number(dataPath, "tasksInUse"),
                    number(dataPath, "tasks"),
                    portals,
                    volumes(document, colour),
                    sessions(document, colour));
        }
    }

    /** {@code gemel volumes}. */
    @Command(name = "volumes", description = "Lists the volumes and what was done on them.")
    static final class Volumes extends Listing {
        Volumes() {
            super("volumes");
        }

        @Override
        String show(final Map<String, Object> document, final boolean colour) {
            final Table identities = new Table(colour, "VOLUME", "UUID", "NAA", "SERIAL", "OPENED");
            for (final Map<String, Object> volume : list(document, "volumes")) {
                identities.row(
                        volume.get("name"),
                        volume.get("uuid"),
                        volume.get("naa"),
                        volume.get("serial"),
                        volume.get("opened"));
            }
            return volumes(document, colour) + "\n" + identities;
        }
    }

    /** {@code gemel sessions}. */
    @Command(name = "sessions", description = "Lists iSCSI sessions and NVMe associations.")
    static final class Sessions extends Listing {
        Sessions() {
            super("sessions");
        }

        @Override
        String show(final Map<String, Object> document, final boolean colour) {
            return sessions(document, colour);
        }
    }

    /** {@code gemel counters}. */
    @Command(name = "counters", description = "Lists everything that is counted.")
    static final class Counters extends Listing {
        @Option(names = "--all", description = "Also those that are 0.")
        private boolean all;

        Counters() {
            super("counters");
        }

        @Override
        String show(final Map<String, Object> document, final boolean colour) {
            final Table table = new Table(colour, "COUNTER", ">TOTAL", "UNIT", "MEANING");
            for (final Map<String, Object> counter : list(document, "counters")) {
                if (all || number(counter, "total") != 0) {
                    table.row(
                            counter.get("label"),
                            counter.get("total"),
                            counter.get("unit"),
                            counter.get("meaning"));
                }
            }
            return table.toString();
        }
    }

    /** {@code gemel latency}. */
    @Command(
            name = "latency",
            description = "Lists latencies since the start, in microseconds, per kind of command.")
    static final class Latency extends Listing {
        Latency() {
            super("latency");
        }

        @Override
        String show(final Map<String, Object> document, final boolean colour) {
            final Table table =
                    new Table(colour, "OPERATION", ">COUNT", ">P50", ">P99", ">P99.9", ">MAX");
            for (final Map<String, Object> latency : list(document, "latency")) {
                table.row(
                        latency.get("operation"),
                        latency.get("count"),
                        microseconds(latency.get("p50Us")),
                        microseconds(latency.get("p99Us")),
                        microseconds(latency.get("p99.9Us")),
                        microseconds(latency.get("maxUs")));
            }
            return table.toString();
        }

        private static String microseconds(final Object value) {
            return String.format(java.util.Locale.ROOT, "%.0f", ((Number) value).doubleValue());
        }
    }
}
