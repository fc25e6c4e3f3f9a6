package io.gemel.nvme.subsystem;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.Lane;
import io.gemel.core.status.Counter;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Property;
import io.gemel.reservations.NvmeHost;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One association of a host with a subsystem: an Admin Queue and its I/O Queues, each a connection
 * of its own, perhaps on different lanes.
 *
 * <p>Owner: the lane of its Admin Queue ("home lane") for state, properties, timers and all admin
 * commands. I/O queues on other lanes read only {@link #namespaces()} and {@link #isReady()}, which
 * are published as a whole. The table of I/O queues is under this object's lock, taken when a queue
 * comes or goes and when the controller ends: never by a data command.
 */
public final class NvmeController {
    /** CAP.TO: 15 seconds, in units of 500 ms. */
    private static final int TIMEOUT_UNITS = 30;

    /** VS: 2.0.0. */
    public static final int VERSION = 0x0002_0000;

    private static final long DISCOVERY_IDLE_MS = 120_000;
    private static final int MAX_ERROR_REPORTS_UNDER_WAY = 16;

    private final NvmeSubsystem subsystem;
    private final int cntlid;
    private final String hostNqn;
    private final byte[] hostId;
    private final QueueConnection adminConnection;
    private final int adminSqsize;
    private final Lane homeLane;
    private final TreeMap<Integer, QueueConnection> ioQueues = new TreeMap<>();
    private final AtomicInteger errorReportsUnderWay = new AtomicInteger();
    private volatile NamespaceMap namespaces;
    private volatile boolean ready;
    private volatile ControllerState state = ControllerState.DISABLED;
    private volatile long katoMs;
    private ControllerListener listener;
    private boolean fatal;

    /** CC.EN is 0, and commands of the I/O queues that were ended are not over yet. */
    private boolean resetting;

    private int cc;
    private long activityAtKeepAlive;
    private boolean keepAliveArmed;
    private long keepAliveTimer;
    private boolean associationArmed;
    private long associationTimer;
    private ShutdownFlush shutdownFlush;
    private long retiredCommands;

    NvmeController(
            final NvmeSubsystem subsystem,
            final int cntlid,
            final String hostNqn,
            final byte[] hostId,
            final QueueConnection adminConnection,
            final int adminSqsize,
            final long katoMs) {
        this.subsystem = subsystem;
        this.cntlid = cntlid;
        this.hostNqn = hostNqn;
        this.hostId = hostId.clone();
        this.adminConnection = adminConnection;
        this.adminSqsize = adminSqsize;
        this.homeLane = adminConnection.lane();
        this.namespaces = subsystem.namespaces(hostNqn);
        this.katoMs = roundUpKato(katoMs);
    }

    /** Begins its life: the timers run. Home lane, once. */
    public void start(final ControllerListener itsListener) {
        listener = itsListener;
        armKeepAlive();
        armAssociation();
    }

    public NvmeSubsystem subsystem() {
        return subsystem;
    }

    public int cntlid() {
        return cntlid;
    }

    public String hostNqn() {
        return hostNqn;
    }

    /** The 16 bytes of the host identifier. */
    public byte[] hostId() {
        return hostId.clone();
    }

    /** The host as a registrant; Connect carries 128 bits of identifier (CTRATT bit 0). */
    public NvmeHost host() {
        final ByteBuffer bytes = ByteBuffer.wrap(hostId);
        return NvmeHost.of128(bytes.getLong(), bytes.getLong());
    }

    public Lane homeLane() {
        return homeLane;
    }

    public QueueConnection adminConnection() {
        return adminConnection;
    }

    /** Entries of the Admin Submission Queue, 0's based. */
    public int adminSqsize() {
        return adminSqsize;
    }

    /** What its host sees, as of now. Any thread. */
    public NamespaceMap namespaces() {
        return namespaces;
    }

    /** CSTS.RDY. Any thread. */
    public boolean isReady() {
        return ready;
    }

    /** Any thread. */
    public ControllerState state() {
        return state;
    }

    /** Keep alive timeout, milliseconds, 0 for none. Any thread. */
    public long katoMs() {
        return katoMs;
    }

    // I/O queues: any thread

    /** Adds an I/O queue: SUCCESS, or why not. */
    public synchronized NvmeStatus addIoQueue(final int qid, final QueueConnection connection) {
        if (!ready || ControllerState.CLOSED == state) {
            return NvmeStatus.COMMAND_SEQUENCE_ERROR;
        }
        if (ioQueues.containsKey(qid)) {
            return NvmeStatus.CONNECT_CONTROLLER_BUSY;
        }
        ioQueues.put(qid, connection);
        return NvmeStatus.SUCCESS;
    }

    /** The queue's connection has ended. */
    public synchronized void removeIoQueue(final int qid, final QueueConnection connection) {
        if (ioQueues.remove(qid, connection)) {
            retiredCommands += connection.counters().commands();
            if (ioQueues.isEmpty()) {
                homeLane.execute(this::ioQueuesGone);
            }
        }
    }

    private void ioQueuesGone() {
        if (hasIoQueues()) {
            return; // connected again meanwhile
        }
        subsystem.ended(this);
        if (resetting) {
            resetting = false;
            if (Property.en(cc) && ControllerState.DISABLED == state) {
                enable(); // the host did not wait for CSTS.RDY
            }
        }
        adminConnection.ioQueuesGone();
    }

    /** The connection of a queue, or null; 0 is the Admin Queue. */
    public synchronized QueueConnection queue(final int qid) {
        return 0 == qid ? adminConnection : ioQueues.get(qid);
    }

    public synchronized boolean hasIoQueues() {
        return !ioQueues.isEmpty();
    }

    /** Queue identifiers and connections of the I/O queues at this moment. */
    public synchronized TreeMap<Integer, QueueConnection> ioQueues() {
        return new TreeMap<>(ioQueues);
    }

    // properties: home lane

    /** CAP. */
    public long cap() {
        return Property.cap(
                subsystem.limits().queueEntries() - 1, TIMEOUT_UNITS, !subsystem.isDiscovery());
    }

    /** CC. */
    public int cc() {
        return cc;
    }

    /** CSTS. */
    public int csts() {
        final int shst =
                switch (state) {
                    case SHUTTING_DOWN -> Property.CSTS_SHST_OCCURRING;
                    case SHUTDOWN -> Property.CSTS_SHST_COMPLETE;
                    default -> 0;
                };
        final boolean rdy =
                resetting || (Property.en(cc) && !fatal && ControllerState.DISABLED != state);
        return (rdy ? Property.CSTS_RDY : 0) | (fatal ? Property.CSTS_CFS : 0) | shst;
    }

    /** CRTO: CRWMT 15:0, units of 500 ms. */
    public int crto() {
        return subsystem.isDiscovery() ? 0 : TIMEOUT_UNITS;
    }

    /** Property Set of CC. */
    public void writeCc(final int value) {
        if (ControllerState.CLOSED == state) {
            return; // its Admin Queue is about to end: commands that are here already change
            // nothing
        }
        final boolean wasEnabled = Property.en(cc);
        final int oldShn = Property.shn(cc);
        cc = value;
        if (wasEnabled && !Property.en(value)) {
            disable();
            return;
        }
        if (!wasEnabled && Property.en(value) && !resetting && ControllerState.DISABLED == state) {
            enable();
        }
        final int shn = Property.shn(value);
        if (0 != shn
                && 0 == oldShn
                && (ControllerState.READY == state || ControllerState.DISABLED == state)) {
            shutdown();
        }
    }

    private void enable() {
        final int css = Property.css(cc);
        final boolean sizesFit =
                subsystem.isDiscovery() || (6 == Property.iosqes(cc) && 4 == Property.iocqes(cc));
        if ((Property.CSS_NVM != css && Property.CSS_ALL != css)
                || 0 != Property.mps(cc)
                || 0 != Property.ams(cc)
                || !sizesFit) {
            fatal = true;
            return;
        }
        fatal = false;
        disarmAssociation();
        state(ControllerState.READY);
        ready = true;
    }

    private void disable() {
        ready = false;
        fatal = false;
        stopFlush();
        if (ControllerState.DISABLED != state) {
            state(ControllerState.DISABLED);
        }
        resetting = hasIoQueues(); // CSTS.RDY stays until nothing of them can reach a medium
        terminateIoQueues();
        listener.onReset();
        armAssociation();
    }

    private void shutdown() {
        ready = false;
        state(ControllerState.SHUTTING_DOWN);
        shutdownFlush =
                new ShutdownFlush(homeLane, namespaces.ascending(), this::onShutdownFlushed);
        shutdownFlush.start();
    }

    private void onShutdownFlushed() {
        shutdownFlush = null;
        if (ControllerState.SHUTTING_DOWN == state) {
            state(ControllerState.SHUTDOWN);
            armAssociation();
        }
    }

    private void stopFlush() {
        if (null != shutdownFlush) {
            shutdownFlush.cancel();
            shutdownFlush = null;
        }
    }

    private void terminateIoQueues() {
        for (final QueueConnection connection : ioQueues().values()) {
            connection.terminate();
        }
    }

    // keep alive and association timers: home lane

    /** Sets the timeout (feature 0Fh or Connect) and starts the timer anew. */
    public void kato(final long milliseconds) {
        katoMs = roundUpKato(milliseconds);
        armKeepAlive();
    }

    /** Keep Alive command. */
    public void keepAlive() {
        armKeepAlive();
    }

    private static long roundUpKato(final long milliseconds) {
        final long unit = NvmeLimits.KEEP_ALIVE_GRANULARITY * 100L;
        return (milliseconds + unit - 1) / unit * unit;
    }

    /**
     * A discovery controller without a timeout is not persistent: it ends when nobody asks it
     * anything for a while.
     */
    private long keepAliveMs() {
        return katoMs > 0 ? katoMs : subsystem.isDiscovery() ? DISCOVERY_IDLE_MS : 0;
    }

    private void armKeepAlive() {
        if (keepAliveArmed) {
            homeLane.cancelTimer(keepAliveTimer);
            keepAliveArmed = false;
        }
        final long timeoutMs = keepAliveMs();
        if (timeoutMs > 0 && ControllerState.CLOSED != state) {
            activityAtKeepAlive = activity();
            keepAliveTimer =
                    homeLane.schedule(
                            homeLane.nowNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs),
                            this::onKeepAliveTimer);
            keepAliveArmed = true;
        }
    }

    /** Traffic based keep alive: any command since the timer was started is a sign of life. */
    private void onKeepAliveTimer() {
        keepAliveArmed = false;
        if (activity() != activityAtKeepAlive) {
            armKeepAlive();
            return;
        }
        homeLane.counters().increment(Counter.NVME_KEEP_ALIVE_EXPIRED);
        fatal = true;
        close();
    }

    private synchronized long activity() {
        long sum = retiredCommands + adminConnection.counters().commands();
        for (final QueueConnection connection : ioQueues.values()) {
            sum += connection.counters().commands();
        }
        return sum;
    }

    private void armAssociation() {
        disarmAssociation();
        if (ControllerState.CLOSED != state) {
            associationTimer =
                    homeLane.schedule(
                            homeLane.nowNs() + subsystem.limits().associationTimeoutNs(),
                            this::onAssociationTimer);
            associationArmed = true;
        }
    }

    private void disarmAssociation() {
        if (associationArmed) {
            homeLane.cancelTimer(associationTimer);
            associationArmed = false;
        }
    }

    private void onAssociationTimer() {
        associationArmed = false;
        homeLane.counters().increment(Counter.NVME_ASSOCIATION_TIMEOUTS);
        close();
    }

    // events: any thread

    /** The namespaces that the host sees have changed. */
    public void refreshNamespaces(final NamespaceMap now, final Collection<Integer> changed) {
        namespaces = now;
        if (!changed.isEmpty()) {
            final List<Integer> copy = List.copyOf(changed);
            homeLane.execute(
                    () -> {
                        if (ControllerState.CLOSED != state) {
                            listener.onNamespacesChanged(copy);
                        }
                    });
        }
    }

    /** The discovery log that this controller shows has changed. */
    public void discoveryLogChanged() {
        homeLane.execute(
                () -> {
                    if (ControllerState.CLOSED != state) {
                        listener.onDiscoveryLogChanged();
                    }
                });
    }

    /**
     * An entry for the error log. At most a few reports of other lanes are under way at a time, the
     * rest is only counted there.
     */
    public void reportError(
            final Lane lane,
            final int qid,
            final int commandId,
            final int status,
            final int nsid,
            final long lba) {
        if (lane == homeLane) {
            listener.onError(qid, commandId, status, nsid, lba);
        } else if (errorReportsUnderWay.get() < MAX_ERROR_REPORTS_UNDER_WAY) {
            errorReportsUnderWay.incrementAndGet();
            homeLane.execute(
                    () -> {
                        errorReportsUnderWay.decrementAndGet();
                        listener.onError(qid, commandId, status, nsid, lba);
                    });
        }
    }

    /** Ends the association: every connection of it is closed. Any thread; idempotent. */
    public void close() {
        synchronized (this) {
            ready = false; // no I/O queue is added from here on
        }
        subsystem.removeController(this);
        if (homeLane.onOwnThread()) {
            closeOnHomeLane();
        } else {
            homeLane.execute(this::closeOnHomeLane);
        }
    }

    private void closeOnHomeLane() {
        if (ControllerState.CLOSED == state) {
            return;
        }
        state(ControllerState.CLOSED);
        stopFlush();
        disarmAssociation();
        if (keepAliveArmed) {
            homeLane.cancelTimer(keepAliveTimer);
            keepAliveArmed = false;
        }
        terminateIoQueues();
        adminConnection.terminate();
    }

    private void state(final ControllerState to) {
        if (!state.canGoTo(to)) {
            throw new InvariantViolation("controller " + cntlid + ": " + state + " -> " + to);
        }
        state = to;
    }
}
