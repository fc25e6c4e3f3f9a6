package io.gemel.daemon;

import io.gemel.config.BackendConfig;
import io.gemel.config.GemelConfig;
import io.gemel.config.IscsiConfig;
import io.gemel.config.NvmeConfig;
import io.gemel.config.VolumeConfig;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.lane.LaneLatency;
import io.gemel.core.status.Counter;
import io.gemel.core.status.SessionSource;
import io.gemel.core.status.SessionStatus;
import io.gemel.core.volume.Volume;
import io.gemel.core.volume.VolumeCounters;
import io.gemel.daemon.admin.StatusSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/** Reads the running daemon into trees. Everything it reads may be read by any thread. */
final class StatusReport implements StatusSource {
    private static final double NANOSECONDS_PER_MICROSECOND = 1e3;

    /** What a daemon is doing. */
    enum Phase {
        /** Ports are not open yet. Left by: all ports are open. */
        STARTING,
        /** Ports are open. Left by: a signal. */
        SERVING,
        /** Ports are closed, commands in flight are finished. Left by: the process ends. */
        STOPPING
    }

    private final GemelConfig config;
    private final List<Volume> volumes;
    private final LaneGroup lanes;
    private final List<SessionSource> frontEnds;
    private final List<OpenPortal> portals;
    private final ReservationsReport reservations;
    private final Instant startedAt;
    private volatile Phase phase = Phase.STARTING;

    /**
     * @param volumes in the order of the configuration
     * @param portals filled before the phase becomes SERVING, not changed after
     */
    StatusReport(
            final GemelConfig config,
            final List<Volume> volumes,
            final LaneGroup lanes,
            final List<SessionSource> frontEnds,
            final List<OpenPortal> portals,
            final ReservationsReport reservations) {
        this.config = config;
        this.volumes = List.copyOf(volumes);
        this.lanes = lanes;
        this.frontEnds = List.copyOf(frontEnds);
        this.portals = portals;
        this.reservations = reservations;
        this.startedAt = Instant.now();
    }

    LaneGroup lanes() {
        return lanes;
    }

    void phase(final Phase next) {
        phase = next;
    }

    @Override
    public boolean serving() {
        return Phase.SERVING == phase;
    }

    @Override
    public Map<String, Object> status() {
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("node", node());
        tree.put("cluster", Map.of("name", config.cluster().name()));
        tree.put("dataPath", dataPath());
        tree.put("portals", portals());
        tree.putAll(volumes());
        tree.putAll(sessions());
        return tree;
    }

    private Map<String, Object> node() {
        final Map<String, Object> node = new LinkedHashMap<>();
        node.put("name", config.node().name());
        node.put("id", config.node().id());
        node.put("version", Version.text());
        node.put("phase", phase.name().toLowerCase(Locale.ROOT));
        node.put("processId", ProcessHandle.current().pid());
        node.put("startedAt", startedAt.truncatedTo(ChronoUnit.SECONDS).toString());
        node.put("uptimeSeconds", Duration.between(startedAt, Instant.now()).toSeconds());
        // When this snapshot was taken: rates are made of two of them.
        node.put("timeMs", System.currentTimeMillis());
        return node;
    }

    private Map<String, Object> dataPath() {
        int tasks = 0;
        int tasksInUse = 0;
        int buffersInUse = 0;
        for (final Lane lane : lanes.lanes()) {
            tasks += lane.tasks().capacity();
            tasksInUse += lane.tasks().inUse();
            buffersInUse += lane.slab().inUse();
        }
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("lanes", lanes.size());
        tree.put("tasks", tasks);
        tree.put("tasksInUse", tasksInUse);
        tree.put("buffersInUse", buffersInUse);
        return tree;
    }

    private List<Map<String, Object>> portals() {
        final List<Map<String, Object>> list = new ArrayList<>();
        for (final OpenPortal portal : List.copyOf(portals)) {
            final Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("protocol", portal.protocol());
            tree.put("address", portal.text());
            if (portal.group() > 0) {
                tree.put("group", portal.group());
            }
            list.add(tree);
        }
        return list;
    }

    @Override
    public Map<String, Object> volumes() {
        final List<Map<String, Object>> list = new ArrayList<>();
        for (int i = 0; i < volumes.size(); i++) {
            list.add(volume(volumes.get(i), config.volumes().get(i)));
        }
        return tree("volumes", list);
    }

