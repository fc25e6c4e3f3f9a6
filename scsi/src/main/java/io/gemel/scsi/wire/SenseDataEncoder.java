package io.gemel.scsi.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.MutableDirectBuffer;

/**
 * Sense data in both formats: SPC-4 sections 4.5.2 (descriptor) and 4.5.3 (fixed). Big-endian,
 * current errors only.
 *
 * <pre>
 * fixed       0 VALID|70h · 2 key · 3-6 INFORMATION · 7 length-7 (10) · 12 ASC · 13 ASCQ · 15-17 sense key specific
 * descriptor  0 72h · 1 key · 2 ASC · 3 ASCQ · 7 length-7 · 8.. descriptors: 00h information (12), 02h key specific (8)
 * </pre>
 */
public final class SenseDataEncoder {
    /** Length of fixed format sense data in bytes. */
    public static final int FIXED_LENGTH = 18;

    /** Longest sense data we send: descriptor format with both descriptors. */
    public static final int MAX_LENGTH = 8 + 12 + 8;

    private static final int VALID = 0x80;
    private static final int FIXED_CURRENT = 0x70;
    private static final int DESCRIPTOR_CURRENT = 0x72;
    private static final int SKSV = 0x80;
    private static final int COMMAND_DATA = 0x40;
    private static final int BIT_POINTER_VALID = 0x08;

    private SenseDataEncoder() {}

    /**
     * Writes sense data.
     *
     * @param information INFORMATION, taken when {@code informationValid}; 32 bits in the fixed
     *     format: a larger value leaves VALID clear there
     * @param fieldPointer byte in error for ILLEGAL REQUEST, or -1
     * @param inCdb whether the field pointer is into the CDB, else into the parameter list
     * @param bitPointer bit in error, or -1
     * @return its length in bytes
     */
    public static int encode(
            final MutableDirectBuffer buffer,
            final int offset,
            final boolean descriptorFormat,
            final int key,
            final int asc,
            final int ascq,
            final boolean informationValid,
            final long information,
            final int fieldPointer,
            final boolean inCdb,
            final int bitPointer) {
        return descriptorFormat
                ? encodeDescriptor(
                        buffer,
                        offset,
                        key,
                        asc,
                        ascq,
                        informationValid,
                        information,
                        fieldPointer,
                        inCdb,
                        bitPointer)
                : encodeFixed(
                        buffer,
                        offset,
                        key,
                        asc,
                        ascq,
                        informationValid,
                        information,
                        fieldPointer,
                        inCdb,
                        bitPointer);
    }

    private static int encodeFixed(
            final MutableDirectBuffer buffer,
            final int offset,
            final int key,
            final int asc,
            final int ascq,
            final boolean informationValid,
            final long information,
            final int fieldPointer,
            final boolean inCdb,
            final int bitPointer) {
        buffer.setMemory(offset, FIXED_LENGTH, (byte) 0);
        final boolean fits = informationValid && information >>> 32 == 0;
        buffer.putByte(offset, (byte) (FIXED_CURRENT | (fits ? VALID : 0)));
        buffer.putByte(offset + 2, (byte) key);
        if (fits) {
            buffer.putInt(offset + 3, (int) information, BIG_ENDIAN);
        }
        buffer.putByte(offset + 7, (byte) (FIXED_LENGTH - 8));
        buffer.putByte(offset + 12, (byte) asc);
        buffer.putByte(offset + 13, (byte) ascq);
        if (fieldPointer >= 0) {
            putKeySpecific(buffer, offset + 15, fieldPointer, inCdb, bitPointer);
        }
        return FIXED_LENGTH;
    }

    private static int encodeDescriptor(
            final MutableDirectBuffer buffer,
            final int offset,
            final int key,
            final int asc,
            final int ascq,
            final boolean informationValid,
            final long information,
            final int fieldPointer,
            final boolean inCdb,
            final int bitPointer) {
        buffer.setMemory(offset, MAX_LENGTH, (byte) 0);
        buffer.putByte(offset, (byte) DESCRIPTOR_CURRENT);
        buffer.putByte(offset + 1, (byte) key);
        buffer.putByte(offset + 2, (byte) asc);
        buffer.putByte(offset + 3, (byte) ascq);
        int length = 8;
        if (informationValid) {
            buffer.putByte(offset + length + 1, (byte) 0x0A);
            buffer.putByte(offset + length + 2, (byte) VALID);
            buffer.putLong(offset + length + 4, information, BIG_ENDIAN);
            length += 12;
        }
        if (fieldPointer >= 0) {
            buffer.putByte(offset + length, (byte) 0x02);
            buffer.putByte(offset + length + 1, (byte) 0x06);
            putKeySpecific(buffer, offset + length + 4, fieldPointer, inCdb, bitPointer);
            length += 8;
        }
        buffer.putByte(offset + 7, (byte) (length - 8));
        return length;
    }

    private static void putKeySpecific(
            final MutableDirectBuffer buffer,
            final int offset,
            final int fieldPointer,
            final boolean inCdb,
            final int bitPointer) {
        buffer.putByte(
                offset,
                (byte)
                        (SKSV
                                | (inCdb ? COMMAND_DATA : 0)
                                | (bitPointer >= 0 ? BIT_POINTER_VALID | bitPointer : 0)));
        buffer.putShort(offset + 1, (short) fieldPointer, BIG_ENDIAN);
    }
}
