package io.gemel.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import io.gemel.iscsi.session.ScriptedInitiator.Pdu;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import io.gemel.reservations.agreement.NodeReservations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reservations as two initiators see them: who is refused, who is told, whose commands end. */
class ReservationTest {
    private static final int BLOCK = 512;
    private static final int CONFLICT = 0x18;
    private static final String WRITE = "2A 00 00 00 00 00 00 00 01 00";
    private static final String READ = "28 00 00 00 00 00 00 00 01 00";
    private static final int EXCLUSIVE_ACCESS = 3;
    private static final int WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5;
    private static final int REGISTER = 0;
    private static final int RESERVE = 1;
    private static final int RELEASE = 2;
    private static final int PREEMPT_AND_ABORT = 5;

    @TempDir private Path folder;
    private final Volume volume = TestVolumes.memory("v", BLOCK, 1 << 12);
    private final TestLane lane = new TestLane(0, 128, volume);
    private final IscsiPortal portal =
            new IscsiPortal(new InetSocketAddress("127.0.0.1", 0), 1, 257);
    private NodeReservations reservations;
    private ScriptedInitiator one;
    private ScriptedInitiator two;

    @BeforeEach
    void logIn() throws IOException {
        reservations = new NodeReservations(List.of(volume), folder, each -> true, lane.group());
        final IscsiTargetNode node =
                new IscsiTargetNode(
                        lane.group(),
                        List.of(IscsiTarget.open(ScriptedInitiator.TARGET, Map.of(0, volume))),
                        List.of(portal),
                        IscsiLimits.defaults(),
                        reservations);
        one = new ScriptedInitiator(lane, node, portal).ready("ImmediateData=No");
        two = new ScriptedInitiator(lane, node, portal);
        two.name = "iqn.2026-11.test:other";
        two.ready("ImmediateData=Yes");
    }

    @AfterEach
    void close() {
        one.connection.disconnect();
        two.connection.disconnect();
        reservations.close();
        lane.runUntilIdle();
        assertThat(lane.lane().tasks().inUse()).isZero();
        assertThat(lane.lane().slab().inUse()).isZero();
    }

    /** The next answer; reservations are agreed on by a thread of their own. */
    private static Pdu await(final ScriptedInitiator initiator) {
        final long deadline = System.nanoTime() + 5_000_000_000L;
        final List<Pdu> pdus = new ArrayList<>();
        while (pdus.isEmpty()) {
            assertThat(System.nanoTime()).as("an answer in time").isLessThan(deadline);
            pdus.addAll(initiator.receive());
            LockSupport.parkNanos(100_000);
        }
        assertThat(pdus).hasSize(1);
        return pdus.get(0);
    }

    private static int status(final Pdu pdu) {
        return pdu.opcode() == IscsiOpcode.DATA_IN
                ? pdu.dataIn().status()
                : pdu.response().status();
    }

    private static int read(final ScriptedInitiator initiator) {
        initiator.read(READ, BLOCK);
        return status(await(initiator));
    }

    private int reserveOut(
            final ScriptedInitiator initiator,
            final int action,
            final int type,
            final long key,
            final long actionKey) {
        final UnsafeBuffer list = new UnsafeBuffer(new byte[24]);
        list.putLong(0, key, ByteOrder.BIG_ENDIAN);
        list.putLong(8, actionKey, ByteOrder.BIG_ENDIAN);
        final String cdb = String.format("5F %02x %02x 00 00 00 00 00 18 00", action, type);
        final int tag =
                initiator.write(cdb, 24, initiator == two ? list.byteArray() : new byte[0], true);
        if (initiator == one) {
            final Pdu r2t = await(one);
            one.dataOut(
                    tag,
                    new io.gemel.iscsi.wire.ReadyToTransferFlyweight()
                            .wrap(r2t.header(), 0)
                            .targetTransferTag(),
                    0,
                    0,
                    true,
                    list.byteArray());
        }
        return status(await(initiator));
    }

    private static UnsafeBuffer reserveIn(final ScriptedInitiator initiator, final int action) {
        initiator.read(String.format("5E %02x 00 00 00 00 00 10 00 00", action), 4096);
        return new UnsafeBuffer(await(initiator).data());
    }

    @Test
    void shouldRefuseOthersWhileExclusiveAccessIsHeld() {
        assertThat(reserveOut(one, REGISTER, 0, 0, 0xA)).isZero();
        assertThat(reserveOut(one, RESERVE, EXCLUSIVE_ACCESS, 0xA, 0)).isZero();
        assertThat(read(one)).isZero();
        assertThat(read(two)).isEqualTo(CONFLICT);
        two.write(WRITE, BLOCK, new byte[BLOCK], true);
        final Pdu refused = await(two);
        assertThat(refused.response().status()).isEqualTo(CONFLICT);
        assertThat(refused.data()).isEmpty();
        assertThat(status(two.testUnitReady())).isZero();
        two.read("25 00 00 00 00 00 00 00 00 00", 8);
        assertThat(status(await(two))).isZero();
        two.read("FF 00 00 00 00 00", 0);
        assertThat(await(two).sense()).isEqualTo(0x52000);
        final UnsafeBuffer held = reserveIn(two, 1);
        assertThat(held.getInt(4, ByteOrder.BIG_ENDIAN)).isEqualTo(16);
        assertThat(held.getLong(8, ByteOrder.BIG_ENDIAN)).isEqualTo(0xA);
        assertThat(held.getByte(21)).isEqualTo((byte) EXCLUSIVE_ACCESS);
        assertThat(reserveOut(one, RELEASE, EXCLUSIVE_ACCESS, 0xA, 0)).isZero();
        assertThat(read(two)).isZero();
    }

