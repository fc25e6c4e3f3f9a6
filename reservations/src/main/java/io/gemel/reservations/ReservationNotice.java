package io.gemel.reservations;

/**
 * What a registrant hears of somebody else's command: a unit attention on a SCSI nexus (additional
 * sense code 2Ah), a reservation notification on every controller of an NVMe host (log page 80h).
 */
public enum ReservationNotice {
    /** CLEAR took registration and reservation. */
    RESERVATIONS_PREEMPTED(0x03, 3),
    /** The reservation went, or changed its type; the registration stays. */
    RESERVATIONS_RELEASED(0x04, 2),
    /** The registration was taken. */
    REGISTRATIONS_PREEMPTED(0x05, 1);

    /** Additional sense code of all three, PARAMETERS CHANGED family. */
    public static final int ASC = 0x2A;

    private final int ascq;
    private final int nvmeType;

    ReservationNotice(final int ascq, final int nvmeType) {
        this.ascq = ascq;
        this.nvmeType = nvmeType;
    }

    /** Additional sense code qualifier of the unit attention. */
    public int ascq() {
        return ascq;
    }

    /** Reservation Notification Log Page Type of log page 80h, and the bit in feature 82h. */
    public int nvmeType() {
        return nvmeType;
    }
}
