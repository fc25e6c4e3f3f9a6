package io.gemel.nvme.tcp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.core.InvariantViolation;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.TaskState;
import io.gemel.core.lane.Transmit;
import io.gemel.core.memory.SlabBuffer;
import io.gemel.core.status.Counter;
import io.gemel.nvme.admin.ControllerQueue;
import io.gemel.nvme.io.IoQueue;
import io.gemel.nvme.subsystem.AbortObserver;
import io.gemel.nvme.subsystem.CommandProcessor;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.QueueConnection;
import io.gemel.nvme.subsystem.QueueCounters;
import io.gemel.nvme.tcp.wire.C2hData;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.CapsuleResp;
import io.gemel.nvme.tcp.wire.CommonHeader;
import io.gemel.nvme.tcp.wire.Crc32cDigest;
import io.gemel.nvme.tcp.wire.FatalErrorStatus;
import io.gemel.nvme.tcp.wire.H2cData;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.IcResp;
import io.gemel.nvme.tcp.wire.NvmeTcpPdu;
import io.gemel.nvme.tcp.wire.NvmeTcpR2t;
import io.gemel.nvme.tcp.wire.PduType;
import io.gemel.nvme.tcp.wire.TermReq;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * One NVMe/TCP connection: PDUs in, PDUs out, and the queue that it carries. NVMe/TCP Transport
 * Specification. Owner: its lane.
 *
 * <p>A command's way: CapsuleCmd → task → (in-capsule data or R2T and H2CData) → processor → block
 * command → C2HData and CapsuleResp. What the host does wrong on the transport ends the connection
 * with C2HTermReq; what it does wrong in a command ends the command with a status.
 */
final class NvmeTcpConnection implements ConnectionEngine, TaskPorts, QueueConnection {
    /** MAXH2CDATA: most data of one H2CData PDU that we take, bytes. */
    static final int MAX_H2C_DATA_BYTES = 256 * 1024;

    private static final int MAX_PDO = 255;
    private static final int UNCONNECTED_QUEUE_ENTRIES = 2;
    private static final int ADMIN_QID = 0;
    private static final int DISABLE_SQ_FLOW_CONTROL = 0x04;
    private static final int SQHD_WITHOUT_FLOW_CONTROL = 0xFFFF;
    private static final int HEADER = NvmeTcpPdu.COMMON_HEADER_LENGTH;
    private static final int DIGEST = NvmeTcpPdu.DIGEST_LENGTH;

    private record HeldCompletion(int commandId, int status, long result) {}

    private final NvmeTcpServer server;
    private final NvmeTcpLane nvmeLane;
    private final Lane lane;
    private final Connection connection;
    private final Transmit transmit;
    private final SocketAddress localAddress;
    private final SocketAddress remoteAddress;
    private final QueueCounters counters = new QueueCounters();
    private final Crc32cDigest dataDigest = new Crc32cDigest();
    private final WaitQueue waiting = new WaitQueue();
    private final ArrayDeque<HeldCompletion> heldCompletions = new ArrayDeque<>();
    private final long[] commandIds = new long[65536 / 64];
    private ConnectionState state = ConnectionState.AWAIT_ICREQ;
    private boolean connectTimerArmed;
    private long connectTimer;

    // negotiated by ICReq
    private volatile int digests;
    private boolean headerDigest;
    private boolean dataDigestEnabled;
    private int hostDataAlignment = 4;

    // the queue
    private CommandProcessor processor;
    private NvmeController controller;
    private ControllerQueue adminQueue;
    private IoQueue ioQueue;
    private int qid;
    private int queueEntries = UNCONNECTED_QUEUE_ENTRIES;
    private boolean flowControl = true;
    private int sqhd;
    private int outstanding;
    private int activeTasks;
    private TransferTable transfers = new TransferTable(UNCONNECTED_QUEUE_ENTRIES);

    // the PDU that is being received
    private ReceiveState receiveState = ReceiveState.HEADER;
    private boolean stalled;
    private boolean awaitsTask;
    private int paddingLeft;
    private int dataLeft;
    private Task sink;
    private int sinkOffset;
    private int sinkEnd;
    private int sinkBytes;
    private int transfer = CommandSlot.NO_TRANSFER;

    /**
     * A data PDU of this task is begun on the sending side: nothing else may be sent in between.
     */
    private Task transmitting;

    NvmeTcpConnection(
            final NvmeTcpServer server,
            final NvmeTcpLane nvmeLane,
            final Connection connection,
            final boolean discoveryOnly) {
        this.server = server;
        this.nvmeLane = nvmeLane;
        this.lane = nvmeLane.lane;
        this.connection = connection;
        this.transmit = connection.transmit();
        this.localAddress = connection.localAddress();
        this.remoteAddress = connection.remoteAddress();
        this.processor = new ConnectProcessor(server, this, discoveryOnly);
        connectTimer =
                lane.schedule(
                        lane.nowNs() + server.limits().connectTimeoutNs(), this::onConnectTimeout);
        connectTimerArmed = true;
    }

