package io.gemel.reservations.scsi;

import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.Verdict;

/** Status and sense data with which a reservation command, or a command it refuses, ends. */
public enum ScsiAnswer {
    GOOD(0x00, 0, 0, 0),
    /** No sense data goes with it. */
    RESERVATION_CONFLICT(0x18, 0, 0, 0),
    PARAMETER_LIST_LENGTH_ERROR(0x02, 0x05, 0x1A, 0x00),
    INVALID_FIELD_IN_CDB(0x02, 0x05, 0x24, 0x00),
    INVALID_FIELD_IN_PARAMETER_LIST(0x02, 0x05, 0x26, 0x00),
    INVALID_RELEASE_OF_PERSISTENT_RESERVATION(0x02, 0x05, 0x26, 0x04),
    INSUFFICIENT_REGISTRATION_RESOURCES(0x02, 0x05, 0x55, 0x04),
    PERSISTENT_RESERVATION_INFORMATION_LOST(0x02, 0x07, 0x44, 0x01);

    private final int status;
    private final int senseKey;
    private final int asc;
    private final int ascq;

    ScsiAnswer(final int status, final int senseKey, final int asc, final int ascq) {
        this.status = status;
        this.senseKey = senseKey;
        this.asc = asc;
        this.ascq = ascq;
    }

    /** SAM status code. */
    public int status() {
        return status;
    }

    /** Sense key; meant only with CHECK CONDITION. */
    public int senseKey() {
        return senseKey;
    }

    /** Additional sense code; meant only with CHECK CONDITION. */
    public int asc() {
        return asc;
    }

    /** Additional sense code qualifier; meant only with CHECK CONDITION. */
    public int ascq() {
        return ascq;
    }

    public static ScsiAnswer of(final ReservationStatus status) {
        return switch (status) {
            case GOOD -> GOOD;
            case CONFLICT -> RESERVATION_CONFLICT;
            case INVALID_RELEASE -> INVALID_RELEASE_OF_PERSISTENT_RESERVATION;
            case INVALID_PARAMETER -> INVALID_FIELD_IN_PARAMETER_LIST;
            case INVALID_COMMAND -> INVALID_FIELD_IN_CDB;
            case OUT_OF_RESOURCES -> INSUFFICIENT_REGISTRATION_RESOURCES;
            case INFORMATION_LOST -> PERSISTENT_RESERVATION_INFORMATION_LOST;
        };
    }

    public static ScsiAnswer of(final Verdict verdict) {
        return switch (verdict) {
            case PASS -> GOOD;
            case CONFLICT -> RESERVATION_CONFLICT;
            case INFORMATION_LOST -> PERSISTENT_RESERVATION_INFORMATION_LOST;
        };
    }
}