    @Test
    void shouldEndTheVictimsCommandsAndTellItWhenItIsPreempted() {
        assertThat(reserveOut(one, REGISTER, 0, 0, 0xA)).isZero();
        assertThat(reserveOut(two, REGISTER, 0, 0, 0xB)).isZero();
        assertThat(reserveOut(one, RESERVE, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, 0xA, 0)).isZero();
        one.write(WRITE, BLOCK, new byte[0], true); // waits for its data
        await(one);
        assertThat(reserveOut(two, PREEMPT_AND_ABORT, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, 0xB, 0xA))
                .isZero();
        assertThat(one.receive()).isEmpty();
        final List<Integer> told = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            final Pdu pdu = one.testUnitReady();
            if (pdu.response().status() != 0) {
                told.add(pdu.sense());
            }
        }
        assertThat(told).containsExactlyInAnyOrder(0x62A05, 0x62F00);
        one.write(WRITE, BLOCK, new byte[0], true);
        assertThat(status(await(one))).isEqualTo(CONFLICT);
        final UnsafeBuffer keys = reserveIn(one, 0);
        assertThat(keys.getInt(4, ByteOrder.BIG_ENDIAN)).isEqualTo(8);
        assertThat(keys.getLong(8, ByteOrder.BIG_ENDIAN)).isEqualTo(0xB);
    }

    @Test
    void shouldAnswerTaskAbortedWhenTasSaysSo() {
        one.write("15 10 00 00 10 00", 16, new byte[0], true);
        final Pdu r2t = await(one);
        one.dataOut(
                one.nextTag - 1,
                new io.gemel.iscsi.wire.ReadyToTransferFlyweight()
                        .wrap(r2t.header(), 0)
                        .targetTransferTag(),
                0,
                0,
                true,
                ScriptedInitiator.hex("00000000 0A0A 00 10 00 40 0000 FFFF 0000"));
        assertThat(status(await(one))).isZero();
        assertThat(two.testUnitReady().sense()).isEqualTo(0x62A01);
        assertThat(reserveOut(one, REGISTER, 0, 0, 0xA)).isZero();
        assertThat(reserveOut(two, REGISTER, 0, 0, 0xB)).isZero();
        one.write(WRITE, BLOCK, new byte[0], true);
        await(one);
        assertThat(reserveOut(two, PREEMPT_AND_ABORT, EXCLUSIVE_ACCESS, 0xB, 0xA)).isZero();
        assertThat(await(one).response().status()).isEqualTo(0x40);
    }

    @Test
    void shouldReserveTheSpc2WayUntilResetOrLogout() {
        one.read("16 00 00 00 00 00", 0);
        assertThat(status(await(one))).isZero();
        assertThat(read(two)).isEqualTo(CONFLICT);
        two.read("17 00 00 00 00 00", 0); // RELEASE of another nexus does nothing
        assertThat(status(await(two))).isZero();
        assertThat(read(two)).isEqualTo(CONFLICT);
        two.taskManagement(TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET, 0, -1);
        assertThat(await(two).opcode()).isEqualTo(IscsiOpcode.TASK_MANAGEMENT_RESPONSE);
        assertThat(two.testUnitReady().sense()).isEqualTo(0x62903);
        assertThat(read(two)).isZero();
        assertThat(one.testUnitReady().sense()).isEqualTo(0x62903);
        one.read("56 00 00 00 00 00 00 00 00 00", 0);
        assertThat(status(await(one))).isZero();
        one.connection.disconnect();
        final long deadline = System.nanoTime() + 5_000_000_000L;
        while (read(two) == CONFLICT) {
            assertThat(System.nanoTime())
                    .as("the reservation goes with its nexus")
                    .isLessThan(deadline);
        }
    }

    @Test
    void shouldRefuseWhatIsMalformed() {
        two.read("5E 04 00 00 00 00 00 10 00 00", 4096);
        assertThat(await(two).sense()).isEqualTo(0x52400);
        two.write("5F 00 00 00 00 00 00 00 10 00", 16, new byte[16], true);
        assertThat(await(two).sense()).isEqualTo(0x51A00);
        assertThat(reserveOut(two, RESERVE, 9, 0xA, 0)).isEqualTo(2);
        assertThat(reserveOut(two, RESERVE, EXCLUSIVE_ACCESS, 0xA, 0)).isEqualTo(CONFLICT);
        two.read("16 10 00 00 00 00", 0);
        assertThat(await(two).sense()).isEqualTo(0x52400);
    }
}
