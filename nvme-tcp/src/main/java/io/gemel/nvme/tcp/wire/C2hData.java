package io.gemel.nvme.tcp.wire;

/**
 * Controller to host data (C2HData): 24 bytes of header, header digest, padding up to PDO, data,
 * data digest.
 */
public final class C2hData extends NvmeTcpPdu<C2hData> {
    public static final int HEADER_LENGTH = 24;
    public static final int CCCID_OFFSET = 8;
    public static final int DATAO_OFFSET = 12;
    public static final int DATAL_OFFSET = 16;

    public C2hData() {
        super(HEADER_LENGTH);
    }

    /** Sets the common header; {@code pdo} and {@code plen} include digests and padding. */
    public C2hData commonHeader(final int flags, final int pdo, final int plen) {
        return header(PduType.C2H_DATA, flags, HEADER_LENGTH, pdo, plen);
    }

    /** Command capsule CID: the command identifier of the command that the data belongs to. */
    public int cccid() {
        return u16(CCCID_OFFSET);
    }

    public C2hData cccid(final int value) {
        return u16(CCCID_OFFSET, value);
    }

    /** Where the data lies in the command's data, bytes, a multiple of four. */
    public long datao() {
        return u32(DATAO_OFFSET);
    }

    public C2hData datao(final long value) {
        return u32(DATAO_OFFSET, value);
    }

    /** Length of the data in this PDU, bytes. */
    public long datal() {
        return u32(DATAL_OFFSET);
    }

    public C2hData datal(final long value) {
        return u32(DATAL_OFFSET, value);
    }

    /** True on the last data PDU of a transfer. */
    public boolean isLastPdu() {
        return 0 != (flags() & LAST_PDU);
    }

    /**
     * True when this PDU also completes the command, with success and without a response capsule.
     */
    public boolean isSuccess() {
        return 0 != (flags() & SUCCESS);
    }
}
