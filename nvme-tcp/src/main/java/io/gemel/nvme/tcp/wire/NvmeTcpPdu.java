package io.gemel.nvme.tcp.wire;

import io.gemel.nvme.wire.NvmeStructure;

/**
 * The common header of every NVMe/TCP PDU.
 *
 * <pre>
 *  byte  0        1        2        3        4                                7
 *       +--------+--------+--------+--------+---------------------------------+
 *       | TYPE   | FLAGS  | HLEN   | PDO    | PLEN (u32, bytes, little-endian)|
 *       +--------+--------+--------+--------+---------------------------------+
 * </pre>
 *
 * HLEN is the header without digest; PDO is where data starts, from the first byte of the PDU, 0
 * without data; PLEN is the whole PDU, digests and padding included.
 *
 * @param <T> the concrete PDU.
 */
public abstract class NvmeTcpPdu<T extends NvmeTcpPdu<T>> extends NvmeStructure<T> {
    public static final int COMMON_HEADER_LENGTH = 8;
    public static final int DIGEST_LENGTH = 4;

    /** A header digest follows the header. */
    public static final int HDGSTF = 0x01;

    /** A data digest follows the data. */
    public static final int DDGSTF = 0x02;

    /** The last data PDU of this transfer (H2CData, C2HData). */
    public static final int LAST_PDU = 0x04;

    /**
     * No response capsule follows, the command has succeeded (C2HData, with {@link #LAST_PDU}
     * only).
     */
    public static final int SUCCESS = 0x08;

    public static final int TYPE_OFFSET = 0;
    public static final int FLAGS_OFFSET = 1;
    public static final int HLEN_OFFSET = 2;
    public static final int PDO_OFFSET = 3;
    public static final int PLEN_OFFSET = 4;

    protected NvmeTcpPdu(final int fixedLengthBytes) {
        super(fixedLengthBytes);
    }

    public final int type() {
        return u8(TYPE_OFFSET);
    }

    public final int flags() {
        return u8(FLAGS_OFFSET);
    }

    public final int hlen() {
        return u8(HLEN_OFFSET);
    }

    public final int pdo() {
        return u8(PDO_OFFSET);
    }

    /** Length of the PDU in bytes: any u32, not yet validated. */
    public final long plen() {
        return u32(PLEN_OFFSET);
    }

    /** Sets the whole common header. */
    public final T header(
            final int type, final int flags, final int hlen, final int pdo, final int plen) {
        u8(TYPE_OFFSET, type);
        u8(FLAGS_OFFSET, flags);
        u8(HLEN_OFFSET, hlen);
        u8(PDO_OFFSET, pdo);
        return u32(PLEN_OFFSET, plen);
    }
}
