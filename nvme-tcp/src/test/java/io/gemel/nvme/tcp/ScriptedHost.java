package io.gemel.nvme.tcp;

import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.lane.testing.TestConnection;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.memory.Crc32cDigest;
import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.H2cData;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.NvmeTcpPdu;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import io.gemel.nvme.wire.SglDescriptor;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/** A host that a test plays: one connection, PDUs as bytes. */
final class ScriptedHost {
    static final String HOSTNQN =
            "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555";
    static final byte[] HOST_ID = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    static final int FLOW_CONTROL_OFF = 4;

    final TestConnection connection;
    private final TestLane lane;
    private int dgst;
    private int nextCommandId = 1;

    ScriptedHost(final TestLane lane, final ConnectionEngineFactory factory) {
        this.lane = lane;
        this.connection = new TestConnection(lane, factory);
    }

    List<ReceivedPdu> sent() {
        lane.runUntilIdle();
        return ReceivedPdu.parse(connection.takeSent());
    }

    ReceivedPdu one() {
        final List<ReceivedPdu> pdus = sent();
        if (1 != pdus.size()) {
            throw new AssertionError("expected one PDU, got " + pdus);
        }
        return pdus.get(0);
    }

    ScriptedHost ic(final int digests) {
        connection.feed(icReq(0, digests));
        dgst = digests;
        one();
        return this;
    }

    static byte[] icReq(final int hpda, final int digests) {
        final byte[] bytes = new byte[IcReq.LENGTH];
        new IcReq().encode(new UnsafeBuffer(bytes), 0).commonHeader().hpda(hpda).dgst(digests);
        return bytes;
    }

    int nextCommandId() {
        return nextCommandId++ & 0xFFFF;
    }

    /** A capsule; data, if any, in the capsule. */
    byte[] capsule(final Consumer<NvmeSqe> fill, final byte[] data) {
        final int hd = 0 != (dgst & IcReq.HDGST_ENABLE) ? 4 : 0;
        final int dd = 0 != (dgst & IcReq.DDGST_ENABLE) && data.length > 0 ? 4 : 0;
        final int header = CapsuleCmd.HEADER_LENGTH + hd;
        final byte[] bytes = new byte[header + data.length + dd];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final int flags = (hd > 0 ? NvmeTcpPdu.HDGSTF : 0) | (dd > 0 ? NvmeTcpPdu.DDGSTF : 0);
        new CapsuleCmd()
                .encode(buffer, 0)
                .commonHeader(flags, data.length > 0 ? header : 0, bytes.length);
        final NvmeSqe sqe = new NvmeSqe().modify(buffer, CapsuleCmd.SQE_OFFSET);
        sqe.psdt(NvmeSqe.PSDT_SGL).commandId(nextCommandId());
        if (data.length > 0) {
            sqe.sgl(SglDescriptor.IN_CAPSULE, 0, data.length);
        } else {
            sqe.sgl(SglDescriptor.TRANSPORT, 0, 0);
        }
        fill.accept(sqe);
        seal(buffer, CapsuleCmd.HEADER_LENGTH, hd, header, data, dd);
        return bytes;
    }

    byte[] h2cData(
            final int cccid,
            final int ttag,
            final int datao,
            final byte[] data,
            final boolean last) {
        final int hd = 0 != (dgst & IcReq.HDGST_ENABLE) ? 4 : 0;
        final int dd = 0 != (dgst & IcReq.DDGST_ENABLE) ? 4 : 0;
        final int header = H2cData.HEADER_LENGTH + hd;
        final byte[] bytes = new byte[header + data.length + dd];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final int flags =
                (hd > 0 ? NvmeTcpPdu.HDGSTF : 0)
                        | (dd > 0 ? NvmeTcpPdu.DDGSTF : 0)
                        | (last ? NvmeTcpPdu.LAST_PDU : 0);
        new H2cData()
                .encode(buffer, 0)
                .commonHeader(flags, header, bytes.length)
                .cccid(cccid)
                .ttag(ttag)
                .datao(datao)
                .datal(data.length);
        seal(buffer, H2cData.HEADER_LENGTH, hd, header, data, dd);
        return bytes;
    }

