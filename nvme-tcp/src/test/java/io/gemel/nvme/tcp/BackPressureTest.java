package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.DelayBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.lane.testing.HoldingBackend;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.status.Counter;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.NvmeSubsystem;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import io.gemel.nvme.wire.SglDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is full is waited for by the host, never by us; what ends early leaves nothing behind. */
class BackPressureTest {
    private static final long DELAY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A target whose first namespace answers late. */
    private static final class SlowTarget {
        private final AtomicLong clock = new AtomicLong(1_000_000_000L);
        private final TestTarget target;

        private SlowTarget(final int tasks) {
            target =
                    new TestTarget(
                            HostAccess.ANY,
                            NvmeLimits.DEFAULT,
                            tasks,
                            TestVolumes.of(
                                    0,
                                    "slow",
                                    512,
                                    new DelayBackend(
                                            new MemoryBackend(8 << 20), clock::get, DELAY_NS)),
                            TestVolumes.memory(1, "fast", 4096, 2048));
        }

        private void advance(final long ns) {
            clock.addAndGet(ns);
            target.lane.advance(ns);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void shouldWaitForAHostThatDoesNotRead(final int digests) {
        final TestTarget target = new TestTarget();
        final ScriptedHost io = target.ioQueue(digests);
        final byte[] data = FirstTrafficTest.random(1 << 20);
        FirstTrafficTest.write(io, data, 1, 512);
        io.connection.limit(100_000);
        final List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            final int length = new int[] {512, 65536, 4096, 262144, 32768}[i % 5];
            lengths.add(length);
            io.connection.feed(
                    io.capsule(
                            sqe ->
                                    sqe.opc(Opcode.READ)
                                            .nsid(1)
                                            .nlb(length / 512 - 1)
                                            .sgl(SglDescriptor.TRANSPORT, 0, length),
                            new byte[0]));
        }
        assertThat(target.counter(Counter.NVME_TRANSMIT_WAITS)).isPositive();
        // The peer reads: each time everything, then there is room for a while.
        final List<Integer> received = new ArrayList<>();
        byte[] bytes = new byte[0];
        for (int i = 0; i < 100; i++) {
            final byte[] more = io.connection.takeSent();
            io.connection.limit(i % 2 == 0 ? 400_000 : 100_000);
            bytes = Arrays.copyOf(bytes, bytes.length + more.length);
            System.arraycopy(more, 0, bytes, bytes.length - more.length, more.length);
        }
        for (final ReceivedPdu pdu : ReceivedPdu.parse(bytes)) {
            assertThat(pdu.data()).isEqualTo(Arrays.copyOf(data, pdu.data().length));
            received.add(pdu.data().length);
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(lengths);
        target.assertIdle();
    }

    @Test
    void shouldSendR2tWhenThereIsRoomAgain() {
        final TestTarget target = new TestTarget();
        final ScriptedHost io = target.ioQueue(0);
        io.connection.limit(0);
        io.connection.feed(
                io.capsule(
                        sqe -> sqe.opc(Opcode.WRITE).nsid(1).sgl(SglDescriptor.TRANSPORT, 0, 512),
                        new byte[0]));
        assertThat(io.connection.sentLength()).isZero();
        io.connection.limit(1 << 20);
        io.connection.takeSent();
        final var r2t = io.one().r2t();
        io.connection.feed(io.h2cData(r2t.cccid(), r2t.ttag(), 0, new byte[512], true));
        assertThat(io.one().cqe().status()).isZero();
        target.assertIdle();
    }

    @Test
    void shouldStopReadingWhenTasksAreUsedUp() {
        final SlowTarget slow = new SlowTarget(16);
        final ScriptedHost io = slow.target.ioQueue(0);
        for (int i = 0; i < 100; i++) {
            io.connection.feed(
                    io.capsule(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), new byte[512]));
        }
        assertThat(io.connection.isPaused()).isTrue();
        assertThat(slow.target.counter(Counter.TASKS_EXHAUSTED)).isPositive();
        int answered = 0;
        for (int i = 0; i < 20; i++) {
            slow.advance(DELAY_NS);
            answered += io.sent().size();
        }
        assertThat(answered).isEqualTo(100);
        assertThat(io.connection.isPaused()).isFalse();
        slow.target.assertIdle();
    }

