package io.gemel.nvme.wire;

/** Feature identifiers. */
public final class Feature {
    public static final int ARBITRATION = 0x01;
    public static final int POWER_MANAGEMENT = 0x02;
    public static final int TEMPERATURE_THRESHOLD = 0x04;
    public static final int ERROR_RECOVERY = 0x05;
    public static final int VOLATILE_WRITE_CACHE = 0x06;
    public static final int NUMBER_OF_QUEUES = 0x07;
    public static final int INTERRUPT_COALESCING = 0x08;
    public static final int WRITE_ATOMICITY_NORMAL = 0x0A;
    public static final int ASYNCHRONOUS_EVENT_CONFIGURATION = 0x0B;
    public static final int KEEP_ALIVE_TIMER = 0x0F;
    public static final int HOST_BEHAVIOR_SUPPORT = 0x16;
    public static final int IO_COMMAND_SET_PROFILE = 0x19;
    public static final int HOST_IDENTIFIER = 0x81;

    /** Data length of {@link #HOST_BEHAVIOR_SUPPORT}, bytes. */
    public static final int HOST_BEHAVIOR_LENGTH = 512;

    private Feature() {}
}
