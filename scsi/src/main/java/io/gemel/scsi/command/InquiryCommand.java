package io.gemel.scsi.command;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.core.volume.Volume;
import io.gemel.scsi.ItNexus;
import io.gemel.scsi.ScsiTask;
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/** INQUIRY: SPC-4 sections 6.4 and 7.8, SBC-3 section 6.5 (pages B0h, B1h, B2h). Big-endian. */
final class InquiryCommand implements CommandHandler {
    static final String VENDOR = "GEMEL   ";
    private static final String PRODUCT = "VOLUME          ";
    private static final String REVISION = "0001";

    private static final int NOT_CONNECTED = 0x7F; // qualifier 011b, type 1Fh
    private static final int VERSION_SPC4 = 0x06;
    private static final int HISUP_AND_FORMAT_2 = 0x12;
    private static final int MULTIP = 0x10;
    private static final int CMDQUE = 0x02;
    private static final int STANDARD_LENGTH = 96;
    private static final int[] VERSION_DESCRIPTORS = {
        0x00A0, // SAM-5
        0x0460, // SPC-4
        0x04C0, // SBC-3
        0x0960 // iSCSI
    };

    private static final int SUPPORTED_PAGES = 0x00;
    private static final int UNIT_SERIAL_NUMBER = 0x80;
    private static final int DEVICE_IDENTIFICATION = 0x83;
    private static final int EXTENDED_INQUIRY = 0x86;
    private static final int BLOCK_LIMITS = 0xB0;
    private static final int BLOCK_CHARACTERISTICS = 0xB1;
    private static final int LOGICAL_BLOCK_PROVISIONING = 0xB2;
    private static final int[] PAGES = {
        SUPPORTED_PAGES,
        UNIT_SERIAL_NUMBER,
        DEVICE_IDENTIFICATION,
        EXTENDED_INQUIRY,
        BLOCK_LIMITS,
        BLOCK_CHARACTERISTICS,
        LOGICAL_BLOCK_PROVISIONING
    };

    private static final int HEADER_LENGTH = 4;
    private static final int LONG_PAGE_LENGTH = 64;

    private static final int BINARY = 1;
    private static final int ASCII = 2;
    private static final int UTF8 = 3;
    private static final int T10_VENDOR_ID = 1;
    private static final int EUI_64 = 2;
    private static final int NAA = 3;
    private static final int RELATIVE_TARGET_PORT = 4;
    private static final int SCSI_NAME_STRING = 8;
    private static final int OF_UNIT = 0;
    private static final int OF_TARGET_PORT = 1;
    private static final int OF_TARGET_DEVICE = 2;
    private static final int PIV = 0x80;
    private static final int PROTOCOL_ISCSI = 5;

    @Override
    public void prepare(final ScsiTask task) {
        final boolean evpd = task.cdb().bit(1, 0);
        final int page = task.cdb().u8(2);
        if (task.cdb().bit(1, 1)) { // CMDDT, obsolete
            task.failField(1, 1);
        } else if (!evpd && page != 0 || evpd && !isSupported(task, page)) {
            task.failField(2, -1);
        } else {
            task.needsBuffer(BasicCommands.PARAMETER_BUFFER_BYTES);
        }
    }

    private static boolean isSupported(final ScsiTask task, final int page) {
        for (final int supported : PAGES) {
            if (supported == page) {
                return page == SUPPORTED_PAGES || task.logicalUnit() != null;
            }
        }
        return false;
    }

    @Override
    public void execute(final ScsiTask task) {
        final MutableDirectBuffer data = task.buffer();
        data.setMemory(0, BasicCommands.PARAMETER_BUFFER_BYTES, (byte) 0);
        if (task.logicalUnit() == null) {
            data.putByte(0, (byte) NOT_CONNECTED);
        }
        final int length =
                task.cdb().bit(1, 0)
                        ? encodePage(task, data, task.cdb().u8(2))
                        : encodeStandard(data);
        task.dataInLength(Math.min(length, task.cdb().u16(3)));
        task.task().executed();
    }

    private static int encodeStandard(final MutableDirectBuffer data) {
        data.putByte(2, (byte) VERSION_SPC4);
        data.putByte(3, (byte) HISUP_AND_FORMAT_2);
        data.putByte(4, (byte) (STANDARD_LENGTH - 5));
        data.putByte(6, (byte) MULTIP);
        data.putByte(7, (byte) CMDQUE);
        data.putStringWithoutLengthAscii(8, VENDOR);
        data.putStringWithoutLengthAscii(16, PRODUCT);
        data.putStringWithoutLengthAscii(32, REVISION);
        for (int i = 0; i < VERSION_DESCRIPTORS.length; i++) {
            data.putShort(58 + i * 2, (short) VERSION_DESCRIPTORS[i], BIG_ENDIAN);
        }
        return STANDARD_LENGTH;
    }

