package io.gemel.iscsi.session;

import static io.gemel.core.memory.Crc32cDigest.DIGEST_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.BHS_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;
import static io.gemel.iscsi.wire.BhsFlyweight.padded;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.TaskState;
import io.gemel.core.lane.Transmit;
import io.gemel.core.memory.Crc32cDigest;
import io.gemel.core.status.Counter;
import io.gemel.iscsi.login.LoginAnswer;
import io.gemel.iscsi.login.LoginMachine;
import io.gemel.iscsi.login.LoginStatus;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.login.TextExchange;
import io.gemel.iscsi.wire.AhsFlyweight;
import io.gemel.iscsi.wire.AsyncMessageFlyweight;
import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.DataOutFlyweight;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.iscsi.wire.LoginResponseFlyweight;
import io.gemel.iscsi.wire.LogoutRequestFlyweight;
import io.gemel.iscsi.wire.LogoutResponseFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import io.gemel.iscsi.wire.ScsiResponseFlyweight;
import io.gemel.iscsi.wire.SerialNumber;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import io.gemel.iscsi.wire.TaskManagementResponseFlyweight;
import io.gemel.iscsi.wire.TextRequestFlyweight;
import io.gemel.scsi.LunMap;
import io.gemel.scsi.ScsiStatus;
import io.gemel.scsi.Sense;
import io.gemel.scsi.command.DeviceServer;
import io.gemel.scsi.wire.Cdb;
import io.gemel.scsi.wire.SenseDataEncoder;
import java.util.List;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The engine of one iSCSI connection: RFC 7143. From bytes to PDUs to SCSI tasks and back; no
 * socket, no thread, no clock but the lane's. Owner: the lane.
 *
 * <pre>
 *  receive:  HEADER ─► (DATA ─► TRAILER) ─► FINISH ─► HEADER
 * </pre>
 *
 * <p>What breaks the protocol is answered by Reject where the standard has one, and then ends the
 * connection: at ErrorRecoveryLevel 0 there is nothing else to recover with. A full sending side
 * stops reading; missing task slots are told as TASK SET FULL and missing buffers by dropping
 * unsolicited data and asking for it again, so that nothing waits behind what it is waiting for.
 */
final class IscsiConnection implements ConnectionEngine, TaskPorts {
    /**
     * Longest data segment of a PDU that is neither data nor a command, in bytes; pings beyond it
     * are echoed in part.
     */
    static final int MAX_CONTROL_SEGMENT_LENGTH = 16 * 1024;

    /** Longest data segment before full feature phase: RFC 7143 section 6.1, the default. */
    private static final int LOGIN_SEGMENT_LENGTH = 8192;

    private static final int TEXT_TAG = 1;
    private static final int NOP_TAG = 2;
    private static final int TAG_INDEX_BITS = 16;
    private static final int MAX_SENSE_SEGMENT = 2 + SenseDataEncoder.MAX_LENGTH;

    private enum ReceiveState {
        /** The header segments are not complete. */
        HEADER,
        /** Bytes of the data segment are missing. */
        DATA,
        /** Padding or data digest are missing. */
        TRAILER,
        /** All is here; acting on it waits for room on the sending side. */
        FINISH
    }

    private enum Sink {
        DROP,
        SEGMENT,
        TASK
    }

    private final IscsiTargetNode node;
    private final IscsiPortal portal;
    private final IscsiLane iscsiLane;
    private final Lane lane;
    private final Connection connection;
    private final Transmit transmit;
    private final DeviceServer deviceServer;
    private final IscsiLimits limits;
    private final LoginMachine login;
    private final SessionParameters parameters;

    private final UnsafeBuffer header = new UnsafeBuffer(new byte[BHS_LENGTH]);
    private final UnsafeBuffer segment = new UnsafeBuffer(new byte[MAX_CONTROL_SEGMENT_LENGTH]);
    private final Crc32cDigest receiveDigest = new Crc32cDigest();
    private final Crc32cDigest sendDigest = new Crc32cDigest();
    private final IscsiTask[] active;
    private final Int2ObjectHashMap<IscsiTask> byTag = new Int2ObjectHashMap<>(512, 0.5f);

    private ConnectionState state = ConnectionState.LOGIN;
    private IscsiSession session;
    private TextExchange text;
    private boolean textUnderWay;
    private boolean headerDigest;
    private boolean dataDigest;
    private int maxReceiveSegment = LOGIN_SEGMENT_LENGTH;

    private ReceiveState receiveState = ReceiveState.HEADER;
    private Sink sink = Sink.DROP;
    private IscsiTask sinkTask;
    private int sinkOffset;
    private int segmentLength;
    private int segmentReceived;
    private boolean ignorePdu;
    private boolean paused;
    private boolean heard;
    private boolean pinged;

    private boolean numbered;
    private int statSn = 1;
    private int expCmdSn;
    private int windowUsed;
    private int activeCount;
    private int immediateCount;
    private IscsiTask midPdu;

    private long timerId;
    private boolean timerArmed;
    private boolean logoutPending;
    private int logoutTag;
    private LoginAnswer admittedAnswer;
    private Runnable whenIdle;

    IscsiConnection(
            final IscsiTargetNode node,
            final IscsiPortal portal,
            final IscsiLane iscsiLane,
            final Connection connection) {
        this.node = node;
        this.portal = portal;
        this.iscsiLane = iscsiLane;
        this.lane = iscsiLane.lane();
        this.connection = connection;
        this.transmit = connection.transmit();
        this.deviceServer = node.deviceServer();
        this.limits = node.limits();
        this.login = new LoginMachine(node, limits.login(), portal.groupTag());
        this.parameters = login.parameters();
        this.active = new IscsiTask[limits.commandWindow() + limits.immediateCommands()];
        armTimer(limits.loginTimeoutNs());
    }

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

    int activeCount() {
        return activeCount;
    }

    /** Whether digests are used: header, data. */
    boolean headerDigest() {
        return headerDigest;
    }

    boolean dataDigest() {
        return dataDigest;
    }

    // ---------------------------------------------------------------- receiving

