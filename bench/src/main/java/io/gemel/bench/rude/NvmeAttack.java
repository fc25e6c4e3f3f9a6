package io.gemel.bench.rude;

import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.tcp.wire.CapsuleResp;
import io.gemel.nvme.tcp.wire.CommonHeader;
import io.gemel.nvme.tcp.wire.H2cData;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.tcp.wire.IcResp;
import io.gemel.nvme.tcp.wire.NvmeTcpPdu;
import io.gemel.nvme.tcp.wire.PduType;
import io.gemel.nvme.tcp.wire.TermReq;
import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import io.gemel.nvme.wire.SglDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/** Misbehaviour on an NVMe/TCP port. Owner: the attacker's thread. */
final class NvmeAttack implements Attack {
    private static final String HOST_NQN = "nqn.2026-11.io.gemel:rude";
    private static final int CAPSULE = CapsuleCmd.HEADER_LENGTH;
    private static final int BURST = 16;
    private static final int SQSIZE = 31;

    private static final int[] HARMLESS_ADMIN = {
        Opcode.IDENTIFY,
        Opcode.GET_LOG_PAGE,
        Opcode.GET_FEATURES,
        Opcode.ABORT,
        Opcode.KEEP_ALIVE,
        Opcode.FABRICS,
        0x55
    };

    private static final int[] HARMLESS_IO = {
        Opcode.READ, Opcode.FLUSH, Opcode.VERIFY, Opcode.COMPARE, 0x55, 0x92
    };

    private final InetSocketAddress address;
    private final String subsystemNqn;
    private final int nsid;
    private final int quietMs;

    NvmeAttack(
            final InetSocketAddress address,
            final String subsystemNqn,
            final int nsid,
            final int quietMs) {
        this.address = address;
        this.subsystemNqn = subsystemNqn;
        this.nsid = nsid;
        this.quietMs = quietMs;
    }

    @Override
    public String carryOut(final Kind kind, final Random random) throws IOException {
        try (RudeSocket socket = new RudeSocket(address)) {
            switch (kind) {
                case RANDOM -> socket.send(Attack.random(8192, random));
                case TRUNCATED -> {
                    final byte[] icReq = icReq(0);
                    socket.send(icReq, 1 + random.nextInt(icReq.length - 1));
                    socket.halfClose();
                }
                case MUTATED_FIRST -> {
                    final byte[] icReq = icReq(0);
                    Attack.mutate(icReq, 0, random.nextBoolean() ? 16 : icReq.length, random);
                    socket.send(icReq);
                }
                case OVERSIZED -> oversized(socket, random);
                case OUT_OF_ORDER -> outOfOrder(socket, random);
                case MUTATED_COMMANDS -> {
                    if (random.nextBoolean()) {
                        open(socket, 0);
                        connectQueue(socket, 0, ConnectData.DYNAMIC_CNTLID);
                        for (int i = 0; i < BURST; i++) {
                            socket.send(mutated(HARMLESS_ADMIN, i, random));
                        }
                    } else {
                        return mutatedIo(random);
                    }
                }
                case WRONG_DIGEST -> {
                    open(socket, IcReq.HDGST_ENABLE);
                    final byte[] pdu = new byte[CAPSULE + 4];
                    final UnsafeBuffer buffer = new UnsafeBuffer(pdu);
                    new CapsuleCmd()
                            .encode(buffer, 0)
                            .commonHeader(NvmeTcpPdu.HDGSTF, 0, pdu.length);
                    buffer.putInt(CAPSULE, random.nextInt(), ByteOrder.LITTLE_ENDIAN);
                    socket.send(pdu);
                }
                case RESET -> {
                    open(socket, 0);
                    connectQueue(socket, 0, ConnectData.DYNAMIC_CNTLID);
                    for (int i = 0; i < BURST; i++) {
                        final byte[] capsule = capsule(Opcode.IDENTIFY, i, Cns.LENGTH);
                        capsule[CapsuleCmd.SQE_OFFSET + 40] = Cns.CONTROLLER;
                        socket.send(capsule);
                    }
                    socket.reset();
                    return "reset by us";
                }
            }
            final byte[] answer = socket.answer(quietMs);
            return name(socket, describe(answer));
        }
    }

