package io.gemel.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import io.gemel.iscsi.session.ScriptedInitiator.Pdu;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.scsi.LogicalUnit;
import io.gemel.scsi.command.CommandDescriptor;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * SCSI commands as an initiator sees them: parameter data byte by byte, sense data, the order of
 * checks.
 */
class DeviceServerTest {
    private static final int BLOCK = 512;
    private static final int BLOCKS = 1 << 16;

    private final Volume volume = TestVolumes.memory(0, "v", BLOCK, BLOCKS);
    private final Volume readOnly = TestVolumes.memory(1, "ro", BLOCK, BLOCKS);
    private final TestLane lane = new TestLane(0, 128, volume, readOnly);
    private final IscsiPortal portal =
            new IscsiPortal(new InetSocketAddress("127.0.0.1", 0), 1, 257);
    private final IscsiTargetNode node =
            new IscsiTargetNode(
                    lane.group(),
                    List.of(
                            IscsiTarget.open(
                                    ScriptedInitiator.TARGET, Map.of(0, volume, 300, readOnly))),
                    List.of(portal),
                    IscsiLimits.defaults());
    private final ScriptedInitiator initiator = new ScriptedInitiator(lane, node, portal);
    private long lun;

    @BeforeEach
    void logIn() {
        readOnly.readOnly(true);
        initiator.ready("MaxRecvDataSegmentLength=262144");
    }

