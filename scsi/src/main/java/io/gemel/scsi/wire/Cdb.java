package io.gemel.scsi.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * A command descriptor block, copied out of its PDU: SPC-4 section 4.2. Big-endian. Owner: the task
 * it is part of.
 *
 * <p>Always {@link #MAX_LENGTH} bytes long, zero behind what the initiator sent, so that a field
 * may be read before the operation code is known to be supported.
 */
public final class Cdb {
    /** Longest CDB taken; the longest command we know has 32 bytes. */
    public static final int MAX_LENGTH = 32;

    private static final int NACA_BIT = 0x04;

    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[MAX_LENGTH]);

    public UnsafeBuffer bytes() {
        return bytes;
    }

    /** Zeroes all of it. */
    public void clear() {
        for (int at = 0; at < MAX_LENGTH; at += Long.BYTES) {
            bytes.putLong(at, 0);
        }
    }

    public int opcode() {
        return u8(0);
    }

    /** SERVICE ACTION of those commands that have one: byte 1, bits 4 to 0. */
    public int serviceAction() {
        return BitField.bits(u8(1), 4, 0);
    }

    /** Whether NACA is set in the CONTROL byte at that offset: SAM-5 section 5.2. */
    public boolean naca(final int controlOffset) {
        return (u8(controlOffset) & NACA_BIT) != 0;
    }

    public int u8(final int offset) {
        return bytes.getByte(offset) & 0xFF;
    }

    public int u16(final int offset) {
        return bytes.getShort(offset, BIG_ENDIAN) & 0xFFFF;
    }

    /** Three bytes. */
    public int u24(final int offset) {
        return u8(offset) << 16 | u16(offset + 1);
    }

    public long u32(final int offset) {
        return bytes.getInt(offset, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /** Eight bytes; values from 2^63 on come out negative, which no volume contains. */
    public long i64(final int offset) {
        return bytes.getLong(offset, BIG_ENDIAN);
    }

    public boolean bit(final int offset, final int bit) {
        return (u8(offset) >>> bit & 1) != 0;
    }

    public int bits(final int offset, final int high, final int low) {
        return BitField.bits(u8(offset), high, low);
    }
}