    private static int encodePage(
            final ScsiTask task, final MutableDirectBuffer data, final int page) {
        data.putByte(1, (byte) page);
        final int length =
                switch (page) {
                    case SUPPORTED_PAGES -> encodeSupportedPages(task, data);
                    case UNIT_SERIAL_NUMBER ->
                            HEADER_LENGTH
                                    + data.putStringWithoutLengthAscii(
                                            HEADER_LENGTH,
                                            task.logicalUnit().volume().identity().serial());
                    case DEVICE_IDENTIFICATION -> encodeIdentification(task, data);
                    case EXTENDED_INQUIRY -> encodeExtendedInquiry(data);
                    case BLOCK_LIMITS -> encodeBlockLimits(task.logicalUnit().volume(), data);
                    case BLOCK_CHARACTERISTICS -> encodeCharacteristics(data);
                    default -> encodeProvisioning(task.logicalUnit().volume(), data);
                };
        data.putShort(2, (short) (length - HEADER_LENGTH), BIG_ENDIAN);
        return length;
    }

    private static int encodeSupportedPages(final ScsiTask task, final MutableDirectBuffer data) {
        int length = HEADER_LENGTH;
        for (final int page : PAGES) {
            if (isSupported(task, page)) {
                data.putByte(length++, (byte) page);
            }
        }
        return length;
    }

    private static int encodeIdentification(final ScsiTask task, final MutableDirectBuffer data) {
        final Volume volume = task.logicalUnit().volume();
        final ItNexus nexus = task.nexus();
        int at = HEADER_LENGTH;

        data.putLong(at + 4, volume.identity().naa(), BIG_ENDIAN);
        at += putDesignator(data, at, BINARY, OF_UNIT, NAA, 8);
        data.putLong(at + 4, volume.identity().eui64(), BIG_ENDIAN);
        at += putDesignator(data, at, BINARY, OF_UNIT, EUI_64, 8);
        int length = data.putStringWithoutLengthAscii(at + 4, VENDOR + volume.identity().serial());
        at += putDesignator(data, at, ASCII, OF_UNIT, T10_VENDOR_ID, length);

        data.putInt(at + 4, nexus.rtpi(), BIG_ENDIAN);
        at += putDesignator(data, at, BINARY, OF_TARGET_PORT, RELATIVE_TARGET_PORT, 4);
        length =
                putName(
                        data,
                        at + 4,
                        nexus.targetName() + String.format(",t,0x%04x", nexus.portalGroupTag()));
        at += putDesignator(data, at, UTF8, OF_TARGET_PORT, SCSI_NAME_STRING, length);
        length = putName(data, at + 4, nexus.targetName());
        at += putDesignator(data, at, UTF8, OF_TARGET_DEVICE, SCSI_NAME_STRING, length);
        return at;
    }

    /**
     * The header of a designation descriptor whose designator is in place; returns the length of
     * both.
     */
    private static int putDesignator(
            final MutableDirectBuffer data,
            final int at,
            final int codeSet,
            final int association,
            final int type,
            final int length) {
        final boolean ofPort = association != OF_UNIT;
        data.putByte(at, (byte) ((ofPort ? PROTOCOL_ISCSI << 4 : 0) | codeSet));
        data.putByte(at + 1, (byte) ((ofPort ? PIV : 0) | association << 4 | type));
        data.putByte(at + 3, (byte) length);
        return 4 + length;
    }

    /** A SCSI name string: ended by NUL, padded with NULs to a multiple of 4. */
    private static int putName(final MutableDirectBuffer data, final int at, final String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        data.putBytes(at, bytes);
        return bytes.length + 4 & ~3;
    }

    private static int encodeExtendedInquiry(final MutableDirectBuffer data) {
        data.putByte(5, (byte) 0x01); // SIMPSUP: ordered and head of queue are treated as simple
        data.putByte(6, (byte) 0x01); // V_SUP: there is a volatile cache
        return LONG_PAGE_LENGTH;
    }

    private static int encodeBlockLimits(final Volume volume, final MutableDirectBuffer data) {
        data.putByte(4, (byte) 0x01); // WSNZ: WRITE SAME of 0 blocks is refused
        data.putByte(5, (byte) volume.compareAndWriteBlocks());
        data.putShort(6, (short) volume.optimalBlocks(), BIG_ENDIAN);
        data.putInt(8, volume.maxTransferBlocks(), BIG_ENDIAN);
        data.putInt(12, volume.maxTransferBlocks(), BIG_ENDIAN);
        if (volume.thin()) {
            data.putInt(20, (int) volume.maxUnmapBlocks(), BIG_ENDIAN);
            data.putInt(24, volume.maxUnmapExtents(), BIG_ENDIAN);
            data.putInt(28, volume.optimalBlocks(), BIG_ENDIAN);
            data.putInt(32, 0x8000_0000, BIG_ENDIAN); // UGAVALID, alignment 0
        }
        data.putLong(36, volume.maxWriteSameBlocks(), BIG_ENDIAN);
        return LONG_PAGE_LENGTH;
    }

    private static int encodeCharacteristics(final MutableDirectBuffer data) {
        data.putShort(4, (short) 1, BIG_ENDIAN); // MEDIUM ROTATION RATE: does not rotate
        return LONG_PAGE_LENGTH;
    }

    private static int encodeProvisioning(final Volume volume, final MutableDirectBuffer data) {
        if (volume.thin()) {
            data.putByte(
                    5, (byte) 0xE4); // LBPU, LBPWS, LBPWS10, LBPRZ 001b: unmapped blocks read as
            // zeroes
            data.putByte(6, (byte) 0x02); // thin
        }
        return 8;
    }
}
