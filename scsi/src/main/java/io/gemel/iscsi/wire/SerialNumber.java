package io.gemel.iscsi.wire;

/**
 * 32-bit serial numbers (CmdSN, StatSN, DataSN, R2TSN): RFC 1982 arithmetic, as RFC 7143 section
 * 4.2.2 asks.
 */
public final class SerialNumber {
    private SerialNumber() {}

    /**
     * Whether {@code a} comes before {@code b}. Two numbers 2^31 apart have no order: false both
     * ways.
     */
    public static boolean isBefore(final int a, final int b) {
        final int distance = b - a;
        return distance > 0;
    }

    /**
     * Whether {@code value} lies in the window {@code [first, last]}; a window with last = first -
     * 1 is empty.
     */
    public static boolean isWithin(final int value, final int first, final int last) {
        return !isBefore(value, first) && !isBefore(last, value);
    }
}
