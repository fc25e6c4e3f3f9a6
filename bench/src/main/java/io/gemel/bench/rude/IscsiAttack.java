package io.gemel.bench.rude;

import io.gemel.bench.client.Crc32c;
import io.gemel.iscsi.wire.BhsFlyweight;
import io.gemel.iscsi.wire.DataOutFlyweight;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.iscsi.wire.LoginRequestFlyweight;
import io.gemel.iscsi.wire.LoginResponseFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/** Misbehaviour on an iSCSI port. Owner: the attacker's thread. */
final class IscsiAttack implements Attack {
    private static final int BHS = BhsFlyweight.BHS_LENGTH;
    private static final int BURST = 16;

    /** Opcodes that neither change data nor what other initiators see. */
    private static final int[] HARMLESS_CDBS = {
        0x00, 0x03, 0x12, 0x1A, 0x25, 0x28, 0x5A, 0x5E, 0x88, 0x9E, 0xA0, 0xA3, 0xA8, 0xC1
    };

    private static final int[] HARMLESS_OPCODES = {
        IscsiOpcode.NOP_OUT,
        IscsiOpcode.SCSI_COMMAND,
        IscsiOpcode.LOGIN_REQUEST,
        IscsiOpcode.TEXT_REQUEST,
        IscsiOpcode.SNACK,
        IscsiOpcode.NOP_IN,
        0x1C,
        0x3F
    };

    private final InetSocketAddress address;
    private final String targetName;
    private final int lun;
    private final int quietMs;

    IscsiAttack(
            final InetSocketAddress address,
            final String targetName,
            final int lun,
            final int quietMs) {
        this.address = address;
        this.targetName = targetName;
        this.lun = lun;
        this.quietMs = quietMs;
    }

