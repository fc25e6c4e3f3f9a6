package io.gemel.scsi.wire;

/**
 * Fields narrower than their byte or word, in the bit order the standards write them: {@code
 * bits(word, 27, 16)}.
 */
public final class BitField {
    private BitField() {}

    /**
     * Bits {@code high} down to {@code low} of {@code word}, both included, bit 0 being the lowest.
     */
    public static int bits(final int word, final int high, final int low) {
        return word >>> low & mask(high - low + 1);
    }

    /**
     * {@code word} with bits {@code high} to {@code low} replaced by {@code value}.
     *
     * @throws IllegalArgumentException when the value is wider than the field: our own mistake,
     *     never the peer's
     */
    public static int withBits(final int word, final int high, final int low, final int value) {
        final int mask = mask(high - low + 1);
        if ((value & ~mask) != 0) {
            throw new IllegalArgumentException(value + " is wider than bits " + high + ":" + low);
        }
        return word & ~(mask << low) | value << low;
    }

    private static int mask(final int width) {
        return width == Integer.SIZE ? -1 : (1 << width) - 1;
    }
}