    /** Sends a command to {@link #lun}; answers all PDUs up to the status. */
    private List<Pdu> send(final String cdb, final int expectedIn, final byte[] out) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        initiator
                .command(header, cdb)
                .lun(lun)
                .isRead(expectedIn > 0)
                .isWrite(out.length > 0)
                .expectedDataTransferLength(Math.max(expectedIn, out.length));
        initiator.send(header, out);
        return initiator.receive();
    }

    /** Parameter data of a command that must end GOOD. */
    private UnsafeBuffer data(final String cdb, final int allocationLength) {
        final ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (final Pdu pdu : send(cdb, allocationLength, new byte[0])) {
            if (pdu.opcode() == IscsiOpcode.DATA_IN) {
                data.writeBytes(pdu.data());
            } else {
                assertThat(pdu.response().status()).as(cdb).isZero();
            }
        }
        return new UnsafeBuffer(data.toByteArray());
    }

    /** Sense key, ASC and ASCQ as one number; 0 for GOOD. */
    private int sense(final String cdb, final byte[] out) {
        final List<Pdu> pdus = send(cdb, 0, out);
        assertThat(pdus).hasSize(1);
        return pdus.get(0).response().status() == 0 ? 0 : pdus.get(0).sense();
    }

    private int sense(final String cdb) {
        return sense(cdb, new byte[0]);
    }

    private static int u16(final UnsafeBuffer data, final int offset) {
        return data.getShort(offset, ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }

    private static int i32(final UnsafeBuffer data, final int offset) {
        return data.getInt(offset, ByteOrder.BIG_ENDIAN);
    }

    private static long i64(final UnsafeBuffer data, final int offset) {
        return data.getLong(offset, ByteOrder.BIG_ENDIAN);
    }

    @ParameterizedTest
    @CsvSource({
        // operation codes and service actions
        "FF 00 00 00 00 00, 52000",
        "9E 11 00 00 00 00 00 00 00 00 00 00 00 00 00 00, 52400",
        "A3 1F 00 00 00 00 00 00 00 00 00 00, 52400",
        // NACA
        "00 00 00 00 00 04, 52400",
        "28 00 00 00 00 00 00 00 01 04, 52400",
        // protection information, range, length; the range comes first
        "28 20 00 00 00 00 00 00 01 00, 52400",
        "28 00 00 01 00 00 00 00 01 00, 52100",
        "28 00 00 00 FF FF 00 00 02 00, 52100",
        "28 00 00 00 00 00 00 10 01 00, 52400",
        "28 00 00 01 00 01 00 00 00 00, 52100",
        "28 00 00 01 00 00 00 00 00 00, 0",
        "88 00 80 00 00 00 00 00 00 00 00 00 00 01 00 00, 52100",
        "88 00 00 00 00 00 00 00 00 00 FF FF FF FF 00 00, 52100",
        "A8 00 00 01 00 00 00 00 00 01 00 00, 52100",
        "08 1F FF FF 01 00, 52100",
        "2F 04 00 00 00 00 00 00 01 00, 52400",
        "2F 00 00 00 00 00 00 FF FF 00, 0",
        "35 00 00 01 00 01 00 00 00 00, 52100",
        "35 02 00 00 00 00 00 00 00 00, 0",
        "91 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00, 0",
        // WRITE SAME: no length, ANCHOR; NDOB does without data
        "41 00 00 00 00 00 00 00 00 00, 52400",
        "41 18 00 00 00 00 00 00 01 00, 52400",
        "93 01 00 00 00 00 00 00 00 00 00 00 00 08 00 00, 0",
        "93 09 00 00 00 00 00 00 00 00 00 00 00 08 00 00, 0",
        // UNMAP: ANCHOR, a list shorter than its header
        "42 01 00 00 00 00 00 00 18 00, 52400",
        "42 00 00 00 00 00 00 00 07 00, 51A00",
        "42 00 00 00 00 00 00 00 00 00, 0",
        // INQUIRY, MODE SENSE, REPORT LUNS, READ CAPACITY, START STOP UNIT, PREVENT ALLOW
        "12 00 80 00 FF 00, 52400",
        "12 01 87 00 FF 00, 52400",
        "12 02 00 00 FF 00, 52400",
        "1A 00 05 00 FF 00, 52400",
        "1A 00 0A 02 FF 00, 52400",
        "1A 00 C8 00 FF 00, 53900",
        "A0 00 03 00 00 00 00 00 00 10 00 00, 52400",
        "25 00 00 00 00 01 00 00 00 00, 52400",
        "1B 00 00 00 01 00, 0",
        "1B 00 00 00 00 00, 0",
        "1B 00 00 00 10 00, 52400",
        "1B 00 00 00 03 00, 52400",
        "1E 00 00 00 01 00, 0",
        "1E 00 00 00 02 00, 52400",
        // MODE SELECT without PF, with SP, with half a header
        "15 00 00 00 00 00, 52400",
        "15 11 00 00 00 00, 52400",
        "15 10 00 00 03 00, 51A00",
        "55 10 00 00 00 00 00 00 00 00, 0"
    })
    void shouldEndAsTheStandardSaysWhenThereIsNoData(final String cdb, final String expected) {
        assertThat(Integer.toHexString(sense(cdb)).toUpperCase()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // MODE SELECT(6): what cannot be changed, an unknown page, a wrong length, a cut page,
        // another block size
        "15 10 00 00 10 00, 00000000 0A0A 00 00 00 00 0000 FFFF 0000, 52600",
        "15 10 00 00 06 00, 00000000 0500, 52600",
        "15 10 00 00 08 00, 00000000 0A02 0000, 52600",
        "15 10 00 00 08 00, 00000000 0A0A 0010, 51A00",
        "15 10 00 00 0C 00, 00000008 00000000 00001000, 52600",
        "15 10 00 00 0C 00, 00000008 00000000 00000200, 0",
        "15 10 00 00 08 00, 00000008 00000000, 51A00",
        "55 10 00 00 00 00 00 00 14 00, 0000000000000000 0A0A 00 10 00 00 0000 FFFF 0000, 0",
        // UNMAP: one good range, one beyond the end, descriptors cut off are ignored
        "42 00 00 00 00 00 00 00 18 00, 0016 0010 00000000 0000000000000008 00000008 00000000, 0",
        "42 00 00 00 00 00 00 00 18 00, 0016 0010 00000000 000000000000FFFF 00000002 00000000, 52100",
        "42 00 00 00 00 00 00 00 18 00, 0016 0010 00000000 FFFFFFFFFFFFFFFF 00000001 00000000, 52100",
        "42 00 00 00 00 00 00 00 10 00, 0016 0010 00000000 FFFFFFFFFFFFFFFF, 0"
    })
    void shouldEndAsTheStandardSaysWhenParametersCome(
            final String cdb, final String parameters, final String expected) {
        final int sense = sense(cdb, ScriptedInitiator.hex(parameters));
        assertThat(Integer.toHexString(sense).toUpperCase()).isEqualTo(expected);
    }

    @Test
    void shouldPointAtTheFieldWhenItIsInvalid() {
        final byte[] inCdb = send("12 00 80 00 FF 00", 0, new byte[0]).get(0).data();
        assertThat(Arrays.copyOfRange(inCdb, 2, 20))
                .isEqualTo(
                        ScriptedInitiator.hex("70 00 05 00000000 0A 00000000 24 00 00 C0 00 02"));
        final byte[] inList =
                send("15 10 00 00 06 00", 0, ScriptedInitiator.hex("00000000 0500")).get(0).data();
        assertThat(Arrays.copyOfRange(inList, 17, 20)).isEqualTo(ScriptedInitiator.hex("80 00 04"));
    }

    @Test
    void shouldDescribeItselfInInquiry() {
        final UnsafeBuffer data = data("12 00 00 00 FF 00", 255);
        assertThat(data.capacity()).isEqualTo(96);
        assertThat(data.getByte(0)).isZero();
        assertThat(data.getByte(2)).isEqualTo((byte) 6);
        assertThat(data.getByte(4)).isEqualTo((byte) 91);
        assertThat(data.getByte(7) & 0x02).isEqualTo(2);
        assertThat(data.getStringWithoutLengthAscii(8, 8)).isEqualTo("GEMEL   ");
        assertThat(data("12 00 00 00 05 00", 5).capacity()).isEqualTo(5);
    }

    @Test
    void shouldHaveEveryPageThatItLists() {
        final UnsafeBuffer list = data("12 01 00 00 FF 00", 255);
        int last = -1;
        for (int i = 4; i < list.capacity(); i++) {
            final int page = list.getByte(i) & 0xFF;
            assertThat(page).isGreaterThan(last);
            last = page;
            final UnsafeBuffer data = data(String.format("12 01 %02x 10 00 00", page), 4096);
            assertThat(data.getByte(1) & 0xFF).isEqualTo(page);
            assertThat(u16(data, 2)).isEqualTo(data.capacity() - 4);
        }
        assertThat(list.capacity()).isEqualTo(4 + 7);
    }

    @Test
    void shouldNameTheVolumeAlikeInEveryDesignator() {
        final UnsafeBuffer data = data("12 01 83 10 00 00", 4096);
        assertThat(data.getShort(4, ByteOrder.BIG_ENDIAN)).isEqualTo((short) 0x0103);
        assertThat(i64(data, 8)).isEqualTo(volume.identity().naa());
        assertThat(data.getShort(16, ByteOrder.BIG_ENDIAN)).isEqualTo((short) 0x0102);
        assertThat(i64(data, 20)).isEqualTo(volume.identity().eui64());
        int at = 4;
        boolean port = false;
        boolean name = false;
        while (at < data.capacity()) {
            final int type = data.getByte(at + 1) & 0xBF;
            final int length = data.getByte(at + 3) & 0xFF;
            if (type == 0x94) {
                port = i32(data, at + 4) == 257;
            }
            if (type == 0x98) {
                final byte[] bytes = new byte[length];
                data.getBytes(at + 4, bytes);
                name =
                        new String(bytes, StandardCharsets.UTF_8)
                                .startsWith(ScriptedInitiator.TARGET + ",t,0x0001\0");
                assertThat(length % 4).isZero();
            }
            at += 4 + length;
        }
        assertThat(at).isEqualTo(data.capacity());
        assertThat(port).isTrue();
        assertThat(name).isTrue();
        final UnsafeBuffer serial = data("12 01 80 00 FF 00", 255);
        assertThat(serial.getStringWithoutLengthAscii(4, 16)).isEqualTo(volume.identity().serial());
    }

    @Test
    void shouldTellItsLimits() {
        final UnsafeBuffer limits = data("12 01 B0 00 FF 00", 255);
        assertThat(limits.capacity()).isEqualTo(64);
        assertThat(limits.getByte(4)).isEqualTo((byte) 1);
        assertThat(limits.getByte(5) & 0xFF).isEqualTo(255);
        assertThat(i32(limits, 8)).isEqualTo(volume.maxTransferBlocks());
        assertThat(i32(limits, 20)).isEqualTo((int) volume.maxUnmapBlocks());
        assertThat(i32(limits, 24)).isEqualTo(256);
        assertThat(i64(limits, 36)).isEqualTo(volume.maxWriteSameBlocks());
        final UnsafeBuffer provisioning = data("12 01 B2 00 FF 00", 255);
        assertThat(provisioning.getByte(5) & 0xFF).isEqualTo(0xE4);
        final UnsafeBuffer small = data("25 00 00 00 00 00 00 00 00 00", 8);
        assertThat(i32(small, 0)).isEqualTo(BLOCKS - 1);
        assertThat(i32(small, 4)).isEqualTo(BLOCK);
        final UnsafeBuffer large = data("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00", 32);
        assertThat(i64(large, 0)).isEqualTo(BLOCKS - 1);
        assertThat(i32(large, 8)).isEqualTo(BLOCK);
        assertThat(large.getByte(14) & 0xFF).isEqualTo(0xC0);
    }

    @Test
    void shouldAnswerForALunThatIsNotMapped() {
        lun = 0x0005_0000_0000_0000L;
        assertThat(sense("00 00 00 00 00 00")).isEqualTo(0x52500);
        assertThat(sense("28 00 00 00 00 00 00 00 01 00")).isEqualTo(0x52500);
        assertThat(data("12 00 00 00 24 00", 36).getByte(0)).isEqualTo((byte) 0x7F);
        assertThat(sense("12 01 83 00 FF 00")).isEqualTo(0x52400);
        final UnsafeBuffer sense = data("03 00 00 00 12 00", 18);
        assertThat(sense.getByte(12)).isEqualTo((byte) 0x25);
        assertThat(i32(data("A0 00 00 00 00 00 00 00 01 00 00 00", 256), 0)).isEqualTo(16);
        lun = 0xC101_0000_0000_0000L; // a well known logical unit, which there is not
        assertThat(sense("00 00 00 00 00 00")).isEqualTo(0x52500);
    }

    @Test
    void shouldListLunsInBothAddressingMethods() {
        final UnsafeBuffer all = data("A0 00 02 00 00 00 00 00 01 00 00 00", 256);
        assertThat(i32(all, 0)).isEqualTo(16);
        assertThat(i64(all, 8)).isZero();
        assertThat(i64(all, 16)).isEqualTo(0x412C_0000_0000_0000L);
        assertThat(i32(data("A0 00 01 00 00 00 00 00 01 00 00 00", 256), 0)).isZero();
        final UnsafeBuffer cut = data("A0 00 00 00 00 00 00 00 00 08 00 00", 8);
        assertThat(cut.capacity()).isEqualTo(8);
        assertThat(i32(cut, 0)).isEqualTo(16);
        lun = 0x4000_0000_0000_0000L; // LUN 0 by flat space addressing
        assertThat(sense("00 00 00 00 00 00")).isZero();
    }

    @Test
    void shouldRefuseWritesWhenTheVolumeIsReadOnly() {
        lun = 0x412C_0000_0000_0000L;
        assertThat(sense("00 00 00 00 00 00")).isEqualTo(0x62900);
        assertThat(sense("2A 00 00 00 00 00 00 00 01 00", new byte[BLOCK])).isEqualTo(0x72700);
        assertThat(sense("41 08 00 00 00 00 00 00 01 00")).isEqualTo(0x72700);
        assertThat(sense("42 00 00 00 00 00 00 00 00 00")).isEqualTo(0x72700);
        assertThat(sense("89 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00", new byte[2 * BLOCK]))
                .isEqualTo(0x72700);
        assertThat(data("28 00 00 00 00 00 00 00 01 00", BLOCK).capacity()).isEqualTo(BLOCK);
        assertThat(data("1A 00 3F 00 FF 00", 255).getByte(2) & 0xFF).isEqualTo(0x90);
    }

    @Test
    void shouldShowModePagesInAllForms() {
        final UnsafeBuffer all = data("1A 00 3F 00 FF 00", 255);
        assertThat(all.getByte(0) & 0xFF).isEqualTo(all.capacity() - 1);
        assertThat(all.getByte(2) & 0xFF).isEqualTo(0x10);
        assertThat(all.getByte(3)).isEqualTo((byte) 8);
        assertThat(i32(all, 4)).isEqualTo(BLOCKS);
        assertThat(i32(all, 8)).isEqualTo(BLOCK);
        final UnsafeBuffer withSubpages = data("1A 08 3F FF FF 00", 255);
        assertThat(withSubpages.getByte(3)).isZero();
        assertThat(withSubpages.capacity()).isEqualTo(all.capacity() - 8 + 32);
        final UnsafeBuffer ten = data("5A 10 08 00 00 00 00 00 FF 00", 255);
        assertThat(u16(ten, 0)).isEqualTo(ten.capacity() - 2);
        assertThat(ten.getByte(4)).isEqualTo((byte) 1);
        assertThat(u16(ten, 6)).isEqualTo(16);
        assertThat(i64(ten, 8)).isEqualTo(BLOCKS);
        assertThat(ten.getByte(24)).isEqualTo((byte) 0x08);
        assertThat(ten.getByte(26)).isEqualTo((byte) 0x04); // WCE
        final UnsafeBuffer changeable = data("1A 08 4A 00 FF 00", 255);
        assertThat(changeable.getByte(4 + 2)).isEqualTo((byte) 0x04);
        assertThat(changeable.getByte(4 + 3)).isZero();
        assertThat(changeable.getByte(4 + 4)).isEqualTo((byte) 0x08);
    }

    @Test
    void shouldObeyWhatModeSelectSets() {
        final byte[] swp = ScriptedInitiator.hex("00000000 0A0A 00 10 08 00 0000 FFFF 0000");
        assertThat(sense("15 10 00 00 10 00", swp)).isZero();
        assertThat(sense("2A 00 00 00 00 00 00 00 01 00", new byte[BLOCK])).isEqualTo(0x72700);
        assertThat(data("1A 08 0A 00 FF 00", 255).getByte(2) & 0xFF).isEqualTo(0x90);
        swp[4 + 4] = 0;
        swp[4 + 2] = 4; // D_SENSE
        assertThat(sense("15 10 00 00 10 00", swp)).isZero();
        final byte[] descriptor =
                send("2F 02 00 00 00 00 00 00 01 00", 0, ones(BLOCK)).get(0).data();
        assertThat(Arrays.copyOfRange(descriptor, 2, 22))
                .isEqualTo(
                        ScriptedInitiator.hex(
                                "72 0E 1D 00 000000 0C 00 0A 80 00 0000000000000000"));
        final byte[] caching = new byte[24];
        caching[4] = 0x08;
        caching[5] = 0x12;
        assertThat(volume.writeCache()).isTrue();
        assertThat(sense("15 10 00 00 18 00", caching)).isZero();
        assertThat(volume.writeCache()).isFalse();
    }

    private static byte[] ones(final int length) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 1);
        return bytes;
    }

    @Test
    void shouldCompareWhenVerifying() {
        final byte[] data = ones(4 * BLOCK);
        assertThat(sense("2A 00 00 00 00 08 00 00 04 00", data)).isZero();
        assertThat(sense("2F 02 00 00 00 08 00 00 04 00", data)).isZero();
        assertThat(sense("2F 06 00 00 00 08 00 00 04 00", ones(BLOCK))).isZero();
        assertThat(sense("2E 02 00 00 00 20 00 00 04 00", data)).isZero();
        data[3 * BLOCK + 7] = 9;
        final byte[] sense = send("2F 02 00 00 00 08 00 00 04 00", 0, data).get(0).data();
        assertThat(Arrays.copyOfRange(sense, 2, 9))
                .isEqualTo(ScriptedInitiator.hex("F0 00 0E 00000607"));
        assertThat(sense("2F 06 00 00 00 06 00 00 04 00", ones(BLOCK))).isEqualTo(0xE1D00);
    }

    @Test
    void shouldWriteByTheShortestCommand() {
        final byte[] data = ones(2 * BLOCK);
        assertThat(sense("0A 00 00 05 02 00", data)).isZero();
        final UnsafeBuffer read = data("08 00 00 04 04 00", 4 * BLOCK);
        assertThat(read.getByte(BLOCK - 1)).isZero();
        assertThat(read.getByte(BLOCK)).isEqualTo((byte) 1);
        assertThat(read.getByte(3 * BLOCK - 1)).isEqualTo((byte) 1);
        assertThat(read.getByte(3 * BLOCK)).isZero();
    }

    /** ABORT TASK, ABORT TASK SET, CLEAR TASK SET, LOGICAL UNIT RESET, TARGET RESET. */
    @Test
    void shouldListTheTaskManagementFunctionsItHas() {
        final UnsafeBuffer functions = data("A3 0D 80 00 00 00 00 00 00 10 00 00", 16);
        assertThat(functions.getByte(0) & 0xFF).isEqualTo(0xDA);
        assertThat(functions.getByte(3)).isEqualTo((byte) 0x0C);
    }

    @Test
    void shouldWriteOnlyWhatCompares() {
        final byte[] pair = new byte[2 * BLOCK];
        Arrays.fill(pair, BLOCK, 2 * BLOCK, (byte) 7);
        final String cdb = "89 00 00 00 00 00 00 00 00 03 00 00 00 01 00 00";
        assertThat(sense(cdb, pair)).isZero();
        assertThat(sense(cdb, pair)).isEqualTo(0xE1D00);
        assertThat(data("28 00 00 00 00 03 00 00 01 00", BLOCK).getByte(0)).isEqualTo((byte) 7);
        assertThat(sense(cdb, new byte[4 * BLOCK])).isEqualTo(0x52400);
    }

    @Test
    void shouldReadZeroesWhereItWasUnmapped() {
        assertThat(sense("2A 00 00 00 00 00 00 00 08 00", ones(8 * BLOCK))).isZero();
        assertThat(
                        sense(
                                "42 00 00 00 00 00 00 00 18 00",
                                ScriptedInitiator.hex(
                                        "0016 0010 00000000 0000000000000002 00000003 00000000")))
                .isZero();
        assertThat(sense("41 00 00 00 00 06 00 00 02 00", new byte[BLOCK])).isZero();
        final UnsafeBuffer data = data("28 00 00 00 00 00 00 00 08 00", 8 * BLOCK);
        for (int block = 0; block < 8; block++) {
            final boolean zero = block >= 2 && block < 5 || block >= 6;
            assertThat(data.getByte(block * BLOCK))
                    .as("block %d", block)
                    .isEqualTo((byte) (zero ? 0 : 1));
        }
    }

    @Test
    void shouldListEveryCommandOfItsTable() {
        final LogicalUnit unit = new LogicalUnit(volume, null);
        final List<CommandDescriptor> table =
                node.deviceServer().table().all().stream()
                        .filter(command -> command.supportedBy().test(unit))
                        .toList();
        final UnsafeBuffer all = data("A3 0C 80 00 00 00 00 00 10 00 00 00", 4096);
        assertThat(i32(all, 0)).isEqualTo(all.capacity() - 4).isEqualTo(20 * table.size());
        for (final CommandDescriptor command : table) {
            final boolean action = command.hasServiceAction();
            final UnsafeBuffer one =
                    data(
                            String.format(
                                    "A3 0C %02x %02x %04x 00 00 10 00 00 00",
                                    action ? 0x82 : 0x81,
                                    command.opcode(),
                                    action ? command.serviceAction() : 0),
                            4096);
            assertThat(one.getByte(1) & 0x87).as("%s", command).isEqualTo(0x83);
            assertThat(u16(one, 2)).isEqualTo(command.cdbLength());
            assertThat(one.getByte(4) & 0xFF).isEqualTo(command.opcode());
            assertThat(u16(one, 4 + command.cdbLength())).isEqualTo(0x0A);
            final int groupCode = command.opcode() >> 5;
            final int length =
                    switch (groupCode) {
                        case 0 -> 6;
                        case 1, 2 -> 10;
                        case 4 -> 16;
                        default -> 12;
                    };
            assertThat(command.cdbLength()).as("%s", command).isEqualTo(length);
        }
        assertThat(data("A3 0C 01 FE 00 00 00 00 10 00 00 00", 4096).getByte(1))
                .isEqualTo((byte) 1);
        assertThat(sense("A3 0C 01 9E 00 00 00 00 10 00 00 00")).isEqualTo(0x52400);
        assertThat(sense("A3 0C 02 28 00 00 00 00 10 00 00 00")).isEqualTo(0x52400);
        assertThat(sense("A3 0C 04 28 00 00 00 00 10 00 00 00")).isEqualTo(0x52400);
    }

    @Test
    void shouldReportAPendingConditionAsDataWhenSenseIsRequested() {
        lun = 0x412C_0000_0000_0000L;
        final UnsafeBuffer first = data("03 00 00 00 12 00", 18);
        assertThat(first.getByte(2)).isEqualTo((byte) 6);
        assertThat(first.getByte(12)).isEqualTo((byte) 0x29);
        final UnsafeBuffer second = data("03 01 00 00 08 00", 8);
        assertThat(second.getByte(0)).isEqualTo((byte) 0x72);
        assertThat(second.getByte(1)).isZero();
        assertThat(sense("00 00 00 00 00 00")).isZero();
    }
}
