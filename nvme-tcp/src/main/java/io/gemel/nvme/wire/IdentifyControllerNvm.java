package io.gemel.nvme.wire;

/**
 * I/O Command Set specific Identify Controller data structure of the NVM command set (CNS 06h, CSI
 * 0), 4096 bytes.
 */
public final class IdentifyControllerNvm extends NvmeStructure<IdentifyControllerNvm> {
    public static final int LENGTH = 4096;
    public static final int VSL_OFFSET = 0;
    public static final int WZSL_OFFSET = 1;
    public static final int WUSL_OFFSET = 2;
    public static final int DMRL_OFFSET = 3;
    public static final int DMRSL_OFFSET = 4;
    public static final int DMSL_OFFSET = 8;

    public IdentifyControllerNvm() {
        super(LENGTH);
    }

    /** Verify size limit: 2^n units of the minimum memory page size, 0 no limit. */
    public int vsl() {
        return u8(VSL_OFFSET);
    }

    public IdentifyControllerNvm vsl(final int value) {
        return u8(VSL_OFFSET, value);
    }

    /** Write Zeroes size limit, same unit. */
    public int wzsl() {
        return u8(WZSL_OFFSET);
    }

    public IdentifyControllerNvm wzsl(final int value) {
        return u8(WZSL_OFFSET, value);
    }

    /** Write Uncorrectable size limit, same unit. */
    public int wusl() {
        return u8(WUSL_OFFSET);
    }

    public IdentifyControllerNvm wusl(final int value) {
        return u8(WUSL_OFFSET, value);
    }

    /** Dataset Management ranges limit, 0 none. */
    public int dmrl() {
        return u8(DMRL_OFFSET);
    }

    public IdentifyControllerNvm dmrl(final int value) {
        return u8(DMRL_OFFSET, value);
    }

    /** Dataset Management range size limit, blocks, 0 none. */
    public long dmrsl() {
        return u32(DMRSL_OFFSET);
    }

    public IdentifyControllerNvm dmrsl(final long value) {
        return u32(DMRSL_OFFSET, value);
    }

    /** Dataset Management size limit, blocks, 0 none. */
    public long dmsl() {
        return i64(DMSL_OFFSET);
    }

    public IdentifyControllerNvm dmsl(final long value) {
        return i64(DMSL_OFFSET, value);
    }
}
