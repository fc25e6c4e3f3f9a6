package io.gemel.reservations;

/**
 * What the configuration fixes for one volume.
 *
 * @param maxRegistrants registrations of one volume at the same time
 * @param persistenceSupported whether APTPL and PTPL may be set
 */
public record ReservationLimits(int maxRegistrants, boolean persistenceSupported) {
    /** Registrations of a volume unless something else is said. */
    public static final int DEFAULT_MAX_REGISTRANTS = 4096;

    public static final ReservationLimits DEFAULT =
            new ReservationLimits(DEFAULT_MAX_REGISTRANTS, true);
}
