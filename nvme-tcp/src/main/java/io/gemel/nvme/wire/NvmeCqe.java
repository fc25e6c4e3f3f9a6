package io.gemel.nvme.wire;

/**
 * Completion queue entry, 16 bytes. The status field is bits 15:1 of bytes 14 and 15; the phase tag
 * (bit 0) is 0 over Fabrics.
 */
public final class NvmeCqe extends NvmeStructure<NvmeCqe> {
    public static final int LENGTH = 16;
    public static final int SQHD_OFFSET = 8;
    public static final int CID_OFFSET = 12;
    public static final int STATUS_OFFSET = 14;

    public NvmeCqe() {
        super(LENGTH);
    }

    /** Command specific dword 0. */
    public int dw0() {
        return i32(0);
    }

    public NvmeCqe dw0(final int value) {
        return i32(0, value);
    }

    public int dw1() {
        return i32(4);
    }

    /** Dwords 0 and 1 as one value: what Property Get returns. */
    public long value() {
        return i64(0);
    }

    public NvmeCqe value(final long value) {
        return i64(0, value);
    }

    /** Submission queue head pointer; reserved (0) when SQ flow control is disabled. */
    public int sqhd() {
        return u16(SQHD_OFFSET);
    }

    public NvmeCqe sqhd(final int value) {
        return u16(SQHD_OFFSET, value);
    }

    public int commandId() {
        return u16(CID_OFFSET);
    }

    public NvmeCqe commandId(final int value) {
        return u16(CID_OFFSET, value);
    }

    /**
     * Bytes 14 and 15: phase tag 0, SC 8:1, SCT 11:9, CRD 13:12, M 14, DNR 15. See {@link
     * NvmeStatus}.
     */
    public int status() {
        return u16(STATUS_OFFSET);
    }

    public NvmeCqe status(final int value) {
        return u16(STATUS_OFFSET, value);
    }

    /** Status code. */
    public int sc() {
        return bits(status(), 8, 1);
    }

    /** Status code type. */
    public int sct() {
        return bits(status(), 11, 9);
    }

    /** Do not retry. */
    public boolean dnr() {
        return bit(status(), 15);
    }
}
