package io.gemel.nvme.tcp.wire;

/** Initialize Connection Response, controller to host, 128 bytes. */
public final class IcResp extends NvmeTcpPdu<IcResp> {
    public static final int LENGTH = 128;
    public static final int PFV_OFFSET = 8;
    public static final int CPDA_OFFSET = 10;
    public static final int DGST_OFFSET = 11;
    public static final int MAXH2CDATA_OFFSET = 12;

    /** The smallest MAXH2CDATA that a controller may announce, bytes. */
    public static final int MIN_MAXH2CDATA = 4096;

    public IcResp() {
        super(LENGTH);
    }

    /** Sets the common header of this PDU. */
    public IcResp commonHeader() {
        return header(PduType.ICRESP, 0, LENGTH, 0, LENGTH);
    }

    public int pfv() {
        return u16(PFV_OFFSET);
    }

    public IcResp pfv(final int value) {
        return u16(PFV_OFFSET, value);
    }

    /**
     * Controller PDU data alignment, 0's based in dwords (0..31): where data of CapsuleCmd and
     * H2CData must start.
     */
    public int cpda() {
        return u8(CPDA_OFFSET);
    }

    /** The alignment that {@link #cpda()} asks for, bytes. */
    public int controllerDataAlignmentBytes() {
        return (cpda() + 1) * 4;
    }

    public IcResp cpda(final int value) {
        return u8(CPDA_OFFSET, value);
    }

    /** Digests in use: {@link IcReq#HDGST_ENABLE}, {@link IcReq#DDGST_ENABLE}. */
    public int dgst() {
        return u8(DGST_OFFSET);
    }

    public IcResp dgst(final int value) {
        return u8(DGST_OFFSET, value);
    }

    /** Maximum data of one H2CData PDU, bytes, a multiple of four. */
    public long maxh2cdata() {
        return u32(MAXH2CDATA_OFFSET);
    }

    public IcResp maxh2cdata(final long value) {
        return u32(MAXH2CDATA_OFFSET, value);
    }
}
