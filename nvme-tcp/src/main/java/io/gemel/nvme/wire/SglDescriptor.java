package io.gemel.nvme.wire;

/**
 * The SGL descriptors that NVMe/TCP knows: 16 bytes, address u64, length u32, identifier in byte 15
 * (type 7:4, subtype 3:0).
 */
public final class SglDescriptor {
    public static final int LENGTH = 16;

    /** Data block (0h) with the offset subtype (1h): the data is in the capsule. */
    public static final int IN_CAPSULE = 0x01;

    /**
     * Transport data block (5h) with the NVMe transport specific subtype (Ah): the data comes or
     * goes by data PDUs.
     */
    public static final int TRANSPORT = 0x5A;

    private SglDescriptor() {}
}
