package io.gemel.nvme.wire;

/**
 * SMART / Health Information log page (LID 02h), 512 bytes. The 128-bit counters are kept in their
 * low 64 bits.
 */
public final class SmartLog extends NvmeStructure<SmartLog> {
    public static final int LENGTH = 512;
    public static final int CRITICAL_WARNING_OFFSET = 0;
    public static final int COMPOSITE_TEMPERATURE_OFFSET = 1;
    public static final int AVAILABLE_SPARE_OFFSET = 3;
    public static final int AVAILABLE_SPARE_THRESHOLD_OFFSET = 4;
    public static final int PERCENTAGE_USED_OFFSET = 5;
    public static final int DATA_UNITS_READ_OFFSET = 32;
    public static final int DATA_UNITS_WRITTEN_OFFSET = 48;
    public static final int HOST_READ_COMMANDS_OFFSET = 64;
    public static final int HOST_WRITE_COMMANDS_OFFSET = 80;
    public static final int CONTROLLER_BUSY_TIME_OFFSET = 96;
    public static final int POWER_CYCLES_OFFSET = 112;
    public static final int POWER_ON_HOURS_OFFSET = 128;
    public static final int UNSAFE_SHUTDOWNS_OFFSET = 144;
    public static final int MEDIA_ERRORS_OFFSET = 160;
    public static final int ERROR_LOG_ENTRIES_OFFSET = 176;

    public SmartLog() {
        super(LENGTH);
    }

    /** Critical warning bits. */
    public int criticalWarning() {
        return u8(CRITICAL_WARNING_OFFSET);
    }

    public SmartLog criticalWarning(final int value) {
        return u8(CRITICAL_WARNING_OFFSET, value);
    }

    /** Kelvin. */
    public int compositeTemperature() {
        return u16(COMPOSITE_TEMPERATURE_OFFSET);
    }

    public SmartLog compositeTemperature(final int value) {
        return u16(COMPOSITE_TEMPERATURE_OFFSET, value);
    }

    /** Per cent. */
    public int availableSpare() {
        return u8(AVAILABLE_SPARE_OFFSET);
    }

    public SmartLog availableSpare(final int value) {
        return u8(AVAILABLE_SPARE_OFFSET, value);
    }

    /** Per cent. */
    public int availableSpareThreshold() {
        return u8(AVAILABLE_SPARE_THRESHOLD_OFFSET);
    }

    public SmartLog availableSpareThreshold(final int value) {
        return u8(AVAILABLE_SPARE_THRESHOLD_OFFSET, value);
    }

    /** Per cent. */
    public int percentageUsed() {
        return u8(PERCENTAGE_USED_OFFSET);
    }

    public SmartLog percentageUsed(final int value) {
        return u8(PERCENTAGE_USED_OFFSET, value);
    }

    /** Thousands of 512 bytes, rounded up. */
    public long dataUnitsRead() {
        return i64(DATA_UNITS_READ_OFFSET);
    }

    public SmartLog dataUnitsRead(final long value) {
        return i64(DATA_UNITS_READ_OFFSET, value);
    }

    /** Thousands of 512 bytes, rounded up. */
    public long dataUnitsWritten() {
        return i64(DATA_UNITS_WRITTEN_OFFSET);
    }

    public SmartLog dataUnitsWritten(final long value) {
        return i64(DATA_UNITS_WRITTEN_OFFSET, value);
    }

    /** Read and Compare commands. */
    public long hostReadCommands() {
        return i64(HOST_READ_COMMANDS_OFFSET);
    }

    public SmartLog hostReadCommands(final long value) {
        return i64(HOST_READ_COMMANDS_OFFSET, value);
    }

    /** Write commands. */
    public long hostWriteCommands() {
        return i64(HOST_WRITE_COMMANDS_OFFSET);
    }

    public SmartLog hostWriteCommands(final long value) {
        return i64(HOST_WRITE_COMMANDS_OFFSET, value);
    }

    /** Minutes. */
    public long controllerBusyTime() {
        return i64(CONTROLLER_BUSY_TIME_OFFSET);
    }

    public SmartLog controllerBusyTime(final long value) {
        return i64(CONTROLLER_BUSY_TIME_OFFSET, value);
    }

    /** Power cycles. */
    public long powerCycles() {
        return i64(POWER_CYCLES_OFFSET);
    }

    public SmartLog powerCycles(final long value) {
        return i64(POWER_CYCLES_OFFSET, value);
    }

    /** Hours. */
    public long powerOnHours() {
        return i64(POWER_ON_HOURS_OFFSET);
    }

    public SmartLog powerOnHours(final long value) {
        return i64(POWER_ON_HOURS_OFFSET, value);
    }

    /** Unsafe shutdowns. */
    public long unsafeShutdowns() {
        return i64(UNSAFE_SHUTDOWNS_OFFSET);
    }

    public SmartLog unsafeShutdowns(final long value) {
        return i64(UNSAFE_SHUTDOWNS_OFFSET, value);
    }

    /** Media and data integrity errors. */
    public long mediaErrors() {
        return i64(MEDIA_ERRORS_OFFSET);
    }

    public SmartLog mediaErrors(final long value) {
        return i64(MEDIA_ERRORS_OFFSET, value);
    }

    /** Error log entries since the controller was made. */
    public long errorLogEntries() {
        return i64(ERROR_LOG_ENTRIES_OFFSET);
    }

    public SmartLog errorLogEntries(final long value) {
        return i64(ERROR_LOG_ENTRIES_OFFSET, value);
    }
}
