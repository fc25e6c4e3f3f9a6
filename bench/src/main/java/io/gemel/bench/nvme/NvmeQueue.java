package io.gemel.bench.nvme;

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
import io.gemel.nvme.tcp.wire.C2hData;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.CapsuleResp;
import io.gemel.nvme.tcp.wire.CommonHeader;
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
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One queue pair over one NVMe/TCP connection: the admin queue, or an I/O queue. Owner: the loop's
 * thread.
 *
 * <pre>
 *            onConnected           ICResp              close(), TermReq, any error
 * CONNECTING ───────────► ICREQ_SENT ─────► READY ───────────────────────────────► CLOSED
 * </pre>
 *
 * <p>READY means that capsules may be sent; the Fabrics Connect is the first, sent by {@link
 * NvmeController}. A compare-and-write is the fused pair Compare, Write, in adjacent capsules; its
 * request ends when both halves have.
 */
public final class NvmeQueue implements ClientEngine, Initiator {
    private enum State {
        CONNECTING,
        ICREQ_SENT,
        READY,
        CLOSED
    }

    private enum Receiving {
        HEADER,
        PAYLOAD,
        TRAILER
    }

    /**
     * Data that an admin command may carry in its capsule: the transport fixes it for this queue.
     */
    static final int ADMIN_IN_CAPSULE_BYTES = 8192;

    static final int MAX_DEPTH = 1024;

    private static final int FUSE_FIRST = 1;
    private static final int FUSE_SECOND = 2;
    private static final int SLOT_BITS = 10;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
    private static final int GENERATION_MASK = 0x1F;
    private static final int SECOND_HALF = 0x8000; // CID of the write of a fused pair
    private static final int MAX_HEADER_BYTES = 256; // PDO is one byte
    private static final int MAX_H2C_PIECE = 256 << 10;
    private static final int SENDING_LIMIT_BYTES = 512 << 10;

    private final ClientLoop loop;
    private final NvmeOptions options;
    private final int nsid;
    private final RequestSlots slots;
    private final SlotQueue toSend;

    // Per slot and half: 2 * slot + half.
    private final SlotQueue owing;
    private final boolean[] isOwing;
    private final int[] owedTtag;
    private final int[] owedOffset;
    private final int[] owedBytes;
    private final int[] owedBase;
    private final boolean[] halfDone;

