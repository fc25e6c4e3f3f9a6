package io.gemel.bench.iscsi;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.bench.client.ClientConnection;
import io.gemel.bench.client.ClientEngine;
import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.Crc32c;
import io.gemel.bench.client.Initiator;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.client.IoRequest.Direction;
import io.gemel.bench.client.IoRequest.Op;
import io.gemel.bench.client.IoRequest.Outcome;
import io.gemel.bench.client.Outbound;
import io.gemel.bench.client.RequestSlots;
import io.gemel.bench.client.SlotQueue;
import io.gemel.iscsi.wire.AsyncMessageFlyweight;
import io.gemel.iscsi.wire.BhsFlyweight;
import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.DataOutFlyweight;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.iscsi.wire.LoginRequestFlyweight;
import io.gemel.iscsi.wire.LoginResponseFlyweight;
import io.gemel.iscsi.wire.LogoutRequestFlyweight;
import io.gemel.iscsi.wire.NopInFlyweight;
import io.gemel.iscsi.wire.NopOutFlyweight;
import io.gemel.iscsi.wire.ReadyToTransferFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import io.gemel.iscsi.wire.ScsiResponseFlyweight;
import io.gemel.iscsi.wire.SerialNumber;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import io.gemel.iscsi.wire.TaskManagementResponseFlyweight;
import io.gemel.iscsi.wire.TextRequestFlyweight;
import io.gemel.iscsi.wire.TextResponseFlyweight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One iSCSI session of one connection, error recovery level 0: RFC 7143. Owner: the loop's thread.
 *
 * <pre>
 *            onConnected           T to 1                 T to 3              close()
 * CONNECTING ───────────► SECURITY ──────► OPERATIONAL ──────────► FULL_FEATURE ─────► LOGOUT
 *      └──────────────────────┴────────────────┴── any error, peer closes ──┴────────────┴──► CLOSED
 * </pre>
 *
 * <p>Commands wait in a queue until the CmdSN window and the send buffer have room. Whatever the
 * target does against the standard closes the session; requests then end as LOST and {@link
 * #closedBecause} says why.
 */
public final class IscsiInitiator implements ClientEngine, Initiator {
    private enum State {
        CONNECTING,
        SECURITY,
        OPERATIONAL,
        FULL_FEATURE,
        LOGOUT,
        CLOSED
    }

    private enum Receiving {
        HEADER,
        PAYLOAD,
        TRAILER
    }

    /** A target as SendTargets lists it; addresses in the form of RFC 7143: host:port,group. */
    public record Target(String name, List<String> addresses) {}

    private static final long SET_UP_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOGOUT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int DIGEST_BYTES = 4;
    private static final int SLOT_BITS = 12;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
    private static final int GENERATION_MASK =
            0x3FFFF; // with the slot 30 bits: never the reserved tag
    private static final int CONTROL_TAG =
            0x4000_0000; // ITT of login, text, logout, task management
    private static final int MAX_SEGMENT_BYTES = 256 << 10;
    private static final int MAX_DATA_OUT_PIECE = 256 << 10;
    private static final int DEFAULT_MAX_TRANSFER_BYTES = 16 << 20;
    private static final int MAX_SET_UP_RETRIES = 20;

    private static final int STATUS_GOOD = 0x00;
    private static final int STATUS_CHECK_CONDITION = 0x02;
    private static final int STATUS_BUSY = 0x08;
    private static final int STATUS_TASK_SET_FULL = 0x28;
    private static final int KEY_UNIT_ATTENTION = 0x06;
    private static final int KEY_MISCOMPARE = 0x0E;
    private static final int SENSE_INVALID_OPCODE = 0x052000;

    private final ClientLoop loop;
    private final IscsiOptions options;
    private final IscsiLogin login;
    private final RequestSlots slots;
    private final SlotQueue toSend;
    private final SlotQueue owing;

    // Data-Out owed per slot: one sequence at a time, and an R2T that came before it was done.
    private final int[] owedTtt;
    private final int[] owedOffset;
    private final int[] owedBytes;
    private final int[] owedDataSn;
    private final boolean[] isOwing;
    private final boolean[] nextR2t;
    private final int[] nextTtt;
    private final int[] nextOffset;
    private final int[] nextBytes;
    private final int[] issuedCmdSn;

    private final ScsiCommandFlyweight command = new ScsiCommandFlyweight();
    private final DataOutFlyweight dataOut = new DataOutFlyweight();
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[BhsFlyweight.BHS_LENGTH]);
    private final BhsFlyweight bhs = new BhsFlyweight();
    private final DataInFlyweight dataIn = new DataInFlyweight().wrap(header, 0);
    private final ScsiResponseFlyweight response = new ScsiResponseFlyweight().wrap(header, 0);
    private final ReadyToTransferFlyweight r2t = new ReadyToTransferFlyweight().wrap(header, 0);
    private final NopInFlyweight nopIn = new NopInFlyweight().wrap(header, 0);
    private final Crc32c receiveCrc = new Crc32c();
    private final Crc32c sendCrc = new Crc32c();
    private final byte[] segment = new byte[MAX_SEGMENT_BYTES];
    private final UnsafeBuffer segmentBuffer = new UnsafeBuffer(segment);

    private ClientConnection connection;
    private Outbound out;
    private State state = State.CONNECTING;
    private String closedBecause;

    private Receiving receiving = Receiving.HEADER;
    private int payloadBytes;
    private int payloadDone;
    private IoRequest payloadRequest;
    private int payloadOffset;

    private int headerDigestBytes;
    private int dataDigestBytes;
    private int sendSegmentBytes = 8192;
    private int maxBurstBytes;
    private int firstBurstBytes;
    private boolean immediateData;
    private boolean initialR2t;
    private int cmdSn = 1;
    private int expStatSn;
    private int maxCmdSn;
    private int tsih;
    private byte[] owedKeys;

    private ByteArrayOutputStream text;
    private boolean textDone;
    private int taskManagementResponse = -1;
    private boolean logoutAnswered;

    private int blockSize;
    private long blockCount;
    private int maxTransferBytes = DEFAULT_MAX_TRANSFER_BYTES;
    private int rejects;

    /** An engine not yet connected; {@link #connect} makes one that is. */
    public IscsiInitiator(final ClientLoop loop, final IscsiOptions options) {
        if (options.depth() < 1 || options.depth() > 1 << SLOT_BITS) {
            throw new IllegalArgumentException("depth " + options.depth() + ": 1 to 4096");
        }
        this.loop = loop;
        this.options = options;
        login = new IscsiLogin(options);
        bhs.wrapBhs(header, 0);
        final int depth = options.depth();
        slots = new RequestSlots(depth);
        toSend = new SlotQueue(depth);
        owing = new SlotQueue(depth);
        owedTtt = new int[depth];
        owedOffset = new int[depth];
        owedBytes = new int[depth];
        owedDataSn = new int[depth];
        isOwing = new boolean[depth];
        nextR2t = new boolean[depth];
        nextTtt = new int[depth];
        nextOffset = new int[depth];
        nextBytes = new int[depth];
        issuedCmdSn = new int[depth];
    }

    /** Connects, logs in, and for a normal session asks for the volume's size. */
    public static IscsiInitiator connect(
            final ClientLoop loop, final InetSocketAddress address, final IscsiOptions options)
            throws IOException {
        final IscsiInitiator initiator = new IscsiInitiator(loop, options);
        initiator.connection = loop.connect(address, initiator, SET_UP_TIMEOUT_NS);
        try {
            loop.await(
                    () -> State.FULL_FEATURE == initiator.state || !initiator.isOpen(),
                    SET_UP_TIMEOUT_NS,
                    "end of the login");
            if (!initiator.isOpen()) {
                throw new IOException("login failed: " + initiator.closedBecause);
            }
            if (null != options.targetName()) {
                initiator.askGeometry();
            }
            return initiator;
        } catch (final TimeoutException e) {
            initiator.connection.close();
            throw new IOException(e.getMessage(), e);
        } catch (final IOException e) {
            initiator.connection.close();
            throw e;
        }
    }

    /** A discovery session: logs in, asks for all targets, logs out. */
    public static List<Target> sendTargets(
            final ClientLoop loop, final InetSocketAddress address, final String initiatorName)
            throws IOException {
        final IscsiOptions options = IscsiOptions.discovery().withInitiatorName(initiatorName);
        try (IscsiInitiator session = connect(loop, address, options)) {
            return session.sendTargets("All");
        }
    }

    /** SendTargets in this session: All in a discovery session, a name or empty in a normal one. */
    public List<Target> sendTargets(final String value) throws IOException {
        text = new ByteArrayOutputStream();
        textDone = false;
        sendText(
                ("SendTargets=" + value + '\0').getBytes(StandardCharsets.UTF_8),
                BhsFlyweight.RESERVED_TAG);
        awaitOrFail(() -> textDone || !isOpen(), "answer to SendTargets");
        if (!textDone) {
            throw new IOException("no answer to SendTargets: " + closedBecause);
        }
        final List<Target> targets = new ArrayList<>();
        for (final String pair : text.toString(StandardCharsets.UTF_8).split("\0")) {
            if (pair.startsWith("TargetName=")) {
                targets.add(new Target(pair.substring("TargetName=".length()), new ArrayList<>()));
            } else if (pair.startsWith("TargetAddress=") && !targets.isEmpty()) {
                targets.get(targets.size() - 1)
                        .addresses()
                        .add(pair.substring("TargetAddress=".length()));
            }
        }
        return targets;
    }

    /**
     * A task management function (RFC 7143 section 11.5), immediate; referenced is the request that
     * ABORT TASK means, else null. Returns the response code.
     */
    public int manageTask(final int function, final IoRequest referenced) throws IOException {
        final TaskManagementRequestFlyweight request = new TaskManagementRequestFlyweight();
        final int at = claimOrFail(BhsFlyweight.BHS_LENGTH + headerDigestBytes);
        request.wrapAndClear(out.buffer(), at).function(function).lun(lunField());
        request.isImmediate(true).initiatorTaskTag(CONTROL_TAG);
        request.referencedTaskTag(BhsFlyweight.RESERVED_TAG);
        if (null != referenced && referenced.isInFlight()) {
            request.referencedTaskTag(tag(referenced.slot)).refCmdSn(issuedCmdSn[referenced.slot]);
        }
        request.cmdSn(cmdSn).expStatSn(expStatSn);
        commit(at, 0);
        taskManagementResponse = -1;
        awaitOrFail(() -> taskManagementResponse >= 0 || !isOpen(), "task management response");
        if (taskManagementResponse < 0) {
            throw new IOException("no task management response: " + closedBecause);
        }
        return taskManagementResponse;
    }

    @Override
    public ClientLoop loop() {
        return loop;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public long blockCount() {
        return blockCount;
    }

    @Override
    public int maxTransferBytes() {
        return maxTransferBytes;
    }

    @Override
    public int depth() {
        return slots.depth();
    }

    @Override
    public int inFlight() {
        return slots.inUse();
    }

    @Override
    public boolean isOpen() {
        return State.CLOSED != state;
    }

    @Override
    public String closedBecause() {
        return closedBecause;
    }

    /** Reject PDUs that the target has sent. */
    public int rejects() {
        return rejects;
    }

    /** What the target answered to a login key; null when it did not. */
    public String loginAnswer(final String key) {
        return login.answer(key);
    }

    /** TSIH that the target gave. */
    public int tsih() {
        return tsih;
    }

    /** The session is in full feature phase. */
    public boolean isFullFeature() {
        return State.FULL_FEATURE == state;
    }

    @Override
    public boolean submit(final IoRequest request) {
        request.begin();
        if (State.FULL_FEATURE != state) {
            request.outcome = Outcome.LOST;
            request.lostBecause = null == closedBecause ? "not logged in" : closedBecause;
            request.listener.onDone(request, loop.nowNs());
            return true;
        }
        final int slot = slots.claim(request);
        if (slot < 0) {
            return false;
        }
        toSend.add(slot);
        pump();
        return true;
    }

    @Override
    public void close() {
        if (State.FULL_FEATURE == state) {
            final int at = out.claim(BhsFlyweight.BHS_LENGTH + headerDigestBytes);
            if (at >= 0) {
                final LogoutRequestFlyweight logout = new LogoutRequestFlyweight();
                logout.wrapAndClear(out.buffer(), at).reason(LogoutRequestFlyweight.CLOSE_SESSION);
                logout.isImmediate(true).initiatorTaskTag(CONTROL_TAG);
                logout.cmdSn(cmdSn).expStatSn(expStatSn);
                commit(at, 0);
                state = State.LOGOUT;
                try {
                    loop.await(
                            () -> logoutAnswered || !isOpen(),
                            LOGOUT_TIMEOUT_NS,
                            "logout response");
                } catch (final TimeoutException e) {
                    closedBecause = e.getMessage();
                }
            }
        }
        if (null != connection) {
            connection.close();
        }
    }

    // ---- ClientEngine

    @Override
    public void onConnected(final Outbound outbound, final long nowNs) {
        out = outbound;
        state = State.SECURITY;
        sendLogin(login.securityKeys());
    }

    @Override
    public int onReceive(
            final DirectBuffer buffer, final int offset, final int length, final long nowNs) {
        int at = offset;
        final int end = offset + length;
        while (State.CLOSED != state) {
            final int taken =
                    switch (receiving) {
                        case HEADER -> takeHeader(buffer, at, end, nowNs);
                        case PAYLOAD -> takePayload(buffer, at, end);
                        case TRAILER -> takeTrailer(buffer, at, end, nowNs);
                    };
            if (taken < 0) {
                break;
            }
            at += taken;
        }
        return State.CLOSED == state ? length : at - offset;
    }

    @Override
    public void onTurn(final long nowNs) {
        if (null != owedKeys) {
            final byte[] keys = owedKeys;
            owedKeys = null;
            sendLogin(keys);
        }
        pump();
    }

    @Override
    public void onClosed(final String why) {
        if (null == closedBecause) {
            closedBecause = why;
        }
        state = State.CLOSED;
        toSend.clear();
        owing.clear();
        for (int slot = 0; slot < slots.depth(); slot++) {
            if (null != slots.get(slot)) {
                final IoRequest request = slots.release(slot);
                request.outcome = Outcome.LOST;
                request.lostBecause = closedBecause;
                request.listener.onDone(request, loop.nowNs());
            }
        }
    }

    // ---- receiving

    private int takeHeader(
            final DirectBuffer buffer, final int at, final int end, final long nowNs) {
        if (end - at < BhsFlyweight.BHS_LENGTH) {
            return -1;
        }
        header.putBytes(0, buffer, at, BhsFlyweight.BHS_LENGTH);
        final int headerBytes = BhsFlyweight.BHS_LENGTH + bhs.totalAhsLength();
        final int taken = headerBytes + headerDigestBytes; // onPdu may switch digests on
        if (end - at < taken) {
            return -1;
        }
        if (headerDigestBytes > 0) {
            final int found = buffer.getInt(at + headerBytes, LITTLE_ENDIAN);
            if (found != receiveCrc.reset().update(buffer, at, headerBytes).value()) {
                fail("header digest error");
                return -1;
            }
        }
        payloadBytes = bhs.dataSegmentLength();
        payloadDone = 0;
        payloadRequest = null;
        if (payloadBytes > options.receiveSegmentBytes()) {
            fail("data segment of " + payloadBytes + " bytes, more than declared");
            return -1;
        }
        if (IscsiOpcode.DATA_IN == bhs.opcode()) {
            if (!acceptDataIn()) {
                return -1;
            }
        } else if (payloadBytes > segment.length) {
            fail("text or sense of " + payloadBytes + " bytes");
            return -1;
        }
        if (0 == payloadBytes) {
            onPdu(nowNs);
        } else {
            if (dataDigestBytes > 0) {
                receiveCrc.reset();
            }
            receiving = Receiving.PAYLOAD;
        }
        return taken;
    }

    private boolean acceptDataIn() {
        payloadRequest = requestOf(bhs.initiatorTaskTag());
        if (null == payloadRequest) {
            return false;
        }
        final long bufferOffset = dataIn.bufferOffset();
        if (bufferOffset + payloadBytes > expectedBytes(payloadRequest) || !isIn(payloadRequest)) {
            fail("Data-In beyond what was asked for: offset " + bufferOffset);
            return false;
        }
        payloadOffset = (int) bufferOffset;
        return true;
    }

    private int takePayload(final DirectBuffer buffer, final int at, final int end) {
        final int piece = Math.min(payloadBytes - payloadDone, end - at);
        if (0 == piece) {
            return -1;
        }
        if (dataDigestBytes > 0) {
            receiveCrc.update(buffer, at, piece);
        }
        if (null == payloadRequest) {
            buffer.getBytes(at, segment, payloadDone, piece);
        } else if (null != payloadRequest.data) {
            payloadRequest.data.putBytes(
                    payloadRequest.dataOffset + payloadOffset + payloadDone, buffer, at, piece);
        }
        payloadDone += piece;
        if (payloadDone == payloadBytes) {
            receiving = Receiving.TRAILER;
        }
        return piece;
    }

    private int takeTrailer(
            final DirectBuffer buffer, final int at, final int end, final long nowNs) {
        final int padding = BhsFlyweight.padded(payloadBytes) - payloadBytes;
        final int taken = padding + dataDigestBytes;
        if (end - at < taken) {
            return -1;
        }
        if (dataDigestBytes > 0) {
            receiveCrc.update(buffer, at, padding);
            if (receiveCrc.value() != buffer.getInt(at + padding, LITTLE_ENDIAN)) {
                fail("data digest error");
                return -1;
            }
        }
        receiving = Receiving.HEADER;
        onPdu(nowNs);
        return taken;
    }

    private void onPdu(final long nowNs) {
        switch (bhs.opcode()) {
            case IscsiOpcode.DATA_IN -> onDataIn(nowNs);
            case IscsiOpcode.SCSI_RESPONSE -> onScsiResponse(nowNs);
            case IscsiOpcode.READY_TO_TRANSFER -> onR2t();
            case IscsiOpcode.NOP_IN -> onNopIn();
            case IscsiOpcode.LOGIN_RESPONSE -> onLoginResponse();
            case IscsiOpcode.TEXT_RESPONSE -> onTextResponse();
            case IscsiOpcode.TASK_MANAGEMENT_RESPONSE -> onTaskManagementResponse();
            case IscsiOpcode.LOGOUT_RESPONSE -> logoutAnswered = true;
            case IscsiOpcode.ASYNC_MESSAGE -> onAsyncMessage();
            case IscsiOpcode.REJECT -> onReject();
            default -> fail(String.format("unknown opcode %02Xh", bhs.opcode()));
        }
    }

    private void onDataIn(final long nowNs) {
        payloadRequest.receivedBytes += payloadBytes;
        onSequence(dataIn.expCmdSn(), dataIn.maxCmdSn());
        if (dataIn.hasStatus()) {
            expStatSn = dataIn.statSn() + 1;
            final long residual = dataIn.residualCount();
            payloadRequest.residualBytes =
                    dataIn.isUnderflow() ? residual : dataIn.isOverflow() ? -residual : 0;
            payloadRequest.status = dataIn.status();
            finish(payloadRequest, nowNs);
        }
    }

    private void onScsiResponse(final long nowNs) {
        final IoRequest request = requestOf(bhs.initiatorTaskTag());
        if (null == request) {
            return;
        }
        onSequence(response.expCmdSn(), response.maxCmdSn());
        expStatSn = response.statSn() + 1;
        final long residual = response.residualCount();
        request.residualBytes =
                response.isUnderflow() ? residual : response.isOverflow() ? -residual : 0;
        request.status = response.status();
        if (ScsiResponseFlyweight.COMMAND_COMPLETED != response.response()) {
            request.outcome = Outcome.FAILED;
        } else if (payloadBytes > 2) {
            decodeSense(request);
        }
        finish(request, nowNs);
    }

    private void decodeSense(final IoRequest request) {
        final int senseBytes = segmentBuffer.getShort(0, BIG_ENDIAN) & 0xFFFF;
        final int from = 2;
        if (senseBytes < 4 || senseBytes > payloadBytes - from) {
            return;
        }
        final int code = segment[from] & 0x7F;
        if (code >= 0x72) {
            request.sense =
                    (segment[from + 1] & 0xF) << 16
                            | (segment[from + 2] & 0xFF) << 8
                            | segment[from + 3] & 0xFF;
            if (senseBytes >= 20 && 0 == segment[from + 8] && (segment[from + 10] & 0x80) != 0) {
                request.miscompareOffset = segmentBuffer.getLong(from + 12, BIG_ENDIAN);
            }
        } else if (senseBytes >= 14) {
            request.sense =
                    (segment[from + 2] & 0xF) << 16
                            | (segment[from + 12] & 0xFF) << 8
                            | segment[from + 13] & 0xFF;
            if ((segment[from] & 0x80) != 0) {
                request.miscompareOffset =
                        segmentBuffer.getInt(from + 3, BIG_ENDIAN) & 0xFFFF_FFFFL;
            }
        }
    }

    private void onR2t() {
        final IoRequest request = requestOf(bhs.initiatorTaskTag());
        if (null == request) {
            return;
        }
        onSequence(r2t.expCmdSn(), r2t.maxCmdSn());
        final long offset = r2t.bufferOffset();
        final long length = r2t.desiredDataTransferLength();
        if (!isOut(request)
                || 0 == length
                || length > maxBurstBytes
                || offset + length > expectedBytes(request)) {
            fail("R2T for " + length + " bytes at " + offset + " was not due");
            return;
        }
        final int slot = request.slot;
        if (owedBytes[slot] > 0) {
            if (nextR2t[slot]) {
                fail("more than one R2T outstanding");
                return;
            }
            nextR2t[slot] = true;
            nextTtt[slot] = r2t.targetTransferTag();
            nextOffset[slot] = (int) offset;
            nextBytes[slot] = (int) length;
        } else {
            owe(slot, r2t.targetTransferTag(), (int) offset, (int) length);
        }
    }

    private void onNopIn() {
        onSequence(nopIn.expCmdSn(), nopIn.maxCmdSn());
        if (BhsFlyweight.RESERVED_TAG != nopIn.targetTransferTag()) {
            final int at = claimOrFail(BhsFlyweight.BHS_LENGTH + headerDigestBytes);
            if (at >= 0) {
                final NopOutFlyweight nopOut = new NopOutFlyweight();
                nopOut.wrapAndClear(out.buffer(), at).isImmediate(true).lun(nopIn.lun());
                nopOut.initiatorTaskTag(BhsFlyweight.RESERVED_TAG);
                nopOut.targetTransferTag(nopIn.targetTransferTag());
                nopOut.cmdSn(cmdSn).expStatSn(expStatSn);
                out.buffer().putByte(at + 1, (byte) 0x80); // byte 1 bit 7 is 1: section 11.18
                commit(at, 0);
            }
        }
    }

    private void onLoginResponse() {
        final LoginResponseFlyweight answer = new LoginResponseFlyweight().wrap(header, 0);
        if (State.SECURITY != state && State.OPERATIONAL != state) {
            fail("login response after the login");
            return;
        }
        if (answer.statusClass() != 0) {
            fail(
                    String.format(
                            "login status %02X%02Xh", answer.statusClass(), answer.statusDetail()));
            return;
        }
        login.onKeys(segment, payloadBytes);
        expStatSn = answer.statSn() + 1;
        maxCmdSn = answer.maxCmdSn();
        if (answer.isContinue()) {
            owedKeys = new byte[0];
        } else if (!answer.isTransit()) {
            owedKeys = new byte[0]; // it has more to ask or to say: an empty request lets it go on
        } else if (LoginRequestFlyweight.FULL_FEATURE_PHASE == answer.nextStage()) {
            tsih = answer.tsih();
            enterFullFeature();
        } else {
            state = State.OPERATIONAL;
            owedKeys = login.operationalKeys();
        }
    }

    private void enterFullFeature() {
        final String problem = login.problem();
        if (null != problem) {
            fail(problem);
            return;
        }
        headerDigestBytes = login.headerDigest() ? DIGEST_BYTES : 0;
        dataDigestBytes = login.dataDigest() ? DIGEST_BYTES : 0;
        sendSegmentBytes = Math.min(MAX_DATA_OUT_PIECE, login.sendSegmentBytes());
        maxBurstBytes = login.maxBurstBytes();
        firstBurstBytes = login.firstBurstBytes();
        immediateData = login.immediateData();
        initialR2t = login.initialR2t();
        state = State.FULL_FEATURE;
    }

    private void onTextResponse() {
        final TextResponseFlyweight answer = new TextResponseFlyweight().wrap(header, 0);
        onSequence(answer.expCmdSn(), answer.maxCmdSn());
        expStatSn = answer.statSn() + 1;
        if (null == text) {
            fail("text response that nobody asked for");
            return;
        }
        text.write(segment, 0, payloadBytes);
        if (answer.isFinal()) {
            textDone = true;
        } else {
            sendText(new byte[0], answer.targetTransferTag());
        }
    }

    private void onTaskManagementResponse() {
        final TaskManagementResponseFlyweight answer =
                new TaskManagementResponseFlyweight().wrap(header, 0);
        onSequence(answer.expCmdSn(), answer.maxCmdSn());
        expStatSn = answer.statSn() + 1;
        taskManagementResponse = answer.response();
    }

    private void onAsyncMessage() {
        final AsyncMessageFlyweight message = new AsyncMessageFlyweight().wrap(header, 0);
        onSequence(message.expCmdSn(), message.maxCmdSn());
        expStatSn = message.statSn() + 1;
        if (AsyncMessageFlyweight.SCSI_ASYNC_EVENT != message.asyncEvent()) {
            fail("asynchronous message, event " + message.asyncEvent());
        }
    }

    private void onReject() {
        final RejectFlyweight reject = new RejectFlyweight().wrap(header, 0);
        rejects++;
        fail(String.format("rejected by the target, reason %02Xh", reject.reason()));
    }

    private void onSequence(final int expCmdSn, final int newMaxCmdSn) {
        // RFC 7143 section 4.2.2.1: a MaxCmdSN below ExpCmdSN - 1 is ignored, as an older one is.
        if (!SerialNumber.isBefore(newMaxCmdSn, expCmdSn - 1)
                && SerialNumber.isBefore(maxCmdSn, newMaxCmdSn)) {
            maxCmdSn = newMaxCmdSn;
        }
    }

    private IoRequest requestOf(final int initiatorTaskTag) {
        final int slot = initiatorTaskTag & SLOT_MASK;
        final IoRequest request = slots.get(slot);
        if (null == request || tag(slot) != initiatorTaskTag) {
            fail(String.format("answer with unknown initiator task tag %08Xh", initiatorTaskTag));
            return null;
        }
        return request;
    }

    private void finish(final IoRequest request, final long nowNs) {
        final int slot = request.slot;
        if (owedBytes[slot] > 0) {
            owedBytes[slot] = 0; // ended early: what is owed is not sent any more
        }
        nextR2t[slot] = false;
        slots.release(slot);
        if (Outcome.PENDING == request.outcome) {
            request.outcome = outcomeOf(request);
        }
        request.listener.onDone(request, nowNs);
    }

    private static Outcome outcomeOf(final IoRequest request) {
        return switch (request.status) {
            case STATUS_GOOD -> Outcome.OK;
            case STATUS_BUSY, STATUS_TASK_SET_FULL -> Outcome.RETRY;
            case STATUS_CHECK_CONDITION ->
                    switch (request.sense >>> 16) {
                        case KEY_UNIT_ATTENTION -> Outcome.RETRY;
                        case KEY_MISCOMPARE -> Outcome.MISCOMPARE;
                        default ->
                                SENSE_INVALID_OPCODE == request.sense
                                        ? Outcome.UNSUPPORTED
                                        : Outcome.FAILED;
                    };
            default -> Outcome.FAILED;
        };
    }

    // ---- sending

    private void pump() {
        while (!owing.isEmpty()) {
            final int slot = owing.peek();
            if (owedBytes[slot] > 0 && !sendDataOut(slot)) {
                return;
            }
            if (0 == owedBytes[slot]) {
                owing.remove();
                isOwing[slot] = false;
                if (nextR2t[slot]) {
                    nextR2t[slot] = false;
                    owe(slot, nextTtt[slot], nextOffset[slot], nextBytes[slot]);
                }
            }
        }
        while (!toSend.isEmpty() && sendCommand(toSend.peek())) {
            toSend.remove();
        }
    }

    private boolean sendCommand(final int slot) {
        if (SerialNumber.isBefore(maxCmdSn, cmdSn)) {
            return false; // the window is shut
        }
        final IoRequest request = slots.get(slot);
        final int expected = expectedBytes(request);
        final boolean isOut = isOut(request);
        int immediate = 0;
        if (isOut && immediateData) {
            immediate = Math.min(Math.min(expected, firstBurstBytes), sendSegmentBytes);
        }
        final int unsolicited =
                isOut && !initialR2t ? Math.min(expected, firstBurstBytes) - immediate : 0;
        final int at = out.claim(pduBytes(immediate));
        if (at < 0) {
            return false;
        }
        command.wrapAndClear(out.buffer(), at)
                .isFinal(0 == unsolicited)
                .isRead(isIn(request))
                .isWrite(isOut)
                .taskAttribute(ScsiCommandFlyweight.ATTRIBUTE_SIMPLE)
                .dataSegmentLength(immediate)
                .lun(lunField())
                .initiatorTaskTag(tag(slot))
                .expectedDataTransferLength(expected)
                .cmdSn(cmdSn)
                .expStatSn(expStatSn);
        putCdb(request, command.cdbOffset());
        issuedCmdSn[slot] = cmdSn++;
        if (immediate > 0) {
            final int dataAt = at + BhsFlyweight.BHS_LENGTH + headerDigestBytes;
            out.buffer().putBytes(dataAt, request.data, request.dataOffset, immediate);
        }
        commit(at, immediate);
        if (unsolicited > 0) {
            owe(slot, BhsFlyweight.RESERVED_TAG, immediate, unsolicited);
        }
        return true;
    }

    private void owe(final int slot, final int ttt, final int offset, final int length) {
        owedTtt[slot] = ttt;
        owedOffset[slot] = offset;
        owedBytes[slot] = length;
        owedDataSn[slot] = 0;
        if (!isOwing[
                slot]) { // still queued, when a command ended early and its slot was used again
            isOwing[slot] = true;
            owing.add(slot);
        }
    }

    private boolean sendDataOut(final int slot) {
        final IoRequest request = slots.get(slot);
        while (owedBytes[slot] > 0) {
            final int piece = Math.min(owedBytes[slot], sendSegmentBytes);
            final int at = out.claim(pduBytes(piece));
            if (at < 0) {
                return false;
            }
            dataOut.wrapAndClear(out.buffer(), at)
                    .isFinal(piece == owedBytes[slot])
                    .dataSegmentLength(piece)
                    .lun(lunField())
                    .initiatorTaskTag(tag(slot))
                    .targetTransferTag(owedTtt[slot])
                    .expStatSn(expStatSn)
                    .dataSn(owedDataSn[slot]++)
                    .bufferOffset(owedOffset[slot]);
            final int dataAt = at + BhsFlyweight.BHS_LENGTH + headerDigestBytes;
            out.buffer()
                    .putBytes(dataAt, request.data, request.dataOffset + owedOffset[slot], piece);
            commit(at, piece);
            owedOffset[slot] += piece;
            owedBytes[slot] -= piece;
        }
        return true;
    }

    private void putCdb(final IoRequest request, final int cdbAt) {
        final var buffer = out.buffer();
        switch (request.op) {
            case READ -> putCdb16(cdbAt, 0x88, request.fua ? 0x08 : 0, request);
            case WRITE -> putCdb16(cdbAt, 0x8A, request.fua ? 0x08 : 0, request);
            case COMPARE -> putCdb16(cdbAt, 0x8F, 0x02, request); // BYTCHK 01b
            case FLUSH -> buffer.putByte(cdbAt, (byte) 0x35);
            case COMPARE_AND_WRITE -> {
                buffer.putByte(cdbAt, (byte) 0x89);
                buffer.putByte(cdbAt + 1, (byte) (request.fua ? 0x08 : 0));
                buffer.putLong(cdbAt + 2, request.lba, BIG_ENDIAN);
                buffer.putByte(cdbAt + 13, (byte) request.blockCount);
            }
            case RAW -> buffer.putBytes(cdbAt, request.command, 0, ScsiCommandFlyweight.CDB_LENGTH);
        }
    }

    private void putCdb16(
            final int cdbAt, final int opcode, final int flags, final IoRequest request) {
        final var buffer = out.buffer();
        buffer.putByte(cdbAt, (byte) opcode);
        buffer.putByte(cdbAt + 1, (byte) flags);
        buffer.putLong(cdbAt + 2, request.lba, BIG_ENDIAN);
        buffer.putInt(cdbAt + 10, request.blockCount, BIG_ENDIAN);
    }

    private void sendLogin(final byte[] keys) {
        final int stage =
                State.SECURITY == state
                        ? LoginRequestFlyweight.SECURITY_NEGOTIATION
                        : LoginRequestFlyweight.LOGIN_OPERATIONAL_NEGOTIATION;
        final int next =
                State.SECURITY == state
                        ? LoginRequestFlyweight.LOGIN_OPERATIONAL_NEGOTIATION
                        : LoginRequestFlyweight.FULL_FEATURE_PHASE;
        final int at = claimOrFail(BhsFlyweight.BHS_LENGTH + BhsFlyweight.padded(keys.length));
        if (at < 0) {
            return;
        }
        final LoginRequestFlyweight request = new LoginRequestFlyweight();
        request.wrapAndClear(out.buffer(), at)
                .isImmediate(true)
                .isTransit(true)
                .currentStage(stage)
                .nextStage(next)
                .dataSegmentLength(keys.length)
                .isid(0x80_0000_0000_00L | options.isidQualifier() & 0xFFFF) // random format
                .initiatorTaskTag(CONTROL_TAG)
                .connectionId(1)
                .cmdSn(cmdSn)
                .expStatSn(expStatSn);
        out.buffer().putBytes(at + BhsFlyweight.BHS_LENGTH, keys);
        commit(at, keys.length);
    }

    private void sendText(final byte[] keys, final int targetTransferTag) {
        final int at = claimOrFail(pduBytes(keys.length));
        if (at < 0) {
            return;
        }
        final TextRequestFlyweight request = new TextRequestFlyweight();
        request.wrapAndClear(out.buffer(), at)
                .isFinal(true)
                .dataSegmentLength(keys.length)
                .initiatorTaskTag(CONTROL_TAG)
                .targetTransferTag(targetTransferTag)
                .cmdSn(cmdSn++)
                .expStatSn(expStatSn);
        out.buffer().putBytes(at + BhsFlyweight.BHS_LENGTH + headerDigestBytes, keys);
        commit(at, keys.length);
    }

    /** Adds digests and padding to the PDU at at, whose payload is in place, and queues it. */
    private void commit(final int at, final int payload) {
        final var buffer = out.buffer();
        final int headerBytes = BhsFlyweight.BHS_LENGTH;
        if (headerDigestBytes > 0) {
            final int crc = sendCrc.reset().update(buffer, at, headerBytes).value();
            buffer.putInt(at + headerBytes, crc, LITTLE_ENDIAN);
        }
        if (payload > 0) {
            final int dataAt = at + headerBytes + headerDigestBytes;
            final int padded = BhsFlyweight.padded(payload);
            for (int i = payload; i < padded; i++) {
                buffer.putByte(dataAt + i, (byte) 0);
            }
            if (dataDigestBytes > 0) {
                final int crc = sendCrc.reset().update(buffer, dataAt, padded).value();
                buffer.putInt(dataAt + padded, crc, LITTLE_ENDIAN);
            }
        }
        out.commit(pduBytes(payload));
    }

    private int pduBytes(final int payload) {
        final int data = payload > 0 ? BhsFlyweight.padded(payload) + dataDigestBytes : 0;
        return BhsFlyweight.BHS_LENGTH + headerDigestBytes + data;
    }

    private int claimOrFail(final int length) {
        final int at = out.claim(length);
        if (at < 0) {
            fail("no room in the send buffer for a control PDU");
        }
        return at;
    }

    private int tag(final int slot) {
        return (slots.generation(slot) & GENERATION_MASK) << SLOT_BITS | slot;
    }

    private long lunField() {
        final int lun = options.lun();
        final long level = lun < 256 ? lun : 0x4000L | lun; // peripheral, else flat addressing
        return level << 48;
    }

    private int expectedBytes(final IoRequest request) {
        return switch (request.op) {
            case READ, WRITE, COMPARE -> request.blockCount * blockSize;
            case COMPARE_AND_WRITE -> 2 * request.blockCount * blockSize;
            case FLUSH -> 0;
            case RAW -> Direction.NONE == request.direction ? 0 : request.dataLength;
        };
    }

    private static boolean isIn(final IoRequest request) {
        return Op.READ == request.op || Op.RAW == request.op && Direction.IN == request.direction;
    }

    private static boolean isOut(final IoRequest request) {
        return switch (request.op) {
            case WRITE, COMPARE, COMPARE_AND_WRITE -> true;
            case READ, FLUSH -> false;
            case RAW -> Direction.OUT == request.direction;
        };
    }

    private void fail(final String why) {
        if (State.CLOSED == state) {
            return;
        }
        closedBecause = why;
        if (null != connection) {
            connection.close();
        } else {
            onClosed(why);
        }
    }

    // ---- set-up

    /** For tests that play the target without answering READ CAPACITY. */
    void geometry(final int newBlockSize, final long newBlockCount) {
        blockSize = newBlockSize;
        blockCount = newBlockCount;
    }

    private void awaitOrFail(final java.util.function.BooleanSupplier done, final String what)
            throws IOException {
        try {
            loop.await(done, SET_UP_TIMEOUT_NS, what);
        } catch (final TimeoutException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void askGeometry() throws IOException {
        final UnsafeBuffer data = new UnsafeBuffer(new byte[255]);
        final IoRequest request = new IoRequest();
        callUntilOk(request, cdb(0x00), Direction.NONE, data, 0);
        final byte[] capacity16 = cdb(0x9E);
        capacity16[1] = 0x10; // READ CAPACITY(16)
        capacity16[13] = 32;
        callUntilOk(request, capacity16, Direction.IN, data, 32);
        blockCount = data.getLong(0, BIG_ENDIAN) + 1;
        blockSize = data.getInt(8, BIG_ENDIAN);
        if (blockSize < 512 || blockSize > 65536 || blockCount <= 0) {
            throw new IOException("no sane geometry: " + blockCount + " blocks of " + blockSize);
        }
        final byte[] blockLimits = cdb(0x12);
        blockLimits[1] = 0x01; // EVPD
        blockLimits[2] = (byte) 0xB0;
        blockLimits[4] = 64;
        data.setMemory(0, 64, (byte) 0);
        if (Outcome.OK == callRetrying(request, blockLimits, Direction.IN, data, 64)) {
            final long blocks = data.getInt(8, BIG_ENDIAN) & 0xFFFF_FFFFL;
            if (blocks > 0) {
                maxTransferBytes = (int) Math.min(maxTransferBytes, blocks * blockSize);
            }
        }
    }

    private static byte[] cdb(final int opcode) {
        final byte[] cdb = new byte[ScsiCommandFlyweight.CDB_LENGTH];
        cdb[0] = (byte) opcode;
        return cdb;
    }

    private void callUntilOk(
            final IoRequest request,
            final byte[] cdb,
            final Direction direction,
            final UnsafeBuffer data,
            final int length)
            throws IOException {
        if (Outcome.OK != callRetrying(request, cdb, direction, data, length)) {
            throw new IOException(String.format("opcode %02Xh: ", cdb[0]) + request.detail());
        }
    }

    private Outcome callRetrying(
            final IoRequest request,
            final byte[] cdb,
            final Direction direction,
            final UnsafeBuffer data,
            final int length)
            throws IOException {
        for (int attempt = 0; attempt < MAX_SET_UP_RETRIES; attempt++) {
            try {
                call(request.raw(cdb, direction, data, 0, length), SET_UP_TIMEOUT_NS);
            } catch (final TimeoutException e) {
                throw new IOException(e.getMessage(), e);
            }
            if (Outcome.RETRY != request.outcome) {
                return request.outcome;
            }
        }
        return request.outcome;
    }
}
