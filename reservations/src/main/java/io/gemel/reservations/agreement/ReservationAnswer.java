package io.gemel.reservations.agreement;

import io.gemel.reservations.ReservationStatus;

/**
 * Whoever waits for a reservation command. Called once, on the lane that was named with the
 * command.
 */
public interface ReservationAnswer {
    /** Decided, and in force on every lane. */
    void decided(ReservationStatus status);

    /**
     * It could not be made to last: the old state stays in force. The peer hears LOGICAL UNIT
     * COMMUNICATION FAILURE or a status that it may try again, never a conflict.
     */
    void failed();
}