    private final CapsuleCmd capsule = new CapsuleCmd();
    private final NvmeSqe sqe = new NvmeSqe();
    private final H2cData h2cData = new H2cData();
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[MAX_HEADER_BYTES]);
    private final CommonHeader common = new CommonHeader().wrap(header, 0);
    private final C2hData c2hData = new C2hData().wrap(header, 0);
    private final NvmeCqe cqe = new NvmeCqe().wrap(header, CapsuleResp.CQE_OFFSET);
    private final NvmeTcpR2t r2t = new NvmeTcpR2t().wrap(header, 0);
    private final Crc32c receiveCrc = new Crc32c();
    private final Crc32c sendCrc = new Crc32c();

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
    private int dataAlignment = 4;
    private int maxH2cBytes = IcResp.MIN_MAXH2CDATA;
    private int inCapsuleBytes = ADMIN_IN_CAPSULE_BYTES;

    private int blockSize;
    private long blockCount;
    private int maxTransferBytes;

    private IoRequest keepAlive;
    private long keepAliveIntervalNs;
    private long keepAliveSentNs;

    /** An engine not yet connected. nsid goes into block commands. */
    public NvmeQueue(final ClientLoop loop, final NvmeOptions options, final int depth) {
        if (depth < 1 || depth > MAX_DEPTH) {
            throw new IllegalArgumentException("depth " + depth + ": 1 to " + MAX_DEPTH);
        }
        this.loop = loop;
        this.options = options;
        nsid = options.nsid();
        slots = new RequestSlots(depth);
        toSend = new SlotQueue(depth);
        owing = new SlotQueue(2 * depth);
        isOwing = new boolean[2 * depth];
        owedTtag = new int[2 * depth];
        owedOffset = new int[2 * depth];
        owedBytes = new int[2 * depth];
        owedBase = new int[2 * depth];
        halfDone = new boolean[2 * depth];
    }

    void connection(final ClientConnection value) {
        connection = value;
    }

    /** Geometry and limits, once the controller has told them. */
    public void geometry(
            final int newBlockSize,
            final long newBlockCount,
            final int newMaxTransferBytes,
            final int newInCapsuleBytes) {
        blockSize = newBlockSize;
        blockCount = newBlockCount;
        maxTransferBytes = newMaxTransferBytes;
        inCapsuleBytes = newInCapsuleBytes;
    }

    /** Sends Keep Alive each intervalNs; only on the admin queue. */
    void keepAliveEvery(final long intervalNs) {
        keepAliveIntervalNs = intervalNs;
        keepAliveSentNs = loop.nowNs();
        keepAlive = new IoRequest();
        keepAlive.listener = (request, nowNs) -> {};
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

    /** Capsules may be sent. */
    public boolean isReady() {
        return State.READY == state;
    }

    /** MAXH2CDATA that the controller announced, bytes. */
    public int maxH2cDataBytes() {
        return maxH2cBytes;
    }

    @Override
    public boolean submit(final IoRequest request) {
        request.begin();
        if (State.READY != state) {
            request.outcome = Outcome.LOST;
            request.lostBecause = null == closedBecause ? "not connected" : closedBecause;
            request.listener.onDone(request, loop.nowNs());
            return true;
        }
        final int slot = slots.claim(request);
        if (slot < 0) {
            return false;
        }
        halfDone[2 * slot] = false;
        halfDone[2 * slot + 1] = false;
        toSend.add(slot);
        pump();
        return true;
    }

    /** Closes the socket; the controller outlives its I/O queues. */
    @Override
    public void close() {
        if (null != connection) {
            connection.close();
        }
    }

    // ---- ClientEngine

    @Override
    public void onConnected(final Outbound outbound, final long nowNs) {
        out = outbound;
        final int at = out.claim(IcReq.LENGTH);
        final int digests =
                (options.headerDigest() ? IcReq.HDGST_ENABLE : 0)
                        | (options.dataDigest() ? IcReq.DDGST_ENABLE : 0);
        new IcReq().encode(out.buffer(), at).commonHeader().dgst(digests); // HPDA 0, MAXR2T 0: one
        out.commit(IcReq.LENGTH);
        state = State.ICREQ_SENT;
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
                        case PAYLOAD -> takePayload(buffer, at, end, nowNs);
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
        if (keepAliveIntervalNs > 0
                && nowNs - keepAliveSentNs > keepAliveIntervalNs
                && State.READY == state
                && !keepAlive.isInFlight()) {
            keepAliveSentNs = nowNs;
            keepAlive.raw(new byte[] {(byte) Opcode.KEEP_ALIVE}, Direction.NONE, null, 0, 0);
            submit(keepAlive);
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
        if (end - at < NvmeTcpPdu.COMMON_HEADER_LENGTH) {
            return -1;
        }
        header.putBytes(0, buffer, at, NvmeTcpPdu.COMMON_HEADER_LENGTH);
        final int type = common.type();
        final int hlen = PduType.headerLength(type);
        if (!isFromController(type) || hlen != common.hlen()) {
            fail(String.format("PDU type %02Xh with HLEN %d", type, common.hlen()));
            return -1;
        }
        final boolean digested = PduType.ICRESP != type && PduType.C2H_TERM_REQ != type;
        final int digestBytes = digested ? headerDigestBytes : 0;
        final boolean hasData = PduType.C2H_DATA == type;
        final int headerBytes = hasData ? common.pdo() : hlen + digestBytes;
        if (headerBytes < hlen + digestBytes) {
            fail("C2HData with PDO " + common.pdo());
            return -1;
        }
        if (end - at < headerBytes) {
            return -1;
        }
        header.putBytes(0, buffer, at, headerBytes);
        if (digestBytes > 0) {
            final int found = header.getInt(hlen, LITTLE_ENDIAN);
            if (found != receiveCrc.reset().update(buffer, at, hlen).value()) {
                fail("header digest error");
                return -1;
            }
        }
        payloadDone = 0;
        payloadRequest = null;
        final long data =
                switch (type) {
                    case PduType.C2H_DATA -> c2hData.datal();
                    case PduType.C2H_TERM_REQ -> common.plen() - hlen;
                    default -> 0;
                };
        final long expected = headerBytes + data + (hasData && data > 0 ? dataDigestBytes : 0);
        if (common.plen() != expected || data < 0 || data > Integer.MAX_VALUE) {
            fail(String.format("PDU type %02Xh with PLEN %d", type, common.plen()));
            return -1;
        }
        payloadBytes = (int) data;
        if (hasData && !acceptData()) {
            return -1;
        }
        if (PduType.C2H_TERM_REQ == type) {
            onTermReq();
            return -1;
        }
        if (0 == payloadBytes) {
            onPdu(nowNs);
        } else {
            receiveCrc.reset();
            receiving = Receiving.PAYLOAD;
        }
        return headerBytes;
    }

    private static boolean isFromController(final int type) {
        return switch (type) {
            case PduType.ICRESP,
                    PduType.C2H_TERM_REQ,
                    PduType.CAPSULE_RESP,
                    PduType.C2H_DATA,
                    PduType.R2T ->
                    true;
            default -> false;
        };
    }

    private boolean acceptData() {
        payloadRequest = requestOf(c2hData.cccid());
        if (null == payloadRequest) {
            return false;
        }
        final long dataOffset = c2hData.datao();
        if (!isIn(payloadRequest)
                || dataOffset + payloadBytes > expectedBytes(payloadRequest)
                || 0 == payloadBytes) {
            fail("C2HData outside of what was asked for: offset " + dataOffset);
            return false;
        }
        payloadOffset = (int) dataOffset;
        return true;
    }

    private int takePayload(
            final DirectBuffer buffer, final int at, final int end, final long nowNs) {
        final int piece = Math.min(payloadBytes - payloadDone, end - at);
        if (0 == piece) {
            return -1;
        }
        if (dataDigestBytes > 0) {
            receiveCrc.update(buffer, at, piece);
        }
        if (null != payloadRequest.data) {
            payloadRequest.data.putBytes(
                    payloadRequest.dataOffset + payloadOffset + payloadDone, buffer, at, piece);
        }
        payloadDone += piece;
        if (payloadDone == payloadBytes) {
            if (dataDigestBytes > 0) {
                receiving = Receiving.TRAILER;
            } else {
                receiving = Receiving.HEADER;
                onPdu(nowNs);
            }
        }
        return piece;
    }

    private int takeTrailer(
            final DirectBuffer buffer, final int at, final int end, final long nowNs) {
        if (end - at < dataDigestBytes) {
            return -1;
        }
        if (receiveCrc.value() != buffer.getInt(at, LITTLE_ENDIAN)) {
            fail("data digest error");
            return -1;
        }
        receiving = Receiving.HEADER;
        onPdu(nowNs);
        return dataDigestBytes;
    }

    private void onPdu(final long nowNs) {
        switch (common.type()) {
            case PduType.C2H_DATA -> onC2hData(nowNs);
            case PduType.CAPSULE_RESP -> onCapsuleResp(nowNs);
            case PduType.R2T -> onR2t();
            case PduType.ICRESP -> onIcResp();
            default -> throw new IllegalStateException("PDU type " + common.type());
        }
    }

    private void onIcResp() {
        if (State.ICREQ_SENT != state) {
            fail("ICResp a second time");
            return;
        }
        final IcResp answer = new IcResp().wrap(header, 0);
        final boolean hdgst = 0 != (answer.dgst() & IcReq.HDGST_ENABLE);
        final boolean ddgst = 0 != (answer.dgst() & IcReq.DDGST_ENABLE);
        if (answer.pfv() != 0 || hdgst != options.headerDigest() || ddgst != options.dataDigest()) {
            fail("ICResp declines: PFV " + answer.pfv() + " DGST " + answer.dgst());
            return;
        }
        if (answer.maxh2cdata() < IcResp.MIN_MAXH2CDATA
                || answer.cpda() > IcReq.MAX_DATA_ALIGNMENT) {
            fail("ICResp with MAXH2CDATA " + answer.maxh2cdata() + " CPDA " + answer.cpda());
            return;
        }
        headerDigestBytes = hdgst ? NvmeTcpPdu.DIGEST_LENGTH : 0;
        dataDigestBytes = ddgst ? NvmeTcpPdu.DIGEST_LENGTH : 0;
        maxH2cBytes = (int) Math.min(answer.maxh2cdata(), MAX_H2C_PIECE);
        dataAlignment = answer.controllerDataAlignmentBytes();
        state = State.READY;
    }

    private void onTermReq() {
        final TermReq termReq = new TermReq().wrap(header, 0);
        fail(String.format("C2HTermReq: FES %02Xh FEI %08Xh", termReq.fes(), termReq.fei()));
    }

    private void onC2hData(final long nowNs) {
        payloadRequest.receivedBytes += payloadBytes;
        if (c2hData.isSuccess()) {
            if (!c2hData.isLastPdu()) {
                fail("C2HData with SUCCESS that is not the last");
                return;
            }
            finish(payloadRequest, nowNs);
        }
    }

    private void onCapsuleResp(final long nowNs) {
        final int commandId = cqe.commandId();
        final IoRequest request = requestOf(commandId);
        if (null == request) {
            return;
        }
        final int status = cqe.sct() << 8 | cqe.sc();
        if (Op.COMPARE_AND_WRITE == request.op) {
            final int half = 2 * request.slot + (0 != (commandId & SECOND_HALF) ? 1 : 0);
            halfDone[half] = true;
            owedBytes[half] = 0;
            // The half that was aborted because of the other one does not tell the reason.
            if (0 == request.status || fusedAbort() == request.status) {
                request.status = 0 == status ? request.status : status;
                request.result = cqe.dw0() & 0xFFFF_FFFFL;
            }
            if (!halfDone[2 * request.slot] || !halfDone[2 * request.slot + 1]) {
                return;
            }
        } else {
            request.status = status;
            request.result = cqe.value();
        }
        finish(request, nowNs);
    }

    private static int fusedAbort() {
        return field(NvmeStatus.ABORTED_FAILED_FUSED_COMMAND);
    }

    private static int field(final NvmeStatus status) {
        return status.sct() << 8 | status.sc();
    }

    private void onR2t() {
        final IoRequest request = requestOf(r2t.cccid());
        if (null == request) {
            return;
        }
        final int half = 2 * request.slot + (0 != (r2t.cccid() & SECOND_HALF) ? 1 : 0);
        final long offset = r2t.r2to();
        final long length = r2t.r2tl();
        final int base = 1 == (half & 1) ? expectedBytes(request) : 0;
        if (!isOut(request)
                || 0 == length
                || offset + length > expectedBytes(request)
                || owedBytes[half] > 0) {
            fail("R2T for " + length + " bytes at " + offset + " was not due");
            return;
        }
        owedTtag[half] = r2t.ttag();
        owedOffset[half] = base + (int) offset;
        owedBytes[half] = (int) length;
        owedBase[half] = base;
        if (!isOwing[half]) {
            isOwing[half] = true;
            owing.add(half);
        }
    }

    private IoRequest requestOf(final int commandId) {
        final int slot = commandId & SLOT_MASK;
        final IoRequest request = slots.get(slot);
        if (null == request
                || tag(slot) != (commandId & ~SECOND_HALF)
                || 0 != (commandId & SECOND_HALF) && Op.COMPARE_AND_WRITE != request.op) {
            fail(String.format("answer with unknown command identifier %04Xh", commandId));
            return null;
        }
        return request;
    }

    private void finish(final IoRequest request, final long nowNs) {
        final int slot = request.slot;
        owedBytes[2 * slot] = 0; // ended early: what is owed is not sent any more
        owedBytes[2 * slot + 1] = 0;
        slots.release(slot);
        request.outcome = outcomeOf(request.status);
        request.listener.onDone(request, nowNs);
    }

    private static Outcome outcomeOf(final int status) {
        if (0 == status) {
            return Outcome.OK;
        }
        if (field(NvmeStatus.COMPARE_FAILURE) == status) {
            return Outcome.MISCOMPARE;
        }
        if (field(NvmeStatus.COMMAND_INTERRUPTED) == status
                || field(NvmeStatus.TRANSIENT_TRANSPORT_ERROR) == status
                || field(NvmeStatus.NAMESPACE_NOT_READY) == status) {
            return Outcome.RETRY;
        }
        return field(NvmeStatus.INVALID_COMMAND_OPCODE) == status
                ? Outcome.UNSUPPORTED
                : Outcome.FAILED;
    }

    // ---- sending

    private void pump() {
        while (!owing.isEmpty()) {
            final int half = owing.peek();
            if (owedBytes[half] > 0 && !sendH2cData(half)) {
                return;
            }
            owing.remove();
            isOwing[half] = false;
        }
        while (!toSend.isEmpty() && sendCommand(toSend.peek())) {
            toSend.remove();
        }
    }

    private boolean sendCommand(final int slot) {
        final IoRequest request = slots.get(slot);
        if (Op.COMPARE_AND_WRITE != request.op) {
            return sendCapsule(request, tag(slot), 0, request.dataOffset);
        }
        final int length = expectedBytes(request);
        final boolean inCapsule = length <= inCapsuleBytes;
        final int one = capsuleBytes(inCapsule ? length : 0);
        if (out.claim(2 * one) < 0) {
            return false; // both or none: nothing may come between the halves
        }
        sendCapsule(request, tag(slot), FUSE_FIRST, request.dataOffset);
        sendCapsule(request, tag(slot) | SECOND_HALF, FUSE_SECOND, request.dataOffset + length);
        return true;
    }

    private boolean sendCapsule(
            final IoRequest request, final int commandId, final int fuse, final int dataFrom) {
        final int length = expectedBytes(request);
        final int inCapsule = isOut(request) && length <= inCapsuleBytes ? length : 0;
        final int size = capsuleBytes(inCapsule);
        final int at = out.claim(size);
        if (at < 0) {
            return false;
        }
        final var buffer = out.buffer();
        final int flags = flags(inCapsule);
        final int pdo = inCapsule > 0 ? pdo(CapsuleCmd.HEADER_LENGTH) : 0;
        capsule.encode(buffer, at).commonHeader(flags, pdo, size);
        final int sqeAt = capsule.sqeOffset();
        if (Op.RAW == request.op) {
            buffer.putBytes(sqeAt, request.command, 0, NvmeSqe.LENGTH);
            sqe.modify(buffer, sqeAt);
        } else {
            encodeSqe(request, fuse, sqeAt);
        }
        sqe.psdt(NvmeSqe.PSDT_SGL).commandId(commandId);
        if (inCapsule > 0) {
            sqe.sgl(SglDescriptor.IN_CAPSULE, 0, inCapsule);
            buffer.putBytes(at + pdo, request.data, dataFrom, inCapsule);
        } else {
            sqe.sgl(SglDescriptor.TRANSPORT, 0, length);
        }
        commit(at, CapsuleCmd.HEADER_LENGTH, pdo, inCapsule, size);
        return true;
    }

    private void encodeSqe(final IoRequest request, final int fuse, final int sqeAt) {
        sqe.encode(out.buffer(), sqeAt).nsid(nsid);
        if (Op.FLUSH == request.op) {
            sqe.opc(Opcode.FLUSH);
            return;
        }
        sqe.slba(request.lba).nlb(request.blockCount - 1);
        switch (request.op) {
            case READ -> sqe.opc(Opcode.READ);
            case WRITE -> sqe.opc(Opcode.WRITE);
            case COMPARE -> sqe.opc(Opcode.COMPARE);
            case COMPARE_AND_WRITE ->
                    sqe.opc(FUSE_FIRST == fuse ? Opcode.COMPARE : Opcode.WRITE).fuse(fuse);
            default -> throw new IllegalStateException(request.op.toString());
        }
        if (request.fua) {
            sqe.fua(true);
        }
    }

    private boolean sendH2cData(final int half) {
        final int slot = half >> 1;
        final IoRequest request = slots.get(slot);
        final var buffer = out.buffer();
        while (owedBytes[half] > 0) {
            if (out.pendingBytes() > SENDING_LIMIT_BYTES) {
                return false;
            }
            final int piece = Math.min(owedBytes[half], maxH2cBytes);
            final int pdo = pdo(H2cData.HEADER_LENGTH);
            final int size = pdo + piece + dataDigestBytes;
            final int at = out.claim(size);
            if (at < 0) {
                return false;
            }
            final int last = piece == owedBytes[half] ? NvmeTcpPdu.LAST_PDU : 0;
            h2cData.encode(buffer, at)
                    .commonHeader(flags(piece) | last, pdo, size)
                    .cccid(tag(slot) | ((half & 1) != 0 ? SECOND_HALF : 0))
                    .ttag(owedTtag[half])
                    .datao(owedOffset[half] - owedBase[half])
                    .datal(piece);
            buffer.putBytes(at + pdo, request.data, request.dataOffset + owedOffset[half], piece);
            commit(at, H2cData.HEADER_LENGTH, pdo, piece, size);
            owedOffset[half] += piece;
            owedBytes[half] -= piece;
        }
        return true;
    }

    /** Adds digests and zero padding to the PDU at at, whose data is in place, and queues it. */
    private void commit(
            final int at, final int hlen, final int pdo, final int data, final int size) {
        final var buffer = out.buffer();
        if (headerDigestBytes > 0) {
            final int crc = sendCrc.reset().update(buffer, at, hlen).value();
            buffer.putInt(at + hlen, crc, LITTLE_ENDIAN);
        }
        if (data > 0) {
            final int gap = pdo - hlen - headerDigestBytes;
            if (gap > 0) {
                buffer.setMemory(at + hlen + headerDigestBytes, gap, (byte) 0);
            }
            if (dataDigestBytes > 0) {
                final int crc = sendCrc.reset().update(buffer, at + pdo, data).value();
                buffer.putInt(at + pdo + data, crc, LITTLE_ENDIAN);
            }
        }
        out.commit(size);
    }

    private int flags(final int data) {
        return (headerDigestBytes > 0 ? NvmeTcpPdu.HDGSTF : 0)
                | (data > 0 && dataDigestBytes > 0 ? NvmeTcpPdu.DDGSTF : 0);
    }

    private int pdo(final int hlen) {
        return (hlen + headerDigestBytes + dataAlignment - 1) / dataAlignment * dataAlignment;
    }

    private int capsuleBytes(final int inCapsule) {
        return inCapsule > 0
                ? pdo(CapsuleCmd.HEADER_LENGTH) + inCapsule + dataDigestBytes
                : CapsuleCmd.HEADER_LENGTH + headerDigestBytes;
    }

    private int tag(final int slot) {
        return (slots.generation(slot) & GENERATION_MASK) << SLOT_BITS | slot;
    }

    /** Bytes of one command; of each half of a fused pair. */
    private int expectedBytes(final IoRequest request) {
        return switch (request.op) {
            case READ, WRITE, COMPARE, COMPARE_AND_WRITE -> request.blockCount * blockSize;
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
}
