package io.gemel.nvme.tcp.wire;

/**
 * H2CTermReq and C2HTermReq: a fatal transport error. 24 bytes of header, then up to 128 bytes of
 * the header of the PDU in error. Never with digests; the connection ends after it.
 */
public final class TermReq extends NvmeTcpPdu<TermReq> {
    public static final int HEADER_LENGTH = 24;
    public static final int FES_OFFSET = 8;
    public static final int FEI_OFFSET = 10;

    /** Most bytes of the PDU in error that are sent back. */
    public static final int MAX_DATA_LENGTH = 128;

    public static final int MAX_LENGTH = HEADER_LENGTH + MAX_DATA_LENGTH;

    public TermReq() {
        super(HEADER_LENGTH);
    }

    /** Sets the common header; {@code type} is one of the two TermReq types. */
    public TermReq commonHeader(final int type, final int dataLengthBytes) {
        return header(type, 0, HEADER_LENGTH, 0, HEADER_LENGTH + dataLengthBytes);
    }

    /** Fatal error status, raw: see {@link FatalErrorStatus}. */
    public int fes() {
        return u16(FES_OFFSET);
    }

    public TermReq fes(final int value) {
        return u16(FES_OFFSET, value);
    }

    /**
     * Fatal error information: for an invalid header field or an unsupported parameter the byte
     * offset of the field in the PDU, for a header digest error the digest that was received, else
     * 0. Not aligned: bytes 10 to 13.
     */
    public long fei() {
        return u32(FEI_OFFSET);
    }

    public TermReq fei(final long value) {
        return u32(FEI_OFFSET, value);
    }

    /** Where the bytes of the PDU in error start in {@link #buffer()}. */
    public int dataOffset() {
        return offset() + HEADER_LENGTH;
    }
}
