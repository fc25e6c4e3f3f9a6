package io.gemel.reservations;

/** What somebody is to the reservation that is held. */
public enum Role {
    NOT_REGISTERED,
    /** Registered, and not a holder. */
    REGISTRANT,
    /** Holds the reservation; with the AR types every registrant does. */
    HOLDER
}
