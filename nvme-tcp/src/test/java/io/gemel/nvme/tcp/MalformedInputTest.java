package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.status.Counter;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.CommonHeader;
import io.gemel.nvme.tcp.wire.FatalErrorStatus;
import io.gemel.nvme.tcp.wire.H2cData;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.NvmeTcpR2t;
import io.gemel.nvme.tcp.wire.PduType;
import io.gemel.nvme.tcp.wire.TermReq;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a host may send wrongly on the transport: answered by C2HTermReq, counted, and nobody else
 * is hurt.
 */
class MalformedInputTest {
    private final TestTarget target = new TestTarget();

    private void assertTerminated(
            final ScriptedHost host,
            final FatalErrorStatus status,
            final long fei,
            final byte[] pdu) {
        final ReceivedPdu sent = host.one();
        assertThat(sent.type()).isEqualTo(PduType.C2H_TERM_REQ);
        assertThat(sent.termReq().fes()).isEqualTo(status.fes());
        assertThat(sent.termReq().fei()).isEqualTo(fei);
        assertThat(sent.data().length).isBetween(8, 128);
        assertThat(sent.data()).isEqualTo(Arrays.copyOf(pdu, sent.data().length));
        assertThat(host.connection.isClosed()).isTrue();
        assertThat(target.counter(Counter.NVME_TERM_REQ_SENT)).isOne();
        target.assertIdle();
    }

