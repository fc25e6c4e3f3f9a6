package io.gemel.bench.nvme;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.Crc32c;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.client.IoRequest.Direction;
import io.gemel.bench.client.IoRequest.Outcome;
import io.gemel.bench.client.Outbound;
import io.gemel.nvme.tcp.wire.C2hData;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.CapsuleResp;
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
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on the test's thread; the test is the controller, PDU by PDU. */
class NvmeQueueTest {
    private static final int BLOCK = 512;
    private static final int MAXH2CDATA = 4096;
    private static final int IN_CAPSULE = 1024;
    private static final NvmeOptions OPTIONS = NvmeOptions.to("nqn.2026-11.io.gemel:t", 5);

    private final ClientLoop loop = new ClientLoop(ClientLoop.Wait.PARK);
    private final Outbound out = new Outbound();
    private final UnsafeBuffer data = new UnsafeBuffer(ByteBuffer.allocateDirect(64 * BLOCK));
    private final IoRequest request = new IoRequest();
    private final List<Outcome> ended = new ArrayList<>();
    private final CapsuleCmd capsule = new CapsuleCmd();
    private final NvmeSqe sqe = new NvmeSqe();
    private byte[] unconsumed = new byte[0];
    private int digestBytes;
    private NvmeQueue queue;

    NvmeQueueTest() {
        request.listener = (done, nowNs) -> ended.add(done.outcome);
        for (int i = 0; i < data.capacity(); i++) {
            data.putByte(i, (byte) (i * 11));
        }
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void shouldBeginWithAnIcReqThatAsksForTheDigestsWanted() {
        queue = new NvmeQueue(loop, OPTIONS.withDigests(true, false), 4);
        queue.onConnected(out, 0);
        final byte[] sent = out.takeAll();
        final IcReq icReq = new IcReq().wrap(new UnsafeBuffer(sent), 0);
        assertThat(sent).hasSize(IcReq.LENGTH);
        assertThat(icReq.type()).isEqualTo(PduType.ICREQ);
        assertThat(icReq.plen()).isEqualTo(IcReq.LENGTH);
        assertThat(icReq.dgst()).isEqualTo(IcReq.HDGST_ENABLE);
        icResp(0, 0, MAXH2CDATA);
        assertThat(queue.closedBecause()).contains("ICResp declines");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 23, 24, 25, 4096})
    void shouldTakeDataHoweverItIsCut(final int pieceBytes) {
        start(0);
        queue.submit(request.read(0x2_0000_0001L, 2, data, BLOCK));
        final byte[] sent = out.takeAll();
        wrap(sent, 0);
        assertThat(sqe.opc()).isEqualTo(Opcode.READ);
        assertThat(sqe.nsid()).isEqualTo(5);
        assertThat(sqe.slba()).isEqualTo(0x2_0000_0001L);
        assertThat(sqe.blockCount()).isEqualTo(2);
        assertThat(sqe.psdt()).isEqualTo(NvmeSqe.PSDT_SGL);
        assertThat(sqe.sglIdentifier()).isEqualTo(SglDescriptor.TRANSPORT);
        assertThat(sqe.sglLength()).isEqualTo(2 * BLOCK);
        final byte[] payload = new byte[2 * BLOCK];
        Arrays.fill(payload, (byte) 0x3C);
        feed(c2hData(sqe.commandId(), payload, 0, 1000, 0), pieceBytes);
        feed(c2hData(sqe.commandId(), payload, 1000, 24, NvmeTcpPdu.LAST_PDU), pieceBytes);
        assertThat(ended).isEmpty();
        feed(capsuleResp(sqe.commandId(), NvmeStatus.SUCCESS), pieceBytes);
        assertThat(ended).containsExactly(Outcome.OK);
        assertThat(request.receivedBytes).isEqualTo(2 * BLOCK);
        for (int i = 0; i < 2 * BLOCK; i++) {
            assertThat(data.getByte(BLOCK + i)).isEqualTo((byte) 0x3C);
        }
    }

    @Test
    void shouldEndAReadWithTheSuccessFlag() {
        start(0);
        queue.submit(request.read(1, 1, null, 0));
        wrap(out.takeAll(), 0);
        final int flags = NvmeTcpPdu.LAST_PDU | NvmeTcpPdu.SUCCESS;
        feed(c2hData(sqe.commandId(), new byte[BLOCK], 0, BLOCK, flags), 100);
        assertThat(ended).containsExactly(Outcome.OK);
    }

