package io.gemel.nvme.tcp;

import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.status.Counter;
import io.gemel.core.status.SessionSource;
import io.gemel.core.status.SessionStatus;
import io.gemel.nvme.discovery.DiscoveryService;
import io.gemel.nvme.discovery.NvmePortal;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.NvmeSubsystem;
import io.gemel.nvme.subsystem.QueueConnection;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.wire.Nqn;
import io.gemel.reservations.HostIdentifiers;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.agreement.NodeReservations;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;

/**
 * The NVMe/TCP front end: subsystems, the discovery service, and the engines of their connections.
 *
 * <p>Owner: the control plane that made it. Order of use: make it, give {@link #ioPortal()} and
 * {@link #discoveryPortal()} to the transport's listeners, tell the addresses by {@link #portals}.
 * To stop: close the listeners, then {@link #shutdown}.
 */
public final class NvmeTcpServer implements SessionSource {
    private final LaneGroup lanes;
    private final NvmeLimits limits;
    private final NvmeTcpLane[] nvmeLanes;
    private final DiscoveryService discovery = new DiscoveryService();
    private final NodeReservations reservations;
    private final NvmeSubsystem discoverySubsystem;
    private volatile Map<String, NvmeSubsystem> subsystems;
    private volatile boolean closing;

    /**
     * @param nodeId 1 to 127
     * @param subsystems made with the same limits; the discovery subsystem is added
     */
    public NvmeTcpServer(
            final LaneGroup lanes,
            final int nodeId,
            final List<NvmeSubsystem> subsystems,
            final NvmeLimits limits) {
        this(lanes, nodeId, subsystems, limits, null);
    }

    /**
     * @param nodeId 1 to 127
     * @param subsystems made with the same limits; the discovery subsystem is added
     * @param reservations those that I/O commands obey, or null: then none is refused
     */
    public NvmeTcpServer(
            final LaneGroup lanes,
            final int nodeId,
            final List<NvmeSubsystem> subsystems,
            final NvmeLimits limits,
            final NodeReservations reservations) {
        this.reservations = reservations;
        this.lanes = lanes;
        this.limits = limits;
        this.nvmeLanes = new NvmeTcpLane[lanes.size()];
        for (int i = 0; i < nvmeLanes.length; i++) {
            nvmeLanes[i] = new NvmeTcpLane(lanes.lane(i));
        }
        this.discoverySubsystem =
                new NvmeSubsystem(
                        Nqn.DISCOVERY,
                        "discovery",
                        true,
                        nodeId,
                        List.of(),
                        HostAccess.ANY,
                        limits);
        final Map<String, NvmeSubsystem> table = new TreeMap<>();
        table.put(Nqn.DISCOVERY, discoverySubsystem);
        for (final NvmeSubsystem subsystem : subsystems) {
            if (null != table.put(subsystem.nqn(), subsystem)) {
                throw new IllegalArgumentException("subsystem " + subsystem.nqn() + " twice");
            }
        }
        this.subsystems = table;
        discovery.replace(List.of(), subsystems);
    }

    /**
     * For portals where subsystems are reached, and the discovery service under its well-known
     * name.
     */
    public ConnectionEngineFactory ioPortal() {
        return (lane, connection) -> connected(lane, connection, false);
    }

    /** For portals of the discovery service only (port 8009). */
    public ConnectionEngineFactory discoveryPortal() {
        return (lane, connection) -> connected(lane, connection, true);
    }

    /** What the discovery log shows; hosts with a persistent discovery connection are told. */
    public void portals(final List<NvmePortal> portals) {
        final List<NvmeSubsystem> served = new ArrayList<>(subsystems.values());
        served.remove(discoverySubsystem);
        discovery.replace(portals, served);
        tellDiscoveryChanged();
    }

    /** Who may use what has changed: hosts with a persistent discovery connection are told. */
    public void accessChanged() {
        discovery.changed();
        tellDiscoveryChanged();
    }

    private void tellDiscoveryChanged() {
        for (final NvmeController controller : discoverySubsystem.controllers()) {
            controller.discoveryLogChanged();
        }
    }

    /** The subsystem of that name, the discovery subsystem among them, or null. */
    public NvmeSubsystem subsystem(final String nqn) {
        return subsystems.get(nqn);
    }

    public NvmeLimits limits() {
        return limits;
    }

    NodeReservations reservations() {
        return reservations;
    }

