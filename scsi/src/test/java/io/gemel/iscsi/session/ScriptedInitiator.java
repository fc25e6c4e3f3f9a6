package io.gemel.iscsi.session;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.lane.testing.TestConnection;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.memory.Crc32cDigest;
import io.gemel.iscsi.wire.BhsFlyweight;
import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.DataOutFlyweight;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.iscsi.wire.LoginRequestFlyweight;
import io.gemel.iscsi.wire.LoginResponseFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import io.gemel.iscsi.wire.ScsiResponseFlyweight;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** An initiator that does what a test tells it, PDU by PDU, over a {@link TestConnection}. */
final class ScriptedInitiator {
    static final String TARGET = "iqn.2026-11.io.gemel:t";

    /** A PDU of the target. */
    record Pdu(UnsafeBuffer header, byte[] data) {
        int opcode() {
            final BhsFlyweight bhs = new BhsFlyweight();
            bhs.wrapBhs(header, 0);
            return bhs.opcode();
        }

        ScsiResponseFlyweight response() {
            assertThat(opcode()).isEqualTo(IscsiOpcode.SCSI_RESPONSE);
            return new ScsiResponseFlyweight().wrap(header, 0);
        }

        DataInFlyweight dataIn() {
            assertThat(opcode()).isEqualTo(IscsiOpcode.DATA_IN);
            return new DataInFlyweight().wrap(header, 0);
        }

        /** Sense key, ASC and ASCQ of fixed format sense data as one number, such as 0x52000. */
        int sense() {
            return (data[2 + 2] & 0xF) << 16 | (data[2 + 12] & 0xFF) << 8 | data[2 + 13] & 0xFF;
        }
    }

    final TestLane lane;
    final TestConnection connection;
    int cmdSn = 100;
    int nextTag = 0x1000;
    int expStatSn;
    long isid = 0x4000_0123_4567L;
    String name = "iqn.2026-11.test:host";
    int pieceBytes = Integer.MAX_VALUE;
    private boolean headerDigest;
    private boolean dataDigest;
    private byte[] unparsed = new byte[0];

    ScriptedInitiator(final TestLane lane, final IscsiTargetNode node, final IscsiPortal portal) {
        this.lane = lane;
        this.connection = new TestConnection(lane, node.factory(portal));
    }

