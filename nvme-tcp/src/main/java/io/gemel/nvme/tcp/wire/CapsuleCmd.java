package io.gemel.nvme.tcp.wire;

/**
 * Command Capsule, host to controller: 72 bytes of header that hold the SQE, then an optional
 * header digest, padding up to PDO, in-capsule data, an optional data digest.
 */
public final class CapsuleCmd extends NvmeTcpPdu<CapsuleCmd> {
    public static final int HEADER_LENGTH = 72;
    public static final int SQE_OFFSET = 8;

    public CapsuleCmd() {
        super(HEADER_LENGTH);
    }

    /** Sets the common header. {@code pdo} is 0 without in-capsule data. */
    public CapsuleCmd commonHeader(final int flags, final int pdo, final int plen) {
        return header(PduType.CAPSULE_CMD, flags, HEADER_LENGTH, pdo, plen);
    }

    /** Where the 64 bytes of the SQE start in {@link #buffer()}. */
    public int sqeOffset() {
        return offset() + SQE_OFFSET;
    }
}
