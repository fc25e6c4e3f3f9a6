package io.gemel.nvme.wire;

/** Opcodes: NVMe Base Specification (admin, Fabrics) and NVM Command Set Specification. */
public final class Opcode {
    // Admin
    public static final int DELETE_IO_SQ = 0x00;
    public static final int CREATE_IO_SQ = 0x01;
    public static final int GET_LOG_PAGE = 0x02;
    public static final int DELETE_IO_CQ = 0x04;
    public static final int CREATE_IO_CQ = 0x05;
    public static final int IDENTIFY = 0x06;
    public static final int ABORT = 0x08;
    public static final int SET_FEATURES = 0x09;
    public static final int GET_FEATURES = 0x0A;
    public static final int ASYNCHRONOUS_EVENT_REQUEST = 0x0C;
    public static final int KEEP_ALIVE = 0x18;

    // NVM command set
    public static final int FLUSH = 0x00;
    public static final int WRITE = 0x01;
    public static final int READ = 0x02;
    public static final int COMPARE = 0x05;
    public static final int WRITE_ZEROES = 0x08;
    public static final int DATASET_MANAGEMENT = 0x09;
    public static final int VERIFY = 0x0C;
    public static final int RESERVATION_REGISTER = 0x0D;
    public static final int RESERVATION_REPORT = 0x0E;
    public static final int RESERVATION_ACQUIRE = 0x11;
    public static final int RESERVATION_RELEASE = 0x15;

    /** Fabrics: the command type is in byte 4. */
    public static final int FABRICS = 0x7F;

    public static final int FCTYPE_PROPERTY_SET = 0x00;
    public static final int FCTYPE_CONNECT = 0x01;
    public static final int FCTYPE_PROPERTY_GET = 0x04;
    public static final int FCTYPE_AUTHENTICATION_SEND = 0x05;
    public static final int FCTYPE_AUTHENTICATION_RECEIVE = 0x06;
    public static final int FCTYPE_DISCONNECT = 0x08;

    private Opcode() {}
}