    @Test
    void shouldWaitForBuffers() {
        final SlowTarget slow = new SlowTarget(16);
        final ScriptedHost io = slow.target.ioQueue(0);
        for (int i = 0; i < 12; i++) {
            io.connection.feed(
                    io.capsule(
                            sqe ->
                                    sqe.opc(Opcode.READ)
                                            .nsid(1)
                                            .nlb(2047)
                                            .sgl(SglDescriptor.TRANSPORT, 0, 1 << 20),
                            new byte[0]));
        }
        assertThat(slow.target.counter(Counter.BUFFERS_EXHAUSTED)).isPositive();
        int answered = 0;
        for (int i = 0; i < 10; i++) {
            slow.advance(DELAY_NS);
            answered += io.sent().size();
        }
        assertThat(answered).isEqualTo(12);
        slow.target.assertIdle();
    }

    // aborts: state by state

    private static NvmeCqe abort(final ScriptedHost admin, final int commandId) {
        return admin.command(sqe -> sqe.opc(Opcode.ABORT).cdw(10, commandId << 16 | 1));
    }

    @Test
    void shouldAbortACommandWithTheBackend() {
        final SlowTarget slow = new SlowTarget(128);
        final ScriptedHost admin = slow.target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = slow.target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        io.send(sqe -> sqe.opc(Opcode.FLUSH).nsid(1).commandId(700), new byte[0]);
        final List<ReceivedPdu> abort =
                admin.send(sqe -> sqe.opc(Opcode.ABORT).cdw(10, 700 << 16 | 1), new byte[0]);
        slow.advance(DELAY_NS);
        final NvmeCqe victim = io.one().cqe();
        final NvmeCqe answer = abort.isEmpty() ? admin.one().cqe() : abort.get(0).cqe();
        assertThat(answer.status()).isZero();
        final boolean aborted = 0 == answer.dw0();
        assertThat(victim.status())
                .isEqualTo(aborted ? NvmeStatus.COMMAND_ABORT_REQUESTED.field() : 0);
        assertThat(aborted).isTrue();
        slow.target.assertIdle();
    }