    @Test
    void shouldSendSmallWritesInTheCapsuleAlignedAsAskedFor() {
        start(7); // CPDA 7: 32 bytes
        queue.submit(request.write(3, 2, data, 0));
        final byte[] sent = out.takeAll();
        wrap(sent, 0);
        assertThat(capsule.pdo()).isEqualTo(96);
        assertThat(capsule.plen()).isEqualTo(96 + 2 * BLOCK);
        assertThat(sqe.sglIdentifier()).isEqualTo(SglDescriptor.IN_CAPSULE);
        for (int i = 0; i < 2 * BLOCK; i++) {
            assertThat(sent[96 + i]).isEqualTo(data.getByte(i));
        }
    }

    @Test
    void shouldAnswerAnR2tInPiecesOfMaxh2cdata() {
        start(0);
        queue.submit(request.write(3, 16, data, 0)); // 8192 bytes, more than the capsule takes
        final byte[] sent = out.takeAll();
        wrap(sent, 0);
        assertThat(sent).hasSize(CapsuleCmd.HEADER_LENGTH);
        feed(r2t(sqe.commandId(), 9, 1024, 6000), 24);
        queue.onTurn(0);
        final byte[] answer = out.takeAll();
        final H2cData first = new H2cData().wrap(new UnsafeBuffer(answer), 0);
        assertThat(first.ttag()).isEqualTo(9);
        assertThat(first.cccid()).isEqualTo(sqe.commandId());
        assertThat(first.datao()).isEqualTo(1024);
        assertThat(first.datal()).isEqualTo(MAXH2CDATA);
        assertThat(first.isLastPdu()).isFalse();
        final int secondAt = first.pdo() + MAXH2CDATA;
        final H2cData second = new H2cData().wrap(new UnsafeBuffer(answer), secondAt);
        assertThat(second.datao()).isEqualTo(1024 + MAXH2CDATA);
        assertThat(second.datal()).isEqualTo(6000 - MAXH2CDATA);
        assertThat(second.isLastPdu()).isTrue();
        assertThat(answer[secondAt + second.pdo()]).isEqualTo(data.getByte(1024 + MAXH2CDATA));
        feed(capsuleResp(sqe.commandId(), NvmeStatus.SUCCESS), 24);
        assertThat(ended).containsExactly(Outcome.OK);
    }

    @Test
    void shouldSendAFusedPairInAdjacentCapsules() {
        start(0);
        queue.submit(request.compareAndWrite(3, 1, data, 0));
        final byte[] sent = out.takeAll();
        wrap(sent, 0);
        assertThat(sqe.opc()).isEqualTo(Opcode.COMPARE);
        assertThat(sqe.fuse()).isEqualTo(1);
        final int first = sqe.commandId();
        assertThat(sent[capsule.pdo() + 5]).isEqualTo(data.getByte(5));
        final int secondAt = (int) capsule.plen();
        wrap(sent, secondAt);
        assertThat(sqe.opc()).isEqualTo(Opcode.WRITE);
        assertThat(sqe.fuse()).isEqualTo(2);
        assertThat(sent[secondAt + capsule.pdo() + 5]).isEqualTo(data.getByte(BLOCK + 5));
        final int second = sqe.commandId();
        assertThat(second).isNotEqualTo(first);

        feed(capsuleResp(first, NvmeStatus.COMPARE_FAILURE), 24);
        assertThat(ended).isEmpty();
        feed(capsuleResp(second, NvmeStatus.ABORTED_FAILED_FUSED_COMMAND), 24);
        assertThat(ended).containsExactly(Outcome.MISCOMPARE);
    }

    @Test
    void shouldTellTheReasonOfTheHalfThatFailedWhicheverEndsFirst() {
        start(0);
        queue.submit(request.compareAndWrite(3, 1, data, 0));
        final byte[] sent = out.takeAll();
        wrap(sent, 0);
        final int first = sqe.commandId();
        wrap(sent, (int) capsule.plen());
        feed(capsuleResp(sqe.commandId(), NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED), 24);
        feed(capsuleResp(first, NvmeStatus.ABORTED_FAILED_FUSED_COMMAND), 24);
        assertThat(ended).containsExactly(Outcome.FAILED);
        assertThat(request.status).isEqualTo(NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED.sc());
    }

    @Test
    void shouldSayWhatAStatusMeans() {
        start(0);
        assertThat(outcomeOf(NvmeStatus.COMMAND_INTERRUPTED)).isEqualTo(Outcome.RETRY);
        assertThat(outcomeOf(NvmeStatus.TRANSIENT_TRANSPORT_ERROR)).isEqualTo(Outcome.RETRY);
        assertThat(outcomeOf(NvmeStatus.INVALID_COMMAND_OPCODE)).isEqualTo(Outcome.UNSUPPORTED);
        assertThat(outcomeOf(NvmeStatus.COMPARE_FAILURE)).isEqualTo(Outcome.MISCOMPARE);
        assertThat(outcomeOf(NvmeStatus.LBA_OUT_OF_RANGE)).isEqualTo(Outcome.FAILED);
        assertThat(request.status).isEqualTo(0x080);
        assertThat(outcomeOf(NvmeStatus.SUCCESS)).isEqualTo(Outcome.OK);
    }

