package io.gemel.iscsi.wire;

import static io.gemel.scsi.wire.BitField.bits;
import static io.gemel.scsi.wire.BitField.withBits;
import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The 48 bytes every iSCSI PDU begins with: RFC 7143 section 11.2. Big-endian; lengths in bytes.
 *
 * <pre>
 * byte  0     1      2      3       4          5  6  7           8 .. 15   16 .. 19   20 .. 47
 *      |.|I|opcode|F| opcode-specific |AHS words |DataSegmentLength |LUN      |ITT       |by opcode
 * </pre>
 *
 * <p>A flyweight wraps either for decoding (any {@link DirectBuffer}) or for encoding (a {@link
 * MutableDirectBuffer}, cleared first). It never outlives the callback that wrapped it.
 */
public class BhsFlyweight {
    /** Bytes in a basic header segment. */
    public static final int BHS_LENGTH = 48;

    /** Initiator Task Tag and Target Transfer Tag: "no task", "no transfer". */
    public static final int RESERVED_TAG = 0xFFFF_FFFF;

    /** The largest DataSegmentLength: 24 bits, in bytes. */
    public static final int MAX_DATA_SEGMENT_LENGTH = 0xFF_FFFF;

    /** Bit 7 of byte 1: F in most PDUs, T in login, constant 1 elsewhere. */
    protected static final int FINAL_BIT = 0x80;

    private static final int IMMEDIATE_FLAG = 0x40;
    private static final int FLAGS_OFFSET = 1;
    private static final int TOTAL_AHS_LENGTH_OFFSET = 4;
    private static final int LUN_OFFSET = 8;
    private static final int INITIATOR_TASK_TAG_OFFSET = 16;

    protected DirectBuffer buffer;
    protected MutableDirectBuffer mutable;
    protected int offset;

    /** Wraps for decoding: 48 bytes must be there. */
    public final void wrapBhs(final DirectBuffer source, final int sourceOffset) {
        source.boundsCheck(sourceOffset, BHS_LENGTH);
        buffer = source;
        mutable = null;
        offset = sourceOffset;
    }

    protected final void wrapAndClearBhs(
            final MutableDirectBuffer target, final int targetOffset, final int opcode) {
        target.boundsCheck(targetOffset, BHS_LENGTH);
        for (int at = 0; at < BHS_LENGTH; at += Long.BYTES) {
            target.putLong(targetOffset + at, 0); // six stores; setMemory is a call into the JVM
        }
        buffer = target;
        mutable = target;
        offset = targetOffset;
        target.putByte(targetOffset, (byte) opcode);
    }

    /** Offset of the BHS in the wrapped buffer. */
    public final int offset() {
        return offset;
    }

    /** Opcode, 6 bits; bit 5 is set in PDUs of the target. */
    public final int opcode() {
        return bits(u8(0), 5, 0);
    }

    /** I: immediate delivery, CmdSN is not advanced. */
    public final boolean isImmediate() {
        return (u8(0) & IMMEDIATE_FLAG) != 0;
    }

    public BhsFlyweight isImmediate(final boolean value) {
        putU8(0, value ? u8(0) | IMMEDIATE_FLAG : u8(0) & ~IMMEDIATE_FLAG);
        return this;
    }

    /** Byte 1 as a whole. */
    public final int flags() {
        return u8(FLAGS_OFFSET);
    }

    protected final void flags(final int value) {
        putU8(FLAGS_OFFSET, value);
    }

    /** Length of all additional header segments in bytes: a multiple of 4, at most 1020. */
    public final int totalAhsLength() {
        return u8(TOTAL_AHS_LENGTH_OFFSET) * Integer.BYTES;
    }

    /** Takes bytes, a multiple of 4; the wire carries words. */
    public BhsFlyweight totalAhsLength(final int lengthBytes) {
        putU8(TOTAL_AHS_LENGTH_OFFSET, lengthBytes / Integer.BYTES);
        return this;
    }

    /** DataSegmentLength in bytes, without padding: 24 bits. */
    public final int dataSegmentLength() {
        return bits(buffer.getInt(offset + TOTAL_AHS_LENGTH_OFFSET, BIG_ENDIAN), 23, 0);
    }

    public BhsFlyweight dataSegmentLength(final int lengthBytes) {
        final int word = buffer.getInt(offset + TOTAL_AHS_LENGTH_OFFSET, BIG_ENDIAN);
        mutable.putInt(
                offset + TOTAL_AHS_LENGTH_OFFSET, withBits(word, 23, 0, lengthBytes), BIG_ENDIAN);
        return this;
    }

    /** LUN as in SAM: eight bytes, first byte on the wire highest. Not in every PDU. */
    public final long lun() {
        return buffer.getLong(offset + LUN_OFFSET, BIG_ENDIAN);
    }

    public BhsFlyweight lun(final long value) {
        mutable.putLong(offset + LUN_OFFSET, value, BIG_ENDIAN);
        return this;
    }

    /** ITT: opaque, compared for equality only. */
    public final int initiatorTaskTag() {
        return i32(INITIATOR_TASK_TAG_OFFSET);
    }

    public BhsFlyweight initiatorTaskTag(final int value) {
        putI32(INITIATOR_TASK_TAG_OFFSET, value);
        return this;
    }

    /**
     * {@code length} rounded up to the multiple of four that data segments and AHSs are padded to.
     */
    public static int padded(final int length) {
        return length + 3 & ~3;
    }

    protected final boolean flag(final int mask) {
        return (u8(FLAGS_OFFSET) & mask) != 0;
    }

    protected final void setFlag(final int mask, final boolean value) {
        putU8(FLAGS_OFFSET, value ? u8(FLAGS_OFFSET) | mask : u8(FLAGS_OFFSET) & ~mask);
    }

    protected final int u8(final int fieldOffset) {
        return buffer.getByte(offset + fieldOffset) & 0xFF;
    }

    protected final void putU8(final int fieldOffset, final int value) {
        mutable.putByte(offset + fieldOffset, (byte) value);
    }

    protected final int u16(final int fieldOffset) {
        return buffer.getShort(offset + fieldOffset, BIG_ENDIAN) & 0xFFFF;
    }

    protected final void putU16(final int fieldOffset, final int value) {
        mutable.putShort(offset + fieldOffset, (short) value, BIG_ENDIAN);
    }

    protected final int i32(final int fieldOffset) {
        return buffer.getInt(offset + fieldOffset, BIG_ENDIAN);
    }

    protected final void putI32(final int fieldOffset, final int value) {
        mutable.putInt(offset + fieldOffset, value, BIG_ENDIAN);
    }

    protected final long u32(final int fieldOffset) {
        return i32(fieldOffset) & 0xFFFF_FFFFL;
    }

    protected final void putU32(final int fieldOffset, final long value) {
        putI32(fieldOffset, (int) value);
    }
}
