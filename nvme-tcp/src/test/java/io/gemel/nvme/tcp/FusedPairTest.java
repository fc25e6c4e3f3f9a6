package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compare and Write as a fused pair. */
class FusedPairTest {
    private static final int COMPARE_ID = 1001;
    private static final int WRITE_ID = 1002;
    private final TestTarget target = new TestTarget();
    private final ScriptedHost admin = target.host();
    private final ScriptedHost io = target.host();
    private final byte[] before = FirstTrafficTest.random(1024);
    private final byte[] after = FirstTrafficTest.random(4096);

    FusedPairTest() {
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        io.send(sqe -> sqe.opc(Opcode.WRITE).nsid(1).slba(5).nlb(1), before);
    }

    @AfterEach
    void shouldHoldNothingAtTheEnd() {
        target.assertIdle();
    }

    private static Consumer<NvmeSqe> compare() {
        return sqe -> sqe.opc(Opcode.COMPARE).fuse(1).nsid(1).slba(5).nlb(1).commandId(COMPARE_ID);
    }

    private static Consumer<NvmeSqe> write() {
        return sqe -> sqe.opc(Opcode.WRITE).fuse(2).nsid(1).slba(5).nlb(1).commandId(WRITE_ID);
    }

    private static byte[] first(final byte[] bytes) {
        return Arrays.copyOf(bytes, 1024);
    }

    private byte[] medium() {
        return io.data(1024, sqe -> sqe.opc(Opcode.READ).nsid(1).slba(5).nlb(1));
    }

    private static List<Integer> statuses(final List<ReceivedPdu> pdus) {
        final List<Integer> found = new ArrayList<>();
        for (final ReceivedPdu pdu : pdus) {
            found.add(pdu.cqe().commandId());
            found.add(pdu.cqe().status());
        }
        return found;
    }

    private static List<Integer> expected(final NvmeStatus compare, final NvmeStatus write) {
        return List.of(COMPARE_ID, compare.field(), WRITE_ID, write.field());
    }

    @Test
    void shouldWriteWhenEqual() {
        io.connection.feed(io.capsule(compare(), before));
        assertThat(io.sent()).isEmpty();
        io.connection.feed(io.capsule(write().andThen(sqe -> sqe.fua(true)), first(after)));
        assertThat(statuses(io.sent())).isEqualTo(expected(NvmeStatus.SUCCESS, NvmeStatus.SUCCESS));
        assertThat(medium()).isEqualTo(first(after));
    }