    @Test
    void shouldCarryRawCommandsWithTheirData() {
        start(0);
        final byte[] raw = new byte[NvmeSqe.LENGTH];
        raw[0] = Opcode.DATASET_MANAGEMENT;
        raw[4] = 5;
        raw[44] = 4; // AD
        queue.submit(request.raw(raw, Direction.OUT, data, 16, 16));
        final byte[] sent = out.takeAll();
        wrap(sent, 0);
        assertThat(sqe.opc()).isEqualTo(Opcode.DATASET_MANAGEMENT);
        assertThat(sqe.cdw(11)).isEqualTo(4);
        assertThat(sqe.sglLength()).isEqualTo(16);
        assertThat(sent[capsule.pdo()]).isEqualTo(data.getByte(16));
    }

    @Test
    void shouldEndEverythingOnATermReq() {
        start(0);
        queue.submit(request.read(1, 1, null, 0));
        out.takeAll();
        final UnsafeBuffer pdu = new UnsafeBuffer(new byte[TermReq.HEADER_LENGTH + 8]);
        new TermReq().encode(pdu, 0).commonHeader(PduType.C2H_TERM_REQ, 8).fes(2).fei(0);
        feed(pdu, 1000);
        assertThat(ended).containsExactly(Outcome.LOST);
        assertThat(request.lostBecause).contains("FES 02h");
    }

    @Test
    void shouldCloseOnAnAnswerToNothing() {
        start(0);
        queue.submit(request.read(1, 1, null, 0));
        wrap(out.takeAll(), 0);
        feed(capsuleResp(sqe.commandId() ^ 1 << 10, NvmeStatus.SUCCESS), 24);
        assertThat(ended).containsExactly(Outcome.LOST);
    }

    @Test
    void shouldCloseOnDataBeyondWhatWasAskedFor() {
        start(0);
        queue.submit(request.read(1, 1, data, 0));
        wrap(out.takeAll(), 0);
        final byte[] tooMuch = new byte[BLOCK + 4];
        feed(c2hData(sqe.commandId(), tooMuch, 0, tooMuch.length, NvmeTcpPdu.LAST_PDU), 1000);
        assertThat(ended).containsExactly(Outcome.LOST);
    }

    @Test
    void shouldCheckBothDigestsAndSendThem() {
        for (int flipped = -1; flipped < C2hData.HEADER_LENGTH + 4 + BLOCK + 4; flipped += 11) {
            ended.clear();
            unconsumed = new byte[0];
            digestBytes = 0;
            queue = new NvmeQueue(loop, OPTIONS.withDigests(true, true), 4);
            queue.geometry(BLOCK, 1 << 20, 1 << 20, IN_CAPSULE);
            queue.onConnected(out, 0);
            out.takeAll();
            icResp(IcReq.HDGST_ENABLE | IcReq.DDGST_ENABLE, 0, MAXH2CDATA);
            digestBytes = 4;
            queue.submit(request.read(1, 1, data, 0));
            final byte[] sent = out.takeAll();
            wrap(sent, 0);
            assertThat(capsule.flags()).isEqualTo(NvmeTcpPdu.HDGSTF);
            final UnsafeBuffer wire = new UnsafeBuffer(sent);
            assertThat(wire.getInt(CapsuleCmd.HEADER_LENGTH, LITTLE_ENDIAN))
                    .isEqualTo(new Crc32c().update(wire, 0, CapsuleCmd.HEADER_LENGTH).value());
            final int flags = NvmeTcpPdu.LAST_PDU | NvmeTcpPdu.SUCCESS;
            final UnsafeBuffer answer = c2hData(sqe.commandId(), new byte[BLOCK], 0, BLOCK, flags);
            if (flipped >= 0) {
                answer.putByte(flipped, (byte) (answer.getByte(flipped) ^ 0x10));
            }
            feed(answer, 100);
            assertThat(ended).containsExactly(flipped < 0 ? Outcome.OK : Outcome.LOST);
        }
    }

