package io.gemel.nvme.tcp.wire;

/**
 * Host to controller data (H2CData), the answer to an R2T: 24 bytes of header, header digest,
 * padding up to PDO, data, data digest.
 */
public final class H2cData extends NvmeTcpPdu<H2cData> {
    public static final int HEADER_LENGTH = 24;
    public static final int CCCID_OFFSET = 8;
    public static final int TTAG_OFFSET = 10;
    public static final int DATAO_OFFSET = 12;
    public static final int DATAL_OFFSET = 16;

    public H2cData() {
        super(HEADER_LENGTH);
    }

    /** Sets the common header; {@code pdo} and {@code plen} include digests and padding. */
    public H2cData commonHeader(final int flags, final int pdo, final int plen) {
        return header(PduType.H2C_DATA, flags, HEADER_LENGTH, pdo, plen);
    }

    /** Command capsule CID: the command identifier of the command that the data belongs to. */
    public int cccid() {
        return u16(CCCID_OFFSET);
    }

    public H2cData cccid(final int value) {
        return u16(CCCID_OFFSET, value);
    }

    /** Transfer tag of the R2T that this PDU answers. */
    public int ttag() {
        return u16(TTAG_OFFSET);
    }

    public H2cData ttag(final int value) {
        return u16(TTAG_OFFSET, value);
    }

    /** Where the data lies in the command's data, bytes, a multiple of four. */
    public long datao() {
        return u32(DATAO_OFFSET);
    }

    public H2cData datao(final long value) {
        return u32(DATAO_OFFSET, value);
    }

    /** Length of the data in this PDU, bytes. */
    public long datal() {
        return u32(DATAL_OFFSET);
    }

    public H2cData datal(final long value) {
        return u32(DATAL_OFFSET, value);
    }

    /** True on the last data PDU of a transfer. */
    public boolean isLastPdu() {
        return 0 != (flags() & LAST_PDU);
    }
}