    /** Whether a host identifier stands for a SCSI nexus that is registered on some volume. */
    boolean isTakenHostId(final byte[] hostId) {
        if (null == reservations) {
            return false;
        }
        final ByteBuffer bytes = ByteBuffer.wrap(hostId);
        final NvmeHost host = NvmeHost.of128(bytes.getLong(), bytes.getLong());
        return reservations.all().stream()
                .anyMatch(each -> HostIdentifiers.standsForRegisteredNexus(host, each.state()));
    }

    DiscoveryService discovery() {
        return discovery;
    }

    private ConnectionEngine connected(
            final Lane lane, final Connection connection, final boolean discoveryOnly) {
        final NvmeTcpLane nvmeLane = nvmeLanes[lane.index()];
        if (closing || nvmeLane.connections.size() >= limits.connections()) {
            lane.counters().increment(Counter.CONNECTIONS_REFUSED);
            lane.counters().increment(Counter.NVME_CONNECTIONS_FULL);
            connection.close();
            return new Refused();
        }
        final NvmeTcpConnection engine =
                new NvmeTcpConnection(this, nvmeLane, connection, discoveryOnly);
        nvmeLane.connections.add(engine);
        return engine;
    }

    /** A connection that was not wanted. */
    private static final class Refused implements ConnectionEngine {
        @Override
        public int onReceive(final DirectBuffer buffer, final int offset, final int length) {
            return length;
        }

        @Override
        public void onTransmitReady() {
            // sends nothing
        }

        @Override
        public void onClosed() {
            // has nothing
        }
    }

    /**
     * Takes no more connections and commands, answers what is under way, closes all connections.
     * The call returns at once.
     *
     * @param whenDone called on a lane when every lane has begun to close its connections
     */
    public void shutdown(final Runnable whenDone) {
        closing = true;
        lanes.executeOnAll(
                lane -> {
                    for (final NvmeTcpConnection connection :
                            List.copyOf(nvmeLanes[lane.index()].connections)) {
                        connection.drain();
                    }
                },
                whenDone);
    }

    /** {@link #shutdown} without waiting: connections close as their last commands are answered. */
    public void drain() {
        shutdown(() -> {});
    }

    /** All controllers, by subsystem and CNTLID. */
    public List<NvmeController> controllers() {
        final List<NvmeController> all = new ArrayList<>();
        for (final NvmeSubsystem subsystem : subsystems.values()) {
            all.addAll(subsystem.controllers());
        }
        return all;
    }

    @Override
    public List<SessionStatus> sessions() {
        final List<SessionStatus> all = new ArrayList<>();
        for (final NvmeController controller : controllers()) {
            all.add(status(controller));
        }
        return all;
    }

    private static SessionStatus status(final NvmeController controller) {
        final QueueConnection admin = controller.adminConnection();
        final Map<Integer, QueueConnection> queues = controller.ioQueues();
        long commands = admin.counters().commands();
        long bytesRead = 0;
        long bytesWritten = 0;
        final java.util.TreeSet<Integer> onLanes = new java.util.TreeSet<>();
        onLanes.add(admin.lane().index());
        for (final QueueConnection queue : queues.values()) {
            commands += queue.counters().commands();
            bytesRead += queue.counters().bytesRead();
            bytesWritten += queue.counters().bytesWritten();
            onLanes.add(queue.lane().index());
        }
        final String detail =
                "host id "
                        + java.util.HexFormat.of().formatHex(controller.hostId())
                        + ", "
                        + controller.state().name().toLowerCase(java.util.Locale.ROOT)
                        + ", lanes "
                        + onLanes
                        + ", digests "
                        + digests(admin.digests())
                        + ", kato "
                        + controller.katoMs()
                        + " ms, commands "
                        + commands
                        + ", bytes read "
                        + bytesRead
                        + ", bytes written "
                        + bytesWritten;
        return new SessionStatus(
                "nvme",
                controller.hostNqn(),
                controller.subsystem().nqn(),
                controller.cntlid(),
                text(admin.remoteAddress()),
                1 + queues.size(),
                detail);
    }

    private static String digests(final int bits) {
        final boolean header = 0 != (bits & IcReq.HDGST_ENABLE);
        final boolean data = 0 != (bits & IcReq.DDGST_ENABLE);
        return header ? data ? "header and data" : "header" : data ? "data" : "none";
    }

    private static String text(final SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }
}