    @Test
    void shouldAllocateNothingPerCommand() {
        start(0);
        final int flags = NvmeTcpPdu.LAST_PDU | NvmeTcpPdu.SUCCESS;
        final UnsafeBuffer answer = c2hData(0, new byte[BLOCK], 0, BLOCK, flags);
        final C2hData pdu = new C2hData().modify(answer, 0);
        request.listener = (done, nowNs) -> {};
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE; // of the best round: the JIT compiler's own is not per command
        for (int round = 0; round < 4; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                queue.submit(request.read(i, 1, data, 0));
                out.clear();
                pdu.cccid(sqe.wrap(out.buffer(), CapsuleCmd.SQE_OFFSET).commandId());
                queue.onReceive(answer, 0, answer.capacity(), 0);
                if (Outcome.OK != request.outcome) {
                    throw new AssertionError(request.detail());
                }
            }
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(bytes).as("bytes for 20,000 commands").isZero();
    }

    // ---- the controller's part

    private void start(final int cpda) {
        queue = new NvmeQueue(loop, OPTIONS, 4);
        queue.geometry(BLOCK, 1 << 20, 1 << 20, IN_CAPSULE);
        queue.onConnected(out, 0);
        out.takeAll();
        icResp(0, cpda, MAXH2CDATA);
        assertThat(queue.isReady()).isTrue();
    }

    private void icResp(final int dgst, final int cpda, final int maxh2cdata) {
        final UnsafeBuffer pdu = new UnsafeBuffer(new byte[IcResp.LENGTH]);
        new IcResp().encode(pdu, 0).commonHeader().dgst(dgst).cpda(cpda).maxh2cdata(maxh2cdata);
        feed(pdu, 50);
    }

    private UnsafeBuffer c2hData(
            final int cid,
            final byte[] payload,
            final int offset,
            final int length,
            final int flags) {
        final int pdo = C2hData.HEADER_LENGTH + digestBytes;
        final int plen = pdo + length + digestBytes;
        final UnsafeBuffer pdu = new UnsafeBuffer(new byte[plen]);
        final int digestFlags = digestBytes > 0 ? NvmeTcpPdu.HDGSTF | NvmeTcpPdu.DDGSTF : 0;
        new C2hData()
                .encode(pdu, 0)
                .commonHeader(flags | digestFlags, pdo, plen)
                .cccid(cid)
                .datao(offset)
                .datal(length);
        pdu.putBytes(pdo, payload, offset, length);
        if (digestBytes > 0) {
            final Crc32c crc = new Crc32c();
            pdu.putInt(24, crc.reset().update(pdu, 0, 24).value(), LITTLE_ENDIAN);
            pdu.putInt(pdo + length, crc.reset().update(pdu, pdo, length).value(), LITTLE_ENDIAN);
        }
        return pdu;
    }

    private static UnsafeBuffer capsuleResp(final int cid, final NvmeStatus status) {
        final UnsafeBuffer pdu = new UnsafeBuffer(new byte[CapsuleResp.HEADER_LENGTH]);
        final CapsuleResp resp = new CapsuleResp().encode(pdu, 0).commonHeader(false);
        new NvmeCqe().encode(pdu, resp.cqeOffset()).commandId(cid).status(status.field());
        return pdu;
    }

    private static UnsafeBuffer r2t(
            final int cid, final int ttag, final int offset, final int length) {
        final UnsafeBuffer pdu = new UnsafeBuffer(new byte[NvmeTcpR2t.HEADER_LENGTH]);
        new NvmeTcpR2t()
                .encode(pdu, 0)
                .commonHeader(false)
                .cccid(cid)
                .ttag(ttag)
                .r2to(offset)
                .r2tl(length);
        return pdu;
    }

    private Outcome outcomeOf(final NvmeStatus status) {
        ended.clear();
        queue.submit(request.write(3, 1, data, 0));
        wrap(out.takeAll(), 0);
        feed(capsuleResp(sqe.commandId(), status), 24);
        assertThat(ended).hasSize(1);
        return ended.get(0);
    }

    private void wrap(final byte[] bytes, final int at) {
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        capsule.wrap(buffer, at);
        assertThat(capsule.type()).isEqualTo(PduType.CAPSULE_CMD);
        sqe.wrap(buffer, capsule.sqeOffset());
    }

    /** Feeds in pieces; what the engine leaves is offered again with more behind it. */
    private void feed(final UnsafeBuffer bytes, final int pieceBytes) {
        for (int at = 0; at < bytes.capacity(); at += pieceBytes) {
            final int piece = Math.min(pieceBytes, bytes.capacity() - at);
            final byte[] offered = Arrays.copyOf(unconsumed, unconsumed.length + piece);
            bytes.getBytes(at, offered, unconsumed.length, piece);
            final int consumed = queue.onReceive(new UnsafeBuffer(offered), 0, offered.length, 0);
            unconsumed = Arrays.copyOfRange(offered, consumed, offered.length);
        }
    }
}
