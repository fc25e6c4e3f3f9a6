package io.gemel.nvme.tcp.wire;

/**
 * Initialize Connection Request, host to controller, 128 bytes: the first PDU of a connection,
 * never with digests.
 */
public final class IcReq extends NvmeTcpPdu<IcReq> {
    public static final int LENGTH = 128;
    public static final int PFV_OFFSET = 8;
    public static final int HPDA_OFFSET = 10;
    public static final int DGST_OFFSET = 11;
    public static final int MAXR2T_OFFSET = 12;

    /** Largest value of HPDA and CPDA: 31, an alignment of 128 bytes. */
    public static final int MAX_DATA_ALIGNMENT = 31;

    /** DGST: the host wants header digests. */
    public static final int HDGST_ENABLE = 0x01;

    /** DGST: the host wants data digests. */
    public static final int DDGST_ENABLE = 0x02;

    public IcReq() {
        super(LENGTH);
    }

    /** Sets the common header of this PDU. */
    public IcReq commonHeader() {
        return header(PduType.ICREQ, 0, LENGTH, 0, LENGTH);
    }

    /** PDU format version: 0. */
    public int pfv() {
        return u16(PFV_OFFSET);
    }

    public IcReq pfv(final int value) {
        return u16(PFV_OFFSET, value);
    }

    /** Host PDU data alignment, 0's based in dwords (0..31): where data of C2HData may start. */
    public int hpda() {
        return u8(HPDA_OFFSET);
    }

    /** The alignment that {@link #hpda()} asks for, bytes. */
    public int hostDataAlignmentBytes() {
        return (hpda() + 1) * 4;
    }

    public IcReq hpda(final int value) {
        return u8(HPDA_OFFSET, value);
    }

    public int dgst() {
        return u8(DGST_OFFSET);
    }

    public IcReq dgst(final int value) {
        return u8(DGST_OFFSET, value);
    }

    /** Maximum number of outstanding R2T PDUs per command, 0's based. */
    public long maxr2t() {
        return u32(MAXR2T_OFFSET);
    }

    public IcReq maxr2t(final long value) {
        return u32(MAXR2T_OFFSET, value);
    }
}
