package io.gemel.reservations;

/** What admission says to a command. */
public enum Verdict {
    PASS,
    /** Reservation conflict: no sense data; NVMe status 83h with DNR. */
    CONFLICT,
    /**
     * The reservation is not known any more: DATA PROTECT, PERSISTENT RESERVATION INFORMATION LOST.
     */
    INFORMATION_LOST
}
