package io.gemel.iscsi.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * One additional header segment: RFC 7143 section 11.2.2. Big-endian.
 *
 * <pre>
 * byte 0 1 AHSLength (bytes that count after byte 2, without padding) · 2 AHSType · 3.. AHS-specific, padded to 4
 * </pre>
 */
public final class AhsFlyweight {
    /** AHSLength and AHSType. */
    public static final int HEADER_LENGTH = 3;

    /** The smallest segment: header and one byte. */
    public static final int MIN_LENGTH = 4;

    /** The bytes of a CDB after the sixteenth; one reserved byte before them. */
    public static final int TYPE_EXTENDED_CDB = 1;

    /** Bidirectional Read Expected Data Transfer Length; one reserved byte before it. */
    public static final int TYPE_BIDIRECTIONAL_READ_LENGTH = 2;

    private DirectBuffer buffer;
    private int offset;
    private int limit;

    /**
     * Wraps the segment at {@code sourceOffset} of an AHS area that ends at {@code endOffset}.
     *
     * @return false when the segment does not fit: the peer's mistake, the PDU is to be rejected
     */
    public boolean tryWrap(final DirectBuffer source, final int sourceOffset, final int endOffset) {
        if (endOffset - sourceOffset < MIN_LENGTH) {
            return false;
        }
        source.boundsCheck(sourceOffset, MIN_LENGTH);
        buffer = source;
        offset = sourceOffset;
        limit = endOffset;
        return paddedLength() <= limit - offset;
    }

    /** AHSLength: bytes after AHSType that count. */
    public int ahsLength() {
        return buffer.getShort(offset, BIG_ENDIAN) & 0xFFFF;
    }

    public int ahsType() {
        return buffer.getByte(offset + 2) & 0xFF;
    }

    /** The whole segment with its padding, in bytes: the next one begins so far behind this one. */
    public int paddedLength() {
        return BhsFlyweight.padded(HEADER_LENGTH + ahsLength());
    }

    /** Extended CDB: how many bytes of the CDB are here. */
    public int extendedCdbLength() {
        return Math.max(0, ahsLength() - 1);
    }

    /** Extended CDB: offset in the wrapped buffer of the CDB's seventeenth byte. */
    public int extendedCdbOffset() {
        return offset + HEADER_LENGTH + 1;
    }

    /** Bidirectional Read Expected Data Transfer Length in bytes. */
    public long bidirectionalReadLength() {
        return buffer.getInt(offset + HEADER_LENGTH + 1, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /**
     * Writes an extended CDB segment with the bytes of {@code cdb} from the seventeenth on; returns
     * its padded length.
     */
    public static int encodeExtendedCdb(
            final MutableDirectBuffer target, final int targetOffset, final byte[] cdb) {
        final int extra = cdb.length - ScsiCommandFlyweight.CDB_LENGTH;
        final int paddedLength = BhsFlyweight.padded(HEADER_LENGTH + 1 + extra);
        target.setMemory(targetOffset, paddedLength, (byte) 0);
        target.putShort(targetOffset, (short) (1 + extra), BIG_ENDIAN);
        target.putByte(targetOffset + 2, (byte) TYPE_EXTENDED_CDB);
        target.putBytes(
                targetOffset + HEADER_LENGTH + 1, cdb, ScsiCommandFlyweight.CDB_LENGTH, extra);
        return paddedLength;
    }

    /** Writes a bidirectional read length segment; returns its length, 8 bytes. */
    public static int encodeBidirectionalReadLength(
            final MutableDirectBuffer target, final int targetOffset, final long lengthBytes) {
        target.putLong(targetOffset, 0, BIG_ENDIAN);
        target.putShort(targetOffset, (short) 5, BIG_ENDIAN);
        target.putByte(targetOffset + 2, (byte) TYPE_BIDIRECTIONAL_READ_LENGTH);
        target.putInt(targetOffset + HEADER_LENGTH + 1, (int) lengthBytes, BIG_ENDIAN);
        return 8;
    }
}
