package io.gemel.nvme.wire;

/** ANA Group Descriptor of the ANA log page (LID 0Ch), 32 bytes; then its NSIDs, 4 bytes each. */
public final class AnaGroupDescriptor extends NvmeStructure<AnaGroupDescriptor> {
    public static final int LENGTH = 32;
    public static final int ANAGRPID_OFFSET = 0;
    public static final int NNSIDS_OFFSET = 4;
    public static final int CHANGE_COUNT_OFFSET = 8;
    public static final int STATE_OFFSET = 16;

    public AnaGroupDescriptor() {
        super(LENGTH);
    }

    /** ANA group identifier. */
    public long anagrpid() {
        return u32(ANAGRPID_OFFSET);
    }

    public AnaGroupDescriptor anagrpid(final long value) {
        return u32(ANAGRPID_OFFSET, value);
    }

    /** Number of NSIDs that follow. */
    public long nnsids() {
        return u32(NNSIDS_OFFSET);
    }

    public AnaGroupDescriptor nnsids(final long value) {
        return u32(NNSIDS_OFFSET, value);
    }

    /** Changes of this group. */
    public long changeCount() {
        return i64(CHANGE_COUNT_OFFSET);
    }

    public AnaGroupDescriptor changeCount(final long value) {
        return i64(CHANGE_COUNT_OFFSET, value);
    }

    /** ANA state: 1 optimized, 2 non-optimized, 3 inaccessible, 4 persistent loss, Fh change. */
    public int state() {
        return u8(STATE_OFFSET);
    }

    public AnaGroupDescriptor state(final int value) {
        return u8(STATE_OFFSET, value);
    }
}
