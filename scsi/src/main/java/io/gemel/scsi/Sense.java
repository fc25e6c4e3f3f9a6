package io.gemel.scsi;

import io.gemel.core.block.BlockStatus;

/** Every sense key, ASC and ASCQ that we report: SPC-4 section 4.5.6 and annex F.2. */
public enum Sense {
    NO_SENSE(0x0, 0x00, 0x00),
    LOGICAL_UNIT_COMMUNICATION_FAILURE(0x2, 0x08, 0x00),
    UNRECOVERED_READ_ERROR(0x3, 0x11, 0x00),
    WRITE_ERROR(0x3, 0x0C, 0x00),
    INTERNAL_TARGET_FAILURE(0x4, 0x44, 0x00),
    PARAMETER_LIST_LENGTH_ERROR(0x5, 0x1A, 0x00),
    INVALID_COMMAND_OPERATION_CODE(0x5, 0x20, 0x00),
    LBA_OUT_OF_RANGE(0x5, 0x21, 0x00),
    INVALID_FIELD_IN_CDB(0x5, 0x24, 0x00),
    LOGICAL_UNIT_NOT_SUPPORTED(0x5, 0x25, 0x00),
    INVALID_RELEASE_OF_PERSISTENT_RESERVATION(0x5, 0x26, 0x04),
    INSUFFICIENT_REGISTRATION_RESOURCES(0x5, 0x55, 0x04),
    INVALID_FIELD_IN_PARAMETER_LIST(0x5, 0x26, 0x00),
    SAVING_PARAMETERS_NOT_SUPPORTED(0x5, 0x39, 0x00),
    INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT(0x5, 0x0E, 0x03),
    /** Power on, reset, or bus device reset: the form that initiators know best. */
    POWER_ON_OR_RESET_OCCURRED(0x6, 0x29, 0x00),
    BUS_DEVICE_RESET_FUNCTION_OCCURRED(0x6, 0x29, 0x03),
    I_T_NEXUS_LOSS_OCCURRED(0x6, 0x29, 0x07),
    MODE_PARAMETERS_CHANGED(0x6, 0x2A, 0x01),
    RESERVATIONS_PREEMPTED(0x6, 0x2A, 0x03),
    RESERVATIONS_RELEASED(0x6, 0x2A, 0x04),
    REGISTRATIONS_PREEMPTED(0x6, 0x2A, 0x05),
    COMMANDS_CLEARED_BY_ANOTHER_INITIATOR(0x6, 0x2F, 0x00),
    PERSISTENT_RESERVATION_INFORMATION_LOST(0x7, 0x44, 0x01),
    WRITE_PROTECTED(0x7, 0x27, 0x00),
    SPACE_ALLOCATION_FAILED_WRITE_PROTECT(0x7, 0x27, 0x07),
    /** The data did not come in the order that the transport wants. */
    DATA_PHASE_ERROR(0xB, 0x4B, 0x00),
    MISCOMPARE_DURING_VERIFY_OPERATION(0xE, 0x1D, 0x00);

    private final int key;
    private final int asc;
    private final int ascq;

    Sense(final int key, final int asc, final int ascq) {
        this.key = key;
        this.asc = asc;
        this.ascq = ascq;
    }

    /** SENSE KEY, 4 bits. */
    public int key() {
        return key;
    }

    /** ADDITIONAL SENSE CODE. */
    public int asc() {
        return asc;
    }

    /** ADDITIONAL SENSE CODE QUALIFIER. */
    public int ascq() {
        return ascq;
    }

    /**
     * What a block status is in SCSI; null for those that are no CHECK CONDITION (OK, a reservation
     * conflict, an abort).
     */
    public static Sense of(final BlockStatus status) {
        return switch (status) {
            case OK, RESERVATION_CONFLICT, ABORTED -> null;
            case LBA_OUT_OF_RANGE -> LBA_OUT_OF_RANGE;
            case WRITE_PROTECTED -> WRITE_PROTECTED;
            case MISCOMPARE -> MISCOMPARE_DURING_VERIFY_OPERATION;
            case READ_ERROR -> UNRECOVERED_READ_ERROR;
            case WRITE_ERROR -> WRITE_ERROR;
            case NO_SPACE -> SPACE_ALLOCATION_FAILED_WRITE_PROTECT;
            case PATH_LOST -> LOGICAL_UNIT_COMMUNICATION_FAILURE;
            case UNSUPPORTED, INTERNAL -> INTERNAL_TARGET_FAILURE;
        };
    }
}
