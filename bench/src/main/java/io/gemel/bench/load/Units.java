package io.gemel.bench.load;

/**
 * The pieces of the volume that a worker works on, each as long as one command: which write each
 * holds, and which are in use by a command now. Owner: one worker; no other touches its pieces.
 */
final class Units {
    /** The table's size limit, in units. */
    static final long MAX_UNITS = 1L << 26;

    private final long firstUnit;
    private final int count;
    private final int blocksPerUnit;
    private final int[] sequences;
    private final long[] busy;

    Units(final long firstUnit, final int count, final int blocksPerUnit) {
        this.firstUnit = firstUnit;
        this.count = count;
        this.blocksPerUnit = blocksPerUnit;
        sequences = new int[count];
        busy = new long[(count + 63) / 64];
    }

    int count() {
        return count;
    }

    long lba(final int unit) {
        return (firstUnit + unit) * blocksPerUnit;
    }

    /** Number of the last acknowledged write of ours; 0: we have not written it. */
    int sequence(final int unit) {
        return sequences[unit];
    }

    void sequence(final int unit, final int value) {
        sequences[unit] = value;
    }

    /** The first unit from wanted on, going round, that no command is using; it is used now. */
    int take(final int wanted) {
        int unit = wanted;
        for (int tried = 0; tried < count; tried++) {
            final long bit = 1L << unit;
            if (0 == (busy[unit >> 6] & bit)) {
                busy[unit >> 6] |= bit;
                return unit;
            }
            unit = unit + 1 == count ? 0 : unit + 1;
        }
        return -1;
    }

    void giveBack(final int unit) {
        busy[unit >> 6] &= ~(1L << unit);
    }
}
