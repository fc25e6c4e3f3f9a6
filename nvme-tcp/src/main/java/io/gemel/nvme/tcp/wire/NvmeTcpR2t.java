package io.gemel.nvme.tcp.wire;

/**
 * Ready to Transfer, controller to host: 24 bytes of header, then an optional header digest. Asks
 * for data of one command.
 */
public final class NvmeTcpR2t extends NvmeTcpPdu<NvmeTcpR2t> {
    public static final int HEADER_LENGTH = 24;
    public static final int CCCID_OFFSET = 8;
    public static final int TTAG_OFFSET = 10;
    public static final int R2TO_OFFSET = 12;
    public static final int R2TL_OFFSET = 16;

    public NvmeTcpR2t() {
        super(HEADER_LENGTH);
    }

    /** Sets the common header. */
    public NvmeTcpR2t commonHeader(final boolean headerDigest) {
        return header(
                PduType.R2T,
                headerDigest ? HDGSTF : 0,
                HEADER_LENGTH,
                0,
                HEADER_LENGTH + (headerDigest ? DIGEST_LENGTH : 0));
    }

    /** The command identifier of the command whose data is asked for. */
    public int cccid() {
        return u16(CCCID_OFFSET);
    }

    public NvmeTcpR2t cccid(final int value) {
        return u16(CCCID_OFFSET, value);
    }

    /** Transfer tag, chosen by the controller, returned in each H2CData. */
    public int ttag() {
        return u16(TTAG_OFFSET);
    }

    public NvmeTcpR2t ttag(final int value) {
        return u16(TTAG_OFFSET, value);
    }

    /** Where the wanted data starts in the command's data, bytes. */
    public long r2to() {
        return u32(R2TO_OFFSET);
    }

    public NvmeTcpR2t r2to(final long value) {
        return u32(R2TO_OFFSET, value);
    }

    /** How much is wanted, bytes. */
    public long r2tl() {
        return u32(R2TL_OFFSET);
    }

    public NvmeTcpR2t r2tl(final long value) {
        return u32(R2TL_OFFSET, value);
    }
}