    @Override
    public String carryOut(final Kind kind, final Random random) throws IOException {
        try (RudeSocket socket = new RudeSocket(address)) {
            switch (kind) {
                case RANDOM -> socket.send(Attack.random(8192, random));
                case TRUNCATED -> {
                    final byte[] login = login(random, "");
                    socket.send(login, 1 + random.nextInt(login.length - 1));
                    socket.halfClose();
                }
                case MUTATED_FIRST -> {
                    final byte[] login = login(random, "");
                    Attack.mutate(login, 0, random.nextBoolean() ? BHS : login.length, random);
                    socket.send(login);
                }
                case OVERSIZED -> oversized(socket, random);
                case OUT_OF_ORDER -> outOfOrder(socket, random);
                case MUTATED_COMMANDS -> {
                    logIn(socket, random, "");
                    for (int i = 0; i < BURST; i++) {
                        socket.send(mutatedCommand(i, random));
                    }
                }
                case WRONG_DIGEST -> {
                    logIn(socket, random, "HeaderDigest=CRC32C\0");
                    final byte[] pdu = java.util.Arrays.copyOf(command(0, 0x00), BHS + 4);
                    final UnsafeBuffer buffer = new UnsafeBuffer(pdu);
                    final int right = new Crc32c().update(buffer, 0, BHS).value();
                    buffer.putInt(BHS, right ^ 1 << random.nextInt(32), ByteOrder.LITTLE_ENDIAN);
                    socket.send(pdu);
                }
                case RESET -> {
                    logIn(socket, random, "");
                    for (int i = 0; i < BURST; i++) {
                        socket.send(command(i, 0x88));
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
        final byte[] pdu;
        if (random.nextBoolean()) {
            pdu = login(random, "");
        } else {
            logIn(socket, random, "");
            pdu = command(0, 0x00);
        }
        final BhsFlyweight bhs = new LoginRequestFlyweight();
        final UnsafeBuffer buffer = new UnsafeBuffer(pdu);
        buffer.putByte(5, (byte) 0xFF); // DataSegmentLength: 16 MiB - 1
        buffer.putByte(6, (byte) 0xFF);
        buffer.putByte(7, (byte) 0xFF);
        if (random.nextBoolean()) {
            buffer.putByte(4, (byte) 0xFF); // TotalAHSLength: 1020
        }
        bhs.wrapBhs(buffer, 0);
        socket.send(pdu);
        for (int i = 0; i < 64; i++) {
            socket.send(new byte[16384]);
        }
    }

    private void outOfOrder(final RudeSocket socket, final Random random) throws IOException {
        switch (random.nextInt(5)) {
            case 0 -> socket.send(command(0, 0x00)); // a command before the login
            case 1 -> {
                logIn(socket, random, "");
                socket.send(login(random, "")); // a login in full feature phase
            }
            case 2 -> {
                logIn(socket, random, "");
                socket.send(dataOut(random)); // data that nobody asked for
            }
            case 3 -> {
                logIn(socket, random, "");
                final byte[] pdu = command(0, 0x00);
                pdu[0] = (byte) IscsiOpcode.SCSI_RESPONSE; // the target's opcode
                socket.send(pdu);
            }
            default -> {
                logIn(socket, random, "");
                socket.send(command(1 << 20, 0x00)); // CmdSN far beyond the window
                socket.send(command(-5, 0x00)); // and before it
            }
        }
    }

    /** A command with bytes changed, then made harmless to others: nothing of it may write. */
    private byte[] mutatedCommand(final int i, final Random random) {
        final byte[] pdu = command(i, HARMLESS_CDBS[random.nextInt(HARMLESS_CDBS.length)]);
        Attack.mutate(pdu, 0, BHS, random);
        if (pdu[0] != 0x01 && pdu[0] != 0x41) {
            pdu[0] = (byte) HARMLESS_OPCODES[random.nextInt(HARMLESS_OPCODES.length)];
        }
        final int opcode = pdu[ScsiCommandFlyweight.CDB_OFFSET] & 0xFF;
        boolean harmless = false;
        for (final int known : HARMLESS_CDBS) {
            harmless |= known == opcode;
        }
        if (!harmless) {
            pdu[ScsiCommandFlyweight.CDB_OFFSET] = 0x12;
        }
        return pdu;
    }

    private byte[] command(final int i, final int cdbOpcode) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BHS]);
        final ScsiCommandFlyweight command = new ScsiCommandFlyweight();
        final boolean reads = 0x88 == cdbOpcode || 0x28 == cdbOpcode;
        command.wrapAndClear(buffer, 0)
                .isFinal(true)
                .isRead(0x00 != cdbOpcode)
                .taskAttribute(ScsiCommandFlyweight.ATTRIBUTE_SIMPLE)
                .lun((long) lun << 48)
                .initiatorTaskTag(i)
                .expectedDataTransferLength(reads ? 4096 : 0x00 == cdbOpcode ? 0 : 255)
                .cmdSn(1 + i)
                .expStatSn(1);
        buffer.putByte(command.cdbOffset(), (byte) cdbOpcode);
        if (0x88 == cdbOpcode) {
            buffer.putByte(command.cdbOffset() + 13, (byte) 8);
        } else if (0x28 == cdbOpcode) {
            buffer.putByte(command.cdbOffset() + 8, (byte) 8);
        } else {
            buffer.putByte(command.cdbOffset() + 4, (byte) 255);
        }
        return buffer.byteArray();
    }

    private byte[] dataOut(final Random random) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BHS + 512]);
        new DataOutFlyweight()
                .wrapAndClear(buffer, 0)
                .isFinal(random.nextBoolean())
                .dataSegmentLength(512)
                .lun((long) lun << 48)
                .initiatorTaskTag(random.nextInt(100))
                .targetTransferTag(random.nextInt())
                .bufferOffset(random.nextInt(1 << 20));
        return buffer.byteArray();
    }

    private byte[] login(final Random random, final String moreKeys) {
        final byte[] keys =
                ("InitiatorName=iqn.2026-11.io.gemel:rude\0SessionType=Normal\0TargetName="
                                + targetName
                                + "\0"
                                + moreKeys)
                        .getBytes(StandardCharsets.UTF_8);
        final UnsafeBuffer buffer =
                new UnsafeBuffer(new byte[BHS + BhsFlyweight.padded(keys.length)]);
        new LoginRequestFlyweight()
                .wrapAndClear(buffer, 0)
                .isImmediate(true)
                .isTransit(true)
                .currentStage(LoginRequestFlyweight.LOGIN_OPERATIONAL_NEGOTIATION)
                .nextStage(LoginRequestFlyweight.FULL_FEATURE_PHASE)
                .dataSegmentLength(keys.length)
                .isid(0x8000_0000_0000L | random.nextInt(1 << 24))
                .cmdSn(1);
        buffer.putBytes(BHS, keys);
        return buffer.byteArray();
    }

    private void logIn(final RudeSocket socket, final Random random, final String moreKeys)
            throws IOException {
        socket.send(login(random, moreKeys));
        final byte[] header = socket.expect(BHS);
        final LoginResponseFlyweight response =
                new LoginResponseFlyweight().wrap(new UnsafeBuffer(header), 0);
        socket.expect(BhsFlyweight.padded(response.dataSegmentLength()));
        if (IscsiOpcode.LOGIN_RESPONSE != response.opcode() || 0 != response.statusClass()) {
            throw new IOException(
                    "the rude client cannot even log in: opcode "
                            + response.opcode()
                            + " status "
                            + response.statusClass()
                            + "/"
                            + response.statusDetail());
        }
    }

    private static String describe(final byte[] bytes) {
        final Set<String> pdus = new LinkedHashSet<>();
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final BhsFlyweight bhs = new LoginResponseFlyweight();
        for (int at = 0; at + BHS <= bytes.length; ) {
            bhs.wrapBhs(buffer, at);
            pdus.add(
                    switch (bhs.opcode()) {
                        case IscsiOpcode.LOGIN_RESPONSE ->
                                String.format(
                                        "login status %02X%02Xh", bytes[at + 36], bytes[at + 37]);
                        case IscsiOpcode.REJECT ->
                                String.format(
                                        "Reject %02Xh",
                                        new RejectFlyweight().wrap(buffer, at).reason());
                        case IscsiOpcode.SCSI_RESPONSE -> "SCSI Response";
                        case IscsiOpcode.DATA_IN -> "Data-In";
                        case IscsiOpcode.NOP_IN -> "NOP-In";
                        case IscsiOpcode.TEXT_RESPONSE -> "Text Response";
                        case IscsiOpcode.ASYNC_MESSAGE -> "Async Message";
                        default -> String.format("opcode %02Xh", bhs.opcode());
                    });
            at += BHS + bhs.totalAhsLength() + BhsFlyweight.padded(bhs.dataSegmentLength());
        }
        return String.join(" + ", pdus);
    }
}
