package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.status.Counter;
import io.gemel.nvme.subsystem.ControllerState;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties, keep alive, events, reset and shutdown. */
class ControllerTest {
    private final TestTarget target = new TestTarget();
    private final ScriptedHost admin = target.host();

    private int connect(final long katoMs) {
        return admin.connectAdmin(TestTarget.SUBNQN, 0, katoMs);
    }

    private NvmeController controller() {
        return target.server.controllers().get(0);
    }

    @Test
    void shouldGiveProperties() {
        connect(0);
        assertThat(admin.propertyGet(Property.CC, 0))
                .isEqualTo(Property.cc(true, Property.CSS_ALL, 0, 6, 4));
        assertThat(admin.propertyGet(Property.CRTO, 0)).isEqualTo(30);
        assertThat(admin.propertyGet(Property.NSSR, 0)).isZero();
        final int[][] bad = {
            {Property.CAP, 0}, {Property.CC, 1}, {0x0C, 0}, {0x28, 1}, {0x1000, 0}, {4, 0}
        };
        for (final int[] row : bad) {
            assertThat(
                            admin.command(
                                            sqe ->
                                                    sqe.opc(Opcode.FABRICS)
                                                            .fctype(Opcode.FCTYPE_PROPERTY_GET)
                                                            .propertyOffset(row[0])
                                                            .propertySize(row[1]))
                                    .status())
                    .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
        }
        assertThat(admin.propertySet(Property.CSTS, 1).status())
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x0046_0001 | 1 << 4,
                0x0046_0001 | 1 << 7,
                0x0046_0001 | 1 << 11,
                0x0001,
                0x0036_0001
            })
    void shouldBeFatalWhenEnabledWithAConfigurationItDoesNotHave(final int cc) {
        connect(0);
        admin.propertySet(Property.CC, 0);
        assertThat(admin.propertyGet(Property.CSTS, 0)).isZero();
        admin.propertySet(Property.CC, cc);
        assertThat(admin.propertyGet(Property.CSTS, 0)).isEqualTo(Property.CSTS_CFS);
        admin.propertySet(Property.CC, 0);
        admin.enable();
        assertThat(admin.propertyGet(Property.CSTS, 0)).isEqualTo(Property.CSTS_RDY);
    }

    @Test
    void shouldResetAndEndItsIoQueues() {
        final int cntlid = connect(0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        admin.send(sqe -> sqe.opc(Opcode.ASYNCHRONOUS_EVENT_REQUEST), new byte[0]);
        admin.propertySet(Property.CC, 0);
        target.lane.runUntilIdle();
        assertThat(io.connection.isClosed()).isTrue();
        assertThat(admin.connection.isClosed()).isFalse();
        assertThat(admin.command(sqe -> sqe.opc(Opcode.IDENTIFY)).status())
                .isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
        admin.enable();
        final ScriptedHost again = target.host();
        again.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        assertThat(again.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0))).hasSize(512);
        target.assertIdle();
    }

    @Test
    void shouldShutDownAfterAFlush() {
        final int cntlid = connect(0);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        final long flushes = target.counter(Counter.BLOCK_FLUSHES);
        admin.propertySet(Property.CC, Property.cc(true, Property.CSS_ALL, 1, 6, 4));
        assertThat(admin.propertyGet(Property.CSTS, 0) & Property.CSTS_SHST_COMPLETE)
                .isEqualTo(Property.CSTS_SHST_COMPLETE);
        assertThat(target.counter(Counter.BLOCK_FLUSHES) - flushes).isEqualTo(2);
        assertThat(controller().state()).isEqualTo(ControllerState.SHUTDOWN);
        assertThat(io.command(sqe -> sqe.opc(Opcode.FLUSH).nsid(1)).status())
                .isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
        admin.propertySet(Property.CC, 0);
        admin.enable();
        assertThat(admin.propertyGet(Property.CSTS, 0)).isEqualTo(Property.CSTS_RDY);
        target.assertIdle();
    }

    @Test
    void shouldEndADisabledControllerInTime() {
        connect(0);
        target.lane.advance(TimeUnit.SECONDS.toNanos(300));
        assertThat(admin.connection.isClosed()).isFalse();
        admin.propertySet(Property.CC, 0);
        target.lane.advance(TimeUnit.SECONDS.toNanos(119));
        assertThat(admin.connection.isClosed()).isFalse();
        target.lane.advance(TimeUnit.SECONDS.toNanos(2));
        assertThat(admin.connection.isClosed()).isTrue();
        assertThat(target.counter(Counter.NVME_ASSOCIATION_TIMEOUTS)).isOne();
    }

    /** Found by random commands. */
    @Test
    void shouldTakeNoConfigurationAfterItsEnd() {
        connect(0);
        controller().close(); // on this lane; the connection follows in the next cycle
        final byte[] disable =
                admin.capsule(
                        sqe ->
                                sqe.opc(Opcode.FABRICS)
                                        .fctype(Opcode.FCTYPE_PROPERTY_SET)
                                        .propertyOffset(Property.CC),
                        new byte[0]);
        admin.connection.feed(disable);
        assertThat(admin.connection.isClosed()).isTrue();
        target.assertIdle();
    }

    @Test
    void shouldEndASilentHost() {
        final int cntlid = connect(5000);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        target.lane.advance(TimeUnit.SECONDS.toNanos(4));
        admin.command(sqe -> sqe.opc(Opcode.KEEP_ALIVE));
        target.lane.advance(TimeUnit.SECONDS.toNanos(4));
        assertThat(admin.connection.isClosed()).isFalse();
        target.lane.advance(TimeUnit.SECONDS.toNanos(2));
        assertThat(admin.connection.isClosed()).isTrue();
        assertThat(io.connection.isClosed()).isTrue();
        assertThat(target.counter(Counter.NVME_KEEP_ALIVE_EXPIRED)).isOne();
        assertThat(target.server.controllers()).isEmpty();
        target.assertIdle();
    }

    @Test
    void shouldTakeTrafficForASignOfLife() {
        final int cntlid = connect(5000);
        final ScriptedHost io = target.host();
        io.connectIo(TestTarget.SUBNQN, cntlid, 1, 31, 4, 0);
        for (int i = 0; i < 10; i++) {
            target.lane.advance(TimeUnit.SECONDS.toNanos(4));
            io.command(sqe -> sqe.opc(Opcode.FLUSH).nsid(1));
        }
        assertThat(admin.connection.isClosed()).isFalse();
        target.lane.advance(TimeUnit.SECONDS.toNanos(5));
        target.lane.advance(TimeUnit.SECONDS.toNanos(6));
        assertThat(admin.connection.isClosed()).isTrue();
    }

    @Test
    void shouldRoundTheTimeoutUpToItsGranularity() {
        connect(1500);
        assertThat(controller().katoMs()).isEqualTo(2000);
        admin.command(sqe -> sqe.opc(Opcode.SET_FEATURES).cdw(10, 0x0F).cdw(11, 0));
        target.lane.advance(TimeUnit.SECONDS.toNanos(3600));
        assertThat(admin.connection.isClosed()).isFalse();
    }

    private NvmeCqe hold() {
        final List<ReceivedPdu> pdus =
                admin.send(sqe -> sqe.opc(Opcode.ASYNCHRONOUS_EVENT_REQUEST), new byte[0]);
        return pdus.isEmpty() ? null : pdus.get(0).cqe();
    }

    @Test
    void shouldTellOfChangedNamespacesOncePerLogRead() {
        connect(0);
        for (int i = 0; i < 4; i++) {
            assertThat(hold()).isNull();
        }
        assertThat(hold().status())
                .isEqualTo(NvmeStatus.ASYNCHRONOUS_EVENT_REQUEST_LIMIT_EXCEEDED.field());
        assertThat(target.counter(Counter.NVME_AER_LIMIT)).isOne();
        target.subsystem.namespaceChanged(3);
        final NvmeCqe event = admin.one().cqe();
        assertThat(event.status()).isZero();
        assertThat(event.dw0()).isEqualTo(0x0004_0002);
        target.subsystem.namespaceChanged(1);
        assertThat(admin.sent()).isEmpty(); // masked until the log is read
        final int get = LogPage.CHANGED_NAMESPACE_LIST | 1023 << 16;
        final byte[] retained =
                admin.data(4096, sqe -> sqe.opc(Opcode.GET_LOG_PAGE).cdw(10, get | 1 << 15));
        assertThat(nsid(retained, 0)).isEqualTo(1);
        assertThat(nsid(retained, 1)).isEqualTo(3);
        assertThat(nsid(retained, 2)).isZero();
        target.subsystem.namespaceChanged(1);
        assertThat(admin.sent()).isEmpty();
        admin.data(4096, sqe -> sqe.opc(Opcode.GET_LOG_PAGE).cdw(10, get));
        assertThat(nsid(admin.data(4096, sqe -> sqe.opc(Opcode.GET_LOG_PAGE).cdw(10, get)), 0))
                .isZero();
        target.subsystem.replaceNamespaces(List.of(new Namespace(1, target.volume512)));
        assertThat(admin.one().cqe().dw0()).isEqualTo(0x0004_0002);
        assertThat(nsid(admin.data(4096, sqe -> sqe.opc(Opcode.IDENTIFY).cdw(10, 2)), 1)).isZero();
        target.assertIdle();
    }

    private static int nsid(final byte[] list, final int index) {
        return new UnsafeBuffer(list).getInt(4 * index, ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void shouldKeepQuietAboutEventsThatAreNotConfigured() {
        connect(0);
        admin.command(sqe -> sqe.opc(Opcode.SET_FEATURES).cdw(10, 0x0B).cdw(11, 0));
        hold();
        target.subsystem.namespaceChanged(3);
        assertThat(admin.sent()).isEmpty();
    }

    @Test
    void shouldAbortAHeldEventRequest() {
        connect(0);
        admin.send(sqe -> sqe.opc(Opcode.ASYNCHRONOUS_EVENT_REQUEST).commandId(900), new byte[0]);
        final List<ReceivedPdu> pdus =
                admin.send(sqe -> sqe.opc(Opcode.ABORT).cdw(10, 900 << 16), new byte[0]);
        assertThat(pdus).hasSize(2);
        assertThat(pdus.get(0).cqe().commandId()).isEqualTo(900);
        assertThat(pdus.get(0).cqe().status())
                .isEqualTo(NvmeStatus.COMMAND_ABORT_REQUESTED.field());
        assertThat(pdus.get(1).cqe().dw0()).isZero();
        assertThat(hold()).isNull();
    }

    /** SPDK's host does so at its end. */
    @Test
    void shouldTakeTheIdentifierOfAForgottenEventRequest() {
        connect(0);
        admin.send(sqe -> sqe.opc(Opcode.ASYNCHRONOUS_EVENT_REQUEST).commandId(900), new byte[0]);
        assertThat(admin.command(sqe -> sqe.opc(Opcode.KEEP_ALIVE).commandId(900)).status())
                .isZero();
        target.subsystem.namespaceChanged(3);
        assertThat(admin.sent()).isEmpty();
        for (int i = 0; i < 100; i++) {
            assertThat(admin.command(sqe -> sqe.opc(Opcode.KEEP_ALIVE)).status()).isZero();
        }
    }

    @Test
    void shouldKeepEventsWhileTheHostDoesNotRead() {
        connect(0);
        hold();
        admin.connection.limit(0);
        target.subsystem.namespaceChanged(3);
        target.lane.runUntilIdle();
        assertThat(admin.connection.sentLength()).isZero();
        admin.connection.limit(1 << 20);
        admin.connection.takeSent();
        assertThat(admin.one().cqe().dw0()).isEqualTo(0x0004_0002);
    }
}
