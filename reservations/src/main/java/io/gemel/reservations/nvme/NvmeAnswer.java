package io.gemel.reservations.nvme;

import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.Verdict;

/**
 * Status with which a reservation command, or a command it refuses, ends; all of Status Code Type
 * 0. All but success carry Do Not Retry: sent again, the command would end the same.
 */
public enum NvmeAnswer {
    SUCCESS(0x00),
    INVALID_FIELD(0x02),
    /** Internal Error: NVMe has no status for "no room for another registrant". */
    OUT_OF_RESOURCES(0x06),
    DATA_SGL_LENGTH_INVALID(0x0F),
    HOST_IDENTIFIER_INCONSISTENT_FORMAT(0x18),
    /** Namespace Not Ready: the reservation is not known any more. */
    NAMESPACE_NOT_READY(0x82),
    RESERVATION_CONFLICT(0x83);

    private final int statusCode;

    NvmeAnswer(final int statusCode) {
        this.statusCode = statusCode;
    }

    /** SC, of SCT 0h (generic command status). */
    public int statusCode() {
        return statusCode;
    }

    /** DNR. */
    public boolean doNotRetry() {
        return this != SUCCESS;
    }

    public static NvmeAnswer of(final ReservationStatus status) {
        return switch (status) {
            case GOOD -> SUCCESS;
            case CONFLICT -> RESERVATION_CONFLICT;
            case INVALID_RELEASE, INVALID_PARAMETER, INVALID_COMMAND -> INVALID_FIELD;
            case OUT_OF_RESOURCES -> OUT_OF_RESOURCES;
            case INFORMATION_LOST -> NAMESPACE_NOT_READY;
        };
    }

    public static NvmeAnswer of(final Verdict verdict) {
        return switch (verdict) {
            case PASS -> SUCCESS;
            case CONFLICT -> RESERVATION_CONFLICT;
            case INFORMATION_LOST -> NAMESPACE_NOT_READY;
        };
    }
}