    private void oversized(final RudeSocket socket, final Random random) throws IOException {
        open(socket, 0);
        final byte[] pdu = capsule(Opcode.IDENTIFY, 0, Cns.LENGTH);
        final UnsafeBuffer buffer = new UnsafeBuffer(pdu);
        final int plen = random.nextBoolean() ? -1 : 1 << 20 + random.nextInt(10);
        buffer.putInt(NvmeTcpPdu.PLEN_OFFSET, plen, ByteOrder.LITTLE_ENDIAN);
        buffer.putByte(NvmeTcpPdu.PDO_OFFSET, (byte) CAPSULE);
        socket.send(pdu);
        for (int i = 0; i < 64; i++) {
            socket.send(new byte[16384]);
        }
    }

    private void outOfOrder(final RudeSocket socket, final Random random) throws IOException {
        switch (random.nextInt(5)) {
            case 0 -> socket.send(capsule(Opcode.IDENTIFY, 0, Cns.LENGTH)); // before the ICReq
            case 1 -> {
                open(socket, 0);
                socket.send(icReq(0)); // a second time
            }
            case 2 -> {
                open(socket, 0);
                socket.send(capsule(Opcode.IDENTIFY, 0, Cns.LENGTH)); // before the Connect
            }
            case 3 -> {
                open(socket, 0);
                connectQueue(socket, 0, ConnectData.DYNAMIC_CNTLID);
                socket.send(h2cData(random)); // data that nobody asked for
            }
            default -> {
                open(socket, 0);
                final byte[] pdu = capsule(Opcode.IDENTIFY, 0, Cns.LENGTH);
                pdu[0] = PduType.C2H_DATA; // the controller's PDU
                socket.send(pdu);
            }
        }
    }

    /** Mutated commands on an I/O queue, which needs a controller: two connections. */
    private String mutatedIo(final Random random) throws IOException {
        try (RudeSocket admin = new RudeSocket(address);
                RudeSocket io = new RudeSocket(address)) {
            open(admin, 0);
            final int cntlid = connectQueue(admin, 0, ConnectData.DYNAMIC_CNTLID);
            final byte[] enable = capsule(Opcode.FABRICS, 1, 0);
            new NvmeSqe()
                    .modify(new UnsafeBuffer(enable), CapsuleCmd.SQE_OFFSET)
                    .fctype(Opcode.FCTYPE_PROPERTY_SET)
                    .propertyOffset(Property.CC)
                    .propertyValue(Property.cc(true, Property.CSS_NVM, 0, 6, 4));
            admin.send(enable);
            admin.expect(CapsuleResp.HEADER_LENGTH);
            open(io, 0);
            connectQueue(io, 1, cntlid);
            for (int i = 0; i < BURST; i++) {
                io.send(mutated(HARMLESS_IO, i, random));
            }
            return name(io, describe(io.answer(quietMs)));
        }
    }

    /** A command with bytes changed; its opcode is one that changes nothing for others. */
    private byte[] mutated(final int[] opcodes, final int i, final Random random) {
        final byte[] pdu = capsule(opcodes[random.nextInt(opcodes.length)], i, 4096);
        Attack.mutate(pdu, 0, CAPSULE, random);
        final int opcode = pdu[CapsuleCmd.SQE_OFFSET] & 0xFF;
        if (Arrays.stream(opcodes).noneMatch(known -> known == opcode)) {
            pdu[CapsuleCmd.SQE_OFFSET] = (byte) opcodes[0];
        }
        if (Opcode.FABRICS == (pdu[CapsuleCmd.SQE_OFFSET] & 0xFF)) {
            pdu[CapsuleCmd.SQE_OFFSET + 4] = Opcode.FCTYPE_PROPERTY_GET;
        }
        return pdu;
    }

