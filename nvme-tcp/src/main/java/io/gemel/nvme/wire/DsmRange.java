package io.gemel.nvme.wire;

/** One range of Dataset Management, 16 bytes. */
public final class DsmRange extends NvmeStructure<DsmRange> {
    public static final int LENGTH = 16;
    public static final int CONTEXT_ATTRIBUTES_OFFSET = 0;
    public static final int BLOCK_COUNT_OFFSET = 4;
    public static final int SLBA_OFFSET = 8;

    public DsmRange() {
        super(LENGTH);
    }

    /** Access hints. */
    public int contextAttributes() {
        return i32(CONTEXT_ATTRIBUTES_OFFSET);
    }

    public DsmRange contextAttributes(final int value) {
        return i32(CONTEXT_ATTRIBUTES_OFFSET, value);
    }

    /** Length, blocks (not 0's based). */
    public long blockCount() {
        return u32(BLOCK_COUNT_OFFSET);
    }

    public DsmRange blockCount(final long value) {
        return u32(BLOCK_COUNT_OFFSET, value);
    }

    /** Starting LBA. */
    public long slba() {
        return i64(SLBA_OFFSET);
    }

    public DsmRange slba(final long value) {
        return i64(SLBA_OFFSET, value);
    }
}
