package io.gemel.nvme.tcp.wire;

/**
 * Response Capsule, controller to host: 24 bytes of header that hold the CQE, then an optional
 * header digest. Never with data.
 */
public final class CapsuleResp extends NvmeTcpPdu<CapsuleResp> {
    public static final int HEADER_LENGTH = 24;
    public static final int CQE_OFFSET = 8;

    public CapsuleResp() {
        super(HEADER_LENGTH);
    }

    /** Sets the common header. */
    public CapsuleResp commonHeader(final boolean headerDigest) {
        return header(
                PduType.CAPSULE_RESP,
                headerDigest ? HDGSTF : 0,
                HEADER_LENGTH,
                0,
                HEADER_LENGTH + (headerDigest ? DIGEST_LENGTH : 0));
    }

    /** Where the 16 bytes of the CQE start in {@link #buffer()}. */
    public int cqeOffset() {
        return offset() + CQE_OFFSET;
    }
}