    private static void seal(
            final UnsafeBuffer buffer,
            final int hlen,
            final int hd,
            final int dataAt,
            final byte[] data,
            final int dd) {
        final Crc32cDigest digest = new Crc32cDigest();
        if (hd > 0) {
            buffer.putInt(hlen, digest.of(buffer, 0, hlen), ByteOrder.LITTLE_ENDIAN);
        }
        buffer.putBytes(dataAt, data);
        if (dd > 0) {
            buffer.putInt(
                    dataAt + data.length,
                    digest.of(buffer, dataAt, data.length),
                    ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Sends a command and returns all that comes back. */
    List<ReceivedPdu> send(final Consumer<NvmeSqe> fill, final byte[] data) {
        connection.feed(capsule(fill, data));
        return sent();
    }

    /** A command without data to the controller, with data from it: {@code length} bytes wanted. */
    List<ReceivedPdu> read(final int length, final Consumer<NvmeSqe> fill) {
        return send(
                sqe -> {
                    sqe.sgl(SglDescriptor.TRANSPORT, 0, length);
                    fill.accept(sqe);
                },
                new byte[0]);
    }

    /** The CQE of a command that returns no data. */
    NvmeCqe command(final Consumer<NvmeSqe> fill) {
        final List<ReceivedPdu> pdus = send(fill, new byte[0]);
        return pdus.get(pdus.size() - 1).cqe();
    }

    /** The data that a command returns; it must succeed. */
    byte[] data(final int length, final Consumer<NvmeSqe> fill) {
        final List<ReceivedPdu> pdus = read(length, fill);
        if (pdus.isEmpty() || pdus.get(0).data().length != length) {
            throw new AssertionError("no data: " + pdus + status(pdus));
        }
        return pdus.get(0).data();
    }

    private static String status(final List<ReceivedPdu> pdus) {
        return pdus.isEmpty() ? "" : Arrays.toString(pdus.get(0).header());
    }

    static byte[] connectData(final String subnqn, final String hostnqn, final int cntlid) {
        final byte[] bytes = new byte[ConnectData.LENGTH];
        new ConnectData()
                .encode(new UnsafeBuffer(bytes), 0)
                .hostId(HOST_ID)
                .cntlid(cntlid)
                .subnqn(subnqn)
                .hostnqn(hostnqn);
        return bytes;
    }

    NvmeCqe connect(
            final int qid,
            final int sqsize,
            final int cattr,
            final long kato,
            final byte[] connectData) {
        return send(
                        sqe ->
                                sqe.opc(Opcode.FABRICS)
                                        .fctype(Opcode.FCTYPE_CONNECT)
                                        .qid(qid)
                                        .sqsize(sqsize)
                                        .cattr(cattr)
                                        .kato(kato),
                        connectData)
                .get(0)
                .cqe();
    }

    NvmeCqe propertySet(final int offset, final long value) {
        return command(
                sqe ->
                        sqe.opc(Opcode.FABRICS)
                                .fctype(Opcode.FCTYPE_PROPERTY_SET)
                                .propertyOffset(offset)
                                .propertyValue(value));
    }

    long propertyGet(final int offset, final int size) {
        return command(
                        sqe ->
                                sqe.opc(Opcode.FABRICS)
                                        .fctype(Opcode.FCTYPE_PROPERTY_GET)
                                        .propertySize(size)
                                        .propertyOffset(offset))
                .value();
    }

    /** Connects the Admin Queue and enables the controller; returns its CNTLID. */
    int connectAdmin(final String subnqn, final int digests, final long kato) {
        ic(digests);
        final NvmeCqe cqe =
                connect(
                        0,
                        31,
                        FLOW_CONTROL_OFF,
                        kato,
                        connectData(subnqn, HOSTNQN, ConnectData.DYNAMIC_CNTLID));
        if (0 != cqe.status()) {
            throw new AssertionError("Connect: status " + Integer.toHexString(cqe.status()));
        }
        enable();
        return cqe.dw0() & 0xFFFF;
    }

    void enable() {
        propertySet(Property.CC, Property.cc(true, Property.CSS_ALL, 0, 6, 4));
    }

    void connectIo(
            final String subnqn,
            final int cntlid,
            final int qid,
            final int sqsize,
            final int cattr,
            final int digests) {
        ic(digests);
        final NvmeCqe cqe = connect(qid, sqsize, cattr, 0, connectData(subnqn, HOSTNQN, cntlid));
        if (0 != cqe.status()) {
            throw new AssertionError("Connect: status " + Integer.toHexString(cqe.status()));
        }
    }
}
