package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.nvme.discovery.NvmePortal;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.DiscoveryLogEntry;
import io.gemel.nvme.wire.DiscoveryLogHeader;
import io.gemel.nvme.wire.IdentifyController;
import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.Nqn;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
    private static final int LENGTH = 6 * 1024;
    private final TestTarget target = new TestTarget();
    private final ScriptedHost host =
            new ScriptedHost(target.lane, target.server.discoveryPortal());

    @BeforeEach
    void openPortals() {
        target.server.portals(
                List.of(
                        new NvmePortal(1, new InetSocketAddress("192.0.2.7", 4420), false),
                        new NvmePortal(2, new InetSocketAddress("::", 4421), false),
                        new NvmePortal(3, new InetSocketAddress("2001:db8::1", 8009), true)));
    }

    private byte[] log(final int lengthBytes, final int offset) {
        return host.data(
                lengthBytes,
                sqe ->
                        sqe.opc(Opcode.GET_LOG_PAGE)
                                .cdw(10, LogPage.DISCOVERY | (lengthBytes / 4 - 1) << 16)
                                .cdw(12, offset));
    }

    private DiscoveryLogEntry entry(final byte[] log, final int index) {
        return new DiscoveryLogEntry().wrap(new UnsafeBuffer(log), 1024 * (index + 1));
    }

    @Test
    void shouldListPortalsAndSubsystems() {
        host.connectAdmin(Nqn.DISCOVERY, 0, 0);
        final byte[] log = log(LENGTH, 0);
        final DiscoveryLogHeader header = new DiscoveryLogHeader().wrap(new UnsafeBuffer(log), 0);
        assertThat(header.recfmt()).isZero();
        assertThat(header.numrec()).isEqualTo(5);
        assertThat(header.genctr()).isPositive();
        for (int i = 0; i < 3; i++) {
            assertThat(entry(log, i).subtype()).isEqualTo(3);
            assertThat(entry(log, i).subnqn()).isEqualTo(Nqn.DISCOVERY);
            assertThat(entry(log, i).eflags()).isEqualTo(3);
        }
        assertThat(entry(log, 2).adrfam()).isEqualTo(2);
        assertThat(entry(log, 2).traddr()).isEqualTo("2001:db8:0:0:0:0:0:1");
        assertThat(entry(log, 2).trsvcid()).isEqualTo("8009");
        final DiscoveryLogEntry first = entry(log, 3);
        assertThat(first.subtype()).isEqualTo(2);
        assertThat(first.trtype()).isEqualTo(3);
        assertThat(first.adrfam()).isOne();
        assertThat(first.traddr()).isEqualTo("192.0.2.7");
        assertThat(first.trsvcid()).isEqualTo("4420");
        assertThat(first.portid()).isOne();
        assertThat(first.cntlid()).isEqualTo(0xFFFF);
        assertThat(first.asqsz()).isEqualTo(32);
        assertThat(first.subnqn()).isEqualTo(TestTarget.SUBNQN);
        assertThat(first.sectype()).isZero();
        // a wildcard portal is told by the address that the host has used
        assertThat(entry(log, 4).traddr()).isEqualTo("127.0.0.1");
        assertThat(entry(log, 4).trsvcid()).isEqualTo("4421");
        assertThat(log(1024, 4096)).isEqualTo(Arrays.copyOfRange(log, 4096, 5120));
        assertThat(log(16, 0)).isEqualTo(Arrays.copyOf(log, 16));
        target.assertIdle();
    }

    @Test
    void shouldBeADiscoveryController() {
        host.connectAdmin(Nqn.DISCOVERY, 0, 0);
        final IdentifyController id =
                new IdentifyController()
                        .wrap(
                                new UnsafeBuffer(
                                        host.data(
                                                4096, sqe -> sqe.opc(Opcode.IDENTIFY).cdw(10, 1))),
                                0);
        assertThat(id.cntrltype()).isEqualTo(2);
        assertThat(id.subnqn()).isEqualTo(Nqn.DISCOVERY);
        assertThat(id.oaes()).isEqualTo(0x8000_0000);
        assertThat(id.nn()).isZero();
        assertThat(host.command(sqe -> sqe.opc(Opcode.IDENTIFY).cdw(10, 2)).status())
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
        assertThat(host.command(sqe -> sqe.opc(Opcode.GET_LOG_PAGE).cdw(10, 2)).status())
                .isEqualTo(NvmeStatus.INVALID_LOG_PAGE.field());
        assertThat(host.command(sqe -> sqe.opc(Opcode.ABORT)).status())
                .isEqualTo(NvmeStatus.INVALID_COMMAND_OPCODE.field());
        assertThat(host.command(sqe -> sqe.opc(Opcode.GET_FEATURES).cdw(10, 0x0F)).status())
                .isZero();
        assertThat(host.command(sqe -> sqe.opc(Opcode.GET_FEATURES).cdw(10, 0x06)).status())
                .isEqualTo(NvmeStatus.INVALID_FIELD_IN_COMMAND.field());
    }

    @Test
    void shouldServeOnlyDiscoveryOnItsPort() {
        host.ic(0);
        final NvmeCqe cqe =
                host.connect(
                        0,
                        31,
                        0,
                        0,
                        ScriptedHost.connectData(
                                TestTarget.SUBNQN,
                                ScriptedHost.HOSTNQN,
                                ConnectData.DYNAMIC_CNTLID));
        assertThat(cqe.status()).isEqualTo(NvmeStatus.CONNECT_INVALID_PARAMETERS.field());
        assertThat(cqe.dw0()).isEqualTo(1 << 16 | 256);
    }

    @Test
    void shouldServeDiscoveryOnIoPortals() {
        final ScriptedHost other = target.host();
        other.connectAdmin(Nqn.DISCOVERY, 3, 0);
        assertThat(
                        other.data(
                                1024,
                                sqe ->
                                        sqe.opc(Opcode.GET_LOG_PAGE)
                                                .cdw(10, LogPage.DISCOVERY | 255 << 16)))
                .hasSize(1024);
    }

    @Test
    void shouldShowAHostOnlyWhatItMayUse() {
        target.subsystem.replaceAccess(
                HostAccess.only(
                        new java.util.HashMap<>(
                                Map.of("nqn.2026-11.io.gemel:else", java.util.Set.of(1)))));
        host.connectAdmin(Nqn.DISCOVERY, 0, 0);
        assertThat(new DiscoveryLogHeader().wrap(new UnsafeBuffer(log(1024, 0)), 0).numrec())
                .isEqualTo(3);
    }

    @Test
    void shouldTellPersistentConnectionsOfChanges() {
        host.connectAdmin(Nqn.DISCOVERY, 0, 30_000);
        final long before = new UnsafeBuffer(log(1024, 0)).getLong(0);
        assertThat(host.send(sqe -> sqe.opc(Opcode.ASYNCHRONOUS_EVENT_REQUEST), new byte[0]))
                .isEmpty();
        target.server.accessChanged();
        assertThat(host.one().cqe().dw0()).isEqualTo(0x0070_F002);
        assertThat(new UnsafeBuffer(log(1024, 0)).getLong(0)).isGreaterThan(before);
        target.lane.advance(TimeUnit.SECONDS.toNanos(31));
        target.lane.advance(TimeUnit.SECONDS.toNanos(31));
        assertThat(host.connection.isClosed()).isTrue();
    }

    @Test
    void shouldEndDiscoveryThatNobodyUses() {
        host.connectAdmin(Nqn.DISCOVERY, 0, 0);
        target.lane.advance(TimeUnit.SECONDS.toNanos(121));
        log(1024, 0);
        target.lane.advance(TimeUnit.SECONDS.toNanos(119));
        assertThat(host.connection.isClosed()).isFalse();
        target.lane.advance(TimeUnit.SECONDS.toNanos(121));
        target.lane.advance(TimeUnit.SECONDS.toNanos(121));
        assertThat(host.connection.isClosed()).isTrue();
    }

    @Test
    void shouldCutHostsThatMayNotAnyMore() {
        final ScriptedHost io = target.ioQueue(0);
        target.subsystem.replaceAccess(HostAccess.only(Map.of()));
        target.lane.runUntilIdle();
        assertThat(io.connection.isClosed()).isTrue();
        assertThat(target.server.controllers()).isEmpty();
        target.assertIdle();
    }
}
