package io.gemel.nvme.wire;

import static io.gemel.nvme.wire.NvmeStructure.bit;
import static io.gemel.nvme.wire.NvmeStructure.bits;

/** Get Log Page: identifiers, lengths in bytes, and the fields of its command dwords. */
public final class LogPage {
    public static final int SUPPORTED_LOG_PAGES = 0x00;
    public static final int ERROR_INFORMATION = 0x01;
    public static final int SMART = 0x02;
    public static final int FIRMWARE_SLOT = 0x03;
    public static final int CHANGED_NAMESPACE_LIST = 0x04;
    public static final int COMMANDS_SUPPORTED_AND_EFFECTS = 0x05;
    public static final int ANA = 0x0C;
    public static final int FEATURE_IDENTIFIERS_SUPPORTED = 0x12;
    public static final int DISCOVERY = 0x70;

    public static final int SUPPORTED_LOG_PAGES_LENGTH = 1024;
    public static final int FIRMWARE_SLOT_LENGTH = 512;
    public static final int CHANGED_NAMESPACE_LIST_LENGTH = 4096;
    public static final int COMMANDS_SUPPORTED_LENGTH = 4096;
    public static final int ANA_HEADER_LENGTH = 16;

    private LogPage() {}

    /** Log page identifier. */
    public static int lid(final NvmeSqe sqe) {
        return bits(sqe.cdw(10), 7, 0);
    }

    /** Log specific parameter. */
    public static int lsp(final NvmeSqe sqe) {
        return bits(sqe.cdw(10), 14, 8);
    }

    /** Retain asynchronous event. */
    public static boolean rae(final NvmeSqe sqe) {
        return bit(sqe.cdw(10), 15);
    }

    /** Bytes asked for: NUMDU and NUMDL, dwords 0's based. 4 to 2^34. */
    public static long lengthBytes(final NvmeSqe sqe) {
        final long numd = (long) bits(sqe.cdw(11), 15, 0) << 16 | bits(sqe.cdw(10), 31, 16);
        return (numd + 1) * 4;
    }

    /** Log page offset, bytes (u64). */
    public static long lpo(final NvmeSqe sqe) {
        return (long) sqe.cdw(13) << 32 | sqe.cdw(12) & 0xFFFF_FFFFL;
    }

    /** Offset type: true when {@link #lpo} is an index. */
    public static boolean ot(final NvmeSqe sqe) {
        return bit(sqe.cdw(14), 23);
    }

    /** Command set identifier. */
    public static int csi(final NvmeSqe sqe) {
        return bits(sqe.cdw(14), 31, 24);
    }
}
