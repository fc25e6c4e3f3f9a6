package io.gemel.iscsi.session;

import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.status.Counter;
import io.gemel.core.status.SessionSource;
import io.gemel.core.status.SessionStatus;
import io.gemel.core.volume.Volume;
import io.gemel.iscsi.login.DigestPolicy;
import io.gemel.iscsi.login.LoginAnswer;
import io.gemel.iscsi.login.LoginPolicy;
import io.gemel.iscsi.login.LoginStatus;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.login.TextExchange;
import io.gemel.iscsi.login.TextPairs;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import io.gemel.iscsi.wire.TaskManagementResponseFlyweight;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationNotice;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.agreement.NodeReservations;
import io.gemel.reservations.agreement.ReservationAnswer;
import io.gemel.reservations.agreement.VolumeReservations;
import io.gemel.reservations.scsi.TargetPorts;
import io.gemel.scsi.ItNexus;
import io.gemel.scsi.LogicalUnit;
import io.gemel.scsi.LunMap;
import io.gemel.scsi.Sense;
import io.gemel.scsi.command.DeviceServer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The iSCSI target node of this process: its targets, portals and sessions: RFC 7143 section 4.1.
 * Made by the composition root, which gives {@link #factory} to the transport, one per portal.
 *
 * <p>Control plane only, and so under one lock: logins, logouts, resets and listings come here from
 * all lanes; no command of the data path does. Nothing is called on a lane while the lock is held,
 * and no lane waits for another.
 */
public final class IscsiTargetNode implements LoginPolicy, SessionSource, DeviceServer.Events {
    private static final Logger LOG = LoggerFactory.getLogger(IscsiTargetNode.class);

    /** Nexuses whose last session is remembered, so that a returning one is told of its loss. */
    private static final int REMEMBERED_NEXUSES = 4096;

    private static final int MAX_TSIH = 0xFFFF;

    private final LaneGroup group;
    private final IscsiLimits limits;
    private final DeviceServer deviceServer = new DeviceServer(this);
    private final Map<String, TargetEntry> targets = new LinkedHashMap<>();
    private final List<IscsiPortal> portals;
    private final IscsiLane[] lanes;

    private final Map<IscsiSession.Key, IscsiSession> sessions = new HashMap<>();
    private final Map<Integer, IscsiSession> byTsih = new HashMap<>();
    private final Set<IscsiSession.Key> remembered = new LinkedHashSet<>();
    private int lastTsih;
    private volatile boolean draining; // written once, read by every login

    /** A target and its logical units. */
    private record TargetEntry(IscsiTarget target, Map<Integer, LogicalUnit> units)
            implements LoginPolicy.TargetPolicy {
        @Override
        public String alias() {
            return target.alias();
        }

        @Override
        public boolean admits(final String initiatorName) {
            return target.anyInitiator() || initiator(initiatorName) != null;
        }

        @Override
        public DigestPolicy digests() {
            return target.digests();
        }

        private IscsiInitiator initiator(final String name) {
            for (final IscsiInitiator initiator : target.initiators()) {
                if (initiator.iqn().equals(name)) {
                    return initiator;
                }
            }
            return null;
        }

        LunMap lunMap(final String initiatorName) {
            final IscsiInitiator initiator = initiator(initiatorName);
            if (initiator == null || initiator.luns().isEmpty()) {
                return new LunMap(units);
            }
            final Map<Integer, LogicalUnit> masked = new HashMap<>(units);
            masked.keySet().retainAll(initiator.luns());
            return new LunMap(masked);
        }
    }

    /**
     * @param portals all portals, as SendTargets is to tell them
     */
    public IscsiTargetNode(
            final LaneGroup group,
            final List<IscsiTarget> targets,
            final List<IscsiPortal> portals,
            final IscsiLimits limits) {
        this(group, targets, portals, limits, null);
    }

    /**
     * @param portals all portals, as SendTargets is to tell them
     * @param reservations of all volumes; null: the targets do not support reservations
     */
    public IscsiTargetNode(
            final LaneGroup group,
            final List<IscsiTarget> targets,
            final List<IscsiPortal> portals,
            final IscsiLimits limits,
            final NodeReservations reservations) {
        this.group = group;
        this.limits = limits;
        this.portals = List.copyOf(portals);
        final Map<Volume, LogicalUnit> units = new IdentityHashMap<>();
        for (final IscsiTarget target : targets) {
            final Map<Integer, LogicalUnit> byLun = new HashMap<>();
            target.luns()
                    .forEach(
                            (lun, volume) ->
                                    byLun.put(
                                            lun,
                                            units.computeIfAbsent(
                                                    volume, each -> unit(each, reservations))));
            if (this.targets.put(target.iqn(), new TargetEntry(target, byLun)) != null) {
                throw new IllegalArgumentException("two targets are named " + target.iqn());
            }
        }
        this.lanes = new IscsiLane[group.size()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new IscsiLane(group.lane(i));
        }
        if (reservations != null) {
            reservations.addListener(this::onNotice);
        }
    }

    private static LogicalUnit unit(final Volume volume, final NodeReservations reservations) {
        return new LogicalUnit(volume, reservations == null ? null : reservations.of(volume));
    }

    /** Makes the engines of the connections that come in by a portal. */
    public ConnectionEngineFactory factory(final IscsiPortal portal) {
        return (lane, connection) -> {
            final IscsiLane iscsiLane = lanes[lane.index()];
            final IscsiConnection engine = new IscsiConnection(this, portal, iscsiLane, connection);
            iscsiLane.opened(engine);
            return engine;
        };
    }

    IscsiLane lane(final int index) {
        return lanes[index];
    }

    IscsiLimits limits() {
        return limits;
    }

    DeviceServer deviceServer() {
        return deviceServer;
    }

    boolean isDraining() {
        return draining;
    }

    // ---------------------------------------------------------------- logins

    @Override
    public TargetPolicy target(final String iqn) {
        return targets.get(iqn);
    }

    @Override
    public synchronized boolean sessionExists(final int tsih) {
        return byTsih.containsKey(tsih);
    }

    void logRefusal(final IscsiConnection connection, final LoginAnswer answer) {
        LOG.info(
                "login from {} refused: {} ({})",
                connection.connection().remoteAddress(),
                answer.status(),
                answer.why());
    }

    /**
     * Makes the session of a good login, after the end of an older one of the same name: RFC 7143
     * section 6.3.5. Answers by {@link IscsiConnection#onAdmitted} on the lane of the connection,
     * perhaps from within.
     */
    void admit(
            final IscsiConnection connection,
            final SessionParameters parameters,
            final IscsiPortal portal) {
        final IscsiSession.Key key =
                new IscsiSession.Key(
                        parameters.initiatorName(),
                        parameters.isid(),
                        parameters.targetName(),
                        portal.groupTag());
        final IscsiSession older;
        synchronized (this) {
            older = parameters.discovery() ? null : sessions.get(key);
        }
        if (older == null) {
            finishAdmit(connection, parameters, portal, key);
            return;
        }
        LOG.info("session {} of {} is reinstated", older.tsih(), key.initiatorName());
        connection.lane().counters().increment(Counter.ISCSI_SESSIONS_REINSTATED);
        final Lane olderLane = older.connection().lane();
        olderLane.execute(
                () ->
                        older.connection()
                                .terminate(
                                        () -> {
                                            forget(older);
                                            connection
                                                    .lane()
                                                    .execute(
                                                            () ->
                                                                    admit(
                                                                            connection,
                                                                            parameters,
                                                                            portal));
                                        }));
    }

    private void finishAdmit(
            final IscsiConnection connection,
            final SessionParameters parameters,
            final IscsiPortal portal,
            final IscsiSession.Key key) {
        if (connection.state() != ConnectionState.ADMITTING) {
            return;
        }
        final IscsiSession session;
        synchronized (this) {
            if (byTsih.size() >= Math.min(limits.maxSessions(), MAX_TSIH)) {
                session = null;
            } else {
                session = newSession(connection, parameters, portal, key);
                byTsih.put(session.tsih(), session);
                if (!parameters.discovery()) {
                    sessions.put(key, session);
                    remember(key);
                }
            }
        }
        if (session == null) {
            connection.lane().counters().increment(Counter.ISCSI_SESSIONS_REFUSED);
            LOG.warn("login of {} refused: {} sessions", key.initiatorName(), limits.maxSessions());
        }
        connection.onAdmitted(session, LoginStatus.OUT_OF_RESOURCES);
    }

    private IscsiSession newSession(
            final IscsiConnection connection,
            final SessionParameters parameters,
            final IscsiPortal portal,
            final IscsiSession.Key key) {
        do {
            lastTsih = lastTsih == MAX_TSIH ? 1 : lastTsih + 1;
        } while (byTsih.containsKey(lastTsih));
        ItNexus nexus = null;
        if (!parameters.discovery()) {
            nexus =
                    new ItNexus(
                            parameters.initiatorName(),
                            parameters.isid(),
                            parameters.targetName(),
                            portal.groupTag(),
                            portal.rtpi(),
                            targets.get(parameters.targetName()).lunMap(parameters.initiatorName()),
                            remembered.contains(key)
                                    ? Sense.I_T_NEXUS_LOSS_OCCURRED
                                    : Sense.POWER_ON_OR_RESET_OCCURRED);
        }
        return new IscsiSession(lastTsih, key, parameters, connection, nexus);
    }

    private void remember(final IscsiSession.Key key) {
        remembered.remove(key);
        remembered.add(key);
        if (remembered.size() > REMEMBERED_NEXUSES) {
            remembered.remove(remembered.iterator().next());
        }
    }

    void onConnectionClosed(final IscsiConnection connection) {
        if (connection.session() != null) {
            forget(connection.session());
        }
    }

    private void forget(final IscsiSession session) {
        synchronized (this) {
            sessions.remove(session.key(), session);
            if (!byTsih.remove(session.tsih(), session)) {
                return;
            }
            notifyAll();
        }
        if (session.nexus() != null) {
            forgetReservations(session.nexus(), session.connection().lane());
        }
    }

    /** A nexus that is lost gives up what SPC-2 let it reserve; registrations stay. */
    private static void forgetReservations(final ItNexus nexus, final Lane lane) {
        for (final int lun : nexus.luns().luns()) {
            final VolumeReservations reservations = nexus.luns().unit(lun).reservations();
            if (reservations != null) {
                reservations.decide(
                        new ReservationCommand.NexusLost(nexus.registrant()),
                        lane,
                        andThen(() -> {}));
            }
        }
    }

    private static ReservationAnswer andThen(final Runnable work) {
        return new ReservationAnswer() {
            @Override
            public void decided(final ReservationStatus status) {
                work.run();
            }

            @Override
            public void failed() {
                work.run();
            }
        };
    }

    /**
     * Another registrant's command has touched this one: a unit attention on each of its sessions.
     */
    private void onNotice(
            final Lane lane,
            final Volume volume,
            final Registrant to,
            final ReservationNotice notice) {
        final Sense condition =
                switch (notice) {
                    case RESERVATIONS_PREEMPTED -> Sense.RESERVATIONS_PREEMPTED;
                    case RESERVATIONS_RELEASED -> Sense.RESERVATIONS_RELEASED;
                    case REGISTRATIONS_PREEMPTED -> Sense.REGISTRATIONS_PREEMPTED;
                };
        for (final IscsiConnection connection : lanes[lane.index()].connections()) {
            final IscsiSession session = connection.session();
            if (session == null
                    || session.nexus() == null
                    || !session.nexus().registrant().equals(to)) {
                continue;
            }
            for (final int lun : session.nexus().luns().luns()) {
                if (session.nexus().luns().unit(lun).volume() == volume) {
                    session.nexus().unitAttentions(lun).raise(condition);
                }
            }
        }
    }

    @Override
    public TargetPorts targetPorts(final ItNexus nexus, final LogicalUnit unit) {
        return new TargetPorts() {
            @Override
            public List<Integer> rtpis() {
                return portals.stream().map(IscsiPortal::rtpi).distinct().toList();
            }

            @Override
            public List<io.gemel.reservations.ItNexus> knownPorts(final String initiatorName) {
                final Set<io.gemel.reservations.ItNexus> known = new LinkedHashSet<>();
                synchronized (IscsiTargetNode.this) {
                    for (final IscsiSession session : sessions.values()) {
                        known.add(session.nexus().registrant());
                    }
                }
                final ReservationState state = unit.reservations().state();
                for (int i = 0; i < state.registrantCount(); i++) {
                    if (state.registrant(i) instanceof io.gemel.reservations.ItNexus port) {
                        known.add(port);
                    }
                }
                known.removeIf(port -> !port.initiatorName().equalsIgnoreCase(initiatorName));
                return List.copyOf(known);
            }
        };
    }

    // ---------------------------------------------------------------- SendTargets

    /** What one connection may discover. */
    TextExchange.Directory directory(final IscsiConnection connection) {
        final String initiator = connection.session().parameters().initiatorName();
        return new TextExchange.Directory() {
            @Override
            public void listAll(final TextPairs answers) {
                for (final TargetEntry entry : targets.values()) {
                    list(entry, answers);
                }
            }

            @Override
            public void listOne(final String targetName, final TextPairs answers) {
                final TargetEntry entry = targets.get(targetName);
                if (entry != null) {
                    list(entry, answers);
                }
            }

            private void list(final TargetEntry entry, final TextPairs answers) {
                if (!entry.admits(initiator)) {
                    return;
                }
                answers.add("TargetName", entry.target().iqn());
                for (final IscsiPortal portal : portals) {
                    final InetSocketAddress local =
                            (InetSocketAddress) connection.connection().localAddress();
                    answers.add("TargetAddress", address(portal, local) + "," + portal.groupTag());
                }
            }
        };
    }

    private static String address(final IscsiPortal portal, final InetSocketAddress local) {
        final InetSocketAddress told = portal.address();
        final boolean wildcard = told.isUnresolved() || told.getAddress().isAnyLocalAddress();
        final String host = (wildcard ? local : told).getAddress().getHostAddress();
        final int port = told.getPort() == 0 ? local.getPort() : told.getPort();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    // ---------------------------------------------------------------- task management

    /**
     * Carries out a function that concerns more than one task, on every lane, and answers it when
     * all is over.
     */
    void manageTasks(
            final IscsiConnection issuer, final int function, final int lun, final int tag) {
        final ItNexus nexus = issuer.session().nexus();
        final Set<LogicalUnit> units = new LinkedHashSet<>();
        final boolean targetReset =
                function == TaskManagementRequestFlyweight.TARGET_WARM_RESET
                        || function == TaskManagementRequestFlyweight.TARGET_COLD_RESET;
        if (targetReset) {
            for (final int each : nexus.luns().luns()) {
                units.add(nexus.luns().unit(each));
            }
        } else {
            units.add(nexus.luns().unit(lun));
        }
        final boolean reset =
                targetReset || function == TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET;
        final boolean own = function == TaskManagementRequestFlyweight.ABORT_TASK_SET;
        final Predicate<IscsiTask> victims =
                task -> units.contains(task.logicalUnit()) && (!own || task.nexus() == nexus);
        if (reset) {
            for (final LogicalUnit unit : units) {
                unit.softwareWriteProtect(false);
                unit.descriptorSense(false);
                unit.taskAbortedStatus(false);
            }
        }
        final boolean cold = function == TaskManagementRequestFlyweight.TARGET_COLD_RESET;
        final Runnable answer =
                () -> {
                    issuer.control()
                            .answerTmf(tag, TaskManagementResponseFlyweight.FUNCTION_COMPLETE);
                    if (cold) {
                        closeSessions(
                                session -> session.key().targetName().equals(nexus.targetName()));
                    }
                };
        onAllLanes(
                (lane, done) -> {
                    if (reset) {
                        for (final LogicalUnit unit : units) {
                            lane.raise(
                                    unit,
                                    Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED,
                                    session -> true);
                        }
                    } else if (!own) {
                        raiseCleared(lane, nexus, units.iterator().next());
                    }
                    lane.abort(
                            victims,
                            reset ? AbortReason.LOGICAL_UNIT_RESET : AbortReason.ABORTED_BY_HOST,
                            done);
                },
                issuer.lane(),
                reset
                        ? () -> resetReservations(List.copyOf(units), issuer.lane(), answer)
                        : answer);
    }

    /** A reset takes SPC-2 reservations away: one unit after the other, then the rest. */
    private static void resetReservations(
            final List<LogicalUnit> units, final Lane lane, final Runnable whenDone) {
        for (int i = 0; i < units.size(); i++) {
            final VolumeReservations reservations = units.get(i).reservations();
            if (reservations != null) {
                final List<LogicalUnit> rest = units.subList(i + 1, units.size());
                reservations.decide(
                        new ReservationCommand.LogicalUnitReset(),
                        lane,
                        andThen(() -> resetReservations(rest, lane, whenDone)));
                return;
            }
        }
        whenDone.run();
    }

    /** CLEAR TASK SET: those who lose commands by another's hand are told. */
    private static void raiseCleared(
            final IscsiLane lane, final ItNexus issuer, final LogicalUnit unit) {
        for (final IscsiConnection connection : lane.connections()) {
            final IscsiSession session = connection.session();
            if (session == null || session.nexus() == null || session.nexus() == issuer) {
                continue;
            }
            final List<IscsiTask> lost = new ArrayList<>();
            connection.commands().collect(task -> task.logicalUnit() == unit, lost);
            if (!lost.isEmpty()) {
                session.nexus().raise(unit, Sense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
            }
        }
    }

    /** Work for one lane that ends by calling back on that lane. */
    @FunctionalInterface
    private interface LaneWork {
        void run(IscsiLane lane, Runnable done);
    }

    private void onAllLanes(final LaneWork work, final Lane backTo, final Runnable whenAllDone) {
        final AtomicInteger left = new AtomicInteger(lanes.length);
        final Runnable done =
                () -> {
                    if (left.decrementAndGet() == 0) {
                        backTo.execute(whenAllDone);
                    }
                };
        for (final IscsiLane lane : lanes) {
            lane.lane().execute(() -> work.run(lane, done));
        }
    }

    @Override
    public void modeParametersChanged(
            final LogicalUnit unit,
            final ItNexus issuer,
            final Lane issuersLane,
            final Runnable whenDone) {
        onAllLanes(
                (lane, done) -> {
                    lane.raise(
                            unit,
                            Sense.MODE_PARAMETERS_CHANGED,
                            session -> session.nexus() != issuer);
                    done.run();
                },
                issuersLane,
                whenDone);
    }

    // ---------------------------------------------------------------- status and shutdown

    @Override
    public List<SessionStatus> sessions() {
        final List<IscsiSession> all;
        synchronized (this) {
            all = new ArrayList<>(byTsih.values());
        }
        all.sort(Comparator.comparingInt(IscsiSession::tsih));
        final List<SessionStatus> list = new ArrayList<>();
        for (final IscsiSession session : all) {
            final SessionParameters parameters = session.parameters();
            final String digests =
                    (parameters.headerDigest() ? "header" : "")
                            + (parameters.headerDigest() && parameters.dataDigest() ? "+" : "")
                            + (parameters.dataDigest() ? "data" : "");
            list.add(
                    new SessionStatus(
                            "iscsi",
                            parameters.initiatorName(),
                            parameters.discovery() ? "(discovery)" : parameters.targetName(),
                            session.tsih(),
                            String.valueOf(session.connection().connection().remoteAddress())
                                    .replaceFirst("^/", ""),
                            1,
                            "lane "
                                    + session.connection().lane().index()
                                    + ", digests "
                                    + (digests.isEmpty() ? "none" : digests)
                                    + ", "
                                    + session.commands()
                                    + " commands, read "
                                    + session.bytesRead()
                                    + " B, written "
                                    + session.bytesWritten()
                                    + " B"));
        }
        return list;
    }

    /** Sessions there are now. */
    public synchronized int sessionCount() {
        return byTsih.size();
    }

    /**
     * Orderly stop: refuses logins, asks every initiator to log out, waits, and ends the sessions
     * that are left. Any thread but a lane's. What was acknowledged before is done; commands under
     * way end or are dropped without an answer.
     *
     * @param timeoutMs how long initiators get to log out
     */
    public void drain(final long timeoutMs) {
        draining = true;
        final int seconds = (int) Math.max(1, timeoutMs / 1000);
        for (final IscsiLane lane : lanes) {
            lane.lane()
                    .execute(
                            () -> {
                                for (final IscsiConnection connection :
                                        List.copyOf(lane.connections())) {
                                    if (connection.control() != null) {
                                        connection.control().requestLogout(seconds);
                                    }
                                }
                            });
        }
        awaitNoSessions(timeoutMs);
        closeSessions(session -> true);
        awaitNoSessions(timeoutMs);
    }

    private synchronized void awaitNoSessions(final long timeoutMs) {
        final long deadline =
                System.nanoTime() + timeoutMs * 1_000_000; // the operator's clock, not an engine's
        try {
            while (!byTsih.isEmpty()) {
                final long leftMs = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    return;
                }
                wait(leftMs);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeSessions(final Predicate<IscsiSession> filter) {
        for (final IscsiLane lane : lanes) {
            lane.lane()
                    .execute(
                            () -> {
                                for (final IscsiConnection connection :
                                        List.copyOf(lane.connections())) {
                                    final IscsiSession session = connection.session();
                                    if (session != null && filter.test(session)) {
                                        connection.terminate(() -> forget(session));
                                    }
                                }
                            });
        }
    }
}
