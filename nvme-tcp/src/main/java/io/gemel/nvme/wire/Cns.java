package io.gemel.nvme.wire;

/** Controller or Namespace Structure: what Identify returns. */
public final class Cns {
    public static final int NAMESPACE = 0x00;
    public static final int CONTROLLER = 0x01;
    public static final int ACTIVE_NAMESPACE_LIST = 0x02;
    public static final int NAMESPACE_DESCRIPTORS = 0x03;
    public static final int NAMESPACE_OF_COMMAND_SET = 0x05;
    public static final int CONTROLLER_OF_COMMAND_SET = 0x06;
    public static final int ACTIVE_NAMESPACE_LIST_OF_COMMAND_SET = 0x07;
    public static final int NAMESPACE_INDEPENDENT = 0x08;
    public static final int IO_COMMAND_SETS = 0x1C;

    /** Every Identify structure is 4096 bytes long. */
    public static final int LENGTH = 4096;

    /** Namespace identification descriptor types (CNS 03h) and their lengths, bytes. */
    public static final int NIDT_EUI64 = 1;

    public static final int NIDT_NGUID = 2;
    public static final int NIDT_UUID = 3;
    public static final int NIDT_CSI = 4;

    private Cns() {}
}
