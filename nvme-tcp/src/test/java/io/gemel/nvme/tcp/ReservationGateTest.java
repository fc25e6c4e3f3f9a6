package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationCommand.NvmeRegister;
import io.gemel.reservations.ReservationCommand.OperatorFence;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.Preempt;
import io.gemel.reservations.ReservationCommand.Register;
import io.gemel.reservations.ReservationCommand.RegisterAction;
import io.gemel.reservations.ReservationCommand.Reserve;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.ReservationType;
import io.gemel.reservations.agreement.NodeReservations;
import io.gemel.reservations.agreement.ReservationAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a SCSI initiator has reserved is refused to an NVMe host, and the other way round. */
class ReservationGateTest {
    private static final byte[] BLOCK = new byte[512];
    private static final ItNexus NEXUS = new ItNexus("iqn.2026-01.test:a", 0x023D000001L, 257);
    private static final NvmeHost HOST = NvmeHost.of128(0x0102030405060708L, 0x090A0B0C0D0E0F10L);

    @TempDir private Path folder;
    private TestTarget target;
    private ScriptedHost io;

    @BeforeEach
    void connect() {
        target =
                new TestTarget(
                        HostAccess.ANY,
                        NvmeLimits.DEFAULT,
                        128,
                        TestVolumes.memory(0, "a", 512, 16384),
                        TestVolumes.memory(1, "b", 4096, 2048),
                        (lanes, volumes) -> {
                            try {
                                return new NodeReservations(volumes, folder, each -> true, lanes);
                            } catch (final IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        io = target.ioQueue(0);
    }

    @AfterEach
    void shouldHoldNothingAtTheEnd() {
        target.reservations.close();
        target.assertIdle();
    }

    private ReservationStatus decide(final ReservationCommand command) {
        final List<ReservationStatus> answers = new ArrayList<>();
        target.reservations
                .of(target.volume512)
                .decide(
                        command,
                        target.lane.lane(),
                        new ReservationAnswer() {
                            @Override
                            public void decided(final ReservationStatus status) {
                                answers.add(status);
                            }

                            @Override
                            public void failed() {
                                throw new IllegalStateException("not stored");
                            }
                        });
        final long deadline = System.nanoTime() + 5_000_000_000L;
        while (answers.isEmpty()) {
            assertThat(System.nanoTime()).as("an answer in time").isLessThan(deadline);
            target.lane.runUntilIdle();
            LockSupport.parkNanos(100_000);
        }
        return answers.get(0);
    }

    private void reserve(final ReservationType type) {
        assertThat(
                        decide(
                                new Register(
                                        NEXUS,
                                        0,
                                        0xA,
                                        false,
                                        Persistence.KEEP,
                                        List.of(),
                                        false,
                                        List.of())))
                .isEqualTo(ReservationStatus.GOOD);
        assertThat(decide(new Reserve(NEXUS, 0xA, type))).isEqualTo(ReservationStatus.GOOD);
    }

    private void registerHost() {
        assertThat(
                        decide(
                                new NvmeRegister(
                                        HOST,
                                        RegisterAction.REGISTER,
                                        0,
                                        0xB,
                                        false,
                                        Persistence.KEEP)))
                .isEqualTo(ReservationStatus.GOOD);
    }

    private int read() {
        final List<ReceivedPdu> pdus =
                io.read(512, sqe -> sqe.opc(Opcode.READ).nsid(1).slba(5).nlb(0));
        return pdus.get(0).data().length > 0 ? 0 : pdus.get(pdus.size() - 1).cqe().status();
    }

    private static void write(final NvmeSqe sqe) {
        sqe.opc(Opcode.WRITE).nsid(1).slba(5).nlb(0);
    }

    private int write() {
        return io.send(ReservationGateTest::write, BLOCK).get(0).cqe().status();
    }

    private static int conflict() {
        return NvmeStatus.RESERVATION_CONFLICT.field();
    }

    @Test
    void shouldRefuseAllToAStrangerOfExclusiveAccess() {
        assertThat(read()).isZero();
        assertThat(write()).isZero();
        reserve(ReservationType.EXCLUSIVE_ACCESS);
        assertThat(read()).isEqualTo(conflict());
        assertThat(write()).isEqualTo(conflict());
        assertThat(conflict()).as("SC 83h, DNR").isEqualTo(0x83 << 1 | 0x8000);
        for (final int opcode : new int[] {Opcode.FLUSH, Opcode.WRITE_ZEROES, Opcode.VERIFY}) {
            assertThat(io.command(sqe -> sqe.opc(opcode).nsid(1)).status()).isEqualTo(conflict());
        }
        assertThat(io.command(sqe -> sqe.opc(Opcode.FLUSH).nsid(3)).status())
                .as("another volume")
                .isZero();
    }

    @Test
    void shouldLetAStrangerReadWhatIsOnlyWriteExclusive() {
        reserve(ReservationType.WRITE_EXCLUSIVE);
        assertThat(read()).isZero();
        assertThat(write()).isEqualTo(conflict());
        registerHost();
        assertThat(write()).as("a registrant, but not the holder").isEqualTo(conflict());
    }

    @Test
    void shouldLetARegistrantInWhereRegistrantsShare() {
        reserve(ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY);
        assertThat(read()).isEqualTo(conflict());
        registerHost();
        assertThat(read()).isZero();
        assertThat(write()).isZero();
        assertThat(decide(new OperatorFence(List.of(HOST)))).isEqualTo(ReservationStatus.GOOD);
        assertThat(write()).isEqualTo(conflict());
    }

    @Test
    void shouldRefuseBothHalvesOfAPairBeforeEither() {
        reserve(ReservationType.WRITE_EXCLUSIVE);
        io.connection.feed(
                io.capsule(sqe -> sqe.opc(Opcode.COMPARE).fuse(1).nsid(1).slba(5).nlb(0), BLOCK));
        io.connection.feed(
                io.capsule(sqe -> sqe.opc(Opcode.WRITE).fuse(2).nsid(1).slba(5).nlb(0), BLOCK));
        assertThat(io.sent())
                .extracting(pdu -> pdu.cqe().status())
                .containsExactly(conflict(), NvmeStatus.ABORTED_FAILED_FUSED_COMMAND.field());
    }

    @Test
    void shouldRefuseWhatWasReservedWhileItsDataWasUnderWay() {
        final List<ReceivedPdu> asked =
                io.send(
                        sqe -> {
                            write(sqe);
                            sqe.sgl(SglDescriptor.TRANSPORT, 0, 512);
                        },
                        new byte[0]);
        final var r2t = asked.get(0).r2t();
        reserve(ReservationType.WRITE_EXCLUSIVE);
        io.connection.feed(io.h2cData(r2t.cccid(), r2t.ttag(), 0, BLOCK, true));
        assertThat(io.one().cqe().status()).isEqualTo(conflict());
    }

    @Test
    void shouldEndWhatIsFencedWithItsOwnStatus() {
        registerHost();
        reserve(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        io.send(
                sqe -> {
                    write(sqe);
                    sqe.sgl(SglDescriptor.TRANSPORT, 0, 512);
                },
                new byte[0]);
        assertThat(
                        decide(
                                new Preempt(
                                        NEXUS,
                                        0xA,
                                        0xB,
                                        ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
                                        true)))
                .isEqualTo(ReservationStatus.GOOD);
        assertThat(io.one().cqe().status()).isEqualTo(NvmeStatus.ABORTED_PREEMPT_AND_ABORT.field());
        assertThat(NvmeStatus.ABORTED_PREEMPT_AND_ABORT.sc()).isEqualTo(0x1B);
        assertThat(write()).isEqualTo(conflict());
    }

    @Test
    void shouldFenceAHalfThatWaitsForItsOther() {
        registerHost();
        io.connection.feed(
                io.capsule(sqe -> sqe.opc(Opcode.COMPARE).fuse(1).nsid(1).slba(5).nlb(0), BLOCK));
        reserve(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        assertThat(
                        decide(
                                new Preempt(
                                        NEXUS,
                                        0xA,
                                        0xB,
                                        ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
                                        true)))
                .isEqualTo(ReservationStatus.GOOD);
        io.connection.feed(
                io.capsule(sqe -> sqe.opc(Opcode.WRITE).fuse(2).nsid(1).slba(5).nlb(0), BLOCK));
        assertThat(io.sent())
                .extracting(pdu -> pdu.cqe().status())
                .containsExactlyInAnyOrder(
                        NvmeStatus.ABORTED_PREEMPT_AND_ABORT.field(), conflict());
    }

    @Test
    void shouldRefuseOnANamespaceThatCameAfterTheQueue() {
        reserve(ReservationType.EXCLUSIVE_ACCESS);
        target.subsystem.replaceNamespaces(
                List.of(new Namespace(1, target.volume4096), new Namespace(9, target.volume512)));
        target.lane.runUntilIdle();
        assertThat(io.command(sqe -> sqe.opc(Opcode.FLUSH).nsid(1)).status()).isZero();
        assertThat(io.command(sqe -> sqe.opc(Opcode.FLUSH).nsid(9)).status()).isEqualTo(conflict());
    }
}
