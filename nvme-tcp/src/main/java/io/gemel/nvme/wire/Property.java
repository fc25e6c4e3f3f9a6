package io.gemel.nvme.wire;

import static io.gemel.nvme.wire.NvmeStructure.bit;
import static io.gemel.nvme.wire.NvmeStructure.bits;
import static io.gemel.nvme.wire.NvmeStructure.withBits;

/** Controller properties that a Fabrics controller has: offsets and fields. */
public final class Property {
    /** Controller capabilities, 8 bytes. */
    public static final int CAP = 0x00;

    /** Version, 4 bytes. */
    public static final int VS = 0x08;

    /** Controller configuration, 4 bytes, writable. */
    public static final int CC = 0x14;

    /** Controller status, 4 bytes. */
    public static final int CSTS = 0x1C;

    /** NVM subsystem reset, 4 bytes. */
    public static final int NSSR = 0x20;

    /** Controller ready timeouts, 4 bytes. */
    public static final int CRTO = 0x68;

    /** CSTS.RDY. */
    public static final int CSTS_RDY = 0x01;

    /** CSTS.CFS: controller fatal status. */
    public static final int CSTS_CFS = 0x02;

    /** CSTS.SHST = 01b: shutdown processing occurring. */
    public static final int CSTS_SHST_OCCURRING = 0x04;

    /** CSTS.SHST = 10b: shutdown processing complete. */
    public static final int CSTS_SHST_COMPLETE = 0x08;

    /** CC.CSS = 000b: NVM command set. */
    public static final int CSS_NVM = 0;

    /** CC.CSS = 110b: all supported I/O command sets. */
    public static final int CSS_ALL = 6;

    private Property() {}

    /**
     * CAP of a controller.
     *
     * @param mqes largest queue, 0's based.
     * @param timeoutUnits TO: worst case time of CC.EN changes, units of 500 ms.
     * @param allCommandSets CSS bit 6: the Identify I/O Command Set structure is there; and
     *     CRMS.CRWMS.
     */
    public static long cap(final int mqes, final int timeoutUnits, final boolean allCommandSets) {
        final int low =
                withBits(withBits(withBits(0, 15, 0, mqes), 16, 16, 1), 31, 24, timeoutUnits);
        int high = withBits(0, 5, 5, 1); // CSS 44:37, bit 0: NVM command set
        if (allCommandSets) {
            high = withBits(high, 11, 11, 1); // CSS bit 6
            high = withBits(high, 27, 27, 1); // CRMS 60:59, bit 0: controller ready with media
        }
        return (long) high << 32 | low & 0xFFFF_FFFFL;
    }

    /** CAP.MQES, 0's based. */
    public static int mqes(final long cap) {
        return bits((int) cap, 15, 0);
    }

    /** CC.EN. */
    public static boolean en(final int cc) {
        return bit(cc, 0);
    }

    /** CC.CSS. */
    public static int css(final int cc) {
        return bits(cc, 6, 4);
    }

    /** CC.MPS: memory page size 2^(12 + MPS). */
    public static int mps(final int cc) {
        return bits(cc, 10, 7);
    }

    /** CC.AMS. */
    public static int ams(final int cc) {
        return bits(cc, 13, 11);
    }

    /** CC.SHN: 0 none, 1 normal, 2 abrupt. */
    public static int shn(final int cc) {
        return bits(cc, 15, 14);
    }

    /** CC.IOSQES: log2 of the I/O SQE size. */
    public static int iosqes(final int cc) {
        return bits(cc, 19, 16);
    }

    /** CC.IOCQES: log2 of the I/O CQE size. */
    public static int iocqes(final int cc) {
        return bits(cc, 23, 20);
    }

    /** A CC value as a host writes it. */
    public static int cc(
            final boolean en, final int css, final int shn, final int iosqes, final int iocqes) {
        int cc = withBits(0, 0, 0, en ? 1 : 0);
        cc = withBits(cc, 6, 4, css);
        cc = withBits(cc, 15, 14, shn);
        cc = withBits(cc, 19, 16, iosqes);
        return withBits(cc, 23, 20, iocqes);
    }
}
