package io.gemel.nvme.tcp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskState;
import io.gemel.core.memory.Crc32cDigest;
import io.gemel.core.status.Counter;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.CommonHeader;
import io.gemel.nvme.tcp.wire.FatalErrorStatus;
import io.gemel.nvme.tcp.wire.H2cData;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.NvmeTcpPdu;
import io.gemel.nvme.tcp.wire.PduType;
import org.agrona.DirectBuffer;

/**
 * Takes PDUs from the host: framing, every check of a header, digests, payload into the task's
 * buffer as it comes. A wrong PDU ends the connection by C2HTermReq. Owner: one connection.
 */
final class PduReceiver {
    /** MAXH2CDATA: most data of one H2CData PDU that we take, bytes. */
    static final int MAX_H2C_DATA_BYTES = 256 * 1024;

    private static final int MAX_PDO = 255;
    private static final int HEADER = NvmeTcpPdu.COMMON_HEADER_LENGTH;
    private static final int DIGEST = NvmeTcpPdu.DIGEST_LENGTH;

    private final NvmeTcpConnection connection;
    private final NvmeTcpLane nvmeLane;
    private final Lane lane;
    private final Connection socket;
    private final PduSender sender;
    private final CommandQueue commands;
    private final Crc32cDigest dataDigest = new Crc32cDigest();
    private boolean headerDigest;
    private boolean dataDigestEnabled;
    private ReceiveState receiveState = ReceiveState.HEADER;
    private boolean stalled;
    private boolean awaitsTask;
    private int paddingLeft;
    private int dataLeft;

    /** Whose buffer the data goes to, or null: it is dropped. */
    private Task sink;

    private int sinkOffset;
    private int sinkEnd;
    private int sinkBytes;

    /** The transfer that the data belongs to, for H2CData. */
    private int transfer = CommandSlot.NO_TRANSFER;

    PduReceiver(
            final NvmeTcpConnection connection,
            final NvmeTcpLane nvmeLane,
            final Connection socket,
            final PduSender sender,
            final CommandQueue commands) {
        this.connection = connection;
        this.nvmeLane = nvmeLane;
        this.lane = nvmeLane.lane;
        this.socket = socket;
        this.sender = sender;
        this.commands = commands;
    }

    /** The data of the current PDU goes to this task's buffer; null: nowhere. */
    void sink(final Task task, final int offset, final int lengthBytes) {
        sink = task;
        sinkOffset = offset;
        sinkEnd = offset + lengthBytes;
        sinkBytes = lengthBytes;
    }

    boolean isSink(final Task task) {
        return sink == task;
    }

    /** The task is over: what is still to come of its data is dropped. */
    void released(final Task task) {
        if (sink == task) {
            sink = null;
            unstall();
        }
    }

    /** Whatever comes is dropped from now on. */
    void discard() {
        receiveState(ReceiveState.DISCARD);
        if (stalled) {
            stalled = false;
            socket.resumeReceive();
        }
    }

    private void receiveState(final ReceiveState to) {
        if (receiveState != to) {
            if (!receiveState.canGoTo(to)) {
                throw new InvariantViolation("receive " + receiveState + " -> " + to);
            }
            receiveState = to;
        }
    }

    /** Takes bytes from the host; returns how many. See {@code ConnectionEngine}. */
    int receive(final DirectBuffer buffer, final int offset, final int length) {
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
        final boolean first = connection.awaitsIcReq();
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
        headerDigest = 0 != (icReq.dgst() & IcReq.HDGST_ENABLE);
        dataDigestEnabled = 0 != (icReq.dgst() & IcReq.DDGST_ENABLE);
        connection.onIcReq(icReq);
        return IcReq.LENGTH;
    }

    private int receiveTermReq(final int available) {
        lane.counters().increment(Counter.NVME_TERM_REQ_RECEIVED);
        connection.terminateNow();
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
        if (commands.isFull()) {
            lane.counters().increment(Counter.NVME_QUEUE_OVERRUNS);
            return fail(FatalErrorStatus.PDU_SEQUENCE_ERROR, 0, buffer, at, available);
        }
        final Task task = lane.tasks().claim();
        if (null == task) {
            stallForTask();
            return 0;
        }
        beginData(padding, (int) dataLength);
        commands.onCapsule(task, buffer, at + CapsuleCmd.SQE_OFFSET, (int) dataLength);
        return headerBytes;
    }

    private int receiveH2cData(
            final DirectBuffer buffer,
            final int at,
            final int available,
            final int headerBytes,
            final int padding,
            final long dataLength) {
        final H2cData pdu = nvmeLane.h2cData.wrap(buffer, at);
        final TransferTable transfers = commands.transfers();
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
        sink(transfers.task(ttag), next, (int) datal);
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
            commands.onTransferred(ttag);
        }
        // An aborted task may still wait for room to say so: its data is of no use any more.
        if (null != task && TaskState.AWAIT_DATA_OUT == task.state()) {
            task.onDataOut(sinkBytes);
        }
    }

    /** Takes nothing more until {@link #unstall}. */
    void stall() {
        stalled = true;
        socket.pauseReceive();
    }

    void unstall() {
        if (stalled && !awaitsTask) {
            stalled = false;
            socket.resumeReceive();
        }
    }

    private void stallForTask() {
        awaitsTask = true;
        stall();
        lane.awaitTask(this::onTaskFree);
    }

    private void onTaskFree() {
        awaitsTask = false;
        if (ReceiveState.DISCARD != receiveState) {
            unstall();
        }
    }

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
        sender.termReq(status, fei, buffer, at, available);
        connection.terminateNow();
        return available;
    }
}
