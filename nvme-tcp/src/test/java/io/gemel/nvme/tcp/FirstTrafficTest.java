package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.IcResp;
import io.gemel.nvme.tcp.wire.PduType;
import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.IdentifyController;
import io.gemel.nvme.wire.IdentifyNamespace;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import io.gemel.nvme.wire.SglDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a connection when everybody does what is right. */
class FirstTrafficTest {
    private final TestTarget target = new TestTarget();

    @AfterEach
    void shouldHoldNothingAtTheEnd() {
        target.assertIdle();
    }

    static byte[] random(final int length) {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldAnswerIcReq() {
        final ScriptedHost host = target.host();
        host.connection.feed(ScriptedHost.icReq(0, 3), 7);
        final ReceivedPdu pdu = host.one();
        assertThat(pdu.type()).isEqualTo(PduType.ICRESP);
        final IcResp resp = new IcResp().wrap(new UnsafeBuffer(pdu.header()), 0);
        assertThat(resp.pfv()).isZero();
        assertThat(resp.cpda()).isZero();
        assertThat(resp.dgst()).isEqualTo(3);
        assertThat(resp.maxh2cdata()).isEqualTo(PduReceiver.MAX_H2C_DATA_BYTES);
    }

    @Test
    void shouldConnectEnableAndIdentify() {
        final ScriptedHost host = target.host();
        final int cntlid = host.connectAdmin(TestTarget.SUBNQN, 0, 5000);
        assertThat(cntlid).isEqualTo(1);
        assertThat(host.propertyGet(Property.CSTS, 0)).isEqualTo(Property.CSTS_RDY);
        assertThat(host.propertyGet(Property.VS, 0)).isEqualTo(0x20000);
        assertThat(Property.mqes(host.propertyGet(Property.CAP, 1))).isEqualTo(1023);
        final byte[] id = host.data(4096, sqe -> sqe.opc(Opcode.IDENTIFY).cdw(10, Cns.CONTROLLER));
        final IdentifyController controller =
                new IdentifyController().wrap(new UnsafeBuffer(id), 0);
        assertThat(controller.cntlid()).isEqualTo(cntlid);
        assertThat(controller.sn()).isEqualTo("GEMELTEST");
        assertThat(controller.subnqn()).isEqualTo(TestTarget.SUBNQN);
        assertThat(controller.ioccsz() * 16).isEqualTo(64 + 8192);
        assertThat(controller.nn()).isEqualTo(3);
        final byte[] ns =
                host.data(4096, sqe -> sqe.opc(Opcode.IDENTIFY).nsid(3).cdw(10, Cns.NAMESPACE));
        final IdentifyNamespace namespace = new IdentifyNamespace().wrap(new UnsafeBuffer(ns), 0);
        assertThat(namespace.nsze()).isEqualTo(2048);
        assertThat(namespace.lbaf0()).isEqualTo(12 << 16);
        assertThat(namespace.eui64())
                .isEqualTo(
                        java.nio.ByteBuffer.allocate(8)
                                .putLong(target.volume4096.identity().eui64())
                                .array());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, IcReq.HDGST_ENABLE, IcReq.DDGST_ENABLE, 3})
    void shouldReadWhatWasWrittenInCapsule(final int digests) {
        final ScriptedHost io = target.ioQueue(digests);
        final byte[] data = random(4096);
        final List<ReceivedPdu> written =
                io.send(sqe -> sqe.opc(Opcode.WRITE).nsid(1).slba(8).nlb(7), data);
        assertThat(written).hasSize(1);
        assertThat(written.get(0).cqe().status()).isZero();
        final List<ReceivedPdu> read =
                io.read(4096, sqe -> sqe.opc(Opcode.READ).nsid(1).slba(8).nlb(7));
        assertThat(read).hasSize(1);
        assertThat(read.get(0).data()).isEqualTo(data);
        assertThat(read.get(0).c2hData().isSuccess()).isTrue();
        assertThat(read.get(0).c2hData().isLastPdu()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void shouldAskForDataByR2t(final int digests) {
        final ScriptedHost io = target.ioQueue(digests);
        for (final int length : new int[] {512, 16384, 262144, 1 << 20, 2 << 20}) {
            final byte[] data = random(length);
            write(io, data, 1, 512);
            final List<ReceivedPdu> read =
                    io.read(
                            length,
                            sqe -> sqe.opc(Opcode.READ).nsid(1).slba(0).nlb(length / 512 - 1));
            assertThat(read).hasSize(1);
            assertThat(Arrays.equals(read.get(0).data(), data)).as("%d bytes", length).isTrue();
        }
    }

    static void write(
            final ScriptedHost io, final byte[] data, final int nsid, final int blockSize) {
        final List<ReceivedPdu> asked =
                io.send(
                        sqe ->
                                sqe.opc(Opcode.WRITE)
                                        .nsid(nsid)
                                        .nlb(data.length / blockSize - 1)
                                        .sgl(SglDescriptor.TRANSPORT, 0, data.length),
                        new byte[0]);
        assertThat(asked).hasSize(1);
        final var r2t = asked.get(0).r2t();
        assertThat(r2t.r2to()).isZero();
        assertThat(r2t.r2tl()).isEqualTo(data.length);
        int at = 0;
        while (at < data.length) {
            assertThat(io.sent()).isEmpty();
            final int piece = Math.min(PduReceiver.MAX_H2C_DATA_BYTES, data.length - at);
            io.connection.feed(
                    io.h2cData(
                            r2t.cccid(),
                            r2t.ttag(),
                            at,
                            Arrays.copyOfRange(data, at, at + piece),
                            at + piece == data.length),
                    100_000);
            at += piece;
        }
        assertThat(io.one().cqe().status()).isZero();
    }

    @Test
    void shouldSendResponseCapsuleWithFlowControl() {
        final ScriptedHost io = target.ioQueue(0, 0);
        for (int i = 0; i < 300; i++) {
            final List<ReceivedPdu> read = io.read(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0));
            assertThat(read).hasSize(2);
            assertThat(read.get(0).c2hData().isSuccess()).isFalse();
            final NvmeCqe cqe = read.get(1).cqe();
            assertThat(cqe.status()).isZero();
            assertThat(cqe.sqhd()).isEqualTo((i + 2) % 128);
        }
    }

    @Test
    void shouldAlignDataAsTheHostWants() {
        final int cntlid = target.host().connectAdmin(TestTarget.SUBNQN, 0, 0);
        final ScriptedHost io = target.host();
        io.connection.feed(ScriptedHost.icReq(31, 0));
        io.one();
        io.connect(
                1,
                31,
                4,
                0,
                ScriptedHost.connectData(TestTarget.SUBNQN, ScriptedHost.HOSTNQN, cntlid));
        final List<ReceivedPdu> read = io.read(512, sqe -> sqe.opc(Opcode.READ).nsid(1).nlb(0));
        assertThat(read.get(0).c2hData().pdo()).isEqualTo(128);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 24, 71, 100})
    void shouldTakePdusInPieces(final int pieceBytes) {
        final ScriptedHost io = target.ioQueue(3);
        final byte[] data = random(4096);
        io.connection.feed(
                io.capsule(sqe -> sqe.opc(Opcode.WRITE).nsid(3).slba(9).nlb(0), data), pieceBytes);
        assertThat(io.one().cqe().status()).isZero();
        assertThat(io.data(4096, sqe -> sqe.opc(Opcode.READ).nsid(3).slba(9).nlb(0)))
                .isEqualTo(data);
    }
}
