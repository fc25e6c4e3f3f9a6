package io.gemel.nvme.wire;

/** One entry of the Error Information log page (LID 01h), 64 bytes; newest first. */
public final class ErrorLogEntry extends NvmeStructure<ErrorLogEntry> {
    public static final int LENGTH = 64;
    public static final int ERROR_COUNT_OFFSET = 0;
    public static final int SQID_OFFSET = 8;
    public static final int COMMAND_ID_OFFSET = 10;
    public static final int STATUS_OFFSET = 12;
    public static final int PARAMETER_ERROR_LOCATION_OFFSET = 14;
    public static final int LBA_OFFSET = 16;
    public static final int NSID_OFFSET = 24;
    public static final int VENDOR_OFFSET = 28;
    public static final int TRTYPE_OFFSET = 29;
    public static final int COMMAND_SPECIFIC_OFFSET = 32;
    public static final int TRANSPORT_SPECIFIC_OFFSET = 40;

    public ErrorLogEntry() {
        super(LENGTH);
    }

    /** Number of this error since the controller was made, from 1; 0 marks an unused entry. */
    public long errorCount() {
        return i64(ERROR_COUNT_OFFSET);
    }

    public ErrorLogEntry errorCount(final long value) {
        return i64(ERROR_COUNT_OFFSET, value);
    }

    /** Submission queue identifier. */
    public int sqid() {
        return u16(SQID_OFFSET);
    }

    public ErrorLogEntry sqid(final int value) {
        return u16(SQID_OFFSET, value);
    }

    /** Command identifier. */
    public int commandId() {
        return u16(COMMAND_ID_OFFSET);
    }

    public ErrorLogEntry commandId(final int value) {
        return u16(COMMAND_ID_OFFSET, value);
    }

    /** Status field as in the CQE. */
    public int status() {
        return u16(STATUS_OFFSET);
    }

    public ErrorLogEntry status(final int value) {
        return u16(STATUS_OFFSET, value);
    }

    /** Byte 7:0 and bit 10:8 in the SQE; FFFFh not specific to the command. */
    public int parameterErrorLocation() {
        return u16(PARAMETER_ERROR_LOCATION_OFFSET);
    }

    public ErrorLogEntry parameterErrorLocation(final int value) {
        return u16(PARAMETER_ERROR_LOCATION_OFFSET, value);
    }

    /** First LBA that met the error. */
    public long lba() {
        return i64(LBA_OFFSET);
    }

    public ErrorLogEntry lba(final long value) {
        return i64(LBA_OFFSET, value);
    }

    /** Namespace. */
    public int nsid() {
        return i32(NSID_OFFSET);
    }

    public ErrorLogEntry nsid(final int value) {
        return i32(NSID_OFFSET, value);
    }

    /** Vendor specific log page, 0 none. */
    public int vendor() {
        return u8(VENDOR_OFFSET);
    }

    public ErrorLogEntry vendor(final int value) {
        return u8(VENDOR_OFFSET, value);
    }

    /** Transport type: 3 TCP. */
    public int trtype() {
        return u8(TRTYPE_OFFSET);
    }

    public ErrorLogEntry trtype(final int value) {
        return u8(TRTYPE_OFFSET, value);
    }

    /** Command specific information. */
    public long commandSpecific() {
        return i64(COMMAND_SPECIFIC_OFFSET);
    }

    public ErrorLogEntry commandSpecific(final long value) {
        return i64(COMMAND_SPECIFIC_OFFSET, value);
    }

    /** Transport specific information. */
    public int transportSpecific() {
        return u16(TRANSPORT_SPECIFIC_OFFSET);
    }

    public ErrorLogEntry transportSpecific(final int value) {
        return u16(TRANSPORT_SPECIFIC_OFFSET, value);
    }
}
