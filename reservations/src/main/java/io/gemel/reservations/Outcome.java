package io.gemel.reservations;

/**
 * What a command came to.
 *
 * @param state the state after it; the very same object when nothing changed
 * @param status other than {@link ReservationStatus#GOOD} means that nothing changed
 * @param effects on others
 */
public record Outcome(ReservationState state, ReservationStatus status, Effects effects) {}