    private Map<String, Object> volume(final Volume volume, final VolumeConfig configured) {
        final BackendConfig backend = configured.backend();
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", volume.name());
        tree.put("uuid", volume.uuid().toString());
        tree.put("naa", String.format("%016x", volume.identity().naa()));
        tree.put("eui64", String.format("%016x", volume.identity().eui64()));
        tree.put("serial", volume.identity().serial());
        tree.put("blockSize", volume.blockSize());
        tree.put("blockCount", volume.blockCount());
        tree.put("sizeBytes", volume.blockCount() * volume.blockSize());
        tree.put("backend", backend.type().name().toLowerCase(Locale.ROOT));
        tree.put("path", backend.path().map(Object::toString).orElse(null));
        tree.put("opened", volume.backend().describe());
        tree.put("readOnly", volume.readOnly());
        tree.put("writeCache", volume.writeCache());
        tree.put("thin", volume.thin());
        tree.put("reads", sum(volume, VolumeCounters::reads));
        tree.put("readBytes", sum(volume, VolumeCounters::readBytes));
        tree.put("writes", sum(volume, VolumeCounters::writes));
        tree.put("writtenBytes", sum(volume, VolumeCounters::writtenBytes));
        tree.put("others", sum(volume, VolumeCounters::others));
        tree.put("errors", sum(volume, VolumeCounters::errors));
        tree.put("exports", exports(volume.name()));
        return tree;
    }

    private static long sum(final Volume volume, final ToLongFunction<VolumeCounters> counter) {
        return volume.counters().stream().mapToLong(counter).sum();
    }

    private List<Map<String, Object>> exports(final String volume) {
        final List<Map<String, Object>> list = new ArrayList<>();
        for (final IscsiConfig.Target target :
                config.iscsi().map(IscsiConfig::targets).orElse(List.of())) {
            target.luns().stream()
                    .filter(lun -> lun.volume().equals(volume))
                    .forEach(lun -> list.add(export("iscsi", target.iqn(), "lun", lun.lun())));
        }
        for (final NvmeConfig.Subsystem subsystem :
                config.nvme().map(NvmeConfig::subsystems).orElse(List.of())) {
            subsystem.namespaces().stream()
                    .filter(namespace -> namespace.volume().equals(volume))
                    .forEach(
                            namespace ->
                                    list.add(
                                            export(
                                                    "nvme",
                                                    subsystem.nqn(),
                                                    "nsid",
                                                    namespace.nsid())));
        }
        return list;
    }

    private static Map<String, Object> export(
            final String protocol, final String target, final String unit, final int number) {
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("protocol", protocol);
        tree.put("target", target);
        tree.put(unit, number);
        return tree;
    }

    @Override
    public Map<String, Object> sessions() {
        final List<Map<String, Object>> list = new ArrayList<>();
        for (final SessionSource frontEnd : frontEnds) {
            for (final SessionStatus session : frontEnd.sessions()) {
                final Map<String, Object> tree = new LinkedHashMap<>();
                tree.put("protocol", session.protocol());
                tree.put("peer", session.peer());
                tree.put("target", session.target());
                tree.put("id", session.id());
                tree.put("address", session.address());
                tree.put("connections", session.connections());
                tree.put("detail", session.detail());
                list.add(tree);
            }
        }
        return tree("sessions", list);
    }

    @Override
    public Map<String, Object> reservations() {
        return reservations.tree(volumes);
    }

    @Override
    public Map<String, Object> counters() {
        final List<Map<String, Object>> list = new ArrayList<>();
        for (final Counter counter : Counter.values()) {
            final List<Object> perLane = new ArrayList<>();
            long total = 0;
            for (final Lane lane : lanes.lanes()) {
                long value = lane.counters().get(counter);
                if (lane.agentCounters() != lane.counters()) {
                    value += lane.agentCounters().get(counter);
                }
                perLane.add(value);
                total += value;
            }
            final Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("id", counter.id());
            tree.put("label", counter.label());
            tree.put("unit", counter.unit());
            tree.put("meaning", counter.meaning());
            tree.put("total", total);
            tree.put("lanes", perLane);
            list.add(tree);
        }
        return tree("counters", list);
    }

    @Override
    public Map<String, Object> latency() {
        final List<Map<String, Object>> list = new ArrayList<>();
        for (final LaneLatency.OpClass operation : LaneLatency.OpClass.values()) {
            final Histogram sum = new Histogram(2);
            for (final Lane lane : lanes.lanes()) {
                lane.latency().addTo(operation, sum);
            }
            final Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("operation", operation.name().toLowerCase(Locale.ROOT));
            tree.put("count", sum.getTotalCount());
            tree.put("p50Us", microseconds(sum.getValueAtPercentile(50)));
            tree.put("p99Us", microseconds(sum.getValueAtPercentile(99)));
            tree.put("p99.9Us", microseconds(sum.getValueAtPercentile(99.9)));
            tree.put("maxUs", microseconds(sum.getMaxValue()));
            list.add(tree);
        }
        return tree("latency", list);
    }

    private static double microseconds(final long nanoseconds) {
        return nanoseconds / NANOSECONDS_PER_MICROSECOND;
    }

    private static Map<String, Object> tree(final String name, final Object value) {
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(name, value);
        return tree;
    }
}