    private byte[] changed(final byte[] pdu, final Consumer<CommonHeader> change) {
        final byte[] copy = pdu.clone();
        change.accept(new CommonHeader().modify(new UnsafeBuffer(copy), 0));
        return copy;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 9, 0, 6, 8", // PFV 1
        "0, 10, 32, 1, 10", // HPDA beyond 31
        "0, 11, 4, 1, 11", // DGST reserved bit
        "0, 2, 127, 1, 2", // HLEN
        "0, 4, 129, 1, 4", // PLEN
        "0, 0, 1, 1, 0", // ICResp is not for us
        "0, 0, 7, 1, 0", // C2HData
        "0, 0, 8, 1, 0", // reserved type
        "0, 0, 255, 1, 0"
    })
    void shouldRefuseBadIcReq(
            final int unused, final int at, final int value, final int fes, final int fei) {
        final ScriptedHost host = target.host();
        final byte[] pdu = ScriptedHost.icReq(0, 0);
        pdu[9 == at ? 8 : at] = (byte) (9 == at ? 1 : value);
        host.connection.feed(pdu);
        assertTerminated(host, statusOf(fes), fei, pdu);
    }

    private static FatalErrorStatus statusOf(final int fes) {
        return Arrays.stream(FatalErrorStatus.values())
                .filter(s -> s.fes() == fes)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldWantIcReqFirstAndOnce() {
        final ScriptedHost early = target.host();
        final byte[] capsule = early.capsule(sqe -> {}, new byte[0]);
        early.connection.feed(capsule);
        assertTerminated(early, FatalErrorStatus.PDU_SEQUENCE_ERROR, 0, capsule);
        final ScriptedHost twice = target.host().ic(0);
        twice.connection.feed(ScriptedHost.icReq(0, 0));
        assertThat(twice.one().termReq().fes())
                .isEqualTo(FatalErrorStatus.PDU_SEQUENCE_ERROR.fes());
    }

    @Test
    void shouldCloseOnH2cTermReq() {
        final ScriptedHost io = target.ioQueue(0);
        final byte[] pdu = new byte[TermReq.HEADER_LENGTH + 8];
        new TermReq().encode(new UnsafeBuffer(pdu), 0).commonHeader(PduType.H2C_TERM_REQ, 8).fes(1);
        io.connection.feed(pdu);
        assertThat(io.sent()).isEmpty();
        assertThat(io.connection.isClosed()).isTrue();
        assertThat(target.counter(Counter.NVME_TERM_REQ_RECEIVED)).isOne();
    }

    @Test
    void shouldRefuseCapsulesWithBadLengths() {
        final ScriptedHost shortPlen = target.ioQueue(0);
        byte[] pdu = changed(shortPlen.capsule(sqe -> {}, new byte[0]), h -> plen(h, 71));
        shortPlen.connection.feed(pdu);
        assertTerminated(shortPlen, FatalErrorStatus.INVALID_PDU_HEADER_FIELD, 4, pdu);
    }

    @ParameterizedTest
    @ValueSource(longs = {72 + 8193, 1L << 30, 0xFFFF_FFFFL})
    void shouldRefuseTooMuchDataInACapsule(final long plen) {
        final ScriptedHost io = target.ioQueue(0);
        final byte[] pdu =
                changed(
                        io.capsule(sqe -> sqe.opc(Opcode.WRITE), new byte[512]),
                        h -> plen(h, plen));
        io.connection.feed(pdu);
        assertTerminated(io, FatalErrorStatus.INVALID_PDU_HEADER_FIELD, 4, pdu);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 71, 73, 74, 75})
    void shouldRefuseBadPdo(final int pdo) {
        final ScriptedHost io = target.ioQueue(0);
        final byte[] pdu =
                changed(
                        io.capsule(sqe -> sqe.opc(Opcode.WRITE), new byte[512]),
                        h -> h.header(h.type(), h.flags(), h.hlen(), pdo, (int) h.plen()));
        io.connection.feed(pdu);
        assertTerminated(io, FatalErrorStatus.INVALID_PDU_HEADER_FIELD, 3, pdu);
    }

    private static void plen(final CommonHeader header, final long plen) {
        header.header(header.type(), header.flags(), header.hlen(), header.pdo(), (int) plen);
    }

    @Test
    void shouldRefuseDigestFlagsThatWereNotNegotiated() {
        for (final int flag : new int[] {1, 2}) {
            final TestTarget fresh = new TestTarget();
            final ScriptedHost io = fresh.ioQueue(0);
            final byte[] pdu =
                    changed(
                            io.capsule(sqe -> sqe.opc(Opcode.WRITE), new byte[512]),
                            h -> h.header(h.type(), flag, h.hlen(), h.pdo(), (int) h.plen()));
            io.connection.feed(pdu);
            assertThat(io.one().termReq().fei()).isOne();
        }
    }

    @Test
    void shouldEndTheConnectionOnAHeaderDigestError() {
        final ScriptedHost io = target.ioQueue(3);
        final byte[] pdu = io.capsule(sqe -> sqe.opc(Opcode.FLUSH).nsid(1), new byte[0]);
        pdu[40] ^= 1;
        io.connection.feed(pdu);
        final long received =
                new UnsafeBuffer(pdu).getInt(72, java.nio.ByteOrder.LITTLE_ENDIAN) & 0xFFFF_FFFFL;
        assertThat(target.counter(Counter.NVME_HEADER_DIGEST_ERRORS)).isOne();
        assertTerminated(io, FatalErrorStatus.HEADER_DIGEST_ERROR, received, pdu);
    }

    @Test
    void shouldEndOnlyTheCommandOnADataDigestError() {
        final ScriptedHost io = target.ioQueue(3);
        final byte[] pdu = io.capsule(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), new byte[512]);
        pdu[100] ^= 1;
        io.connection.feed(pdu);
        assertThat(io.one().cqe().status()).isEqualTo(NvmeStatus.TRANSIENT_TRANSPORT_ERROR.field());
        assertThat(target.counter(Counter.NVME_DATA_DIGEST_ERRORS)).isOne();
        assertThat(io.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0)))
                .isEqualTo(new byte[512]);
        target.assertIdle();
    }

    @Test
    void shouldEndOnlyTheCommandWhenOneOfManyDataPdusIsBroken() {
        final ScriptedHost io = target.ioQueue(3);
        final NvmeTcpR2t r2t = r2t(io, 16384);
        final byte[] first = io.h2cData(r2t.cccid(), r2t.ttag(), 0, new byte[8192], false);
        first[200] ^= 1;
        io.connection.feed(first);
        assertThat(io.sent()).isEmpty();
        io.connection.feed(io.h2cData(r2t.cccid(), r2t.ttag(), 8192, new byte[8192], true));
        assertThat(io.one().cqe().status()).isEqualTo(NvmeStatus.TRANSIENT_TRANSPORT_ERROR.field());
        target.assertIdle();
    }

    private static NvmeTcpR2t r2t(final ScriptedHost io, final int bytes) {
        final List<ReceivedPdu> asked =
                io.send(
                        sqe ->
                                sqe.opc(Opcode.WRITE)
                                        .nsid(1)
                                        .nlb(bytes / 512 - 1)
                                        .sgl(SglDescriptor.TRANSPORT, 0, bytes),
                        new byte[0]);
        return asked.get(0).r2t();
    }

    @ParameterizedTest
    @CsvSource({
        // ttag+, cccid+, datao, length, last, fes, fei
        "1, 0, 0, 8192, true, 1, 10",
        "60000, 0, 0, 8192, true, 1, 10",
        "0, 1, 0, 8192, true, 1, 8",
        "0, 0, 4, 8188, true, 4, 0",
        "0, 0, 0, 8196, true, 4, 0",
        "0, 0, 8192, 4096, true, 4, 0",
        "0, 0, 0, 4096, true, 1, 1",
        "0, 0, 0, 8192, false, 1, 1",
        "0, 0, 0, 262148, true, 5, 0"
    })
    void shouldRefuseBadH2cData(
            final int ttag,
            final int cccid,
            final int datao,
            final int length,
            final boolean last,
            final int fes,
            final int fei) {
        final ScriptedHost io = target.ioQueue(0);
        final NvmeTcpR2t r2t = r2t(io, 8192);
        final byte[] pdu =
                io.h2cData(r2t.cccid() + cccid, r2t.ttag() + ttag, datao, new byte[length], last);
        io.connection.feed(pdu);
        assertTerminated(io, statusOf(fes), fei, pdu);
    }

    @Test
    void shouldRefuseADatalThatIsNotTheDataInThePdu() {
        for (final int datal : new int[] {0, 4096, 8196}) {
            final TestTarget fresh = new TestTarget();
            final ScriptedHost io = fresh.ioQueue(0);
            final NvmeTcpR2t r2t = r2t(io, 8192);
            final byte[] pdu = io.h2cData(r2t.cccid(), r2t.ttag(), 0, new byte[8192], true);
            new H2cData().modify(new UnsafeBuffer(pdu), 0).datal(datal);
            io.connection.feed(pdu);
            assertThat(io.one().termReq().fei()).isEqualTo(H2cData.DATAL_OFFSET);
            fresh.assertIdle();
        }
    }

    @Test
    void shouldRefuseH2cDataThatNobodyAskedFor() {
        final ScriptedHost io = target.ioQueue(0);
        final byte[] pdu = io.h2cData(1, 0, 0, new byte[512], true);
        io.connection.feed(pdu);
        assertTerminated(io, FatalErrorStatus.INVALID_PDU_HEADER_FIELD, H2cData.TTAG_OFFSET, pdu);
    }

    @Test
    void shouldEndAHostThatOverrunsItsQueue() {
        final int cntlid = target.host().connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 3, 4, 0);
        for (int i = 0; i < 4; i++) {
            r2t(io, 512);
        }
        io.connection.feed(io.capsule(sqe -> sqe.opc(Opcode.FLUSH).nsid(1), new byte[0]));
        assertThat(io.one().termReq().fes()).isEqualTo(FatalErrorStatus.PDU_SEQUENCE_ERROR.fes());
        assertThat(target.counter(Counter.NVME_QUEUE_OVERRUNS)).isOne();
        target.assertIdle();
    }

    @Test
    void shouldHurtNoOtherConnection() {
        final ScriptedHost good = target.ioQueue(0);
        final ScriptedHost bad = target.ioQueue(0);
        r2t(bad, 1 << 20);
        bad.connection.feed(new byte[] {9, 9, 9, 9, 9, 9, 9, 9});
        bad.sent();
        assertThat(bad.connection.isClosed()).isTrue();
        assertThat(good.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0))).hasSize(512);
        good.connection.disconnect();
        target.assertIdle();
    }

    /**
     * Whatever comes, nothing is thrown out of the engine, nothing is leaked, and the target serves
     * on.
     */
    @Property(tries = 300)
    void shouldSurviveRandomChanges(
            @ForAll final long seed,
            @ForAll @IntRange(max = 3) final int digests,
            @ForAll @IntRange(min = 1, max = 600) final int pieceBytes) {
        final TestTarget fresh = new TestTarget();
        final ScriptedHost io = fresh.ioQueue(digests);
        final Random random = new Random(seed);
        for (int i = 0; i < 20 && !io.connection.isClosed(); i++) {
            final byte[] pdu = randomPdu(io, random);
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                pdu[random.nextInt(Math.min(pdu.length, 80))] = (byte) random.nextInt();
            }
            io.connection.feed(pdu, pieceBytes);
            io.sent();
        }
        io.connection.disconnect();
        fresh.assertIdle();
        assertThat(fresh.ioQueue(0).data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0)))
                .hasSize(512);
    }

    private static byte[] randomPdu(final ScriptedHost io, final Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> {
                final byte[] junk = new byte[random.nextInt(1, 300)];
                random.nextBytes(junk);
                yield junk;
            }
            case 1 ->
                    io.h2cData(
                            random.nextInt(20),
                            random.nextInt(20),
                            random.nextInt(3) * 512,
                            new byte[512 * random.nextInt(1, 4)],
                            random.nextBoolean());
            case 2 -> ScriptedHost.icReq(random.nextInt(40), random.nextInt(5));
            default ->
                    io.capsule(
                            sqe -> {
                                sqe.opc(random.nextInt(16))
                                        .nsid(random.nextInt(5))
                                        .slba(random.nextInt(20000))
                                        .nlb(random.nextInt(20));
                                if (random.nextBoolean()) {
                                    sqe.sgl(SglDescriptor.TRANSPORT, 0, random.nextInt(20) * 512);
                                }
                            },
                            new byte[random.nextBoolean() ? 0 : 4 * random.nextInt(1, 2048)]);
        };
    }

    /** Random bytes before anything was negotiated. */
    @Property(tries = 200)
    void shouldSurviveRandomBytes(@ForAll final byte[] bytes) {
        final TestTarget fresh = new TestTarget();
        final ScriptedHost host = fresh.host();
        host.connection.feed(bytes);
        host.sent();
        host.connection.disconnect();
        fresh.assertIdle();
    }

    @Test
    void shouldKnowItsOwnHeaderSizes() {
        assertThat(CapsuleCmd.HEADER_LENGTH).isEqualTo(PduType.headerLength(PduType.CAPSULE_CMD));
        assertThat(IcReq.LENGTH).isEqualTo(PduType.headerLength(PduType.ICREQ));
    }
}