    static byte[] hex(final String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** Logs in straight to full feature phase with these operational pairs, '|' between them. */
    LoginResponseFlyweight login(final String pairs) {
        return login(pairs, "SessionType=Normal|TargetName=" + TARGET);
    }

    /** Asks for a normal session, without waiting for the answer. */
    void sendLogin(final String pairs) {
        sendLogin(pairs, "SessionType=Normal|TargetName=" + TARGET);
    }

    private void sendLogin(final String pairs, final String session) {
        final LoginRequestFlyweight request = new LoginRequestFlyweight();
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        request.wrapAndClear(header, 0)
                .isImmediate(true)
                .isTransit(true)
                .currentStage(1)
                .nextStage(3)
                .isid(isid)
                .initiatorTaskTag(nextTag++)
                .connectionId(1)
                .cmdSn(cmdSn);
        final String text =
                "InitiatorName=" + name + "|" + session + (pairs.isEmpty() ? "" : "|" + pairs);
        send(header, (text.replace('|', '\0') + "\0").getBytes(StandardCharsets.UTF_8));
    }

    LoginResponseFlyweight login(final String pairs, final String session) {
        sendLogin(pairs, session);
        final List<Pdu> answers = receive();
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0).opcode()).isEqualTo(IscsiOpcode.LOGIN_RESPONSE);
        final LoginResponseFlyweight response =
                new LoginResponseFlyweight().wrap(answers.get(0).header(), 0);
        if (response.statusClass() == 0) {
            final String answer = new String(answers.get(0).data(), StandardCharsets.UTF_8);
            headerDigest = answer.contains("HeaderDigest=CRC32C");
            dataDigest = answer.contains("DataDigest=CRC32C");
        }
        return response;
    }

    /** Logs in and takes the unit attention away. */
    ScriptedInitiator ready(final String pairs) {
        assertThat(login(pairs).statusClass()).isZero();
        testUnitReady();
        return this;
    }

    /** Sends a header with a data segment, digests and padding added. */
    void send(final UnsafeBuffer header, final byte[] data) {
        connection.feed(encode(header, data), pieceBytes);
    }

    byte[] encode(final UnsafeBuffer header, final byte[] data) {
        new LoginRequestFlyweight(); // any flyweight knows the common fields
        final byte[] bhs = new byte[48];
        header.getBytes(0, bhs);
        bhs[5] = (byte) (data.length >> 16);
        bhs[6] = (byte) (data.length >> 8);
        bhs[7] = (byte) data.length;
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bhs);
        if (headerDigest) {
            out.writeBytes(digest(bhs));
        }
        if (data.length > 0) {
            final byte[] padded = java.util.Arrays.copyOf(data, BhsFlyweight.padded(data.length));
            out.writeBytes(padded);
            if (dataDigest) {
                out.writeBytes(digest(padded));
            }
        }
        return out.toByteArray();
    }

    private static byte[] digest(final byte[] bytes) {
        final UnsafeBuffer digest = new UnsafeBuffer(new byte[4]);
        digest.putInt(
                0,
                new Crc32cDigest().update(new UnsafeBuffer(bytes), 0, bytes.length).value(),
                LITTLE_ENDIAN);
        return digest.byteArray();
    }

    /**
     * Takes what the target has sent apart; checks digests. An incomplete PDU stays for the next
     * call.
     */
    List<Pdu> receive() {
        lane.runUntilIdle();
        final byte[] fresh = connection.takeSent();
        final byte[] all = new byte[unparsed.length + fresh.length];
        System.arraycopy(unparsed, 0, all, 0, unparsed.length);
        System.arraycopy(fresh, 0, all, unparsed.length, fresh.length);
        final UnsafeBuffer buffer = new UnsafeBuffer(all);
        final List<Pdu> pdus = new ArrayList<>();
        final BhsFlyweight bhs = new BhsFlyweight();
        int at = 0;
        while (all.length - at >= 48) {
            bhs.wrapBhs(buffer, at);
            final int length = bhs.dataSegmentLength();
            final boolean login = bhs.opcode() == IscsiOpcode.LOGIN_RESPONSE;
            final boolean withHeaderDigest = headerDigest && !login;
            final boolean withDataDigest = dataDigest && !login && length > 0;
            final int dataAt = at + 48 + (withHeaderDigest ? 4 : 0);
            final int end = dataAt + BhsFlyweight.padded(length) + (withDataDigest ? 4 : 0);
            if (end > all.length) {
                break;
            }
            if (withHeaderDigest) {
                assertThat(buffer.getInt(at + 48, LITTLE_ENDIAN))
                        .isEqualTo(new Crc32cDigest().update(buffer, at, 48).value());
            }
            if (withDataDigest) {
                assertThat(buffer.getInt(end - 4, LITTLE_ENDIAN))
                        .isEqualTo(
                                new Crc32cDigest()
                                        .update(buffer, dataAt, end - 4 - dataAt)
                                        .value());
            }
            final byte[] header = new byte[48];
            buffer.getBytes(at, header);
            final byte[] data = new byte[length];
            buffer.getBytes(dataAt, data);
            pdus.add(new Pdu(new UnsafeBuffer(header), data));
            at = end;
        }
        unparsed = java.util.Arrays.copyOfRange(all, at, all.length);
        return pdus;
    }

    /** One PDU, and no other. */
    Pdu receiveOne() {
        final List<Pdu> pdus = receive();
        assertThat(pdus).hasSize(1);
        return pdus.get(0);
    }

    ScsiCommandFlyweight command(final UnsafeBuffer header, final String cdb) {
        final ScsiCommandFlyweight command = new ScsiCommandFlyweight();
        command.wrapAndClear(header, 0)
                .isFinal(true)
                .taskAttribute(ScsiCommandFlyweight.ATTRIBUTE_SIMPLE)
                .initiatorTaskTag(nextTag++)
                .cmdSn(cmdSn++)
                .expStatSn(expStatSn);
        final byte[] bytes = hex(cdb);
        header.putBytes(ScsiCommandFlyweight.CDB_OFFSET, bytes);
        return command;
    }

    /** Sends a command that reads; returns its tag. */
    int read(final String cdb, final int expected) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        final ScsiCommandFlyweight command =
                command(header, cdb).isRead(expected > 0).expectedDataTransferLength(expected);
        send(header, new byte[0]);
        return command.initiatorTaskTag();
    }

    /** Sends a command that writes, with immediate data; returns its tag. */
    int write(final String cdb, final int expected, final byte[] immediate, final boolean isFinal) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        final ScsiCommandFlyweight command =
                command(header, cdb)
                        .isWrite(true)
                        .isFinal(isFinal)
                        .expectedDataTransferLength(expected);
        send(header, immediate);
        return command.initiatorTaskTag();
    }

    void dataOut(
            final int tag,
            final int transferTag,
            final int dataSn,
            final int offset,
            final boolean isFinal,
            final byte[] data) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        new DataOutFlyweight()
                .wrapAndClear(header, 0)
                .isFinal(isFinal)
                .initiatorTaskTag(tag)
                .targetTransferTag(transferTag)
                .dataSn(dataSn)
                .bufferOffset(offset);
        send(header, data);
    }

    int taskManagement(final int function, final long lun, final int referencedTag) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        final int tag = nextTag++;
        new TaskManagementRequestFlyweight()
                .wrapAndClear(header, 0)
                .isImmediate(true)
                .function(function)
                .lun(lun)
                .initiatorTaskTag(tag)
                .referencedTaskTag(referencedTag)
                .cmdSn(cmdSn);
        send(header, new byte[0]);
        return tag;
    }

    Pdu testUnitReady() {
        read("00 00 00 00 00 00", 0);
        return receiveOne();
    }
}
