package io.gemel.nvme.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A view of one NVMe structure: a buffer and an offset, layout only. All integers of NVMe are
 * little-endian.
 *
 * <p>Owner: whoever wrapped it; it is never kept beyond the callback in which it was wrapped.
 * {@link #wrap} checks the whole fixed part against the buffer once, so that the accessors of fixed
 * fields cannot leave it.
 *
 * @param <T> the concrete structure, for chained setters.
 */
public abstract class NvmeStructure<T extends NvmeStructure<T>> {
    private static final int FEW_BYTES = 128;

    private final int fixedLengthBytes;
    private DirectBuffer buffer;
    private MutableDirectBuffer mutableBuffer;
    private int offset;

    protected NvmeStructure(final int fixedLengthBytes) {
        this.fixedLengthBytes = fixedLengthBytes;
    }

    /**
     * Views bytes to be read. Throws IndexOutOfBoundsException when the fixed part does not fit.
     */
    public final T wrap(final DirectBuffer source, final int sourceOffset) {
        source.boundsCheck(sourceOffset, fixedLengthBytes);
        buffer = source;
        mutableBuffer = null;
        offset = sourceOffset;
        return self();
    }

    /**
     * Views bytes to be written: the whole fixed part is zeroed first, so reserved fields need no
     * setter.
     */
    public final T encode(final MutableDirectBuffer target, final int targetOffset) {
        modify(target, targetOffset);
        zero(target, targetOffset, fixedLengthBytes);
        return self();
    }

    /** A call of setMemory costs more than the few stores that a header takes. */
    private static void zero(
            final MutableDirectBuffer target, final int offset, final int lengthBytes) {
        if (lengthBytes > FEW_BYTES) {
            target.setMemory(offset, lengthBytes, (byte) 0);
            return;
        }
        int done = 0;
        for (; done + Long.BYTES <= lengthBytes; done += Long.BYTES) {
            target.putLong(offset + done, 0);
        }
        for (; done < lengthBytes; done++) {
            target.putByte(offset + done, (byte) 0);
        }
    }

    /** Views bytes to be changed in place; nothing is zeroed. */
    public final T modify(final MutableDirectBuffer target, final int targetOffset) {
        target.boundsCheck(targetOffset, fixedLengthBytes);
        buffer = target;
        mutableBuffer = target;
        offset = targetOffset;
        return self();
    }

    /** The length of the fixed part in bytes. */
    public final int fixedLengthBytes() {
        return fixedLengthBytes;
    }

    public final DirectBuffer buffer() {
        return buffer;
    }

    /** Where the structure starts in {@link #buffer()}. */
    public final int offset() {
        return offset;
    }

    /** The field {@code word[high:low]} as the standard writes it, unsigned. */
    public static int bits(final int word, final int high, final int low) {
        return (int) ((word & 0xFFFF_FFFFL) >>> low & (1L << high - low + 1) - 1);
    }

    /** The bit {@code word[index]}. */
    public static boolean bit(final int word, final int index) {
        return 0 != (word >>> index & 1);
    }

    /**
     * {@code word} with the field {@code [high:low]} replaced; bits of {@code value} beyond the
     * field are dropped.
     */
    public static int withBits(final int word, final int high, final int low, final int value) {
        final int mask = (int) ((1L << high - low + 1) - 1 << low);
        return word & ~mask | value << low & mask;
    }

    protected final int u8(final int index) {
        return buffer.getByte(offset + index) & 0xFF;
    }

    protected final int u16(final int index) {
        return buffer.getShort(offset + index, LITTLE_ENDIAN) & 0xFFFF;
    }

    protected final int i32(final int index) {
        return buffer.getInt(offset + index, LITTLE_ENDIAN);
    }

    protected final long u32(final int index) {
        return buffer.getInt(offset + index, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    }

    protected final long i64(final int index) {
        return buffer.getLong(offset + index, LITTLE_ENDIAN);
    }

    protected final T u8(final int index, final int value) {
        mutableBuffer.putByte(offset + index, (byte) value);
        return self();
    }

    protected final T u16(final int index, final int value) {
        mutableBuffer.putShort(offset + index, (short) value, LITTLE_ENDIAN);
        return self();
    }

    protected final T i32(final int index, final int value) {
        mutableBuffer.putInt(offset + index, value, LITTLE_ENDIAN);
        return self();
    }

    protected final T u32(final int index, final long value) {
        mutableBuffer.putInt(offset + index, (int) value, LITTLE_ENDIAN);
        return self();
    }

    protected final T i64(final int index, final long value) {
        mutableBuffer.putLong(offset + index, value, LITTLE_ENDIAN);
        return self();
    }

    /** ASCII text padded with {@code pad}; what is longer than the field is cut. */
    protected final T text(
            final int index, final int lengthBytes, final String value, final char pad) {
        for (int i = 0; i < lengthBytes; i++) {
            final char c = i < value.length() ? value.charAt(i) : pad;
            mutableBuffer.putByte(offset + index + i, (byte) c);
        }
        return self();
    }

    /** ASCII text up to the first NUL or the end of the field, trailing spaces removed. */
    protected final String text(final int index, final int lengthBytes) {
        int length = 0;
        while (length < lengthBytes && 0 != buffer.getByte(offset + index + length)) {
            length++;
        }
        while (length > 0 && ' ' == buffer.getByte(offset + index + length - 1)) {
            length--;
        }
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset + index, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    protected final T bytes(final int index, final byte[] value) {
        mutableBuffer.putBytes(offset + index, value);
        return self();
    }

    protected final byte[] bytes(final int index, final int lengthBytes) {
        final byte[] value = new byte[lengthBytes];
        buffer.getBytes(offset + index, value);
        return value;
    }

    protected final MutableDirectBuffer mutableBuffer() {
        return mutableBuffer;
    }

    @SuppressWarnings("unchecked")
    private T self() {
        return (T) this;
    }
}
