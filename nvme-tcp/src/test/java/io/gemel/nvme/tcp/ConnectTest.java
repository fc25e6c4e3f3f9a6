package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.status.Counter;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.Nqn;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectTest {
    private static final int IATTR = 1 << 16;
    private static final String SUBNQN = TestTarget.SUBNQN;
    private final TestTarget target = new TestTarget();

    private static byte[] data(final Consumer<ConnectData> change) {
        final byte[] bytes =
                ScriptedHost.connectData(SUBNQN, ScriptedHost.HOSTNQN, ConnectData.DYNAMIC_CNTLID);
        change.accept(new ConnectData().modify(new UnsafeBuffer(bytes), 0));
        return bytes;
    }

    private void assertInvalid(final NvmeCqe cqe, final int ipo) {
        assertThat(cqe.status()).isEqualTo(NvmeStatus.CONNECT_INVALID_PARAMETERS.field());
        assertThat(cqe.dw0()).isEqualTo(ipo);
        assertThat(target.counter(Counter.NVME_CONNECT_REFUSED)).isOne();
    }

    @Test
    void shouldLocateInvalidDataOfAdminConnect() {
        assertInvalid(
                connect(0, 31, data(d -> d.subnqn("nqn.2026-11.io.gemel:other"))), IATTR | 256);
    }

    @Test
    void shouldLocateNamesThatDoNotEnd() {
        assertInvalid(connect(0, 31, data(d -> d.hostnqn("x".repeat(224)))), IATTR | 512);
        assertThat(connect(0, 31, data(d -> d.hostnqn("x".repeat(223)))).status()).isZero();
    }

    /** SPDK's perf does so. */
    @Test
    void shouldTakeAHostWithoutAName() {
        assertThat(connect(0, 31, data(d -> d.hostnqn(""))).status()).isZero();
    }

    @Test
    void shouldLocateASubsystemNameThatIsNone() {
        assertInvalid(connect(0, 31, data(d -> d.subnqn("subsystem"))), IATTR | 256);
    }

    @Test
    void shouldLocateZeroHostId() {
        assertInvalid(connect(0, 31, data(d -> d.hostId(new byte[16]))), IATTR);
    }

    @Test
    void shouldLocateStaticControllerId() {
        assertInvalid(connect(0, 31, data(d -> d.cntlid(1))), IATTR | 16);
    }

    @ParameterizedTest
    @CsvSource({"0", "1024", "65535"})
    void shouldLocateQueueSize(final int sqsize) {
        assertInvalid(connect(0, sqsize, data(d -> {})), 44);
    }

    private NvmeCqe connect(final int qid, final int sqsize, final byte[] data) {
        return target.host().ic(0).connect(qid, sqsize, 0, 0, data);
    }

    @Test
    void shouldRefuseUnknownRecordFormat() {
        final ScriptedHost host = target.host().ic(0);
        final NvmeCqe cqe =
                host.send(
                                sqe ->
                                        sqe.opc(Opcode.FABRICS)
                                                .fctype(Opcode.FCTYPE_CONNECT)
                                                .sqsize(31)
                                                .recfmt(1),
                                data(d -> {}))
                        .get(0)
                        .cqe();
        assertThat(cqe.status()).isEqualTo(NvmeStatus.CONNECT_INCOMPATIBLE_FORMAT.field());
    }

    @Test
    void shouldTakeNothingButConnectFirst() {
        final ScriptedHost host = target.host().ic(0);
        assertThat(host.command(sqe -> sqe.opc(Opcode.IDENTIFY)).status())
                .isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
        assertThat(host.connect(0, 31, 0, 0, data(d -> {})).status()).isZero();
        assertThat(host.connect(0, 31, 0, 0, data(d -> {})).status())
                .isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
    }

    @Test
    void shouldTellThatFlowControlIsOff() {
        final ScriptedHost host = target.host().ic(0);
        final NvmeCqe cqe = host.connect(0, 31, 4, 0, data(d -> {}));
        assertThat(cqe.sqhd()).isEqualTo(0xFFFF);
        host.enable();
        assertThat(host.command(sqe -> sqe.opc(Opcode.KEEP_ALIVE)).sqhd()).isZero();
    }

    @Test
    void shouldLocateWhatIsWrongWithIoConnect() {
        final int cntlid = target.host().connectAdmin(SUBNQN, 0, 0);
        final Object[][] cases = {
            {1, data(d -> d.cntlid(cntlid + 1)), IATTR | 16},
            {1, data(d -> d.cntlid(cntlid).hostnqn(Nqn.DISCOVERY)), IATTR | 512},
            {
                1,
                data(
                        d ->
                                d.cntlid(cntlid)
                                        .hostId(
                                                new byte[] {
                                                    9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9
                                                })),
                IATTR
            },
            {129, data(d -> d.cntlid(cntlid)), 42},
            {1, data(d -> d.cntlid(cntlid).subnqn(Nqn.DISCOVERY)), 42}
        };
        for (final Object[] row : cases) {
            final NvmeCqe cqe = connect((int) row[0], 31, (byte[]) row[1]);
            assertThat(cqe.status()).isEqualTo(NvmeStatus.CONNECT_INVALID_PARAMETERS.field());
            assertThat(cqe.dw0()).isEqualTo((int) row[2]);
        }
        assertThat(connect(1, 31, data(d -> d.cntlid(cntlid))).status()).isZero();
        assertThat(connect(1, 31, data(d -> d.cntlid(cntlid))).status())
                .isEqualTo(NvmeStatus.CONNECT_CONTROLLER_BUSY.field());
        assertThat(connect(128, 1023, data(d -> d.cntlid(cntlid))).status()).isZero();
    }

    @Test
    void shouldRefuseIoQueuesOfADisabledController() {
        final ScriptedHost admin = target.host().ic(0);
        final int cntlid = admin.connect(0, 31, 0, 0, data(d -> {})).dw0();
        assertThat(connect(1, 31, data(d -> d.cntlid(cntlid))).status())
                .isEqualTo(NvmeStatus.COMMAND_SEQUENCE_ERROR.field());
    }

    @Test
    void shouldRefuseHostsThatAreNotListed() {
        final TestTarget closed =
                new TestTarget(
                        HostAccess.only(Map.of(ScriptedHost.HOSTNQN, Set.of(3))),
                        NvmeLimits.DEFAULT,
                        128);
        final ScriptedHost stranger = closed.host().ic(0);
        assertThat(
                        stranger.connect(
                                        0, 31, 0, 0, data(d -> d.hostnqn("nqn.2026-11.io.gemel:x")))
                                .status())
                .isEqualTo(NvmeStatus.CONNECT_INVALID_HOST.field());
        final ScriptedHost io = closed.ioQueue(0);
        assertThat(io.data(4096, sqe -> sqe.opc(Opcode.READ).nsid(3).nlb(0))).hasSize(4096);
        assertThat(io.command(sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0)).status())
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
    }

    @Test
    void shouldRefuseControllersBeyondTheLimit() {
        final TestTarget small =
                new TestTarget(
                        HostAccess.ANY,
                        new NvmeLimits(10, 2, 2, 64, 2, 2, 1_000_000_000L, 1L << 40),
                        128);
        small.host().connectAdmin(SUBNQN, 0, 0);
        final ScriptedHost second = small.host();
        second.connectAdmin(SUBNQN, 0, 0);
        assertThat(small.host().ic(0).connect(0, 31, 0, 0, data(d -> {})).status())
                .isEqualTo(NvmeStatus.CONNECT_CONTROLLER_BUSY.field());
        assertThat(small.counter(Counter.NVME_CONTROLLERS_FULL)).isOne();
        second.connection.disconnect();
        assertThat(small.host().connectAdmin(SUBNQN, 0, 0)).isEqualTo(3);
    }

    @Test
    void shouldRefuseConnectionsBeyondTheLimit() {
        final TestTarget small =
                new TestTarget(
                        HostAccess.ANY,
                        new NvmeLimits(1, 2, 2, 64, 2, 2, 1_000_000_000L, 1L << 40),
                        128);
        small.host().ic(0);
        final ScriptedHost second = small.host();
        small.lane.runUntilIdle();
        assertThat(second.connection.isClosed()).isTrue();
        assertThat(small.counter(Counter.NVME_CONNECTIONS_FULL)).isOne();
    }

    @Test
    void shouldCloseConnectionsThatDoNotConnect() {
        final ScriptedHost silent = target.host();
        final ScriptedHost shy = target.host().ic(0);
        final ScriptedHost connected = target.host();
        connected.connectAdmin(SUBNQN, 0, 0);
        target.lane.advance(TimeUnit.SECONDS.toNanos(11));
        assertThat(silent.connection.isClosed()).isTrue();
        assertThat(shy.connection.isClosed()).isTrue();
        assertThat(connected.connection.isClosed()).isFalse();
        assertThat(target.counter(Counter.NVME_CONNECT_TIMEOUTS)).isEqualTo(2);
    }

    @Test
    void shouldKeepControllerIdentifiersOfNodesApart() {
        final Set<Integer> seen = new java.util.HashSet<>();
        for (int node = 1; node <= 127; node++) {
            final var subsystem =
                    new io.gemel.nvme.subsystem.NvmeSubsystem(
                            SUBNQN,
                            "S",
                            false,
                            node,
                            java.util.List.of(),
                            HostAccess.ANY,
                            NvmeLimits.DEFAULT);
            final var server =
                    new NvmeTcpServer(
                            target.group(), node, java.util.List.of(subsystem), NvmeLimits.DEFAULT);
            for (int i = 0; i < NvmeLimits.CNTLIDS_PER_NODE; i += 511) {
                final ScriptedHost host = new ScriptedHost(target.lane, server.ioPortal());
                final int cntlid = host.connectAdmin(SUBNQN, 0, 0);
                assertThat(cntlid).isBetween(1, 0xFFEF);
                assertThat(seen.add(cntlid)).isTrue();
            }
        }
    }

    @Test
    void shouldEndQueuesWithTheirAdminQueue() {
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(SUBNQN, cntlid, 1, 31, 4, 0);
        admin.connection.disconnect();
        target.lane.runUntilIdle();
        assertThat(io.connection.isClosed()).isTrue();
        assertThat(target.server.controllers()).isEmpty();
        target.assertIdle();
    }

    @Test
    void shouldDisconnectAnIoQueueOnly() {
        final ScriptedHost admin = target.host();
        final int cntlid = admin.connectAdmin(SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connectIo(SUBNQN, cntlid, 1, 31, 4, 0);
        assertThat(
                        io.command(sqe -> sqe.opc(Opcode.FABRICS).fctype(Opcode.FCTYPE_DISCONNECT))
                                .status())
                .isZero();
        target.lane.runUntilIdle();
        assertThat(io.connection.isClosed()).isTrue();
        assertThat(
                        admin.command(
                                        sqe ->
                                                sqe.opc(Opcode.FABRICS)
                                                        .fctype(Opcode.FCTYPE_DISCONNECT))
                                .status())
                .isEqualTo(NvmeStatus.INVALID_QUEUE_TYPE.field());
        final ScriptedHost again = target.host();
        again.connectIo(SUBNQN, cntlid, 1, 31, 4, 0);
        assertThat(again.data(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0))).hasSize(512);
    }
}
