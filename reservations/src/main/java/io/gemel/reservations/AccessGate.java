package io.gemel.reservations;

/**
 * The one access matrix of both protocols: role × type × class. {@link Admission} is built from it,
 * so no command passes by another rule.
 *
 * <pre>
 *                       WE       EA       WERO, WEAR   EARO, EAAR
 * holder      R / W     pass     pass     pass         pass
 * registrant  R         pass     refuse   pass         pass
 * registrant  W         refuse   refuse   pass         pass
 * other       R         pass     refuse   pass         refuse
 * other       W         refuse   refuse   refuse       refuse
 * </pre>
 */
public final class AccessGate {
    private AccessGate() {}

    /**
     * Whether a command passes a persistent reservation.
     *
     * @param type the type held, or null when none is
     */
    public static boolean passes(
            final Role role, final ReservationType type, final AccessClass access) {
        if (type == null || access == AccessClass.ALWAYS || access == AccessClass.RESERVATION) {
            return true;
        }
        return switch (role) {
            case HOLDER -> true;
            case REGISTRANT ->
                    type.registrantsShare() || access == AccessClass.READ && type.othersRead();
            case NOT_REGISTERED -> access == AccessClass.READ && type.othersRead();
        };
    }

    /**
     * Whether a command passes an SPC-2 reservation (RESERVE of SPC-2): everybody else is refused
     * everything but {@link AccessClass#ALWAYS}, and nobody may use persistent reservations.
     */
    public static boolean passesSpc2(final boolean holder, final AccessClass access) {
        return switch (access) {
            case ALWAYS -> true;
            case READ, WRITE -> holder;
            case RESERVATION -> false;
        };
    }
}
