package io.gemel.nvme.tcp.wire;

/**
 * PDU types of NVMe/TCP and their fixed header lengths: NVMe/TCP Transport Specification, section
 * 3.6 (PDU definitions).
 */
public final class PduType {
    public static final int ICREQ = 0x00;
    public static final int ICRESP = 0x01;
    public static final int H2C_TERM_REQ = 0x02;
    public static final int C2H_TERM_REQ = 0x03;
    public static final int CAPSULE_CMD = 0x04;
    public static final int CAPSULE_RESP = 0x05;
    public static final int H2C_DATA = 0x06;
    public static final int C2H_DATA = 0x07;
    public static final int R2T = 0x09;

    private PduType() {}

    /** HLEN of the type in bytes, or -1 for a type that does not exist. */
    public static int headerLength(final int type) {
        return switch (type) {
            case ICREQ, ICRESP -> 128;
            case H2C_TERM_REQ, C2H_TERM_REQ, CAPSULE_RESP, H2C_DATA, C2H_DATA, R2T -> 24;
            case CAPSULE_CMD -> 72;
            default -> -1;
        };
    }
}
