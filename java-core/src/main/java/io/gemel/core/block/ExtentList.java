package io.gemel.core.block;

/**
 * Ranges of blocks of one UNMAP (SBC-4) or Dataset Management (NVM Command Set). Owner: as its
 * task.
 */
public final class ExtentList {
    /** NVMe allows 256 ranges; VPD page B0h reports the same to SCSI. */
    public static final int MAX_EXTENTS = 256;

    private final long[] lbas = new long[MAX_EXTENTS];
    private final long[] blockCounts = new long[MAX_EXTENTS];
    private int size;

    public void clear() {
        size = 0;
    }

    /**
     * @return false when {@link #MAX_EXTENTS} are there already
     */
    public boolean add(final long lba, final long blockCount) {
        if (size == MAX_EXTENTS) {
            return false;
        }
        lbas[size] = lba;
        blockCounts[size++] = blockCount;
        return true;
    }

    public int size() {
        return size;
    }

    public long lba(final int index) {
        return lbas[index];
    }

    public long blockCount(final int index) {
        return blockCounts[index];
    }
}
