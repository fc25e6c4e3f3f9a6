package io.gemel.daemon;

import io.gemel.config.DataPathConfig;
import io.gemel.config.GemelConfig;
import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.WaitMode;
import io.gemel.core.lane.netty.NettyLanes;
import io.gemel.core.status.SessionSource;
import io.gemel.core.uring.ErrnoException;
import io.gemel.core.uring.NativeThread;
import io.gemel.core.volume.Volume;
import io.gemel.daemon.StatusReport.Phase;
import io.gemel.daemon.admin.AdminActions;
import io.gemel.daemon.admin.AdminPages;
import io.gemel.daemon.admin.HttpAdminServer;
import io.gemel.daemon.admin.SocketAdminServer;
import io.gemel.reservations.agreement.NodeReservations;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon: volumes, lanes, front ends and admin, made in this order and closed in the
 * other. Started on one thread, stopped once, on any.
 */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** Connections of all protocols together; more are closed at once. */
    private static final int MOST_CONNECTIONS = 1024;

    /** How long a stop waits for commands in flight before it aborts them. */
    private static final long DRAIN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(15);

    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long POLL_MS = 5;

    /** Something to be closed; failures are logged, and the rest is closed all the same. */
    private record Resource(String name, AutoCloseable closer) {}

    private final GemelConfig config;
    private final Deque<Resource> resources = new ArrayDeque<>();
    private final List<OpenPortal> portals = new CopyOnWriteArrayList<>();
    private final List<NettyLanes.Listener> listeners = new ArrayList<>();
    private final List<FrontEnd> frontEnds = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private NettyLanes lanes;
    private NodeReservations reservations;
    private StatusReport report;

    private Daemon(final GemelConfig config) {
        this.config = config;
    }

    /**
     * Starts; all ports are open when it returns.
     *
     * @throws StartFailedException with a message for the operator; everything is closed again
     */
    public static Daemon start(final GemelConfig config) throws StartFailedException {
        final Daemon daemon = new Daemon(config);
        try {
            daemon.start();
            return daemon;
        } catch (final StartFailedException | RuntimeException failed) {
            daemon.closeResources();
            throw failed;
        }
    }

    private void start() throws StartFailedException {
        lockStateDir();
        final List<Volume> volumes = openVolumes();
        startLanes(volumes);
        reservations = restoreReservations(volumes);
        final Map<String, Volume> byName =
                volumes.stream().collect(Collectors.toMap(Volume::name, Function.identity()));
        config.iscsi()
                .ifPresent(
                        iscsi ->
                                frontEnds.add(
                                        new IscsiFrontEnd(
                                                config,
                                                iscsi,
                                                lanes.group(),
                                                byName,
                                                reservations)));
        config.nvme()
                .ifPresent(
                        nvme ->
                                frontEnds.add(
                                        new NvmeFrontEnd(
                                                config,
                                                nvme,
                                                lanes.group(),
                                                byName,
                                                reservations)));
        report =
                new StatusReport(
                        config,
                        volumes,
                        lanes.group(),
                        List.<SessionSource>copyOf(frontEnds),
                        portals,
                        new ReservationsReport(reservations));
        final Optional<OpenPortal> http =
                startAdmin(
                        new AdminActions(
                                new ReservationsOperator(
                                        reservations, volumes, lanes.group().lane(0))));
        for (final FrontEnd frontEnd : frontEnds) {
            frontEnd.openPortals(this::listen);
        }
        http.ifPresent(portals::add);
        report.phase(Phase.SERVING);
        LOG.info("{}", readyLine());
    }

    // ---- start, step by step ----

    /** Two daemons with one state folder would each think that they own it. */
    private void lockStateDir() throws StartFailedException {
        final Path folder = config.node().stateDir();
        try {
            Files.createDirectories(folder);
            final FileChannel file =
                    FileChannel.open(
                            folder.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            resources.push(new Resource("state folder", file));
            final FileLock lock = file.tryLock();
            if (lock == null) {
                throw new StartFailedException(
                        "another gemel uses the state folder "
                                + folder
                                + "; give each its own node.stateDir",
                        null);
            }
        } catch (final OverlappingFileLockException sameProcess) {
            throw new StartFailedException("this process uses " + folder + " already", sameProcess);
        } catch (final AccessDeniedException e) {
            throw new StartFailedException(
                    "no permission to write in the state folder "
                            + folder
                            + "; run as its owner, or set node.stateDir",
                    e);
        } catch (final IOException e) {
            throw new StartFailedException(
                    "the state folder " + folder + " cannot be used: " + e, e);
        }
    }

    private List<Volume> openVolumes() throws StartFailedException {
        final List<Volume> volumes = new ArrayList<>();
        for (int i = 0; i < config.volumes().size(); i++) {
            final Volume volume = VolumeOpener.open(i, config.volumes().get(i));
            resources.push(new Resource(volume.toString(), volume.backend()));
            LOG.info(
                    "volume {}: {} blocks of {} bytes, {}",
                    volume.name(),
                    volume.blockCount(),
                    volume.blockSize(),
                    volume.backend().describe());
            volumes.add(volume);
        }
        return volumes;
    }

    private void startLanes(final List<Volume> volumes) throws StartFailedException {
        final DataPathConfig dataPath = config.dataPath();
        try {
            final List<Integer> cpus = cpus(dataPath);
            lanes =
                    new NettyLanes(
                            new NettyLanes.Settings(
                                    laneCount(dataPath),
                                    dataPath.queueDepth(),
                                    WaitMode.valueOf(dataPath.waiting().name()),
                                    DataPathConfig.AgentMode.COLOCATED == dataPath.agents(),
                                    cpus,
                                    MOST_CONNECTIONS),
                            volumes);
        } catch (final IOException e) {
            throw new StartFailedException("the lanes do not start: " + e.getMessage(), e);
        }
        resources.push(new Resource("lanes", lanes));
    }

    private static int laneCount(final DataPathConfig dataPath) {
        final int fallback =
                DataPathConfig.CpuPinning.LIST == dataPath.pinning()
                        ? dataPath.cpus().size()
                        : Math.min(
                                Runtime.getRuntime().availableProcessors(),
                                DataPathConfig.MOST_AUTOMATIC_LANES);
        return dataPath.lanes().orElse(fallback);
    }

    private static List<Integer> cpus(final DataPathConfig dataPath) throws ErrnoException {
        return switch (dataPath.pinning()) {
            case NONE -> List.of();
            case LIST -> dataPath.cpus();
            case AUTO -> NativeThread.allowedCpus().stream().boxed().toList();
        };
    }

    /** Before any port opens: nobody is admitted by a state that is not known yet. */
    private NodeReservations restoreReservations(final List<Volume> volumes)
            throws StartFailedException {
        final Path folder = config.node().stateDir().resolve("reservations");
        try {
            final NodeReservations restored =
                    new NodeReservations(
                            volumes,
                            folder,
                            volume -> config.volumes().get(volume.index()).persistReservations(),
                            lanes.group());
            resources.push(new Resource("reservations", restored));
            return restored;
        } catch (final IOException e) {
            throw new StartFailedException(
                    "the reservation records in " + folder + " cannot be used: " + e.getMessage(),
                    e);
        }
    }

    /** The HTTP port, if there is to be one. */
    private Optional<OpenPortal> startAdmin(final AdminActions actions)
            throws StartFailedException {
        final AdminPages pages = new AdminPages(report);
        final Path socket = config.admin().socket();
        try {
            resources.push(
                    new Resource("admin socket", new SocketAdminServer(socket, pages, actions)));
        } catch (final AccessDeniedException e) {
            throw new StartFailedException(
                    "no permission to make the admin socket "
                            + socket
                            + "; run as root, or set admin.socket",
                    e);
        } catch (final IOException e) {
            throw new StartFailedException(
                    "the admin socket " + socket + " cannot be made: " + e.getMessage(), e);
        }
        if (config.admin().http().isEmpty()) {
            return Optional.empty();
        }
        final InetSocketAddress address = config.admin().http().get();
        try {
            final HttpAdminServer http = new HttpAdminServer(address, pages);
            resources.push(new Resource("admin HTTP", http));
            return Optional.of(new OpenPortal("http", http.address(), 0));
        } catch (final IOException e) {
            throw cannotListen("http", address, e);
        }
    }

    private InetSocketAddress listen(
            final String protocol,
            final InetSocketAddress address,
            final int group,
            final ConnectionEngineFactory connections)
            throws StartFailedException {
        try {
            final NettyLanes.Listener listener = lanes.listen(address, connections);
            listeners.add(listener);
            portals.add(new OpenPortal(protocol, listener.address(), group));
            return listener.address();
        } catch (final IOException e) {
            throw cannotListen(protocol, address, e);
        }
    }

    private static StartFailedException cannotListen(
            final String protocol, final InetSocketAddress address, final IOException e) {
        final String where =
                "cannot listen on " + OpenPortal.text(address) + " for " + protocol + ": ";
        final Throwable cause = e.getCause() == null ? e : e.getCause();
        final String reason = String.valueOf(cause.getMessage());
        if (cause instanceof BindException || reason.contains("in use")) {
            if (reason.contains("assign")) {
                return new StartFailedException(where + "this machine has no such address", e);
            }
            return new StartFailedException(
                    where + "the port is in use; stop what uses it, or configure another", e);
        }
        return new StartFailedException(where + reason, e);
    }

    // ---- running ----

    /** {@code ready}, and every port that is open. */
    public String readyLine() {
        return portals.stream()
                .map(portal -> portal.protocol() + "=" + portal.text())
                .collect(Collectors.joining(" ", "ready ", ""))
                .strip();
    }

    /** Returns when the daemon has been stopped. */
    public void awaitStop() throws InterruptedException {
        stopped.await();
    }

    /** Ports that are open, in the order of the ready line. */
    List<OpenPortal> portals() {
        return portals;
    }

    /** What it tells about itself. */
    StatusReport report() {
        return report;
    }

    /** The reservations of all volumes. */
    NodeReservations reservations() {
        return reservations;
    }

    // ---- stop ----

    /**
     * Closes the ports, finishes the commands in flight, flushes the volumes, and closes
     * everything.
     *
     * @return whether all of that went well
     */
    public boolean stop() {
        LOG.info("stopping");
        report.phase(Phase.STOPPING);
        listeners.forEach(NettyLanes.Listener::close);
        // They wait for their peers side by side.
        frontEnds.parallelStream().forEach(FrontEnd::drain);
        final boolean drained = await(this::isIdle, DRAIN_TIMEOUT_NS);
        if (!drained) {
            LOG.warn("commands are still in flight and are aborted, unanswered");
            lanes.closeConnections();
        }
        final boolean idle = drained || await(this::isIdle, CLOSE_TIMEOUT_NS);
        final boolean closed = closeResources();
        LOG.info("stopped");
        stopped.countDown();
        return closed && idle;
    }

    private boolean isIdle() {
        return 0 == lanes.connectionCount() && 0 == tasksInUse();
    }

    private int tasksInUse() {
        return lanes.group().lanes().stream()
                .map(Lane::tasks)
                .mapToInt(tasks -> tasks.inUse())
                .sum();
    }

    private static boolean await(final BooleanSupplier condition, final long timeoutNs) {
        final long deadlineNs = System.nanoTime() + timeoutNs;
        final CountDownLatch never = new CountDownLatch(1);
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - deadlineNs > 0) {
                    return false;
                }
                never.await(POLL_MS, TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean closeResources() {
        boolean well = true;
        listeners.forEach(NettyLanes.Listener::close);
        listeners.clear();
        while (!resources.isEmpty()) {
            final Resource resource = resources.pop();
            try {
                resource.closer().close();
            } catch (final Exception e) { // the composition root closes the rest whatever happens
                LOG.error("{} does not close well", resource.name(), e);
                well = false;
            }
        }
        return well;
    }
}
