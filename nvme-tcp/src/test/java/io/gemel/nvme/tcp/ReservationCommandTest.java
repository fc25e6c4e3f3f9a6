package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.IdentifyController;
import io.gemel.nvme.wire.IdentifyNamespace;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import io.gemel.nvme.wire.SglDescriptor;
import io.gemel.reservations.HostIdentifiers;
import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.Register;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.agreement.NodeReservations;
import io.gemel.reservations.agreement.ReservationAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reservation Register, Report, Acquire and Release as two hosts send them. */
class ReservationCommandTest {
    private static final int EXCLUSIVE_ACCESS = 2 << 8;
    private static final int WRITE_EXCLUSIVE = 1 << 8;
    private static final int PREEMPT_AND_ABORT = 2;
    private static final int CLEAR = 1;
    private static final int UNREGISTER = 1;
    private static final int IEKEY = 1 << 3;

    @TempDir private Path folder;
    private TestTarget target;
    private ScriptedHost admin;
    private ScriptedHost one;
    private ScriptedHost two;
    private int cntlidOfTwo;

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
        admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        one = target.host();
        one.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        final ScriptedHost otherAdmin = target.host().ic(0);
        cntlidOfTwo = otherAdmin.connect(0, 31, 4, 0, connectData(hostId(), 0xFFFF)).dw0() & 0xFFFF;
        otherAdmin.propertySet(Property.CC, Property.cc(true, Property.CSS_ALL, 0, 6, 4));
        two = target.host().ic(0);
        assertThat(two.connect(1, 31, 4, 0, connectData(hostId(), cntlidOfTwo)).status()).isZero();
    }

    @AfterEach
    void shouldHoldNothingAtTheEnd() {
        target.reservations.close();
        target.assertIdle();
    }

    private static byte[] hostId() {
        final byte[] id = new byte[16];
        id[0] = 0x77;
        id[15] = 2;
        return id;
    }

    private static byte[] connectData(final byte[] hostId, final int cntlid) {
        final byte[] bytes =
                ScriptedHost.connectData(TestTarget.SUBNQN, ScriptedHost.HOSTNQN, cntlid);
        System.arraycopy(hostId, 0, bytes, ConnectData.HOSTID_OFFSET, hostId.length);
        return bytes;
    }

    private static byte[] keys(final long... keys) {
        final ByteBuffer bytes =
                ByteBuffer.allocate(8 * keys.length).order(ByteOrder.LITTLE_ENDIAN);
        for (final long key : keys) {
            bytes.putLong(key);
        }
        return bytes.array();
    }

    /** The status of the answer; the agreement has a thread of its own. */
    private int status(
            final ScriptedHost host, final int opcode, final int cdw10, final byte[] data) {
        return await(host, sqe -> sqe.opc(opcode).nsid(1).cdw(10, cdw10), data);
    }

    private static int await(
            final ScriptedHost host, final Consumer<NvmeSqe> fill, final byte[] data) {
        final List<ReceivedPdu> pdus = new ArrayList<>(host.send(fill, data));
        final long deadline = System.nanoTime() + 5_000_000_000L;
        while (pdus.isEmpty()) {
            assertThat(System.nanoTime()).as("an answer in time").isLessThan(deadline);
            LockSupport.parkNanos(100_000);
            pdus.addAll(host.sent());
        }
        assertThat(pdus).hasSize(1);
        return pdus.get(0).cqe().status();
    }

    private int register(final ScriptedHost host, final int cdw10, final long... keys) {
        return status(host, Opcode.RESERVATION_REGISTER, cdw10, keys(keys));
    }

    private int acquire(final ScriptedHost host, final int cdw10, final long... keys) {
        return status(host, Opcode.RESERVATION_ACQUIRE, cdw10, keys(keys));
    }

    private int release(final ScriptedHost host, final int cdw10, final long key) {
        return status(host, Opcode.RESERVATION_RELEASE, cdw10, keys(key));
    }

    private int write(final ScriptedHost host) {
        return await(host, sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), new byte[512]);
    }

    private static int conflict() {
        return NvmeStatus.RESERVATION_CONFLICT.field();
    }

    private static int invalid() {
        return NvmeStatus.INVALID_FIELD_IN_COMMAND.field();
    }

    private static UnsafeBuffer report(final ScriptedHost host, final int bytes) {
        return new UnsafeBuffer(
                host.data(
                        bytes,
                        sqe ->
                                sqe.opc(Opcode.RESERVATION_REPORT)
                                        .nsid(1)
                                        .cdw(10, bytes / 4 - 1)
                                        .cdw(11, 1)));
    }

    @Test
    void shouldTellThatItHasReservations() {
        final UnsafeBuffer id =
                new UnsafeBuffer(
                        admin.data(4096, sqe -> sqe.opc(Opcode.IDENTIFY).nsid(0).cdw(10, 1)));
        assertThat(new IdentifyController().wrap(id, 0).oncs()).isEqualTo(0xBD);
        assertThat(new IdentifyController().wrap(id, 0).ctratt() & 1).isOne();
        final UnsafeBuffer ns =
                new UnsafeBuffer(
                        admin.data(4096, sqe -> sqe.opc(Opcode.IDENTIFY).nsid(1).cdw(10, 0)));
        assertThat(new IdentifyNamespace().wrap(ns, 0).rescap()).isEqualTo(0xFF);
    }

    @Test
    void shouldRegisterAcquireReportAndRelease() {
        assertThat(acquire(one, EXCLUSIVE_ACCESS, 0xA, 0)).isEqualTo(conflict());
        assertThat(register(one, 0, 0, 0xA)).isZero();
        assertThat(register(one, 0, 0, 0xC)).as("another key").isEqualTo(conflict());
        assertThat(register(two, 3 << 30, 0, 0xB)).isZero();
        assertThat(acquire(one, EXCLUSIVE_ACCESS, 0xA, 0)).isZero();
        assertThat(acquire(two, EXCLUSIVE_ACCESS, 0xB, 0)).isEqualTo(conflict());
        assertThat(write(one)).isZero();
        assertThat(write(two)).isEqualTo(conflict());

        final UnsafeBuffer report = report(two, 256);
        assertThat(report.getInt(0, ByteOrder.LITTLE_ENDIAN)).as("generation").isEqualTo(2);
        assertThat(report.getByte(4)).as("type").isEqualTo((byte) 2);
        assertThat(report.getShort(5, ByteOrder.LITTLE_ENDIAN)).isEqualTo((short) 2);
        assertThat(report.getByte(9)).as("PTPLS").isOne();
        final int held = 1 == report.getByte(64 + 2) ? 64 : 128;
        final int other = 64 + 128 - held;
        assertThat(report.getByte(held + 2)).isOne();
        assertThat(report.getLong(held + 8, ByteOrder.LITTLE_ENDIAN)).isEqualTo(0xA);
        final byte[] id = new byte[16];
        report.getBytes(held + 16, id);
        assertThat(id).isEqualTo(ScriptedHost.HOST_ID);
        assertThat(report.getByte(other + 2)).isZero();
        assertThat(report.getShort(other, ByteOrder.LITTLE_ENDIAN)).isEqualTo((short) cntlidOfTwo);
        assertThat(report(two, 8).getByte(4)).as("cut off").isEqualTo((byte) 2);

        assertThat(release(one, WRITE_EXCLUSIVE, 0xA)).as("not the type").isEqualTo(invalid());
        assertThat(release(one, EXCLUSIVE_ACCESS, 0xA)).isZero();
        assertThat(write(two)).isZero();
        assertThat(release(two, CLEAR, 0xB)).isZero();
        assertThat(report(one, 64).getShort(5, ByteOrder.LITTLE_ENDIAN)).isZero();
        assertThat(register(one, UNREGISTER, 0xA, 0)).isEqualTo(conflict());
    }

    @Test
    void shouldEndTheVictimsCommandsWhenItIsPreempted() {
        assertThat(register(one, 0, 0, 0xA)).isZero();
        assertThat(register(two, 0, 0, 0xB)).isZero();
        assertThat(acquire(one, WRITE_EXCLUSIVE, 0xA, 0)).isZero();
        one.send(
                sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0).sgl(SglDescriptor.TRANSPORT, 0, 512),
                new byte[0]);
        assertThat(acquire(two, WRITE_EXCLUSIVE | PREEMPT_AND_ABORT, 0xB, 0xA)).isZero();
        assertThat(one.one().cqe().status())
                .isEqualTo(NvmeStatus.ABORTED_PREEMPT_AND_ABORT.field());
        assertThat(write(one)).isEqualTo(conflict());
        assertThat(write(two)).isZero();
    }

    @Test
    void shouldRefuseWhatIsMalformed() {
        assertThat(register(one, 3, 0, 0xA)).as("RREGA").isEqualTo(invalid());
        assertThat(register(one, 1 << 30, 0, 0xA)).as("CPTPL").isEqualTo(invalid());
        assertThat(register(one, 0, 0xA)).isEqualTo(NvmeStatus.DATA_SGL_LENGTH_INVALID.field());
        assertThat(acquire(one, 0, 0xA, 0)).as("no type").isEqualTo(invalid());
        assertThat(acquire(one, WRITE_EXCLUSIVE | IEKEY, 0xA, 0)).isEqualTo(invalid());
        assertThat(release(one, 2, 0xA)).as("RRELA").isEqualTo(invalid());
        assertThat(release(one, WRITE_EXCLUSIVE, 0xA)).isEqualTo(conflict());
        assertThat(
                        one.command(sqe -> sqe.opc(Opcode.RESERVATION_REPORT).nsid(1).cdw(10, 15))
                                .status())
                .as("64-bit report for a 128-bit host")
                .isEqualTo(NvmeStatus.HOST_IDENTIFIER_INCONSISTENT_FORMAT.field());
        assertThat(
                        one.command(sqe -> sqe.opc(Opcode.RESERVATION_REPORT).nsid(-1).cdw(11, 1))
                                .status())
                .isEqualTo(NvmeStatus.INVALID_NAMESPACE_OR_FORMAT.field());
    }

    @Test
    void shouldRefuseAHostThatClaimsToBeARegisteredNexus() {
        final ItNexus nexus = new ItNexus("iqn.2026-01.test:a", 0x023D000001L, 257);
        final NvmeHost stands = HostIdentifiers.standingFor(nexus);
        final byte[] id =
                ByteBuffer.allocate(16).putLong(stands.high()).putLong(stands.low()).array();
        assertThat(target.host().ic(0).connect(0, 31, 4, 0, connectData(id, 0xFFFF)).status())
                .as("nobody is registered")
                .isZero();
        final List<ReservationStatus> answers = new ArrayList<>();
        target.reservations
                .of(target.volume512)
                .decide(
                        new Register(
                                nexus, 0, 1, false, Persistence.KEEP, List.of(), false, List.of()),
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
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(100_000);
            target.lane.runUntilIdle();
        }
        assertThat(target.host().ic(0).connect(0, 31, 4, 0, connectData(id, 0xFFFF)).status())
                .isEqualTo(NvmeStatus.CONNECT_INVALID_PARAMETERS.field());
    }
}