    private byte[] capsule(final int opcode, final int commandId, final int length) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[CAPSULE]);
        new CapsuleCmd().encode(buffer, 0).commonHeader(0, 0, CAPSULE);
        new NvmeSqe()
                .encode(buffer, CapsuleCmd.SQE_OFFSET)
                .opc(opcode)
                .psdt(NvmeSqe.PSDT_SGL)
                .commandId(commandId)
                .nsid(nsid)
                .sgl(SglDescriptor.TRANSPORT, 0, length)
                .nlb(Math.max(0, length / 512 - 1));
        return buffer.byteArray();
    }

    private static byte[] h2cData(final Random random) {
        final int pdo = H2cData.HEADER_LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[pdo + 512]);
        new H2cData()
                .encode(buffer, 0)
                .commonHeader(random.nextBoolean() ? NvmeTcpPdu.LAST_PDU : 0, pdo, pdo + 512)
                .cccid(random.nextInt(64))
                .ttag(random.nextInt(1 << 16))
                .datao(random.nextInt(1 << 16) * 4L)
                .datal(512);
        return buffer.byteArray();
    }

    private static byte[] icReq(final int digests) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[IcReq.LENGTH]);
        new IcReq().encode(buffer, 0).commonHeader().dgst(digests);
        return buffer.byteArray();
    }

    private static void open(final RudeSocket socket, final int digests) throws IOException {
        socket.send(icReq(digests));
        socket.expect(IcResp.LENGTH);
    }

    private int connectQueue(final RudeSocket socket, final int qid, final int cntlid)
            throws IOException {
        final int size = CAPSULE + ConnectData.LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[size]);
        new CapsuleCmd().encode(buffer, 0).commonHeader(0, CAPSULE, size);
        new NvmeSqe()
                .encode(buffer, CapsuleCmd.SQE_OFFSET)
                .opc(Opcode.FABRICS)
                .psdt(NvmeSqe.PSDT_SGL)
                .fctype(Opcode.FCTYPE_CONNECT)
                .sgl(SglDescriptor.IN_CAPSULE, 0, ConnectData.LENGTH)
                .qid(qid)
                .sqsize(SQSIZE);
        final byte[] hostId = new byte[ConnectData.HOSTID_LENGTH];
        Arrays.fill(hostId, (byte) 0x5D);
        new ConnectData()
                .encode(buffer, CAPSULE)
                .hostId(hostId)
                .cntlid(cntlid)
                .subnqn(subsystemNqn)
                .hostnqn(HOST_NQN);
        socket.send(buffer.byteArray());
        final UnsafeBuffer answer = new UnsafeBuffer(socket.expect(CapsuleResp.HEADER_LENGTH));
        final NvmeCqe cqe = new NvmeCqe().wrap(answer, CapsuleResp.CQE_OFFSET);
        if (PduType.CAPSULE_RESP != answer.getByte(0) || 0 != cqe.sc() || 0 != cqe.sct()) {
            throw new IOException(
                    String.format(
                            "the rude host cannot even connect queue %d: status %X%02Xh",
                            qid, cqe.sct(), cqe.sc()));
        }
        return cqe.dw0() & 0xFFFF;
    }

    private static String describe(final byte[] bytes) {
        final Set<String> pdus = new LinkedHashSet<>();
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final CommonHeader common = new CommonHeader();
        for (int at = 0; at + NvmeTcpPdu.COMMON_HEADER_LENGTH <= bytes.length; ) {
            common.wrap(buffer, at);
            pdus.add(
                    switch (common.type()) {
                        case PduType.ICRESP -> "ICResp";
                        case PduType.CAPSULE_RESP -> "CapsuleResp";
                        case PduType.C2H_DATA -> "C2HData";
                        case PduType.R2T -> "R2T";
                        case PduType.C2H_TERM_REQ ->
                                at + TermReq.HEADER_LENGTH <= bytes.length
                                        ? String.format(
                                                "C2HTermReq %02Xh",
                                                new TermReq().wrap(buffer, at).fes())
                                        : "C2HTermReq";
                        default -> String.format("type %02Xh", common.type());
                    });
            if (common.plen() < NvmeTcpPdu.COMMON_HEADER_LENGTH
                    || common.plen() > bytes.length - at) {
                break;
            }
            at += (int) common.plen();
        }
        return String.join(" + ", pdus);
    }
}