    ConnectionState state() {
        return state;
    }

    /** Commands that have a task. */
    int activeTasks() {
        return activeTasks;
    }

    private void state(final ConnectionState to) {
        if (!state.canGoTo(to)) {
            throw new InvariantViolation("connection " + state + " -> " + to);
        }
        state = to;
    }

    private void receiveState(final ReceiveState to) {
        if (receiveState != to) {
            if (!receiveState.canGoTo(to)) {
                throw new InvariantViolation("receive " + receiveState + " -> " + to);
            }
            receiveState = to;
        }
    }

    // ---------------------------------------------------------------- receiving

    @Override
    public int onReceive(final DirectBuffer buffer, final int offset, final int length) {
        final int end = offset + length;
        int position = offset;
        while (position < end && !stalled) {
            final int available = end - position;
            final int taken =
                    switch (receiveState) {
                        case HEADER -> receiveHeader(buffer, position, available);
                        case DATA -> receiveData(buffer, position, available);
                        case DATA_DIGEST -> receiveDataDigest(buffer, position, available);
                        case DISCARD -> available;
                    };
            if (0 == taken) {
                break;
            }
            position += taken;
        }
        return position - offset;
    }

    private int receiveHeader(final DirectBuffer buffer, final int at, final int available) {
        if (available < HEADER) {
            return 0;
        }
        final CommonHeader common = nvmeLane.common.wrap(buffer, at);
        final int type = common.type();
        final boolean fromHost =
                PduType.ICREQ == type
                        || PduType.H2C_TERM_REQ == type
                        || PduType.CAPSULE_CMD == type
                        || PduType.H2C_DATA == type;
        if (!fromHost) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    NvmeTcpPdu.TYPE_OFFSET,
                    buffer,
                    at,
                    available);
        }
        final int hlen = PduType.headerLength(type);
        if (common.hlen() != hlen) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    NvmeTcpPdu.HLEN_OFFSET,
                    buffer,
                    at,
                    available);
        }
        final boolean first = ConnectionState.AWAIT_ICREQ == state;
        if (PduType.H2C_TERM_REQ != type && first != (PduType.ICREQ == type)) {
            return fail(FatalErrorStatus.PDU_SEQUENCE_ERROR, 0, buffer, at, available);
        }
        final boolean carriesCommand = PduType.CAPSULE_CMD == type || PduType.H2C_DATA == type;
        final int headerBytes = hlen + (headerDigest && carriesCommand ? DIGEST : 0);
        if (common.plen() < headerBytes) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    NvmeTcpPdu.PLEN_OFFSET,
                    buffer,
                    at,
                    available);
        }
        if (available < headerBytes) {
            return 0;
        }
        return switch (type) {
            case PduType.ICREQ -> receiveIcReq(buffer, at, available);
            case PduType.H2C_TERM_REQ -> receiveTermReq(available);
            default -> receiveCommandPdu(buffer, at, available, type, hlen, headerBytes);
        };
    }

    private int receiveIcReq(final DirectBuffer buffer, final int at, final int available) {
        final IcReq icReq = nvmeLane.icReq.wrap(buffer, at);
        if (IcReq.LENGTH != icReq.plen()) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    NvmeTcpPdu.PLEN_OFFSET,
                    buffer,
                    at,
                    available);
        }
        if (0 != icReq.pfv()) {
            return fail(
                    FatalErrorStatus.UNSUPPORTED_PARAMETER,
                    IcReq.PFV_OFFSET,
                    buffer,
                    at,
                    available);
        }
        if (icReq.hpda() > IcReq.MAX_DATA_ALIGNMENT) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    IcReq.HPDA_OFFSET,
                    buffer,
                    at,
                    available);
        }
        final int known = IcReq.HDGST_ENABLE | IcReq.DDGST_ENABLE;
        if (0 != (icReq.dgst() & ~known)) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    IcReq.DGST_OFFSET,
                    buffer,
                    at,
                    available);
        }
        final int claimed = transmit.claim(IcResp.LENGTH);
        if (claimed < 0) {
            terminateNow(); // cannot be: nothing was sent on this connection yet
            return available;
        }
        digests = icReq.dgst();
        headerDigest = 0 != (icReq.dgst() & IcReq.HDGST_ENABLE);
        dataDigestEnabled = 0 != (icReq.dgst() & IcReq.DDGST_ENABLE);
        hostDataAlignment = icReq.hostDataAlignmentBytes();
        nvmeLane.icResp
                .encode(transmit.buffer(), claimed)
                .commonHeader()
                .dgst(icReq.dgst())
                .maxh2cdata(MAX_H2C_DATA_BYTES);
        transmit.commit(IcResp.LENGTH);
        state(ConnectionState.AWAIT_CONNECT);
        return IcReq.LENGTH;
    }

    private int receiveTermReq(final int available) {
        lane.counters().increment(Counter.NVME_TERM_REQ_RECEIVED);
        terminateNow();
        return available;
    }

    private int receiveCommandPdu(
            final DirectBuffer buffer,
            final int at,
            final int available,
            final int type,
            final int hlen,
            final int headerBytes) {
        final CommonHeader common = nvmeLane.common;
        final int flags = common.flags();
        if (headerDigest != (0 != (flags & NvmeTcpPdu.HDGSTF))) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    NvmeTcpPdu.FLAGS_OFFSET,
                    buffer,
                    at,
                    available);
        }
        if (headerDigest) {
            final int received = buffer.getInt(at + hlen, LITTLE_ENDIAN);
            if (nvmeLane.digest.of(buffer, at, hlen) != received) {
                lane.counters().increment(Counter.NVME_HEADER_DIGEST_ERRORS);
                return fail(FatalErrorStatus.HEADER_DIGEST_ERROR, received, buffer, at, available);
            }
        }
        final long plen = common.plen();
        int padding = 0;
        long dataLength = 0;
        if (plen > headerBytes) {
            if (dataDigestEnabled != (0 != (flags & NvmeTcpPdu.DDGSTF))) {
                return fail(
                        FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                        NvmeTcpPdu.FLAGS_OFFSET,
                        buffer,
                        at,
                        available);
            }
            final int pdo = common.pdo();
            if (pdo < headerBytes || 0 != (pdo & 3) || pdo > MAX_PDO) {
                return fail(
                        FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                        NvmeTcpPdu.PDO_OFFSET,
                        buffer,
                        at,
                        available);
            }
            padding = pdo - headerBytes;
            dataLength = plen - pdo - (dataDigestEnabled ? DIGEST : 0);
            if (dataLength <= 0) {
                return fail(
                        FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                        NvmeTcpPdu.PLEN_OFFSET,
                        buffer,
                        at,
                        available);
            }
        }
        return PduType.CAPSULE_CMD == type
                ? receiveCapsule(buffer, at, available, headerBytes, padding, dataLength)
                : receiveH2cData(buffer, at, available, headerBytes, padding, dataLength);
    }

    private int receiveCapsule(
            final DirectBuffer buffer,
            final int at,
            final int available,
            final int headerBytes,
            final int padding,
            final long dataLength) {
        if (dataLength > NvmeLimits.IN_CAPSULE_DATA_BYTES) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    NvmeTcpPdu.PLEN_OFFSET,
                    buffer,
                    at,
                    available);
        }
        if (outstanding == queueEntries) {
            lane.counters().increment(Counter.NVME_QUEUE_OVERRUNS);
            return fail(FatalErrorStatus.PDU_SEQUENCE_ERROR, 0, buffer, at, available);
        }
        final Task task = lane.tasks().claim();
        if (null == task) {
            stallForTask();
            return 0;
        }
        final CommandSlot slot = nvmeLane.slots[task.index()];
        final NvmeCommand command = slot.command;
        slot.begin();
        command.begin(buffer, at + CapsuleCmd.SQE_OFFSET);
        outstanding++;
        sqhd = sqhd + 1 >= queueEntries ? 0 : sqhd + 1;
        counters.onCommand();
        beginData(padding, (int) dataLength);
        if (!ownCommandId(command.commandId())) {
            lane.counters().increment(Counter.NVME_COMMAND_ID_CONFLICTS);
            slot.ownsCommandId = false;
            command.status(NvmeStatus.COMMAND_ID_CONFLICT);
        } else if (null != adminQueue
                && Opcode.ASYNCHRONOUS_EVENT_REQUEST == command.opcode()
                && adminQueue.hold(command)) {
            task.unclaim();
            return headerBytes;
        } else if (command.isSuccess()) {
            processor.admit(command);
            if (command.isSuccess()) {
                checkDataPointer(slot, (int) dataLength);
            }
        }
        if (!command.isSuccess()) {
            lane.counters().increment(Counter.NVME_COMMANDS_REFUSED);
        }
        start(task, slot);
        return headerBytes;
    }

    private void start(final Task task, final CommandSlot slot) {
        final NvmeCommand command = slot.command;
        final int bytes = command.isSuccess() ? command.lengthBytes() : 0;
        final boolean fromHost = DataDirection.FROM_HOST == command.direction();
        activeTasks++;
        if (bytes > 0 && slot.inCapsule) {
            sink = task;
            sinkOffset = 0;
            sinkEnd = bytes;
            sinkBytes = bytes;
        }
        task.start(this, bytes, fromHost ? bytes : 0);
        if (sink == task && TaskState.NEED_BUFFER == task.state()) {
            stall(); // until solicit()
        }
    }

    /** NVMe/TCP knows two data pointers: data in the capsule, or data by data PDUs. */
    private void checkDataPointer(final CommandSlot slot, final int inCapsuleBytes) {
        final NvmeCommand command = slot.command;
        if (DataDirection.NONE == command.direction()) {
            return;
        }
        final NvmeSqe sqe = command.sqe();
        final int psdt = sqe.psdt();
        final int identifier = sqe.sglIdentifier();
        final boolean fromHost = DataDirection.FROM_HOST == command.direction();
        if (NvmeSqe.PSDT_SGL != psdt && NvmeSqe.PSDT_SGL_MPTR_SGL != psdt) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else if (SglDescriptor.TRANSPORT == identifier) {
            if (sqe.sglLength() < command.lengthBytes()) {
                command.status(NvmeStatus.DATA_SGL_LENGTH_INVALID);
            } else if (inCapsuleBytes > 0) {
                command.status(NvmeStatus.SGL_DESCRIPTOR_TYPE_INVALID);
            }
        } else if (SglDescriptor.IN_CAPSULE == identifier && fromHost) {
            if (sqe.sglLength() < command.lengthBytes()) {
                command.status(NvmeStatus.DATA_SGL_LENGTH_INVALID);
            } else if (0 != sqe.sglAddress() || sqe.sglLength() > inCapsuleBytes) {
                command.status(NvmeStatus.SGL_OFFSET_INVALID);
            } else {
                slot.inCapsule = true;
            }
        } else {
            command.status(NvmeStatus.SGL_DESCRIPTOR_TYPE_INVALID);
        }
    }

    private int receiveH2cData(
            final DirectBuffer buffer,
            final int at,
            final int available,
            final int headerBytes,
            final int padding,
            final long dataLength) {
        final H2cData pdu = nvmeLane.h2cData.wrap(buffer, at);
        final int ttag = pdu.ttag();
        if (!transfers.isOpen(ttag)) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    H2cData.TTAG_OFFSET,
                    buffer,
                    at,
                    available);
        }
        if (transfers.commandId(ttag) != pdu.cccid()) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    H2cData.CCCID_OFFSET,
                    buffer,
                    at,
                    available);
        }
        final long datal = pdu.datal();
        if (0 == datal || datal != dataLength) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    H2cData.DATAL_OFFSET,
                    buffer,
                    at,
                    available);
        }
        if (datal > MAX_H2C_DATA_BYTES) {
            return fail(FatalErrorStatus.LIMIT_EXCEEDED, 0, buffer, at, available);
        }
        final int next = transfers.next(ttag);
        final int end = transfers.end(ttag);
        if (pdu.datao() != next || datal > end - next) {
            return fail(FatalErrorStatus.DATA_TRANSFER_OUT_OF_RANGE, 0, buffer, at, available);
        }
        if (pdu.isLastPdu() != (next + datal == end)) {
            return fail(
                    FatalErrorStatus.INVALID_PDU_HEADER_FIELD,
                    NvmeTcpPdu.FLAGS_OFFSET,
                    buffer,
                    at,
                    available);
        }
        sink = transfers.task(ttag);
        sinkOffset = next;
        sinkEnd = next + (int) datal;
        sinkBytes = (int) datal;
        transfer = ttag;
        transfers.advance(ttag, (int) datal);
        beginData(padding, (int) datal);
        return headerBytes;
    }

    private void beginData(final int padding, final int dataLength) {
        paddingLeft = padding;
        dataLeft = dataLength;
        if (dataLength > 0) {
            if (dataDigestEnabled) {
                dataDigest.reset();
            }
            receiveState(ReceiveState.DATA);
        }
    }

    private int receiveData(final DirectBuffer buffer, final int at, final int available) {
        if (paddingLeft > 0) {
            final int skipped = Math.min(available, paddingLeft);
            paddingLeft -= skipped;
            return skipped;
        }
        final int taken = Math.min(available, dataLeft);
        if (dataDigestEnabled) {
            dataDigest.update(buffer, at, taken);
        }
        if (null != sink) {
            final int wanted = Math.min(taken, sinkEnd - sinkOffset);
            sink.buffer().buffer().putBytes(sinkOffset, buffer, at, wanted);
            sinkOffset += wanted;
        }
        dataLeft -= taken;
        if (0 == dataLeft) {
            if (dataDigestEnabled) {
                receiveState(ReceiveState.DATA_DIGEST);
            } else {
                endOfData();
            }
        }
        return taken;
    }

    private int receiveDataDigest(final DirectBuffer buffer, final int at, final int available) {
        if (available < DIGEST) {
            return 0;
        }
        if (dataDigest.value() != buffer.getInt(at, LITTLE_ENDIAN)) {
            lane.counters().increment(Counter.NVME_DATA_DIGEST_ERRORS);
            if (null != sink) {
                nvmeLane.slots[sink.index()].dataDigestError = true;
            }
        }
        endOfData();
        return DIGEST;
    }

    private void endOfData() {
        receiveState(ReceiveState.HEADER);
        final Task task = sink;
        sink = null;
        if (CommandSlot.NO_TRANSFER != transfer) {
            final int ttag = transfer;
            transfer = CommandSlot.NO_TRANSFER;
            if (transfers.next(ttag) == transfers.end(ttag)) {
                transfers.close(ttag);
                if (null != task) {
                    nvmeLane.slots[task.index()].transfer = CommandSlot.NO_TRANSFER;
                }
            }
        }
        if (null != task) {
            task.onDataOut(sinkBytes);
        }
    }

    // ---------------------------------------------------------------- back-pressure on receiving

    private void stall() {
        stalled = true;
        connection.pauseReceive();
    }

    private void unstall() {
        if (stalled && !awaitsTask) {
            stalled = false;
            connection.resumeReceive();
        }
    }

    private void stallForTask() {
        awaitsTask = true;
        stall();
        lane.awaitTask(this::onTaskFree);
    }

    private void onTaskFree() {
        awaitsTask = false;
        if (ConnectionState.CLOSED != state) {
            unstall();
        }
    }

    // ---------------------------------------------------------------- tasks

    @Override
    public void solicit(final Task task) {
        if (task == sink) {
            unstall(); // in-capsule data that waited for the buffer
        } else if (!sendR2t(task)) {
            waitForRoom(task);
        }
    }

    private boolean sendR2t(final Task task) {
        if (null != transmitting) {
            return false;
        }
        final int length = NvmeTcpR2t.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        final CommandSlot slot = nvmeLane.slots[task.index()];
        final NvmeCommand command = slot.command;
        final int ttag = transfers.open(task, command.commandId(), command.lengthBytes());
        if (CommandSlot.NO_TRANSFER == ttag) {
            return false;
        }
        final int at = transmit.claim(length);
        if (at < 0) {
            transfers.close(ttag);
            return false;
        }
        slot.transfer = ttag;
        final MutableDirectBuffer buffer = transmit.buffer();
        nvmeLane.r2t
                .encode(buffer, at)
                .commonHeader(headerDigest)
                .cccid(command.commandId())
                .ttag(ttag)
                .r2tl(command.lengthBytes());
        putHeaderDigest(buffer, at, NvmeTcpR2t.HEADER_LENGTH);
        transmit.commit(length);
        return true;
    }

    @Override
    public void execute(final Task task) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        if (slot.dataDigestError) {
            slot.command.status(NvmeStatus.TRANSIENT_TRANSPORT_ERROR);
        }
        if (slot.command.isSuccess()) {
            processor.execute(slot.command, task);
        } else {
            task.executed();
        }
    }

    @Override
    public boolean respond(final Task task) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        if (ConnectionState.CONNECTED != state
                && ConnectionState.AWAIT_CONNECT != state
                && ConnectionState.DRAINING != state) {
            return true;
        }
        if (!slot.finished) {
            slot.finished = true;
            finish(task, slot);
        }
        if (isWithoutAnswer(task.abortReason())) {
            return true;
        }
        if ((null != transmitting && task != transmitting) || !sendResponse(task, slot)) {
            waitForRoom(task);
            return false;
        }
        return true;
    }

    private static boolean isWithoutAnswer(final AbortReason reason) {
        return AbortReason.CONNECTION_LOST == reason
                || AbortReason.CONTROLLER_RESET == reason
                || AbortReason.SHUTDOWN == reason;
    }

    /** Settles the status of a command, once. */
    private void finish(final Task task, final CommandSlot slot) {
        final NvmeCommand command = slot.command;
        final boolean submitted = null != task.command().op();
        if (task.isAborted() && !(submitted && BlockStatus.OK == task.command().status())) {
            slot.aborted = true;
            command.status(statusOf(task.abortReason()));
        } else if (submitted && command.isSuccess()) {
            processor.ended(command, task);
        }
        if (!command.isSuccess()) {
            counters.onError();
            if (null != ioQueue) {
                ioQueue.report(command);
            } else if (null != controller) {
                controller.reportError(
                        lane, ADMIN_QID, command.commandId(), command.status(), 0, 0);
            }
        }
    }

    private static NvmeStatus statusOf(final AbortReason reason) {
        return AbortReason.FENCED == reason
                ? NvmeStatus.ABORTED_PREEMPT_AND_ABORT
                : AbortReason.LOGICAL_UNIT_RESET == reason
                        ? NvmeStatus.COMMAND_INTERRUPTED
                        : NvmeStatus.COMMAND_ABORT_REQUESTED;
    }

    @Override
    public void released(final Task task) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        final NvmeCommand command = slot.command;
        if (sink == task) {
            sink = null;
            unstall();
        }
        if (transmitting == task) {
            transmitting = null;
        }
        if (CommandSlot.NO_TRANSFER != slot.transfer) {
            transfers.orphan(slot.transfer);
            lane.counters().increment(Counter.NVME_TRANSFERS_ORPHANED);
        }
        if (slot.ownsCommandId) {
            freeCommandId(command.commandId());
        }
        outstanding--;
        activeTasks--;
        final AbortObserver observer = command.abortObserver();
        if (null != observer) {
            command.abortObserver(null);
            observer.onAbort(slot.aborted);
        }
        if (null != ioQueue
                && Opcode.FABRICS == command.opcode()
                && Opcode.FCTYPE_DISCONNECT == command.sqe().fctype()
                && command.isSuccess()) {
            disconnect();
        }
        closeWhenDrained();
    }

    private void waitForRoom(final Task task) {
        lane.counters().increment(Counter.NVME_TRANSMIT_WAITS);
        waiting.add(task);
    }

    @Override
    public void onTransmitReady() {
        if (null != transmitting) {
            final Task task = transmitting;
            task.step();
            if (null != transmitting) {
                return;
            }
        }
        sendHeldCompletions();
        for (int count = waiting.size(); count > 0 && null == transmitting; count--) {
            final Task task = waiting.poll();
            if (null == task) {
                continue;
            }
            if (TaskState.RESPONDING == task.state()) {
                task.step();
            } else if (TaskState.AWAIT_DATA_OUT == task.state()
                    && CommandSlot.NO_TRANSFER == nvmeLane.slots[task.index()].transfer
                    && !sendR2t(task)) {
                waiting.add(task);
            }
        }
    }

    // ---------------------------------------------------------------- sending

    private boolean sendResponse(final Task task, final CommandSlot slot) {
        final NvmeCommand command = slot.command;
        if (command.isSuccess() && DataDirection.TO_HOST == command.direction()) {
            return command.lengthBytes() < Transmit.SEND_THRESHOLD_BYTES
                    ? sendDataCopied(task, command)
                    : sendDataByReference(task, slot);
        }
        final int length = CapsuleResp.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        final int at = transmit.claim(length);
        if (at < 0) {
            return false;
        }
        putResponse(transmit.buffer(), at, command.commandId(), command.status(), command.result());
        transmit.commit(length);
        return true;
    }

    /** Whether the data PDU also completes the command. */
    private boolean isSuccessInData(final NvmeCommand command) {
        return !flowControl && 0 == command.result();
    }

    private int responseLength(final NvmeCommand command) {
        return isSuccessInData(command)
                ? 0
                : CapsuleResp.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
    }

    private int dataHeaderLength() {
        final int header = C2hData.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        return (header + hostDataAlignment - 1) / hostDataAlignment * hostDataAlignment;
    }

    private boolean sendDataCopied(final Task task, final NvmeCommand command) {
        final int header = dataHeaderLength();
        final int data = command.lengthBytes();
        final int digest = dataDigestEnabled ? DIGEST : 0;
        final int length = header + data + digest + responseLength(command);
        final int at = transmit.claim(length);
        if (at < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = transmit.buffer();
        putDataHeader(buffer, at, command, header);
        buffer.putBytes(at + header, task.buffer().buffer(), 0, data);
        if (dataDigestEnabled) {
            buffer.putInt(
                    at + header + data,
                    nvmeLane.digest.of(buffer, at + header, data),
                    LITTLE_ENDIAN);
        }
        if (!isSuccessInData(command)) {
            putResponse(
                    buffer,
                    at + header + data + digest,
                    command.commandId(),
                    command.status(),
                    command.result());
        }
        transmit.commit(length);
        return true;
    }

    private boolean sendDataByReference(final Task task, final CommandSlot slot) {
        final NvmeCommand command = slot.command;
        final int data = command.lengthBytes();
        if (CommandSlot.ResponseStage.NOTHING == slot.stage) {
            final int header = dataHeaderLength();
            final int at = transmit.claim(header);
            if (at < 0) {
                return false;
            }
            putDataHeader(transmit.buffer(), at, command, header);
            transmit.commit(header);
            transmitting = task;
            slot.stage = CommandSlot.ResponseStage.DATA_HEADER;
        }
        final SlabBuffer source = task.buffer();
        if (CommandSlot.ResponseStage.DATA_HEADER == slot.stage) {
            if (!transmit.send(source, 0, data)) {
                return false;
            }
            slot.stage = CommandSlot.ResponseStage.DATA;
        }
        final int digest = dataDigestEnabled ? DIGEST : 0;
        final int tail = digest + responseLength(command);
        if (tail > 0) {
            final int at = transmit.claim(tail);
            if (at < 0) {
                return false;
            }
            final MutableDirectBuffer buffer = transmit.buffer();
            if (dataDigestEnabled) {
                buffer.putInt(at, nvmeLane.digest.of(source.buffer(), 0, data), LITTLE_ENDIAN);
            }
            if (!isSuccessInData(command)) {
                putResponse(
                        buffer,
                        at + digest,
                        command.commandId(),
                        command.status(),
                        command.result());
            }
            transmit.commit(tail);
        }
        transmitting = null;
        if (waiting.size() > 0) {
            lane.execute(this::onTransmitReady);
        }
        return true;
    }

    private void putDataHeader(
            final MutableDirectBuffer buffer,
            final int at,
            final NvmeCommand command,
            final int headerLength) {
        final int flags =
                C2hData.LAST_PDU
                        | (isSuccessInData(command) ? C2hData.SUCCESS : 0)
                        | (headerDigest ? NvmeTcpPdu.HDGSTF : 0)
                        | (dataDigestEnabled ? NvmeTcpPdu.DDGSTF : 0);
        final int plen = headerLength + command.lengthBytes() + (dataDigestEnabled ? DIGEST : 0);
        nvmeLane.c2hData
                .encode(buffer, at)
                .commonHeader(flags, headerLength, plen)
                .cccid(command.commandId())
                .datal(command.lengthBytes());
        putHeaderDigest(buffer, at, C2hData.HEADER_LENGTH);
        final int used = C2hData.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        buffer.setMemory(at + used, headerLength - used, (byte) 0);
    }

    private void putResponse(
            final MutableDirectBuffer buffer,
            final int at,
            final int commandId,
            final int status,
            final long result) {
        final CapsuleResp response =
                nvmeLane.capsuleResp.encode(buffer, at).commonHeader(headerDigest);
        final NvmeCqe cqe = nvmeLane.cqe.encode(buffer, response.cqeOffset());
        cqe.value(result).commandId(commandId).status(status);
        if (flowControl) {
            cqe.sqhd(sqhd);
        } else if (!connectAnswered) {
            connectAnswered = true;
            cqe.sqhd(SQHD_WITHOUT_FLOW_CONTROL);
        }
        putHeaderDigest(buffer, at, CapsuleResp.HEADER_LENGTH);
    }

    /**
     * The Connect response tells with SQHD FFFFh that flow control is off; later ones leave it 0.
     */
    private boolean connectAnswered;

    private void putHeaderDigest(
            final MutableDirectBuffer buffer, final int at, final int headerLength) {
        if (headerDigest) {
            buffer.putInt(
                    at + headerLength, nvmeLane.digest.of(buffer, at, headerLength), LITTLE_ENDIAN);
        }
    }

    // ---------------------------------------------------------------- command identifiers

    private boolean ownCommandId(final int commandId) {
        final long bit = 1L << (commandId & 63);
        final boolean free = 0 == (commandIds[commandId >>> 6] & bit);
        commandIds[commandId >>> 6] |= bit;
        return free;
    }

    private void freeCommandId(final int commandId) {
        commandIds[commandId >>> 6] &= ~(1L << (commandId & 63));
    }

    // ---------------------------------------------------------------- the queue

    /** A Connect command for the Admin Queue has succeeded. */
    void connectedAdmin(
            final NvmeController itsController,
            final ControllerQueue queue,
            final int sqsize,
            final int cattr) {
        adminQueue = queue;
        connected(itsController, queue, ADMIN_QID, sqsize, cattr);
    }

    /** A Connect command for an I/O queue has succeeded. */
    void connectedIo(
            final NvmeController itsController,
            final IoQueue queue,
            final int itsQid,
            final int sqsize,
            final int cattr) {
        lane.counters().increment(Counter.NVME_IO_QUEUES_CONNECTED);
        ioQueue = queue;
        connected(itsController, queue, itsQid, sqsize, cattr);
    }

    private void connected(
            final NvmeController itsController,
            final CommandProcessor queue,
            final int itsQid,
            final int sqsize,
            final int cattr) {
        state(ConnectionState.CONNECTED);
        disarmConnectTimer();
        controller = itsController;
        processor = queue;
        qid = itsQid;
        queueEntries = sqsize + 1;
        flowControl = 0 == (cattr & DISABLE_SQ_FLOW_CONTROL);
        sqhd = sqhd % queueEntries;
        transfers = new TransferTable(2 * queueEntries);
    }

    private void disconnect() {
        if (ConnectionState.CONNECTED == state) {
            state(ConnectionState.DRAINING);
            receiveState(ReceiveState.DISCARD);
            abortTasks(AbortReason.SHUTDOWN); // the last one released closes
        }
    }

    private void onConnectTimeout() {
        connectTimerArmed = false;
        lane.counters().increment(Counter.NVME_CONNECT_TIMEOUTS);
        terminateNow();
    }

    private void disarmConnectTimer() {
        if (connectTimerArmed) {
            connectTimerArmed = false;
            lane.cancelTimer(connectTimer);
        }
    }

    @Override
    public void completeHeld(final int commandId, final NvmeStatus status, final long result) {
        heldCompletions.add(new HeldCompletion(commandId, status.field(), result));
        sendHeldCompletions();
    }

    @Override
    public void dropHeld(final int commandId) {
        freeCommandId(commandId);
        outstanding--;
    }

    private void sendHeldCompletions() {
        final int length = CapsuleResp.HEADER_LENGTH + (headerDigest ? DIGEST : 0);
        while (!heldCompletions.isEmpty()
                && null == transmitting
                && ConnectionState.CONNECTED == state) {
            final int at = transmit.claim(length);
            if (at < 0) {
                return;
            }
            final HeldCompletion held = heldCompletions.poll();
            dropHeld(held.commandId);
            putResponse(transmit.buffer(), at, held.commandId, held.status, held.result);
            transmit.commit(length);
        }
    }

    @Override
    public void abortCommand(final int commandId, final AbortObserver observer) {
        if (ConnectionState.CONNECTED == state) {
            for (int i = 0; i < lane.tasks().capacity(); i++) {
                final Task task = lane.tasks().at(i);
                final NvmeCommand command = nvmeLane.slots[i].command;
                if (task.context() == this
                        && TaskState.FREE != task.state()
                        && TaskState.NEW != task.state()
                        && TaskState.RESPONDING != task.state()
                        && command.commandId() == commandId
                        && null == command.abortObserver()
                        && Opcode.FABRICS != command.opcode()
                        && !(null != adminQueue && Opcode.ABORT == command.opcode())) {
                    command.abortObserver(observer);
                    task.abort(AbortReason.ABORTED_BY_HOST);
                    return;
                }
            }
        }
        observer.onAbort(false);
    }

    // ---------------------------------------------------------------- the end

    /**
     * Ends the connection with C2HTermReq. Returns {@code available}: nothing more is looked at.
     */
    private int fail(
            final FatalErrorStatus status,
            final int fei,
            final DirectBuffer buffer,
            final int at,
            final int available) {
        lane.counters().increment(Counter.NVME_TERM_REQ_SENT);
        if (null == transmitting) {
            final int hlen = PduType.headerLength(buffer.getByte(at) & 0xFF);
            final int wanted = hlen < 0 ? HEADER : hlen;
            final int copied = Math.min(Math.min(wanted, available), TermReq.MAX_DATA_LENGTH);
            final int length = TermReq.HEADER_LENGTH + copied;
            final int claimed = transmit.claim(length);
            if (claimed >= 0) {
                nvmeLane.termReq
                        .encode(transmit.buffer(), claimed)
                        .commonHeader(PduType.C2H_TERM_REQ, copied)
                        .fes(status.fes())
                        .fei(fei & 0xFFFF_FFFFL);
                transmit.buffer().putBytes(claimed + TermReq.HEADER_LENGTH, buffer, at, copied);
                transmit.commit(length);
            }
        }
        terminateNow();
        return available;
    }

    private void terminateNow() {
        if (ConnectionState.TERMINATING == state || ConnectionState.CLOSED == state) {
            return;
        }
        state(ConnectionState.TERMINATING);
        receiveState(ReceiveState.DISCARD);
        disarmConnectTimer();
        abortTasks(AbortReason.CONTROLLER_RESET);
        connection.close();
    }

    @Override
    public void terminate() {
        lane.execute(this::terminateNow);
    }

    /**
     * Answers what is there, then closes; takes no more commands. An Admin Queue stays until the
     * last of its I/O queues has gone, since its end is the end of them all. Lane thread.
     */
    void drain() {
        if (ConnectionState.CONNECTED != state) {
            terminateNow();
            return;
        }
        state(ConnectionState.DRAINING);
        receiveState(ReceiveState.DISCARD);
        lane.tasks()
                .forEachActive(
                        task -> {
                            if (task.context() == this
                                    && TaskState.EXECUTING != task.state()
                                    && TaskState.RESPONDING != task.state()) {
                                task.abort(AbortReason.SHUTDOWN);
                            }
                        });
        closeWhenDrained();
    }

    private void closeWhenDrained() {
        if (ConnectionState.DRAINING == state
                && 0 == activeTasks
                && (null == adminQueue || !controller.hasIoQueues())) {
            terminateNow();
        }
    }

    @Override
    public void ioQueuesGone() {
        closeWhenDrained();
    }

    private void abortTasks(final AbortReason reason) {
        lane.tasks()
                .forEachActive(
                        task -> {
                            if (task.context() == this) {
                                task.abort(reason);
                            }
                        });
    }

    @Override
    public void onClosed() {
        if (ConnectionState.CLOSED == state) {
            return;
        }
        state(ConnectionState.CLOSED);
        receiveState(ReceiveState.DISCARD);
        disarmConnectTimer();
        abortTasks(AbortReason.CONNECTION_LOST);
        nvmeLane.connections.remove(this);
        if (null != adminQueue) {
            controller.close();
        } else if (null != ioQueue) {
            controller.removeIoQueue(qid, this);
        }
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public SocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public QueueCounters counters() {
        return counters;
    }

    @Override
    public int digests() {
        return digests;
    }
}