    @Test
    void shouldAbortACommandThatAwaitsItsData() {
        final TestTarget target = new TestTarget();
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        final var r2t =
                io.send(
                                sqe ->
                                        sqe.opc(Opcode.WRITE)
                                                .nsid(1)
                                                .nlb(1)
                                                .sgl(SglDescriptor.TRANSPORT, 0, 1024),
                                new byte[0])
                        .get(0)
                        .r2t();
        io.connection.feed(io.h2cData(r2t.cccid(), r2t.ttag(), 0, new byte[512], false));
        assertThat(abort(admin, r2t.cccid()).dw0()).isZero();
        assertThat(io.one().cqe().status()).isEqualTo(NvmeStatus.COMMAND_ABORT_REQUESTED.field());
        assertThat(target.counter(Counter.NVME_TRANSFERS_ORPHANED)).isOne();
        // The host may have sent the rest already: it is dropped, the connection goes on.
        io.connection.feed(io.h2cData(r2t.cccid(), r2t.ttag(), 512, new byte[512], true));
        assertThat(io.sent()).isEmpty();
        assertThat(io.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0)))
                .isEqualTo(new byte[512]);
        target.assertIdle();
    }

    /** Found by random commands: the abort cannot be answered yet, and the data goes on coming. */
    @Test
    void shouldDropTheDataOfAnAbortedCommandThatWaitsForRoom() {
        final TestTarget target = new TestTarget();
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        final byte[] write =
                io.capsule(
                        sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(1).commandId(77), new byte[1024]);
        io.connection.feed(Arrays.copyOf(write, 500));
        io.connection.limit(0);
        admin.connection.feed(
                admin.capsule(sqe -> sqe.opc(Opcode.ABORT).cdw(10, 77 << 16 | 1), new byte[0]));
        assertThat(admin.sent()).isEmpty(); // the victim is not answered yet
        io.connection.feed(Arrays.copyOfRange(write, 500, write.length));
        io.connection.limit(1 << 20);
        io.connection.takeSent();
        assertThat(io.one().cqe().status()).isEqualTo(NvmeStatus.COMMAND_ABORT_REQUESTED.field());
        assertThat(admin.one().cqe().dw0()).isZero();
        assertThat(io.data(1024, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(1)))
                .isEqualTo(new byte[1024]);
        target.assertIdle();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void shouldLeaveNothingBehindWhenTheHostIsGone(final int phase) {
        final SlowTarget slow = new SlowTarget(128);
        final ScriptedHost io = slow.target.ioQueue(0);
        switch (phase) {
            case 0 -> io.connection.feed(new byte[30]); // within a header
            case 1 -> {
                final byte[] pdu =
                        io.capsule(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(7), new byte[4096]);
                io.connection.feed(Arrays.copyOf(pdu, 1000)); // within in-capsule data
            }
            case 2 ->
                    io.connection.feed(
                            io.capsule(
                                    sqe ->
                                            sqe.opc(Opcode.WRITE)
                                                    .nsid(1)
                                                    .sgl(SglDescriptor.TRANSPORT, 0, 512),
                                    new byte[0])); // R2T is out
            case 3 ->
                    io.connection.feed(
                            io.capsule(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), new byte[512]));
            default -> {
                io.connection.limit(0); // waits for room to answer
                io.connection.feed(io.capsule(sqe -> sqe.opc(Opcode.FLUSH).nsid(3), new byte[0]));
            }
        }
        io.connection.disconnect();
        slow.advance(DELAY_NS);
        slow.target.assertIdle();
    }

    @Test
    void shouldAnswerWhatIsUnderWayWhenItDrains() {
        final SlowTarget slow = new SlowTarget(128);
        final ScriptedHost io = slow.target.ioQueue(0);
        io.connection.feed(io.capsule(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), new byte[512]));
        slow.target.server.drain();
        slow.target.lane.runUntilIdle();
        assertThat(io.connection.isClosed()).isFalse();
        slow.advance(DELAY_NS);
        assertThat(io.one().cqe().status()).isZero();
        assertThat(io.connection.isClosed()).isTrue();
        final ScriptedHost late = slow.target.host();
        slow.target.lane.runUntilIdle();
        assertThat(late.connection.isClosed()).isTrue();
        slow.target.assertIdle();
    }

    // what the medium still has when the host has moved on

    private static TestTarget over(final HoldingBackend medium) {
        return new TestTarget(
                HostAccess.ANY,
                NvmeLimits.DEFAULT,
                128,
                TestVolumes.of(0, "held", 512, medium),
                TestVolumes.memory(1, "fast", 4096, 2048));
    }

    private static void writeHeld(final ScriptedHost io, final HoldingBackend medium) {
        medium.hold();
        io.connection.feed(io.capsule(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), new byte[512]));
        assertThat(medium.held()).isOne();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStayReadyInAResetUntilNothingReachesTheMedium(final boolean hostHangsUp) {
        final HoldingBackend medium = new HoldingBackend(new MemoryBackend(8 << 20));
        final TestTarget target = over(medium);
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        writeHeld(io, medium);
        if (hostHangsUp) {
            io.connection.disconnect();
        }
        admin.propertySet(Property.CC, 0);
        target.lane.runUntilIdle();
        assertThat(admin.propertyGet(Property.CSTS, 0)).isEqualTo(Property.CSTS_RDY);
        medium.letGo();
        target.lane.runUntilIdle();
        assertThat(admin.propertyGet(Property.CSTS, 0)).isZero();
        admin.enable();
        final ScriptedHost again = target.host();
        again.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        assertThat(again.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0))).hasSize(512);
        target.assertIdle();
    }

    @Test
    void shouldNotEnableAgainBeforeTheResetIsOver() {
        final HoldingBackend medium = new HoldingBackend(new MemoryBackend(8 << 20));
        final TestTarget target = over(medium);
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        writeHeld(io, medium);
        admin.propertySet(Property.CC, 0);
        admin.enable();
        assertThat(admin.command(sqe -> sqe.opc(Opcode.IDENTIFY)).status())
                .isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
        medium.letGo();
        target.lane.runUntilIdle();
        assertThat(admin.propertyGet(Property.CSTS, 0)).isEqualTo(Property.CSTS_RDY);
        assertThat(admin.data(4096, sqe -> sqe.opc(Opcode.IDENTIFY).cdw(10, 1))).hasSize(4096);
        target.assertIdle();
    }

    @Test
    void shouldHaveTheHostTryAgainWhileItsLostWritesAreUnderWay() {
        final HoldingBackend medium = new HoldingBackend(new MemoryBackend(8 << 20));
        final TestTarget target = over(medium);
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        writeHeld(io, medium);
        admin.connection.disconnect();
        io.connection.disconnect();
        target.lane.runUntilIdle();
        final ScriptedHost early = target.host().ic(0);
        final byte[] data =
                ScriptedHost.connectData(
                        TestTarget.SUBNQN, ScriptedHost.HOSTNQN, ConnectData.DYNAMIC_CNTLID);
        assertThat(early.connect(0, 31, 4, 0, data).status())
                .isEqualTo(NvmeStatus.CONNECT_CONTROLLER_BUSY.field());
        medium.letGo();
        target.lane.runUntilIdle();
        assertThat(target.host().connectAdmin(TestTarget.SUBNQN, 0, 0)).isPositive();
        target.assertIdle();
    }

    @Test
    void shouldAskForDataWhenADroppedTransferHasMadePlace() {
        final TestTarget target = new TestTarget();
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 1, 4, 0);
        final Consumer<NvmeSqe> write =
                sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0).sgl(SglDescriptor.TRANSPORT, 0, 512);
        int cccid = 0;
        int ttag = 0;
        for (int i = 0; i < 4; i++) { // twice the entries of the queue
            final var r2t = io.send(write, new byte[0]).get(0).r2t();
            cccid = r2t.cccid();
            ttag = r2t.ttag();
            assertThat(abort(admin, cccid).dw0()).isZero();
            assertThat(io.one().cqe().status())
                    .isEqualTo(NvmeStatus.COMMAND_ABORT_REQUESTED.field());
        }
        assertThat(io.send(write, new byte[0])).isEmpty();
        io.connection.feed(io.h2cData(cccid, ttag, 0, new byte[512], true));
        final var late = io.one().r2t();
        io.connection.feed(io.h2cData(late.cccid(), late.ttag(), 0, new byte[512], true));
        assertThat(io.one().cqe().status()).isZero();
        target.assertIdle();
    }

    // several lanes

    @Test
    void shouldServeOneControllerFromTwoLanes() {
        final var volume = TestVolumes.memory("shared", 512, 4096);
        final TestLane home = new TestLane(0, 64, volume);
        final TestLane other = new TestLane(1, 64, volume);
        final NvmeSubsystem subsystem =
                new NvmeSubsystem(
                        TestTarget.SUBNQN,
                        "S",
                        false,
                        2,
                        List.of(new Namespace(1, volume)),
                        HostAccess.ANY,
                        NvmeLimits.DEFAULT);
        final NvmeTcpServer server =
                new NvmeTcpServer(
                        new LaneGroup(List.of(home.lane(), other.lane())),
                        2,
                        List.of(subsystem),
                        NvmeLimits.DEFAULT);
        final ScriptedHost admin = new ScriptedHost(home, server.ioPortal());
        final int cntlid = admin.connectAdmin(TestTarget.SUBNQN, 0, 0);
        assertThat(cntlid).isEqualTo(513);
        final ScriptedHost first = new ScriptedHost(home, server.ioPortal());
        first.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        final ScriptedHost second = new ScriptedHost(other, server.ioPortal());
        second.connectIo(TestTarget.SUBNQN, cntlid, 2, 31, 4, 0);
        final byte[] data = FirstTrafficTest.random(512);
        assertThat(
                        first.send(sqe -> sqe.opc(Opcode.WRITE).nsid(1).nlb(0), data)
                                .get(0)
                                .cqe()
                                .status())
                .isZero();
        assertThat(second.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0))).isEqualTo(data);
        // Abort across lanes: the victim waits for its data on the other lane.
        final var r2t =
                second.send(
                                sqe ->
                                        sqe.opc(Opcode.WRITE)
                                                .nsid(1)
                                                .sgl(SglDescriptor.TRANSPORT, 0, 512),
                                new byte[0])
                        .get(0)
                        .r2t();
        admin.connection.feed(
                admin.capsule(
                        sqe -> sqe.opc(Opcode.ABORT).cdw(10, r2t.cccid() << 16 | 2), new byte[0]));
        other.runUntilIdle();
        assertThat(admin.one().cqe().dw0()).isZero();
        assertThat(second.one().cqe().status())
                .isEqualTo(NvmeStatus.COMMAND_ABORT_REQUESTED.field());
        // A reset on the home lane ends the queue of the other one.
        admin.propertySet(io.gemel.nvme.wire.Property.CC, 0);
        other.runUntilIdle();
        home.runUntilIdle();
        assertThat(first.connection.isClosed()).isTrue();
        assertThat(second.connection.isClosed()).isTrue();
        assertThat(other.lane().tasks().inUse()).isZero();
        assertThat(server.sessions()).hasSize(1);
        assertThat(server.sessions().get(0).id()).isEqualTo(513);
    }
}
