package io.gemel.iscsi.session;

import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.iscsi.wire.AhsFlyweight;
import io.gemel.iscsi.wire.AsyncMessageFlyweight;
import io.gemel.iscsi.wire.BhsFlyweight;
import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.DataOutFlyweight;
import io.gemel.iscsi.wire.LoginRequestFlyweight;
import io.gemel.iscsi.wire.LoginResponseFlyweight;
import io.gemel.iscsi.wire.LogoutRequestFlyweight;
import io.gemel.iscsi.wire.LogoutResponseFlyweight;
import io.gemel.iscsi.wire.NopInFlyweight;
import io.gemel.iscsi.wire.NopOutFlyweight;
import io.gemel.iscsi.wire.ReadyToTransferFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import io.gemel.iscsi.wire.ScsiResponseFlyweight;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import io.gemel.iscsi.wire.TaskManagementResponseFlyweight;
import io.gemel.iscsi.wire.TextRequestFlyweight;
import io.gemel.iscsi.wire.TextResponseFlyweight;
import io.gemel.scsi.LogicalUnit;
import io.gemel.scsi.Sense;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the iSCSI front end keeps per lane: its part of every task slot, its connections, its
 * flyweights. Owner: the lane.
 */
final class IscsiLane {
    final AhsFlyweight ahs = new AhsFlyweight();
    final BhsFlyweight bhs = new BhsFlyweight();
    final LoginRequestFlyweight loginRequest = new LoginRequestFlyweight();
    final LoginResponseFlyweight loginResponse = new LoginResponseFlyweight();
    final ScsiCommandFlyweight scsiCommand = new ScsiCommandFlyweight();
    final ScsiResponseFlyweight scsiResponse = new ScsiResponseFlyweight();
    final DataOutFlyweight dataOut = new DataOutFlyweight();
    final DataInFlyweight dataIn = new DataInFlyweight();
    final ReadyToTransferFlyweight readyToTransfer = new ReadyToTransferFlyweight();
    final TaskManagementRequestFlyweight tmfRequest = new TaskManagementRequestFlyweight();
    final TaskManagementResponseFlyweight tmfResponse = new TaskManagementResponseFlyweight();
    final TextRequestFlyweight textRequest = new TextRequestFlyweight();
    final TextResponseFlyweight textResponse = new TextResponseFlyweight();
    final LogoutRequestFlyweight logoutRequest = new LogoutRequestFlyweight();
    final LogoutResponseFlyweight logoutResponse = new LogoutResponseFlyweight();
    final NopOutFlyweight nopOut = new NopOutFlyweight();
    final NopInFlyweight nopIn = new NopInFlyweight();
    final RejectFlyweight reject = new RejectFlyweight();
    final AsyncMessageFlyweight asyncMessage = new AsyncMessageFlyweight();

    private final Lane lane;
    private final IscsiTask[] parts;
    private final List<IscsiConnection> connections = new ArrayList<>();

    IscsiLane(final Lane lane) {
        this.lane = lane;
        this.parts = new IscsiTask[lane.tasks().capacity()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new IscsiTask();
        }
    }

    Lane lane() {
        return lane;
    }

    IscsiTask part(final int taskIndex) {
        return parts[taskIndex];
    }

    int partCount() {
        return parts.length;
    }

    void opened(final IscsiConnection connection) {
        connections.add(connection);
    }

    void closed(final IscsiConnection connection) {
        connections.remove(connection);
    }

    /** Not to be changed by the caller; a copy where it may close connections. */
    List<IscsiConnection> connections() {
        return connections;
    }

    /** Raises a condition on every nexus of this lane that the filter lets through. */
    void raise(
            final LogicalUnit unit, final Sense condition, final Predicate<IscsiSession> filter) {
        for (final IscsiConnection connection : connections) {
            final IscsiSession session = connection.session();
            if (session != null && session.nexus() != null && filter.test(session)) {
                session.nexus().raise(unit, condition);
            }
        }
    }

    /**
     * Aborts tasks and calls back when none of them can be answered or reach the medium any more,
     * perhaps from within.
     */
    void abort(
            final Predicate<IscsiTask> filter, final AbortReason reason, final Runnable whenDone) {
        final List<IscsiTask> victims = new ArrayList<>();
        for (final IscsiConnection connection : connections) {
            connection.commands().collect(filter, victims);
        }
        final Set<Task> slots = new HashSet<>();
        for (final IscsiTask victim : victims) {
            slots.add(victim.task());
            victim.connection.commands().abort(victim, reason);
        }
        lane.fence(
                slot ->
                        slots.contains(slot)
                                && slot.context() instanceof IscsiConnection
                                && slot.isAborted(),
                reason,
                whenDone);
    }
}
