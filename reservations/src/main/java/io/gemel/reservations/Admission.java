package io.gemel.reservations;

/**
 * The snapshot of one volume's reservation that the data path reads: immutable, no lock, nothing
 * allocated per check. One is published with each change and stays valid for whoever still holds
 * it; a lane reads the current one once per batch or per command.
 *
 * <p>Without a reservation a check is one comparison. With one, {@link #verdict} finds the role in
 * an open-addressed table (expected constant time at any number of registrants); {@link
 * AdmissionHandle} remembers it until the next snapshot.
 */
public final class Admission {
    private static final int ALL;

    static {
        int all = 0;
        for (final AccessClass access : AccessClass.values()) {
            all |= access.bit();
        }
        ALL = all;
    }

    /** Admits everything: a volume that nobody ever reserved. */
    public static final Admission OPEN = new Admission();

    private final boolean lost;
    private final int notRegisteredMask;
    private final int registrantMask;
    private final int holderMask;
    private final Registrant holder;
    private final Registrant[] table;

    private Admission() {
        this.lost = false;
        this.notRegisteredMask = ALL;
        this.registrantMask = ALL;
        this.holderMask = ALL;
        this.holder = null;
        this.table = null;
    }

    Admission(final ReservationState state) {
        this.lost = state.lost();
        if (lost) {
            final int always = AccessClass.ALWAYS.bit() | AccessClass.RESERVATION.bit();
            this.notRegisteredMask = always;
            this.registrantMask = always;
            this.holderMask = always;
            this.holder = null;
            this.table = null;
        } else if (state.spc2Holder() != null) {
            this.notRegisteredMask = spc2Mask(false);
            this.registrantMask = notRegisteredMask;
            this.holderMask = spc2Mask(true);
            this.holder = state.spc2Holder();
            this.table = null;
        } else {
            final ReservationType type = state.type();
            this.notRegisteredMask = mask(Role.NOT_REGISTERED, type);
            this.registrantMask = mask(Role.REGISTRANT, type);
            this.holderMask = mask(Role.HOLDER, type);
            this.holder = state.holder();
            // AR types and RO types ask only "registered or not"; WE and EA only "holder or not".
            this.table = type != null && type.registrantsShare() ? table(state) : null;
        }
    }

    /** Whether anybody is refused anything: false lets the data path skip the rest. */
    public boolean open() {
        return notRegisteredMask == ALL;
    }

    /**
     * Whether a command may go on. Any thread.
     *
     * @param who the registrant the command came from, registered or not
     */
    public Verdict verdict(final Registrant who, final AccessClass access) {
        return verdict(maskOf(who), access);
    }

    Verdict verdict(final int mask, final AccessClass access) {
        if ((mask & access.bit()) != 0) {
            return Verdict.PASS;
        }
        return lost ? Verdict.INFORMATION_LOST : Verdict.CONFLICT;
    }

    /** The classes that pass for a registrant, one bit each by ordinal. */
    int maskOf(final Registrant who) {
        if (notRegisteredMask == ALL || lost) {
            return notRegisteredMask;
        }
        if (who.equals(holder)) {
            return holderMask;
        }
        if (table == null) {
            // WE and EA treat registrants and strangers alike.
            return notRegisteredMask;
        }
        final int last = table.length - 1;
        for (int slot = who.hashCode() & last; table[slot] != null; slot = slot + 1 & last) {
            if (who.equals(table[slot])) {
                return registrantMask;
            }
        }
        return notRegisteredMask;
    }

    private static int mask(final Role role, final ReservationType type) {
        int mask = 0;
        for (final AccessClass access : AccessClass.values()) {
            mask |= AccessGate.passes(role, type, access) ? access.bit() : 0;
        }
        return mask;
    }

    private static int spc2Mask(final boolean holder) {
        int mask = 0;
        for (final AccessClass access : AccessClass.values()) {
            mask |= AccessGate.passesSpc2(holder, access) ? access.bit() : 0;
        }
        return mask;
    }

    /** At most half full, so that a search always ends at an empty slot. */
    private static Registrant[] table(final ReservationState state) {
        final int size = Integer.highestOneBit(Math.max(1, state.registrantCount())) << 2;
        final Registrant[] table = new Registrant[size];
        for (int index = 0; index < state.registrantCount(); index++) {
            final Registrant registrant = state.registrant(index);
            int slot = registrant.hashCode() & size - 1;
            while (table[slot] != null) {
                slot = slot + 1 & size - 1;
            }
            table[slot] = registrant;
        }
        return table;
    }
}