    @Test
    void shouldWriteNothingWhenDifferent() {
        final byte[] other = before.clone();
        other[1023] ^= 1;
        io.connection.feed(io.capsule(compare(), other));
        io.connection.feed(io.capsule(write(), first(after)));
        assertThat(statuses(io.sent()))
                .isEqualTo(
                        expected(
                                NvmeStatus.COMPARE_FAILURE,
                                NvmeStatus.ABORTED_FAILED_FUSED_COMMAND));
        assertThat(medium()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeTheDataOfBothHalvesInAnyOrder(final boolean compareFirst) {
        final Consumer<NvmeSqe> byR2t = sqe -> sqe.sgl(SglDescriptor.TRANSPORT, 0, 1024);
        io.connection.feed(io.capsule(compare().andThen(byR2t), new byte[0]));
        io.connection.feed(io.capsule(write().andThen(byR2t), new byte[0]));
        final List<ReceivedPdu> asked = io.sent();
        assertThat(asked).hasSize(2);
        final byte[] c = io.h2cData(COMPARE_ID, asked.get(0).r2t().ttag(), 0, before, true);
        final byte[] w = io.h2cData(WRITE_ID, asked.get(1).r2t().ttag(), 0, first(after), true);
        io.connection.feed(compareFirst ? c : w);
        assertThat(io.sent()).isEmpty();
        io.connection.feed(compareFirst ? w : c);
        assertThat(statuses(io.sent())).isEqualTo(expected(NvmeStatus.SUCCESS, NvmeStatus.SUCCESS));
        assertThat(medium()).isEqualTo(first(after));
    }

    @Test
    void shouldTakeTheLargestPair() {
        final byte[] zeroes = new byte[255 * 4096];
        final byte[] data = FirstTrafficTest.random(255 * 4096);
        for (int i = 0; i < 2; i++) {
            final byte[] expected = 0 == i ? zeroes : data;
            final Consumer<NvmeSqe> pair =
                    sqe ->
                            sqe.nsid(3)
                                    .slba(0)
                                    .nlb(254)
                                    .sgl(SglDescriptor.TRANSPORT, 0, data.length);
            io.connection.feed(io.capsule(compare().andThen(pair), new byte[0]));
            io.connection.feed(io.capsule(write().andThen(pair), new byte[0]));
            final List<ReceivedPdu> asked = io.sent();
            transfer(asked.get(0).r2t().ttag(), COMPARE_ID, expected);
            transfer(asked.get(1).r2t().ttag(), WRITE_ID, data);
            assertThat(statuses(io.sent()))
                    .isEqualTo(expected(NvmeStatus.SUCCESS, NvmeStatus.SUCCESS));
        }
        assertThat(io.command(compare().andThen(sqe -> sqe.nsid(3).slba(0).nlb(255))).status())
                .isEqualTo(NvmeStatus.ATOMIC_WRITE_UNIT_EXCEEDED.field());
    }

    private void transfer(final int ttag, final int commandId, final byte[] data) {
        for (int at = 0; at < data.length; at += PduReceiver.MAX_H2C_DATA_BYTES) {
            final int end = Math.min(data.length, at + PduReceiver.MAX_H2C_DATA_BYTES);
            io.connection.feed(
                    io.h2cData(
                            commandId,
                            ttag,
                            at,
                            Arrays.copyOfRange(data, at, end),
                            end == data.length),
                    50_000);
        }
    }

    @Test
    void shouldMissTheOtherHalf() {
        assertThat(io.send(write(), first(after)).get(0).cqe().status())
                .isEqualTo(NvmeStatus.ABORTED_MISSING_FUSED_COMMAND.field());
        io.connection.feed(io.capsule(compare(), before));
        final List<ReceivedPdu> pdus =
                io.send(sqe -> sqe.opc(Opcode.FLUSH).nsid(1).commandId(5), new byte[0]);
        assertThat(statuses(pdus))
                .containsExactly(
                        COMPARE_ID, NvmeStatus.ABORTED_MISSING_FUSED_COMMAND.field(), 5, 0);
        io.connection.feed(io.capsule(compare(), before));
        io.connection.feed(
                io.capsule(compare().andThen(sqe -> sqe.commandId(COMPARE_ID + 5)), before));
        io.connection.feed(io.capsule(write(), first(after)));
        assertThat(statuses(io.sent()))
                .containsExactly(
                        COMPARE_ID,
                        NvmeStatus.ABORTED_MISSING_FUSED_COMMAND.field(),
                        COMPARE_ID + 5,
                        0,
                        WRITE_ID,
                        0);
    }

    @ParameterizedTest
    @CsvSource({"6, 1, 1", "5, 0, 1", "5, 1, 3"})
    void shouldWantTheSameRangeInBoth(final int slba, final int nlb, final int nsid) {
        io.connection.feed(io.capsule(compare(), before));
        io.connection.feed(
                io.capsule(
                        write().andThen(sqe -> sqe.slba(slba).nlb(nlb).nsid(nsid)),
                        new byte[8192]));
        assertThat(statuses(io.sent()))
                .isEqualTo(
                        expected(
                                NvmeStatus.ABORTED_FAILED_FUSED_COMMAND,
                                NvmeStatus.INVALID_FIELD_IN_COMMAND));
        assertThat(medium()).isEqualTo(before);
    }

    @Test
    void shouldEndTheWriteOfACompareThatWasRefused() {
        io.connection.feed(io.capsule(compare().andThen(sqe -> sqe.slba(99999)), before));
        io.connection.feed(io.capsule(write(), first(after)));
        assertThat(statuses(io.sent()))
                .isEqualTo(
                        expected(
                                NvmeStatus.LBA_OUT_OF_RANGE,
                                NvmeStatus.ABORTED_FAILED_FUSED_COMMAND));
        assertThat(medium()).isEqualTo(before);
    }

    @Test
    void shouldEndTheCompareOfAWriteThatWasRefused() {
        target.volume512.readOnly(true);
        io.connection.feed(io.capsule(compare(), before));
        io.connection.feed(io.capsule(write(), first(after)));
        assertThat(statuses(io.sent()))
                .isEqualTo(
                        expected(
                                NvmeStatus.ABORTED_FAILED_FUSED_COMMAND,
                                NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED));
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 1", "3, 1", "1, 1"})
    void shouldFuseNothingElse(final int opcodeIndex, final int fuse) {
        final int opcode = new int[] {0, Opcode.WRITE, Opcode.COMPARE, Opcode.READ}[opcodeIndex];
        final int wrongFuse = Opcode.WRITE == opcode ? 1 : Opcode.COMPARE == opcode ? 2 : fuse;
        final int status = io.command(sqe -> sqe.opc(opcode).fuse(wrongFuse).nsid(1)).status();
        assertThat(status)
                .isIn(
                        NvmeStatus.INVALID_FIELD_IN_COMMAND.field(),
                        NvmeStatus.ABORTED_MISSING_FUSED_COMMAND.field());
        assertThat(io.command(sqe -> sqe.opc(Opcode.COMPARE).fuse(3).nsid(1)).status())
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
        assertThat(medium()).isEqualTo(before);
    }

    @Test
    void shouldAbortAHeldCompare() {
        io.connection.feed(io.capsule(compare(), before));
        final var answer =
                admin.command(sqe -> sqe.opc(Opcode.ABORT).cdw(10, COMPARE_ID << 16 | 1));
        assertThat(answer.dw0()).isZero();
        io.connection.feed(io.capsule(write(), first(after)));
        assertThat(statuses(io.sent()))
                .isEqualTo(
                        expected(
                                NvmeStatus.COMMAND_ABORT_REQUESTED,
                                NvmeStatus.ABORTED_FAILED_FUSED_COMMAND));
        assertThat(medium()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldLeaveNothingBehindWhenTheHostIsGone(final int phase) {
        io.connection.feed(io.capsule(compare(), before));
        if (phase > 0) {
            final byte[] pdu =
                    io.capsule(
                            write().andThen(
                                            sqe -> {
                                                if (1 == phase) {
                                                    sqe.sgl(SglDescriptor.TRANSPORT, 0, 1024);
                                                }
                                            }),
                            1 == phase ? new byte[0] : first(after));
            io.connection.feed(1 == phase ? pdu : Arrays.copyOf(pdu, 300));
        }
        io.connection.disconnect();
        target.assertIdle();
    }

    /**
     * Found by random commands: the aborted Compare waits for room when the data of the Write
     * comes.
     */
    @Test
    void shouldNotExecuteAPairWhoseCompareWasAborted() {
        io.connection.feed(io.capsule(compare(), before));
        final byte[] second = io.capsule(write(), first(after));
        io.connection.feed(Arrays.copyOf(second, 200));
        io.connection.limit(0);
        admin.connection.feed(
                admin.capsule(
                        sqe -> sqe.opc(Opcode.ABORT).cdw(10, COMPARE_ID << 16 | 1), new byte[0]));
        io.connection.feed(Arrays.copyOfRange(second, 200, second.length));
        io.connection.limit(1 << 20);
        io.connection.takeSent();
        assertThat(statuses(io.sent()))
                .isEqualTo(
                        expected(
                                NvmeStatus.COMMAND_ABORT_REQUESTED,
                                NvmeStatus.ABORTED_FAILED_FUSED_COMMAND));
        assertThat(medium()).isEqualTo(before);
    }

    /** Found by random commands: the pair is done, only its answer waits for room. */
    @Test
    void shouldNotAbortAWriteThatIsDone() {
        io.connection.limit(0);
        io.connection.feed(io.capsule(compare(), before));
        io.connection.feed(io.capsule(write(), first(after)));
        admin.connection.feed(
                admin.capsule(
                        sqe -> sqe.opc(Opcode.ABORT).cdw(10, WRITE_ID << 16 | 1), new byte[0]));
        io.connection.limit(1 << 20);
        io.connection.takeSent();
        assertThat(statuses(io.sent())).isEqualTo(expected(NvmeStatus.SUCCESS, NvmeStatus.SUCCESS));
        assertThat(admin.one().cqe().dw0()).isOne();
        assertThat(medium()).isEqualTo(first(after));
    }

    @Test
    void shouldDropAHeldCompareWhenItDrains() {
        io.connection.feed(io.capsule(compare(), before));
        target.server.drain();
        target.lane.runUntilIdle();
        assertThat(io.connection.isClosed()).isTrue();
    }
}
