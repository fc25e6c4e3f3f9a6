package io.gemel.nvme.wire;

/** Header of the Discovery log page (LID 70h), 1024 bytes; entries follow. */
public final class DiscoveryLogHeader extends NvmeStructure<DiscoveryLogHeader> {
    public static final int LENGTH = 1024;
    public static final int GENCTR_OFFSET = 0;
    public static final int NUMREC_OFFSET = 8;
    public static final int RECFMT_OFFSET = 16;

    public DiscoveryLogHeader() {
        super(LENGTH);
    }

    /** Generation counter: changes whenever the entries do. */
    public long genctr() {
        return i64(GENCTR_OFFSET);
    }

    public DiscoveryLogHeader genctr(final long value) {
        return i64(GENCTR_OFFSET, value);
    }

    /** Number of entries. */
    public long numrec() {
        return i64(NUMREC_OFFSET);
    }

    public DiscoveryLogHeader numrec(final long value) {
        return i64(NUMREC_OFFSET, value);
    }

    /** Record format, 0. */
    public int recfmt() {
        return u16(RECFMT_OFFSET);
    }

    public DiscoveryLogHeader recfmt(final int value) {
        return u16(RECFMT_OFFSET, value);
    }
}
