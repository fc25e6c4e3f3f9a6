package io.gemel.iscsi.session;

import static io.gemel.iscsi.wire.BhsFlyweight.BHS_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.status.Counter;
import io.gemel.iscsi.login.LoginStatus;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.iscsi.wire.LogoutResponseFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.SerialNumber;
import org.agrona.DirectBuffer;

/**
 * The engine of one iSCSI connection: RFC 7143. From bytes to PDUs to SCSI tasks and back; no
 * socket, no thread, no clock but the lane's. Owner: the lane.
 *
 * <p>What breaks the protocol is answered by Reject where the standard has one, and then ends the
 * connection: at ErrorRecoveryLevel 0 there is nothing else to recover with. A full sending side
 * stops reading; missing task slots are told as TASK SET FULL and missing buffers by dropping
 * unsolicited data and asking for it again, so that nothing waits behind what it is waiting for.
 */
final class IscsiConnection implements ConnectionEngine, TaskPorts {
    private final IscsiTargetNode node;
    private final IscsiLane iscsiLane;
    private final Lane lane;
    private final Connection connection;
    private final IscsiLimits limits;
    private final PduReceiver receiver;
    private final PduSender sender;
    private final LoginPhase loginPhase;
    private final ScsiCommands commands;
    private ControlPdus control;

    private ConnectionState state = ConnectionState.LOGIN;
    private IscsiSession session;
    private boolean paused;
    private boolean heard;
    private boolean pinged;
    private long timerId;
    private boolean timerArmed;
    private boolean logoutPending;
    private int logoutTag;
    private Runnable whenIdle;
    private boolean gone;

    IscsiConnection(
            final IscsiTargetNode node,
            final IscsiPortal portal,
            final IscsiLane iscsiLane,
            final Connection connection) {
        this.node = node;
        this.iscsiLane = iscsiLane;
        this.lane = iscsiLane.lane();
        this.connection = connection;
        this.limits = node.limits();
        this.receiver = new PduReceiver(this, iscsiLane);
        this.sender = new PduSender(connection.transmit(), limits.commandWindow());
        this.loginPhase = new LoginPhase(this, node, portal, iscsiLane, receiver, sender);
        this.commands =
                new ScsiCommands(this, node, iscsiLane, receiver, sender, loginPhase.parameters());
        armTimer(limits.loginTimeoutNs());
    }

    /** Null before full feature phase. */
    IscsiSession session() {
        return session;
    }

    ConnectionState state() {
        return state;
    }

    Connection connection() {
        return connection;
    }

    Lane lane() {
        return lane;
    }

    /** CID. */
    int connectionId() {
        return loginPhase.connectionId();
    }

    /** Answers and aborts that come from the control plane. */
    ControlPdus control() {
        return control;
    }

    ScsiCommands commands() {
        return commands;
    }

    /** The node has made the session, or refused to (null). */
    void onAdmitted(final IscsiSession admitted, final LoginStatus status) {
        loginPhase.onAdmitted(admitted, status);
    }

    /** The last Login Response is out. */
    void beginFullFeaturePhase(final IscsiSession admitted) {
        final SessionParameters parameters = admitted.parameters();
        session = admitted;
        control = new ControlPdus(this, node, commands, iscsiLane, receiver, sender, parameters);
        sender.useDigests(parameters.headerDigest(), parameters.dataDigest());
        receiver.use(
                parameters.headerDigest(),
                parameters.dataDigest(),
                parameters.targetMaxRecvDataSegmentLength());
        state(ConnectionState.FULL_FEATURE);
        armTimer(limits.nopIntervalNs());
        resume();
    }

    /**
     * The initiator wants to go. Commands that wait for it would wait for ever; the others end and
     * are answered first.
     */
    void beginLogout(final int tag) {
        state(ConnectionState.LOGGING_OUT);
        logoutTag = tag;
        logoutPending = true;
        commands.abortWaiting();
        if (commands.activeCount() == 0) {
            lane.execute(this::onIdle);
        }
    }

    /** The initiator has answered our NOP-In. */
    void answered() {
        pinged = false;
    }

    /** No command is under way any more. */
    void onLastReleased() {
        if (whenIdle != null || logoutPending || state == ConnectionState.CLOSED) {
            lane.execute(this::onIdle);
        }
    }

    @Override
    public void solicit(final Task task) {
        commands.solicit(task);
    }

    @Override
    public void execute(final Task task) {
        commands.execute(task);
    }

    @Override
    public boolean respond(final Task task) {
        return commands.respond(task);
    }

    @Override
    public void released(final Task task) {
        commands.released(task);
    }

    @Override
    public int onReceive(final DirectBuffer buffer, final int offset, final int length) {
        int at = offset;
        final int end = offset + length;
        heard = true;
        while (isReceiving()) {
            final int consumed = receiver.onBytes(buffer, at, end - at);
            if (consumed < 0) {
                break;
            }
            at += consumed;
        }
        if (state == ConnectionState.CLOSING || state == ConnectionState.CLOSED) {
            return length;
        }
        return at - offset;
    }