    @Override
    public int onReceive(final DirectBuffer buffer, final int offset, final int length) {
        int at = offset;
        final int end = offset + length;
        heard = true;
        while (isReceiving()) {
            final int consumed;
            switch (receiveState) {
                case HEADER -> consumed = onHeader(buffer, at, end - at);
                case DATA -> consumed = onData(buffer, at, end - at);
                case TRAILER -> consumed = onTrailer(buffer, at, end - at);
                case FINISH -> consumed = finishPdu() ? 0 : -1;
                default -> throw new InvariantViolation("receive state " + receiveState);
            }
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
    private void pause() {
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

    /** Returns the bytes consumed, or -1 when more are needed or it has to wait. */
    private int onHeader(final DirectBuffer buffer, final int at, final int available) {
        if (available < BHS_LENGTH) {
            return -1;
        }
        iscsiLane.bhs.wrapBhs(buffer, at);
        final int ahsLength = iscsiLane.bhs.totalAhsLength();
        final int headerLength = BHS_LENGTH + ahsLength;
        final int wholeLength = headerLength + (headerDigest ? DIGEST_LENGTH : 0);
        if (available < wholeLength) {
            return -1;
        }
        if (headerDigest
                && receiveDigest.reset().update(buffer, at, headerLength).value()
                        != buffer.getInt(at + headerLength, LITTLE_ENDIAN)) {
            count(Counter.ISCSI_HEADER_DIGEST_ERRORS);
            drop();
            return -1;
        }
        header.putBytes(0, buffer, at, BHS_LENGTH);
        segmentLength = iscsiLane.bhs.dataSegmentLength();
        segmentReceived = 0;
        sink = Sink.DROP;
        sinkTask = null;
        ignorePdu = false;
        if (segmentLength > maxReceiveSegment) {
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return -1;
        }
        if (!beginPdu(buffer, at + BHS_LENGTH, ahsLength)) {
            return -1;
        }
        receiveDigest.reset();
        receiveState = segmentLength > 0 ? ReceiveState.DATA : ReceiveState.FINISH;
        return wholeLength;
    }

    private int onData(final DirectBuffer buffer, final int at, final int available) {
        final int piece = Math.min(available, segmentLength - segmentReceived);
        if (piece == 0) {
            return -1;
        }
        if (dataDigest) {
            receiveDigest.update(buffer, at, piece);
        }
        if (sink == Sink.SEGMENT) {
            final int room = Math.min(piece, MAX_CONTROL_SEGMENT_LENGTH - segmentReceived);
            if (room > 0) {
                segment.putBytes(segmentReceived, buffer, at, room);
            }
        } else if (sink == Sink.TASK) {
            final int room =
                    Math.min(piece, sinkTask.dataOutLength() - sinkOffset - segmentReceived);
            if (room > 0) {
                sinkTask.buffer().putBytes(sinkOffset + segmentReceived, buffer, at, room);
            }
        }
        segmentReceived += piece;
        if (segmentReceived == segmentLength) {
            receiveState =
                    dataDigest || padded(segmentLength) != segmentLength
                            ? ReceiveState.TRAILER
                            : ReceiveState.FINISH;
        }
        return piece;
    }

    private int onTrailer(final DirectBuffer buffer, final int at, final int available) {
        final int padding = padded(segmentLength) - segmentLength;
        final int wholeLength = padding + (dataDigest ? DIGEST_LENGTH : 0);
        if (available < wholeLength) {
            return -1;
        }
        if (dataDigest
                && receiveDigest.update(buffer, at, padding).value()
                        != buffer.getInt(at + padding, LITTLE_ENDIAN)) {
            count(Counter.ISCSI_DATA_DIGEST_ERRORS);
            reject(RejectFlyweight.DATA_DIGEST_ERROR, true);
            return -1;
        }
        receiveState = ReceiveState.FINISH;
        return wholeLength;
    }

    /**
     * The header is here: checks it, takes its CmdSN and chooses where the data segment goes.
     *
     * @return false when it cannot be taken now, or when the connection has ended over it
     */
    private boolean beginPdu(final DirectBuffer buffer, final int ahsOffset, final int ahsLength) {
        iscsiLane.bhs.wrapBhs(header, 0);
        final int opcode = iscsiLane.bhs.opcode();
        if (state == ConnectionState.LOGIN) {
            if (opcode != IscsiOpcode.LOGIN_REQUEST || ahsLength > 0) {
                count(Counter.ISCSI_PROTOCOL_ERRORS);
                drop();
                return false;
            }
            sink = Sink.SEGMENT;
            return true;
        }
        if (ahsLength > 0 && opcode != IscsiOpcode.SCSI_COMMAND) {
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        switch (opcode) {
            case IscsiOpcode.SCSI_COMMAND -> {
                return beginCommand(buffer, ahsOffset, ahsLength);
            }
            case IscsiOpcode.DATA_OUT -> {
                return beginDataOut();
            }
            case IscsiOpcode.NOP_OUT, IscsiOpcode.TEXT_REQUEST -> {
                sink = Sink.SEGMENT;
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
    private boolean takeCmdSn(final boolean advance) {
        iscsiLane.bhs.wrapBhs(header, 0);
        if (iscsiLane.bhs.isImmediate()) {
            return true;
        }
        final int cmdSn = iscsiLane.scsiCommand.wrap(header, 0).cmdSn();
        if (!SerialNumber.isWithin(cmdSn, expCmdSn, maxCmdSn())) {
            count(Counter.ISCSI_CMD_SN_IGNORED);
            ignorePdu = true;
            sink = Sink.DROP;
            return true;
        }
        if (cmdSn != expCmdSn) {
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        if (advance) {
            expCmdSn++;
        }
        return true;
    }

    private int maxCmdSn() {
        return expCmdSn + limits.commandWindow() - windowUsed - 1;
    }

    /**
     * The PDU is complete. Returns false when it has to wait for room, or the connection has ended.
     */
    private boolean finishPdu() {
        if (ignorePdu) {
            receiveState = ReceiveState.HEADER;
            return true;
        }
        iscsiLane.bhs.wrapBhs(header, 0);
        final boolean done =
                switch (iscsiLane.bhs.opcode()) {
                    case IscsiOpcode.LOGIN_REQUEST -> finishLogin();
                    case IscsiOpcode.SCSI_COMMAND -> finishCommand();
                    case IscsiOpcode.DATA_OUT -> finishDataOut();
                    case IscsiOpcode.NOP_OUT -> finishNopOut();
                    case IscsiOpcode.TEXT_REQUEST -> finishText();
                    case IscsiOpcode.TASK_MANAGEMENT_REQUEST -> finishTaskManagement();
                    case IscsiOpcode.LOGOUT_REQUEST -> finishLogout();
                    case IscsiOpcode.SNACK -> reject(RejectFlyweight.SNACK_REJECT, false);
                    default -> throw new InvariantViolation("opcode " + iscsiLane.bhs.opcode());
                };
        if (done) {
            receiveState = ReceiveState.HEADER;
        } else if (isReceiving()) {
            pause();
        }
        return done;
    }

    private byte[] segmentBytes() {
        final byte[] bytes = new byte[Math.min(segmentLength, MAX_CONTROL_SEGMENT_LENGTH)];
        segment.getBytes(0, bytes);
        return bytes;
    }

    // ---------------------------------------------------------------- login

    private boolean finishLogin() {
        iscsiLane.loginRequest.wrap(header, 0);
        if (!numbered) {
            numbered = true;
            expCmdSn = iscsiLane.loginRequest.cmdSn();
        }
        if (node.isDraining()) {
            count(Counter.ISCSI_LOGINS_REFUSED);
            sendLoginResponse(refusal(LoginStatus.SERVICE_UNAVAILABLE), 0);
            close();
            return false;
        }
        final LoginAnswer answer = login.onRequest(iscsiLane.loginRequest, segmentBytes());
        if (answer.status() != LoginStatus.SUCCESS) {
            count(Counter.ISCSI_LOGINS_REFUSED);
            node.logRefusal(this, answer);
            sendLoginResponse(answer, 0);
            close();
            return false;
        }
        if (!answer.complete()) {
            sendLoginResponse(answer, 0);
            return true;
        }
        admittedAnswer = answer;
        logoutTag = iscsiLane.loginRequest.initiatorTaskTag();
        receiveState = ReceiveState.HEADER;
        state(ConnectionState.ADMITTING);
        pause();
        node.admit(this, parameters, portal);
        return state == ConnectionState.FULL_FEATURE;
    }

    private LoginAnswer refusal(final LoginStatus status) {
        iscsiLane.loginRequest.wrap(header, 0);
        return new LoginAnswer(
                status,
                false,
                false,
                iscsiLane.loginRequest.currentStage(),
                0,
                new byte[0],
                false,
                status.toString());
    }

    /** The node has made the session, or refused to (null). */
    void onAdmitted(final IscsiSession admitted, final LoginStatus status) {
        if (state != ConnectionState.ADMITTING) {
            return;
        }
        if (admitted == null) {
            count(Counter.ISCSI_LOGINS_REFUSED);
            sendLoginResponse(refusal(status), 0);
            close();
            return;
        }
        session = admitted;
        text = new TextExchange(parameters, limits.login(), node.directory(this));
        count(Counter.ISCSI_LOGINS);
        sendLoginResponse(admittedAnswer, session.tsih());
        admittedAnswer = null;
        headerDigest = parameters.headerDigest();
        dataDigest = parameters.dataDigest();
        maxReceiveSegment = parameters.targetMaxRecvDataSegmentLength();
        state(ConnectionState.FULL_FEATURE);
        armTimer(limits.nopIntervalNs());
        resume();
    }

    private void sendLoginResponse(final LoginAnswer answer, final int tsih) {
        final int at = claimPdu(answer.text().length);
        if (at < 0) {
            drop();
            return;
        }
        iscsiLane.loginRequest.wrap(header, 0);
        final boolean success = answer.status() == LoginStatus.SUCCESS;
        final LoginResponseFlyweight response =
                iscsiLane
                        .loginResponse
                        .wrapAndClear(transmit.buffer(), at)
                        .isTransit(answer.transit())
                        .currentStage(answer.currentStage())
                        .nextStage(answer.nextStage())
                        .isid(iscsiLane.loginRequest.isid())
                        .tsih(tsih)
                        .initiatorTaskTag(iscsiLane.loginRequest.initiatorTaskTag())
                        .statusClass(answer.status().statusClass())
                        .statusDetail(answer.status().statusDetail())
                        .dataSegmentLength(answer.text().length);
        if (success) {
            response.statSn(statSn++).expCmdSn(expCmdSn).maxCmdSn(maxCmdSn());
        }
        transmit.buffer().putBytes(at + BHS_LENGTH, answer.text());
        commitPdu(at, answer.text().length);
    }

    // ---------------------------------------------------------------- SCSI commands

    private boolean beginCommand(
            final DirectBuffer buffer, final int ahsOffset, final int ahsLength) {
        final ScsiCommandFlyweight pdu = iscsiLane.scsiCommand.wrap(header, 0);
        if (state == ConnectionState.LOGGING_OUT) {
            return reject(RejectFlyweight.WAITING_FOR_LOGOUT, false) && ignoreRest();
        }
        if (session.nexus() == null) { // discovery: RFC 7143 section 4.3
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        if (!takeCmdSn(false)) {
            return false;
        }
        if (ignorePdu) {
            return true;
        }
        final boolean immediate = pdu.isImmediate();
        final int tag = pdu.initiatorTaskTag();
        if (!checkUnsolicited(pdu) || tag == RESERVED_TAG) {
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        if (byTag.containsKey(tag)) {
            reject(RejectFlyweight.TASK_IN_PROGRESS, true);
            return false;
        }
        if (immediate && immediateCount == limits.immediateCommands()) {
            count(Counter.ISCSI_IMMEDIATE_LIMIT);
            return reject(RejectFlyweight.TOO_MANY_IMMEDIATE_COMMANDS, false) && ignoreRest();
        }
        final Task task = lane.tasks().claim();
        if (task == null) {
            if (!sendTaskSetFull(pdu)) {
                pause();
                return false;
            }
            expCmdSn += immediate ? 0 : 1;
            return ignoreRest();
        }
        final IscsiTask part = iscsiLane.part(task.index());
        part.clear();
        if (!copyCdb(part, buffer, ahsOffset, ahsLength)) {
            task.unclaim();
            reject(RejectFlyweight.INVALID_PDU_FIELD, true);
            return false;
        }
        expCmdSn += immediate ? 0 : 1;
        startCommand(task, part, pdu);
        return true;
    }

    private boolean ignoreRest() {
        ignorePdu = true;
        sink = Sink.DROP;
        return true;
    }

    /**
     * Whether the flags and the data that come unasked keep to what was negotiated: RFC 7143
     * section 11.3.
     */
    private boolean checkUnsolicited(final ScsiCommandFlyweight pdu) {
        final int immediateLength = pdu.dataSegmentLength();
        if (!pdu.isWrite()) {
            return immediateLength == 0 && pdu.isFinal();
        }
        final long expected = pdu.expectedDataTransferLength();
        return (immediateLength == 0 || parameters.immediateData())
                && immediateLength <= expected
                && immediateLength <= parameters.firstBurstLength()
                && (pdu.isFinal() || !parameters.initialR2t());
    }

    private boolean copyCdb(
            final IscsiTask part,
            final DirectBuffer buffer,
            final int ahsOffset,
            final int ahsLength) {
        final Cdb cdb = part.cdb();
        cdb.clear();
        cdb.bytes()
                .putBytes(
                        0,
                        header,
                        ScsiCommandFlyweight.CDB_OFFSET,
                        ScsiCommandFlyweight.CDB_LENGTH);
        final AhsFlyweight ahs = iscsiLane.ahs;
        for (int at = ahsOffset; at < ahsOffset + ahsLength; at += ahs.paddedLength()) {
            if (!ahs.tryWrap(buffer, at, ahsOffset + ahsLength)) {
                return false;
            }
            if (ahs.ahsType() == AhsFlyweight.TYPE_EXTENDED_CDB) {
                final int extra = ahs.extendedCdbLength();
                if (extra > Cdb.MAX_LENGTH - ScsiCommandFlyweight.CDB_LENGTH) {
                    return false;
                }
                cdb.bytes()
                        .putBytes(
                                ScsiCommandFlyweight.CDB_LENGTH,
                                buffer,
                                ahs.extendedCdbOffset(),
                                extra);
            } else if (ahs.ahsType() != AhsFlyweight.TYPE_BIDIRECTIONAL_READ_LENGTH) {
                return false;
            }
        }
        return true;
    }

    private void startCommand(
            final Task task, final IscsiTask part, final ScsiCommandFlyweight pdu) {
        final int expected = (int) Math.min(pdu.expectedDataTransferLength(), Integer.MAX_VALUE);
        final int immediateLength = pdu.dataSegmentLength();
        part.connection = this;
        part.initiatorTaskTag = pdu.initiatorTaskTag();
        part.lunField = pdu.lun();
        part.immediate = pdu.isImmediate();
        part.expectedOut = pdu.isWrite() ? expected : 0;
        part.expectedIn = pdu.isRead() && !pdu.isWrite() ? expected : 0;
        part.unsolicitedOpen = !pdu.isFinal();
        part.begin(task, session.nexus(), LunMap.decode(part.lunField));
        part.listIndex = activeCount;
        active[activeCount++] = part;
        byTag.put(part.initiatorTaskTag, part);
        if (part.immediate) {
            immediateCount++;
        } else {
            windowUsed++;
        }
        session.countCommand();

        deviceServer.admit(part);
        if (!part.failed() && part.expectedOut < part.dataOutLength()) {
            part.askedOut = part.dataOutLength();
            if (!part.descriptor().handler().truncate(part, part.expectedOut)) {
                part.fail(Sense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            }
        } else if (!part.failed()
                && part.expectedOut > part.dataOutLength()
                && part.descriptor().handler().wantsExactDataOut()) {
            part.fail(Sense.INVALID_FIELD_IN_CDB);
        }
        if (immediateLength > 0) {
            sink = Sink.TASK;
            sinkTask = part;
            sinkOffset = 0;
        }
        if (part.failed() || part.dataOutLength() == 0) {
            if (immediateLength > 0) {
                sink = Sink.DROP; // but sinkTask stays: its data counts
            }
            task.start(this, part.failed() ? 0 : part.bufferBytes(), 0);
        } else {
            task.start(this, part.bufferBytes(), part.dataOutLength());
            if (sinkTask == part && task.state() != TaskState.AWAIT_DATA_OUT) {
                sink = Sink.DROP;
                startDropping(part);
            }
        }
    }

    private void startDropping(final IscsiTask part) {
        if (!part.dropping) {
            part.dropping = true;
            count(Counter.ISCSI_UNSOLICITED_DATA_DROPPED);
        }
    }

    private boolean finishCommand() {
        final IscsiTask part = sinkTask;
        sinkTask = null;
        if (part == null || segmentLength == 0) {
            return true;
        }
        part.unsolicitedOffset = segmentLength;
        if (sink == Sink.TASK) {
            takeData(part, segmentLength);
        } else if (part.task() != null && part.task().state() == TaskState.AWAIT_DATA_OUT) {
            sendR2ts(part);
        }
        return true;
    }

    /** So many bytes more lie in the buffer, in order. */
    private void takeData(final IscsiTask part, final int lengthBytes) {
        final Task task = part.task();
        final int kept = Math.min(lengthBytes, part.dataOutLength() - part.received);
        part.received += kept;
        session.countWritten(kept);
        if (task.state() != TaskState.AWAIT_DATA_OUT || kept == 0) {
            return;
        }
        final boolean complete = part.received == part.dataOutLength();
        task.onDataOut(kept);
        if (!complete) {
            sendR2ts(part);
        }
    }

    @Override
    public void solicit(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        if (sinkTask != part) {
            sendR2ts(part);
        }
    }

    /** Asks for what is missing, as far as MaxOutstandingR2T and the sending side allow. */
    private void sendR2ts(final IscsiTask part) {
        if (part.unsolicitedOpen) {
            return;
        }
        part.r2tWaits = false;
        if (part.r2tOffset < part.received) {
            part.r2tOffset = part.received;
        }
        while (part.r2tsOutstanding < parameters.maxOutstandingR2t()
                && part.r2tOffset < part.dataOutLength()) {
            final int length =
                    Math.min(parameters.maxBurstLength(), part.dataOutLength() - part.r2tOffset);
            final int at = claimPdu(0);
            if (at < 0) {
                part.r2tWaits = true;
                return;
            }
            iscsiLane
                    .readyToTransfer
                    .wrapAndClear(transmit.buffer(), at)
                    .lun(part.lunField)
                    .initiatorTaskTag(part.initiatorTaskTag)
                    .targetTransferTag(transferTag(part))
                    .statSn(statSn)
                    .expCmdSn(expCmdSn)
                    .maxCmdSn(maxCmdSn())
                    .r2tSn(part.nextR2tSn)
                    .bufferOffset(part.r2tOffset)
                    .desiredDataTransferLength(length);
            commitPdu(at, 0);
            if (part.r2tsOutstanding == 0) {
                part.expectedDataSn = 0;
                part.sequenceEnd = part.r2tOffset + length;
            }
            part.r2tsOutstanding++;
            part.nextR2tSn++;
            part.r2tOffset += length;
        }
    }

    /**
     * Slot in the low half, use of the slot above: a tag of an earlier command never fits a later
     * one by chance alone.
     */
    private static int transferTag(final IscsiTask part) {
        final Task task = part.task();
        return (task.generation() & 0x7FFF) << TAG_INDEX_BITS | task.index();
    }

    // ---------------------------------------------------------------- Data-Out

    private boolean beginDataOut() {
        final DataOutFlyweight pdu = iscsiLane.dataOut.wrap(header, 0);
        final boolean solicited = pdu.targetTransferTag() != RESERVED_TAG;
        final IscsiTask part =
                solicited
                        ? bySolicitedTag(pdu.targetTransferTag())
                        : byTag.get(pdu.initiatorTaskTag());
        if (part == null || part.initiatorTaskTag != pdu.initiatorTaskTag()) {
            // Of a command that has ended before all its data came.
            count(Counter.ISCSI_DATA_OUT_DROPPED);
            return ignoreRest();
        }
        final long offset = pdu.bufferOffset();
        final long end = offset + segmentLength;
        sinkTask = part;
        sinkOffset = (int) Math.min(offset, Integer.MAX_VALUE);
        final boolean awaits = part.task().state() == TaskState.AWAIT_DATA_OUT;
        if (pdu.dataSn() != part.expectedDataSn) {
            return failTransfer(part);
        }
        if (!solicited) {
            if (!part.unsolicitedOpen
                    || offset != part.unsolicitedOffset
                    || end > Math.min(parameters.firstBurstLength(), part.expectedOut)) {
                return failTransfer(part);
            }
            if (awaits && !part.dropping && offset == part.received) {
                sink = Sink.TASK;
            } else if (part.received < part.dataOutLength() && !part.failed()) {
                startDropping(part);
            }
            return true;
        }
        if (part.r2tsOutstanding == 0
                || offset != part.received
                || end > part.sequenceEnd
                || pdu.isFinal() != (end == part.sequenceEnd)) {
            return failTransfer(part);
        }
        sink = awaits ? Sink.TASK : Sink.DROP;
        return true;
    }

    /**
     * Data came out of order or in the wrong amount: that command ends, what still comes for it is
     * dropped.
     */
    private boolean failTransfer(final IscsiTask part) {
        count(Counter.ISCSI_DATA_SEQUENCE_ERRORS);
        sinkTask = null;
        if (!part.failed()) {
            part.fail(Sense.DATA_PHASE_ERROR);
        }
        part.answersAbort = true;
        part.unsolicitedOpen = false;
        abortTask(part, AbortReason.ABORTED_BY_HOST);
        return ignoreRest();
    }

    private IscsiTask bySolicitedTag(final int tag) {
        final int index = tag & (1 << TAG_INDEX_BITS) - 1;
        if (index >= iscsiLane.partCount()) {
            return null;
        }
        final IscsiTask part = iscsiLane.part(index);
        return part.connection == this && part.task() != null && transferTag(part) == tag
                ? part
                : null;
    }

    private boolean finishDataOut() {
        final IscsiTask part = sinkTask;
        sinkTask = null;
        if (part == null) { // ended while its data came
            return true;
        }
        final DataOutFlyweight pdu = iscsiLane.dataOut.wrap(header, 0);
        part.expectedDataSn++;
        if (pdu.targetTransferTag() == RESERVED_TAG) {
            part.unsolicitedOffset += segmentLength;
            if (pdu.isFinal()) {
                part.unsolicitedOpen = false;
                part.expectedDataSn = 0;
            }
            if (sink == Sink.TASK) {
                takeData(part, segmentLength);
            }
            if (pdu.isFinal() && part.task() != null && part.connection == this) {
                onUnsolicitedEnd(part);
            }
            return true;
        }
        if (pdu.isFinal()) {
            part.r2tsOutstanding--;
            part.expectedDataSn = 0;
            part.sequenceEnd =
                    Math.min(part.sequenceEnd + parameters.maxBurstLength(), part.dataOutLength());
        }
        takeData(part, segmentLength);
        return true;
    }

    private void onUnsolicitedEnd(final IscsiTask part) {
        final Task task = part.task();
        if (task.state() == TaskState.AWAIT_DATA_OUT) {
            sendR2ts(part);
        } else if (part.executeWaits) {
            part.executeWaits = false;
            deviceServer.execute(part);
        }
    }

    // ---------------------------------------------------------------- responding

    @Override
    public void execute(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        if (part.unsolicitedOpen) {
            part.executeWaits = true; // the response may not overtake the data that still comes
        } else {
            deviceServer.execute(part);
        }
    }

    @Override
    public boolean respond(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        if (task.isAborted()) {
            if (midPdu == part && state != ConnectionState.CLOSED) {
                return isBroken() || continueDataIn(part); // a PDU that has begun must be whole
            }
            return !part.answersAbort
                    || task.abortReason() == AbortReason.CONNECTION_LOST
                    || sendResult(part);
        }
        return deviceServer.completed(part) && sendResult(part);
    }

    private boolean isBroken() {
        return state == ConnectionState.CLOSING || state == ConnectionState.CLOSED;
    }

    /** Data-In, then status. Returns false when there is no room for the next piece. */
    private boolean sendResult(final IscsiTask part) {
        if (midPdu != null && midPdu != part) {
            return false;
        }
        final int total = Math.min(part.dataInLength(), part.expectedIn);
        while (part.sent < total) {
            if (!sendDataIn(part, total)) {
                return false;
            }
        }
        return part.statusSent || sendResponse(part);
    }

    /** One Data-In PDU, or what is left of it. */
    private boolean sendDataIn(final IscsiTask part, final int total) {
        if (part.stage != IscsiTask.STAGE_HEADER) {
            return continueDataIn(part);
        }
        final int burstLeft = parameters.maxBurstLength() - part.burstSent;
        final int piece =
                Math.min(
                        Math.min(total - part.sent, burstLeft),
                        parameters.initiatorMaxRecvDataSegmentLength());
        final boolean last = part.sent + piece == total;
        final boolean withStatus = last && part.status() == ScsiStatus.GOOD;
        final boolean byReference = piece >= Transmit.SEND_THRESHOLD_BYTES;
        final int at = byReference ? claimBytes(BHS_LENGTH + DIGEST_LENGTH) : claimPdu(piece);
        if (at < 0) {
            return false;
        }
        final MutableDirectBuffer out = transmit.buffer();
        final DataInFlyweight pdu =
                iscsiLane
                        .dataIn
                        .wrapAndClear(out, at)
                        .isFinal(last || piece == burstLeft)
                        .lun(part.lunField)
                        .initiatorTaskTag(part.initiatorTaskTag)
                        .targetTransferTag(RESERVED_TAG)
                        .dataSegmentLength(piece)
                        .expCmdSn(expCmdSn)
                        .maxCmdSn(maxCmdSn() + (withStatus && !part.immediate ? 1 : 0))
                        .dataSn(part.dataSn)
                        .bufferOffset(part.sent);
        if (withStatus) {
            final int difference = part.expectedIn - part.dataInLength();
            pdu.hasStatus(true)
                    .status(ScsiStatus.GOOD)
                    .statSn(statSn++)
                    .isUnderflow(difference > 0)
                    .isOverflow(difference < 0)
                    .residualCount(Math.abs(difference));
            part.statusSent = true;
        }
        part.dataSn++;
        part.burstSent = piece == burstLeft ? 0 : part.burstSent + piece;
        session.countRead(piece);
        if (byReference) {
            commitHeader(at);
            part.pieceLength = piece;
            part.stage = IscsiTask.STAGE_PAYLOAD;
            midPdu = part;
            return continueDataIn(part);
        }
        out.putBytes(at + BHS_LENGTH + headerDigestLength(), part.buffer(), part.sent, piece);
        commitPdu(at, piece);
        part.sent += piece;
        return true;
    }

    /** Payload and trailer of a Data-In PDU whose header has gone out. */
    private boolean continueDataIn(final IscsiTask part) {
        if (part.stage == IscsiTask.STAGE_PAYLOAD) {
            if (!transmit.send(part.task().buffer(), part.sent, part.pieceLength)) {
                return false;
            }
            part.stage = IscsiTask.STAGE_TRAILER;
        }
        final int padding = padded(part.pieceLength) - part.pieceLength;
        if (padding > 0 || dataDigest) {
            final int at = transmit.claim(padding + DIGEST_LENGTH);
            if (at < 0) {
                return false;
            }
            transmit.buffer().setMemory(at, padding, (byte) 0);
            if (dataDigest) {
                final int digest =
                        sendDigest
                                .reset()
                                .update(part.buffer(), part.sent, part.pieceLength)
                                .updateZeroes(padded(part.pieceLength) - part.pieceLength)
                                .value();
                transmit.buffer().putInt(at + padding, digest, LITTLE_ENDIAN);
            }
            transmit.commit(padding + (dataDigest ? DIGEST_LENGTH : 0));
        }
        part.sent += part.pieceLength;
        part.stage = IscsiTask.STAGE_HEADER;
        midPdu = null;
        return true;
    }

    private boolean sendResponse(final IscsiTask part) {
        final boolean withSense = part.status() == ScsiStatus.CHECK_CONDITION;
        final int at = claimPdu(withSense ? MAX_SENSE_SEGMENT : 0);
        if (at < 0) {
            return false;
        }
        final MutableDirectBuffer out = transmit.buffer();
        int length = 0;
        if (withSense) {
            count(Counter.SCSI_CHECK_CONDITIONS);
            final int segmentAt = at + BHS_LENGTH + headerDigestLength();
            final int senseLength = part.encodeSense(out, segmentAt + 2);
            out.putShort(segmentAt, (short) senseLength, BIG_ENDIAN);
            length = 2 + senseLength;
        }
        final ScsiResponseFlyweight pdu =
                iscsiLane
                        .scsiResponse
                        .wrapAndClear(out, at)
                        .response(ScsiResponseFlyweight.COMMAND_COMPLETED)
                        .status(part.status())
                        .initiatorTaskTag(part.initiatorTaskTag)
                        .statSn(statSn++)
                        .expCmdSn(expCmdSn)
                        .maxCmdSn(maxCmdSn() + (part.immediate ? 0 : 1))
                        .expDataSn(part.dataSn + part.nextR2tSn)
                        .dataSegmentLength(length);
        final long difference = residual(part);
        pdu.isUnderflow(difference > 0)
                .isOverflow(difference < 0)
                .residualCount(Math.abs(difference));
        commitPdu(at, length);
        part.statusSent = true;
        return true;
    }

    /** Positive: so many bytes fewer than expected; negative: so many more would have been. */
    private static long residual(final IscsiTask part) {
        if (part.askedOut >= 0) {
            return (long) part.expectedOut - part.askedOut;
        }
        if (part.expectedOut > 0) {
            return (long) part.expectedOut - part.received;
        }
        return (long) part.expectedIn - part.dataInLength();
    }

    @Override
    public void released(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        if (sinkTask == part) {
            sinkTask = null;
            sink = Sink.DROP;
        }
        if (midPdu == part) {
            midPdu = null;
        }
        final IscsiTask last = active[--activeCount];
        active[part.listIndex] = last;
        last.listIndex = part.listIndex;
        active[activeCount] = null;
        byTag.remove(part.initiatorTaskTag);
        if (part.immediate) {
            immediateCount--;
        } else {
            windowUsed--;
        }
        iscsiLane.onReleased(part);
        part.end();
        part.connection = null;
        if (activeCount == 0 && (whenIdle != null || logoutPending)) {
            lane.execute(this::onIdle);
        }
    }

    private boolean sendTaskSetFull(final ScsiCommandFlyweight pdu) {
        final int at = claimPdu(0);
        if (at < 0) {
            return false;
        }
        count(Counter.ISCSI_TASK_SET_FULL);
        final long expected = pdu.expectedDataTransferLength();
        iscsiLane
                .scsiResponse
                .wrapAndClear(transmit.buffer(), at)
                .status(ScsiStatus.TASK_SET_FULL)
                .initiatorTaskTag(pdu.initiatorTaskTag())
                .statSn(statSn++)
                .expCmdSn(expCmdSn + (pdu.isImmediate() ? 0 : 1))
                .maxCmdSn(maxCmdSn() + (pdu.isImmediate() ? 0 : 1))
                .isUnderflow(expected > 0)
                .residualCount(expected);
        commitPdu(at, 0);
        return true;
    }

    // ---------------------------------------------------------------- NOP, text, logout, task
    // management

    private boolean finishNopOut() {
        iscsiLane.nopOut.wrap(header, 0);
        final int tag = iscsiLane.nopOut.initiatorTaskTag();
        if (tag == RESERVED_TAG) { // the answer to our NOP-In, or a sign of life
            pinged = false;
            return true;
        }
        final int length =
                Math.min(
                        Math.min(segmentLength, MAX_CONTROL_SEGMENT_LENGTH),
                        parameters.initiatorMaxRecvDataSegmentLength());
        final int at = claimPdu(length);
        if (at < 0) {
            return false;
        }
        iscsiLane
                .nopIn
                .wrapAndClear(transmit.buffer(), at)
                .lun(iscsiLane.nopOut.lun())
                .initiatorTaskTag(tag)
                .targetTransferTag(RESERVED_TAG)
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn())
                .dataSegmentLength(length);
        transmit.buffer().putBytes(at + BHS_LENGTH + headerDigestLength(), segment, 0, length);
        commitPdu(at, length);
        return true;
    }

    private boolean finishText() {
        final TextRequestFlyweight pdu = iscsiLane.textRequest.wrap(header, 0);
        final int pieceLimit =
                Math.min(
                        parameters.initiatorMaxRecvDataSegmentLength(), MAX_CONTROL_SEGMENT_LENGTH);
        final int at = claimPdu(pieceLimit);
        if (at < 0) {
            return false;
        }
        transmit.commit(0); // only to know that there is room
        if (segmentLength > MAX_CONTROL_SEGMENT_LENGTH
                || pdu.isFinal() && pdu.isContinue()
                || pdu.targetTransferTag() != RESERVED_TAG && !textUnderWay) {
            return reject(RejectFlyweight.PROTOCOL_ERROR, false);
        }
        if (pdu.targetTransferTag() == RESERVED_TAG) {
            text.reset();
        }
        final boolean wantsMore = text.hasMore() && segmentLength == 0;
        if (!wantsMore && !text.onRequest(segmentBytes(), pdu.isContinue())) {
            textUnderWay = false;
            return reject(RejectFlyweight.PROTOCOL_ERROR, false);
        }
        final byte[] piece = text.nextPiece(pieceLimit);
        final boolean more = text.hasMore();
        textUnderWay = more || !pdu.isFinal();
        final int to = claimPdu(piece.length);
        if (to < 0) {
            throw new InvariantViolation("room that was there is gone");
        }
        iscsiLane
                .textResponse
                .wrapAndClear(transmit.buffer(), to)
                .isFinal(!more && pdu.isFinal())
                .isContinue(more)
                .lun(pdu.lun())
                .initiatorTaskTag(pdu.initiatorTaskTag())
                .targetTransferTag(textUnderWay ? TEXT_TAG : RESERVED_TAG)
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn())
                .dataSegmentLength(piece.length);
        transmit.buffer().putBytes(to + BHS_LENGTH + headerDigestLength(), piece);
        commitPdu(to, piece.length);
        return true;
    }

    private boolean finishLogout() {
        final LogoutRequestFlyweight pdu = iscsiLane.logoutRequest.wrap(header, 0);
        if (pdu.reason() == LogoutRequestFlyweight.REMOVE_CONNECTION_FOR_RECOVERY) {
            return sendLogoutResponse(
                    pdu.initiatorTaskTag(), LogoutResponseFlyweight.RECOVERY_NOT_SUPPORTED);
        }
        if (pdu.reason() > LogoutRequestFlyweight.REMOVE_CONNECTION_FOR_RECOVERY) {
            return reject(RejectFlyweight.INVALID_PDU_FIELD, false);
        }
        if (pdu.reason() == LogoutRequestFlyweight.CLOSE_CONNECTION
                && pdu.connectionId() != login.connectionId()) {
            return sendLogoutResponse(
                    pdu.initiatorTaskTag(), LogoutResponseFlyweight.CID_NOT_FOUND);
        }
        if (state == ConnectionState.LOGGING_OUT) {
            return reject(RejectFlyweight.WAITING_FOR_LOGOUT, false);
        }
        state(ConnectionState.LOGGING_OUT);
        logoutTag = pdu.initiatorTaskTag();
        logoutPending = true;
        // Commands that wait for the initiator would wait for ever; the others end and are answered
        // first.
        for (int i = activeCount - 1; i >= 0; i--) {
            final TaskState taskState = active[i].task().state();
            if (taskState == TaskState.AWAIT_DATA_OUT
                    || taskState == TaskState.NEED_BUFFER
                    || active[i].executeWaits) {
                abortTask(active[i], AbortReason.ABORTED_BY_HOST);
            }
        }
        if (activeCount == 0) {
            lane.execute(this::onIdle);
        }
        return true;
    }

    private boolean sendLogoutResponse(final int tag, final int response) {
        final int at = claimPdu(0);
        if (at < 0) {
            return false;
        }
        iscsiLane
                .logoutResponse
                .wrapAndClear(transmit.buffer(), at)
                .response(response)
                .initiatorTaskTag(tag)
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn())
                .time2Wait(parameters.defaultTime2Wait())
                .time2Retain(parameters.defaultTime2Retain());
        commitPdu(at, 0);
        return true;
    }

    /** The last task is over: what waited for that goes on. */
    private void onIdle() {
        if (activeCount > 0) {
            return;
        }
        if (logoutPending && state == ConnectionState.LOGGING_OUT) {
            if (!sendLogoutResponse(logoutTag, LogoutResponseFlyweight.CLOSED)) {
                return; // again from onTransmitReady
            }
            logoutPending = false;
            close();
        }
        if (whenIdle != null && isBroken()) {
            final Runnable waiting = whenIdle;
            whenIdle = null;
            waiting.run();
        }
    }

    private boolean finishTaskManagement() {
        final TaskManagementRequestFlyweight pdu = iscsiLane.tmfRequest.wrap(header, 0);
        if (session.nexus() == null) {
            reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        count(Counter.SCSI_TASK_MANAGEMENT);
        final int tag = pdu.initiatorTaskTag();
        final int lun = LunMap.decode(pdu.lun());
        final int function = pdu.function();
        switch (function) {
            case TaskManagementRequestFlyweight.ABORT_TASK -> {
                final IscsiTask victim = byTag.get(pdu.referencedTaskTag());
                if (victim == null) {
                    return sendTmfResponse(
                            tag, TaskManagementResponseFlyweight.TASK_DOES_NOT_EXIST);
                }
                iscsiLane.abort(
                        task -> task == victim,
                        AbortReason.ABORTED_BY_HOST,
                        () -> answerTmf(tag, TaskManagementResponseFlyweight.FUNCTION_COMPLETE));
            }
            case TaskManagementRequestFlyweight.ABORT_TASK_SET,
                    TaskManagementRequestFlyweight.CLEAR_TASK_SET,
                    TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET -> {
                if (session.nexus().luns().unit(lun) == null) {
                    return sendTmfResponse(tag, TaskManagementResponseFlyweight.LUN_DOES_NOT_EXIST);
                }
                node.manageTasks(this, function, lun, tag);
            }
            case TaskManagementRequestFlyweight.TARGET_WARM_RESET,
                    TaskManagementRequestFlyweight.TARGET_COLD_RESET ->
                    node.manageTasks(this, function, lun, tag);
            case TaskManagementRequestFlyweight.TASK_REASSIGN -> {
                return sendTmfResponse(
                        tag, TaskManagementResponseFlyweight.TASK_REASSIGN_NOT_SUPPORTED);
            }
            default -> {
                return sendTmfResponse(tag, TaskManagementResponseFlyweight.FUNCTION_NOT_SUPPORTED);
            }
        }
        return true;
    }

    /** Control plane: answers a task management function that has been carried out on all lanes. */
    void answerTmf(final int tag, final int response) {
        if ((state == ConnectionState.FULL_FEATURE || state == ConnectionState.LOGGING_OUT)
                && !sendTmfResponse(tag, response)) {
            // No room for 48 bytes on a connection whose peer waits for them: it does not read.
            count(Counter.ISCSI_PROTOCOL_ERRORS);
            drop();
        }
    }

    private boolean sendTmfResponse(final int tag, final int response) {
        final int at = claimPdu(0);
        if (at < 0) {
            return false;
        }
        iscsiLane
                .tmfResponse
                .wrapAndClear(transmit.buffer(), at)
                .response(response)
                .initiatorTaskTag(tag)
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn());
        commitPdu(at, 0);
        return true;
    }

    /** Adds this connection's tasks that the filter lets through. */
    void collect(final Predicate<IscsiTask> filter, final List<IscsiTask> to) {
        for (int i = 0; i < activeCount; i++) {
            if (filter.test(active[i])) {
                to.add(active[i]);
            }
        }
    }

    void abortTask(final IscsiTask part, final AbortReason reason) {
        final Task task = part.task();
        if (task == null || part.connection != this) {
            return;
        }
        final boolean waits = part.executeWaits;
        part.executeWaits = false;
        task.abort(reason);
        if (waits) {
            task.executed();
        }
    }

    // ---------------------------------------------------------------- sending

    private int headerDigestLength() {
        return headerDigest ? DIGEST_LENGTH : 0;
    }

    /** Room for a PDU with so long a data segment; -1: none now. */
    private int claimPdu(final int length) {
        return claimBytes(BHS_LENGTH + 2 * DIGEST_LENGTH + padded(length));
    }

    private int claimBytes(final int length) {
        return midPdu != null ? -1 : transmit.claim(length);
    }

    /** Sends a PDU whose header and data segment are in place; adds padding and digests. */
    private void commitPdu(final int at, final int length) {
        final MutableDirectBuffer out = transmit.buffer();
        int end = at + BHS_LENGTH;
        if (headerDigest) {
            out.putInt(end, sendDigest.reset().update(out, at, BHS_LENGTH).value(), LITTLE_ENDIAN);
            end += DIGEST_LENGTH;
        }
        if (length > 0) {
            final int segmentAt = end;
            end += padded(length);
            out.setMemory(segmentAt + length, padded(length) - length, (byte) 0);
            if (dataDigest) {
                out.putInt(
                        end,
                        sendDigest.reset().update(out, segmentAt, padded(length)).value(),
                        LITTLE_ENDIAN);
                end += DIGEST_LENGTH;
            }
        }
        transmit.commit(end - at);
    }

    private void commitHeader(final int at) {
        commitPdu(at, 0);
    }

    /**
     * Rejects the PDU that is being received: RFC 7143 section 11.17.
     *
     * @param fatal whether the connection ends over it
     * @return false when there is no room (not fatal), or always when fatal
     */
    private boolean reject(final int reason, final boolean fatal) {
        final int at = claimPdu(BHS_LENGTH);
        if (at >= 0) {
            count(Counter.ISCSI_REJECTS);
            iscsiLane
                    .reject
                    .wrapAndClear(transmit.buffer(), at)
                    .reason(reason)
                    .initiatorTaskTag(RESERVED_TAG)
                    .statSn(statSn++)
                    .expCmdSn(expCmdSn)
                    .maxCmdSn(maxCmdSn())
                    .dataSegmentLength(BHS_LENGTH);
            transmit.buffer()
                    .putBytes(at + BHS_LENGTH + headerDigestLength(), header, 0, BHS_LENGTH);
            commitPdu(at, BHS_LENGTH);
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
        if (midPdu != null) {
            midPdu.task().step();
        }
        for (int i = activeCount - 1; i >= 0 && midPdu == null; i--) {
            final IscsiTask part = active[i];
            if (part == null) {
                continue;
            }
            if (part.task().state() == TaskState.RESPONDING) {
                part.task().step();
            } else if (part.r2tWaits && part.task().state() == TaskState.AWAIT_DATA_OUT) {
                sendR2ts(part);
            }
        }
        if (logoutPending) {
            onIdle();
        }
        if (midPdu != null || state == ConnectionState.ADMITTING || isBroken()) {
            return;
        }
        if (receiveState != ReceiveState.FINISH || finishPdu()) {
            resume();
        }
    }

    // ---------------------------------------------------------------- life

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
                    sendNopIn();
                }
                heard = false;
                armTimer(limits.nopIntervalNs());
            }
            case CLOSING, CLOSED -> {}
        }
    }

    private void sendNopIn() {
        pinged = true;
        final int at = claimPdu(0);
        if (at < 0) {
            return; // so much waits for the peer that its silence is asked for anyway
        }
        iscsiLane
                .nopIn
                .wrapAndClear(transmit.buffer(), at)
                .initiatorTaskTag(RESERVED_TAG)
                .targetTransferTag(NOP_TAG)
                .statSn(statSn)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn());
        commitPdu(at, 0);
    }

    /** Asks the initiator to log out: RFC 7143 section 11.9. */
    void requestLogout(final int withinSeconds) {
        if (state != ConnectionState.FULL_FEATURE) {
            return;
        }
        final int at = claimPdu(0);
        if (at < 0) {
            return;
        }
        iscsiLane
                .asyncMessage
                .wrapAndClear(transmit.buffer(), at)
                .initiatorTaskTag(RESERVED_TAG)
                .asyncEvent(AsyncMessageFlyweight.LOGOUT_REQUEST)
                .parameter3(withinSeconds)
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn());
        commitPdu(at, 0);
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
        if (activeCount == 0) {
            lane.execute(this::onIdle);
        }
    }

    /** Ends the connection without a further word, but what is queued still goes out. */
    private void drop() {
        if (!isBroken()) {
            close();
            abortAll(AbortReason.CONNECTION_LOST);
        }
    }

    private void close() {
        state(ConnectionState.CLOSING);
        disarmTimer();
        connection.close();
    }

    private void abortAll(final AbortReason reason) {
        for (int i = activeCount - 1; i >= 0; i--) {
            if (i < activeCount) {
                abortTask(active[i], reason);
            }
        }
    }

    @Override
    public void onClosed() {
        if (state != ConnectionState.CLOSED) {
            state(ConnectionState.CLOSED);
        }
        disarmTimer();
        abortAll(AbortReason.CONNECTION_LOST);
        iscsiLane.closed(this);
        node.onConnectionClosed(this);
        if (activeCount == 0 && whenIdle != null) {
            lane.execute(this::onIdle);
        }
    }

    private void count(final Counter counter) {
        lane.counters().increment(counter);
    }

    private void state(final ConnectionState to) {
        if (!state.canGoTo(to)) {
            throw new InvariantViolation("iSCSI connection: " + state + " -> " + to);
        }
        state = to;
    }
}
