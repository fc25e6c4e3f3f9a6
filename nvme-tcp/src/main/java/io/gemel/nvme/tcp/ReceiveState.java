package io.gemel.nvme.tcp;

/**
 * What the next byte from the host belongs to.
 *
 * <pre>
 *   HEADER ─PDU with data─► DATA ─► DATA_DIGEST ─► HEADER
 *     │                       └──── no digest ───────►│
 *     └────────► DISCARD ◄────┴───────────────────────┘
 * </pre>
 */
enum ReceiveState {
    /** A PDU header, with its digest. Left when it is whole. */
    HEADER,
    /** Padding, then data of the current PDU. Left when all of it was taken. */
    DATA,
    /** The digest of that data. Left when it is whole. */
    DATA_DIGEST,
    /** The connection ends: everything is dropped. Final. */
    DISCARD;

    private static final int[] TARGETS = new int[4];

    static {
        TARGETS[HEADER.ordinal()] = bits(DATA, DISCARD);
        TARGETS[DATA.ordinal()] = bits(HEADER, DATA_DIGEST, DISCARD);
        TARGETS[DATA_DIGEST.ordinal()] = bits(HEADER, DISCARD);
        TARGETS[DISCARD.ordinal()] = bits(DISCARD);
    }

    boolean canGoTo(final ReceiveState to) {
        return 0 != (TARGETS[ordinal()] & 1 << to.ordinal());
    }

    private static int bits(final ReceiveState... states) {
        int bits = 0;
        for (final ReceiveState state : states) {
            bits |= 1 << state.ordinal();
        }
        return bits;
    }
}