    private boolean isReceiving() {
        return !paused
                && (state == ConnectionState.LOGIN
                        || state == ConnectionState.FULL_FEATURE
                        || state == ConnectionState.LOGGING_OUT);
    }

    /** Stops reading until the sending side has room. */
    void pause() {
        if (!paused) {
            paused = true;
            connection.pauseReceive();
        }
    }

    private void resume() {
        if (paused) {
            paused = false;
            connection.resumeReceive();
        }
    }

    /**
     * The header is here: checks it, takes its CmdSN and chooses where the data segment goes.
     *
     * @return false when it cannot be taken now, or when the connection has ended over it
     */
    boolean beginPdu(final DirectBuffer buffer, final int ahsOffset, final int ahsLength) {
        iscsiLane.bhs.wrapBhs(receiver.header(), 0);
        final int opcode = iscsiLane.bhs.opcode();
        if (state == ConnectionState.LOGIN) {
            if (opcode != IscsiOpcode.LOGIN_REQUEST || ahsLength > 0) {
                count(Counter.ISCSI_PROTOCOL_ERRORS);
                drop();
                return false;
            }
            receiver.toSegment();
            return true;
        }
        if (ahsLength > 0 && opcode != IscsiOpcode.SCSI_COMMAND) {
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        switch (opcode) {
            case IscsiOpcode.SCSI_COMMAND -> {
                return commands.begin(buffer, ahsOffset, ahsLength);
            }
            case IscsiOpcode.DATA_OUT -> {
                return commands.dataOut().begin();
            }
            case IscsiOpcode.NOP_OUT, IscsiOpcode.TEXT_REQUEST -> {
                receiver.toSegment();
                return takeCmdSn(true);
            }
            case IscsiOpcode.TASK_MANAGEMENT_REQUEST, IscsiOpcode.LOGOUT_REQUEST -> {
                return takeCmdSn(true);
            }
            case IscsiOpcode.SNACK -> {
                return true;
            }
            default -> {
                // A Login Request, an opcode of the target's, or none that there is.
                reject(
                        opcode == IscsiOpcode.LOGIN_REQUEST
                                ? RejectFlyweight.PROTOCOL_ERROR
                                : RejectFlyweight.COMMAND_NOT_SUPPORTED,
                        true);
                return false;
            }
        }
    }

    /**
     * Checks a CmdSN against the window: RFC 7143 section 4.2.2.1. Outside it the PDU is ignored
     * without a word. A gap cannot be closed on the only connection of a session, where commands
     * come in order: that is an error.
     */
    boolean takeCmdSn(final boolean advance) {
        iscsiLane.bhs.wrapBhs(receiver.header(), 0);
        if (iscsiLane.bhs.isImmediate()) {
            return true;
        }
        final int cmdSn = iscsiLane.scsiCommand.wrap(receiver.header(), 0).cmdSn();
        if (!SerialNumber.isWithin(cmdSn, sender.expCmdSn(), sender.maxCmdSn())) {
            count(Counter.ISCSI_CMD_SN_IGNORED);
            return receiver.ignoreRest();
        }
        if (cmdSn != sender.expCmdSn()) {
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        if (advance) {
            sender.cmdSnTaken();
        }
        return true;
    }

    /**
     * The PDU is complete. Returns false when it has to wait for room, or the connection has ended.
     */
    boolean finishPdu() {
        if (receiver.isIgnored()) {
            receiver.next();
            return true;
        }
        iscsiLane.bhs.wrapBhs(receiver.header(), 0);
        final boolean done =
                switch (iscsiLane.bhs.opcode()) {
                    case IscsiOpcode.LOGIN_REQUEST -> loginPhase.finish();
                    case IscsiOpcode.SCSI_COMMAND -> commands.finish();
                    case IscsiOpcode.DATA_OUT -> commands.dataOut().finish();
                    case IscsiOpcode.NOP_OUT -> control.finishNopOut();
                    case IscsiOpcode.TEXT_REQUEST -> control.finishText();
                    case IscsiOpcode.TASK_MANAGEMENT_REQUEST -> control.finishTaskManagement();
                    case IscsiOpcode.LOGOUT_REQUEST -> control.finishLogout();
                    case IscsiOpcode.SNACK -> reject(RejectFlyweight.SNACK_REJECT, false);
                    default -> throw new InvariantViolation("opcode " + iscsiLane.bhs.opcode());
                };
        if (done) {
            receiver.next();
        } else if (isReceiving()) {
            pause();
        }
        return done;
    }

    boolean isBroken() {
        return state == ConnectionState.CLOSING || state == ConnectionState.CLOSED;
    }

    /** The last task is over: what waited for that goes on. */
    private void onIdle() {
        if (commands.activeCount() > 0) {
            return;
        }
        if (logoutPending && state == ConnectionState.LOGGING_OUT) {
            if (!control.sendLogoutResponse(logoutTag, LogoutResponseFlyweight.CLOSED)) {
                return; // again from onTransmitReady
            }
            logoutPending = false;
            close();
        }
        if (state == ConnectionState.CLOSED) {
            goAway();
        }
        if (whenIdle != null && isBroken()) {
            final Runnable waiting = whenIdle;
            whenIdle = null;
            waiting.run();
        }
    }

    /**
     * Rejects the PDU that is being received: RFC 7143 section 11.17.
     *
     * @param fatal whether the connection ends over it
     * @return false when there is no room (not fatal), or always when fatal
     */
    boolean reject(final int reason, final boolean fatal) {
        final int at = sender.claim(BHS_LENGTH);
        if (at >= 0) {
            count(Counter.ISCSI_REJECTS);
            iscsiLane
                    .reject
                    .wrapAndClear(sender.buffer(), at)
                    .reason(reason)
                    .initiatorTaskTag(RESERVED_TAG)
                    .statSn(sender.takeStatSn())
                    .expCmdSn(sender.expCmdSn())
                    .maxCmdSn(sender.maxCmdSn())
                    .dataSegmentLength(BHS_LENGTH);
            sender.buffer()
                    .putBytes(
                            at + BHS_LENGTH + sender.headerDigestLength(),
                            receiver.header(),
                            0,
                            BHS_LENGTH);
            sender.commit(at, BHS_LENGTH);
        }
        if (fatal) {
            count(Counter.ISCSI_PROTOCOL_ERRORS);
            drop();
            return false;
        }
        if (at < 0) {
            pause();
        }
        return at >= 0;
    }

    @Override
    public void onTransmitReady() {
        commands.onTransmitReady();
        if (logoutPending) {
            onIdle();
        }
        if (sender.midPdu() != null || state == ConnectionState.ADMITTING || isBroken()) {
            return;
        }
        if (!receiver.isFinishing() || finishPdu()) {
            resume();
        }
    }

    private void armTimer(final long delayNs) {
        disarmTimer();
        timerArmed = true;
        timerId = lane.schedule(lane.nowNs() + delayNs, this::onTimer);
    }

    private void disarmTimer() {
        if (timerArmed) {
            timerArmed = false;
            lane.cancelTimer(timerId);
        }
    }

    private void onTimer() {
        timerArmed = false;
        switch (state) {
            case LOGIN, ADMITTING -> {
                count(Counter.ISCSI_LOGIN_TIMEOUTS);
                drop();
            }
            case FULL_FEATURE, LOGGING_OUT -> {
                if (heard) {
                    pinged = false;
                } else if (pinged || logoutPending) {
                    count(Counter.ISCSI_NOP_TIMEOUTS);
                    drop();
                    return;
                } else {
                    pinged = true;
                    control.sendNopIn();
                }
                heard = false;
                armTimer(limits.nopIntervalNs());
            }
            case CLOSING, CLOSED -> {}
        }
    }

    /**
     * Ends the session at once; calls back, on this lane, when none of its commands can act any
     * more.
     */
    void terminate(final Runnable whenOver) {
        final Runnable before = whenIdle;
        whenIdle =
                before == null
                        ? whenOver
                        : () -> {
                            before.run();
                            whenOver.run();
                        };
        drop();
        if (commands.activeCount() == 0) {
            lane.execute(this::onIdle);
        }
    }

    /** Ends the connection without a further word, but what is queued still goes out. */
    void drop() {
        if (!isBroken()) {
            close();
            commands.abortAll(AbortReason.CONNECTION_LOST);
        }
    }

    void close() {
        state(ConnectionState.CLOSING);
        disarmTimer();
        connection.close();
    }

    @Override
    public void onClosed() {
        if (state != ConnectionState.CLOSED) {
            state(ConnectionState.CLOSED);
        }
        disarmTimer();
        commands.abortAll(AbortReason.CONNECTION_LOST);
        if (commands.activeCount() == 0) {
            goAway();
            if (whenIdle != null) {
                lane.execute(this::onIdle);
            }
        }
    }

    /**
     * The socket is gone and no command can act any more. Before that the session stays known: the
     * initiator's next login waits for its end, and so do resets, so that a write that the medium
     * still has cannot overtake what comes after them.
     */
    private void goAway() {
        if (!gone) {
            gone = true;
            iscsiLane.closed(this);
            node.onConnectionClosed(this);
        }
    }

    void count(final Counter counter) {
        lane.counters().increment(counter);
    }

    void state(final ConnectionState to) {
        if (!state.canGoTo(to)) {
            throw new InvariantViolation("iSCSI connection: " + state + " -> " + to);
        }
        state = to;
    }
}
