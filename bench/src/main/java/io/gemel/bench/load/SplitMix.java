package io.gemel.bench.load;

/** The SplitMix64 generator: small, seeded, nothing allocated. Owner: one worker. */
public final class SplitMix {
    private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private long state;

    public SplitMix(final long seed) {
        state = seed;
    }

    /** The next 64 bits. */
    public long next() {
        state += GAMMA;
        return mix(state);
    }

    /** 0 to bound - 1; bound is positive. The bias is below bound / 2^63. */
    public long below(final long bound) {
        return (next() >>> 1) % bound;
    }

    /** Scatters the bits of a number; one to one. */
    static long mix(final long number) {
        long z = number;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
