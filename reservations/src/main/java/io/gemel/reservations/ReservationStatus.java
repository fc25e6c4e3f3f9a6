package io.gemel.reservations;

/** How a reservation command ended; each view has one table from here to its own status. */
public enum ReservationStatus {
    GOOD,
    /** RESERVATION CONFLICT, NVMe Reservation Conflict. Nothing changed. */
    CONFLICT,
    /** The holder released with another type than the one it holds. Nothing changed. */
    INVALID_RELEASE,
    /** A field of the parameter data is not allowed in this state. Nothing changed. */
    INVALID_PARAMETER,
    /** A field of the command itself is not allowed in this state. Nothing changed. */
    INVALID_COMMAND,
    /** No room for so many registrants. Nothing changed. */
    OUT_OF_RESOURCES,
    /** What was reserved is not known any more: only a replacement or the operator is accepted. */
    INFORMATION_LOST
}
