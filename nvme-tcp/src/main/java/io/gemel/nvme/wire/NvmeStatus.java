package io.gemel.nvme.wire;

/**
 * Status codes (SCT and SC) that this target returns, each with whether a retry of the same command
 * can succeed. {@link #field()} is the value of bytes 14 and 15 of a CQE.
 */
public enum NvmeStatus {
    SUCCESS(0, 0x00, true),
    INVALID_COMMAND_OPCODE(0, 0x01, false),
    INVALID_FIELD_IN_COMMAND(0, 0x02, false),
    COMMAND_ID_CONFLICT(0, 0x03, true),
    DATA_TRANSFER_ERROR(0, 0x04, true),
    INTERNAL_ERROR(0, 0x06, true),
    COMMAND_ABORT_REQUESTED(0, 0x07, true),
    ABORTED_SQ_DELETION(0, 0x08, true),
    ABORTED_FAILED_FUSED_COMMAND(0, 0x09, false),
    ABORTED_MISSING_FUSED_COMMAND(0, 0x0A, false),
    INVALID_NAMESPACE_OR_FORMAT(0, 0x0B, false),
    COMMAND_SEQUENCE_ERROR(0, 0x0C, false),
    INVALID_SGL_SEGMENT_DESCRIPTOR(0, 0x0D, false),
    INVALID_NUMBER_OF_SGL_DESCRIPTORS(0, 0x0E, false),
    DATA_SGL_LENGTH_INVALID(0, 0x0F, false),
    SGL_DESCRIPTOR_TYPE_INVALID(0, 0x11, false),
    ATOMIC_WRITE_UNIT_EXCEEDED(0, 0x14, false),
    SGL_OFFSET_INVALID(0, 0x16, false),
    HOST_IDENTIFIER_INCONSISTENT_FORMAT(0, 0x18, false),
    KEEP_ALIVE_TIMER_EXPIRED(0, 0x19, false),
    KEEP_ALIVE_TIMEOUT_INVALID(0, 0x1A, false),
    ABORTED_PREEMPT_AND_ABORT(0, 0x1B, false),
    NAMESPACE_IS_WRITE_PROTECTED(0, 0x20, false),
    COMMAND_INTERRUPTED(0, 0x21, true),
    TRANSIENT_TRANSPORT_ERROR(0, 0x22, true),
    IO_COMMAND_SET_COMBINATION_REJECTED(1, 0x2B, false),
    LBA_OUT_OF_RANGE(0, 0x80, false),
    CAPACITY_EXCEEDED(0, 0x81, false),
    NAMESPACE_NOT_READY(0, 0x82, true),
    RESERVATION_CONFLICT(0, 0x83, false),

    ABORT_COMMAND_LIMIT_EXCEEDED(1, 0x03, true),
    ASYNCHRONOUS_EVENT_REQUEST_LIMIT_EXCEEDED(1, 0x05, false),
    INVALID_LOG_PAGE(1, 0x09, false),
    FEATURE_IDENTIFIER_NOT_SAVEABLE(1, 0x0D, false),
    FEATURE_NOT_CHANGEABLE(1, 0x0E, false),
    FEATURE_NOT_NAMESPACE_SPECIFIC(1, 0x0F, false),
    INVALID_CONTROLLER_IDENTIFIER(1, 0x1F, false),
    CONNECT_INCOMPATIBLE_FORMAT(1, 0x80, false),
    CONNECT_CONTROLLER_BUSY(1, 0x81, true),
    CONNECT_INVALID_PARAMETERS(1, 0x82, false),
    CONNECT_RESTART_DISCOVERY(1, 0x83, true),
    CONNECT_INVALID_HOST(1, 0x84, false),
    INVALID_QUEUE_TYPE(1, 0x85, false),
    DISCOVER_RESTART(1, 0x90, true),
    AUTHENTICATION_REQUIRED(1, 0x91, false),

    WRITE_FAULT(2, 0x80, true),
    UNRECOVERED_READ_ERROR(2, 0x81, true),
    COMPARE_FAILURE(2, 0x85, false),
    ACCESS_DENIED(2, 0x86, false),

    INTERNAL_PATH_ERROR(3, 0x00, true),
    ASYMMETRIC_ACCESS_PERSISTENT_LOSS(3, 0x01, true),
    ASYMMETRIC_ACCESS_INACCESSIBLE(3, 0x02, true),
    ASYMMETRIC_ACCESS_TRANSITION(3, 0x03, true);

    private final int sct;
    private final int sc;
    private final int field;

    NvmeStatus(final int sct, final int sc, final boolean retryMayHelp) {
        this.sct = sct;
        this.sc = sc;
        int status = NvmeStructure.withBits(0, 8, 1, sc);
        status = NvmeStructure.withBits(status, 11, 9, sct);
        field = NvmeStructure.withBits(status, 15, 15, retryMayHelp ? 0 : 1);
    }

    public int sct() {
        return sct;
    }

    public int sc() {
        return sc;
    }

    /**
     * Bytes 14 and 15 of the CQE, phase tag 0, DNR set where the same command cannot succeed later.
     */
    public int field() {
        return field;
    }
}
