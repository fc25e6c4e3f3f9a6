package io.gemel.reservations;

import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a volume knows of its reservations, of both protocols: registrations, the persistent
 * reservation, an SPC-2 reservation, the generation, whether all that outlives a power loss.
 * Immutable; {@link #apply} makes the next one.
 *
 * <pre>
 *   not lost: registrations ── a holder is registered; an AR type has no holder of its own and at
 *                              least one registrant; no type without registrants
 *             SPC-2 holder  ── only while nobody is registered
 *   lost:     nothing else. Left by REPLACE LOST RESERVATION and by the operator
 * </pre>
 */
public final class ReservationState {
    /** A volume that nobody ever reserved. */
    public static final ReservationState EMPTY =
            new ReservationState(0, 0, false, false, Registrations.NONE, null, null, null);

    private final long version;
    private final int generation;
    private final boolean persistent;
    private final boolean lost;
    private final Registrations registrations;
    private final ReservationType type;
    private final Registrant holder;
    private final ItNexus spc2Holder;

    ReservationState(
            final long version,
            final int generation,
            final boolean persistent,
            final boolean lost,
            final Registrations registrations,
            final ReservationType type,
            final Registrant holder,
            final ItNexus spc2Holder) {
        this.version = version;
        this.generation = generation;
        this.persistent = persistent;
        this.lost = lost;
        this.registrations = registrations;
        this.type = type;
        this.holder = holder;
        this.spc2Holder = spc2Holder;
    }

    /**
     * A state from a record or from an import.
     *
     * @param keys registrants with their keys, none 0
     * @param type null without a reservation
     * @param holder null without a reservation and with the AR types
     * @throws IllegalArgumentException when the parts do not fit together: nobody may be admitted
     *     by a state that no sequence of commands leads to
     */
    public static ReservationState of(
            final long version,
            final int generation,
            final boolean persistent,
            final Map<? extends Registrant, Long> keys,
            final ReservationType type,
            final Registrant holder) {
        final SortedMap<Registrant, Long> sorted = new TreeMap<>(keys);
        Registrations registrations = Registrations.NONE;
        if (!sorted.isEmpty()) {
            registrations =
                    Registrations.ofSorted(
                            sorted.keySet().toArray(new Registrant[0]),
                            sorted.values().stream().mapToLong(Long::longValue).toArray());
        }
        for (int index = 0; index < registrations.size(); index++) {
            require(registrations.key(index) != 0, "a registration without a key");
        }
        if (type == null) {
            require(holder == null, "a holder without a reservation");
        } else if (type.allRegistrants()) {
            require(holder == null, "one holder of an all-registrants reservation");
            require(registrations.size() > 0, "a reservation without registrants");
        } else {
            require(holder != null && registrations.contains(holder), "a holder not registered");
        }
        return new ReservationState(
                version, generation, persistent, false, registrations, type, holder, null);
    }

    /**
     * The state of a volume whose record cannot be trusted: nobody passes to the medium.
     *
     * @param version at least the last version that is known to have been written
     */
    public static ReservationState informationLost(final long version) {
        return new ReservationState(version, 0, true, true, Registrations.NONE, null, null, null);
    }

    private static void require(final boolean holds, final String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    /**
     * The one transition function: pure, total, and all or nothing.
     *
     * @param limits what the volume's configuration fixes
     */
    public Outcome apply(final ReservationCommand command, final ReservationLimits limits) {
        return new Transition(this, limits).apply(command);
    }

    /** One up with every change; commands that change nothing leave it. */
    public long version() {
        return version;
    }

    /** PRgeneration and GEN: unsigned, wraps to 0. */
    public int generation() {
        return generation;
    }

    /** APTPL as last set, PTPLS: whether registrations outlive a power loss. */
    public boolean persistent() {
        return persistent;
    }

    /** Whether the reservation is not known any more. */
    public boolean lost() {
        return lost;
    }

    /** The type of the persistent reservation, or null when none is held. */
    public ReservationType type() {
        return type;
    }

    /** The one holder; null without a reservation and with the AR types. */
    public Registrant holder() {
        return holder;
    }

    /** The key of the one holder; 0 without a reservation and with the AR types. */
    public long holderKey() {
        return holder == null ? 0 : registrations.key(registrations.indexOf(holder));
    }

    /** Who holds the volume by RESERVE of SPC-2, or null. */
    public ItNexus spc2Holder() {
        return spc2Holder;
    }

    public int registrantCount() {
        return registrations.size();
    }

    /** In the registrants' order. */
    public Registrant registrant(final int index) {
        return registrations.registrant(index);
    }

    public long key(final int index) {
        return registrations.key(index);
    }

    public boolean isRegistered(final Registrant who) {
        return registrations.contains(who);
    }

    /** The key of a registrant; 0, which no registrant has, for anybody else. */
    public long keyOf(final Registrant who) {
        final int index = registrations.indexOf(who);
        return index < 0 ? 0 : registrations.key(index);
    }

    public Role roleOf(final Registrant who) {
        if (!isRegistered(who)) {
            return Role.NOT_REGISTERED;
        }
        return type != null && (type.allRegistrants() || who.equals(holder))
                ? Role.HOLDER
                : Role.REGISTRANT;
    }

    /** A snapshot for the data path; builds a table, so once per change and not per command. */
    public Admission admission() {
        return lost || type != null || spc2Holder != null ? new Admission(this) : Admission.OPEN;
    }

    /**
     * Whether a record of this state differs from one of another: an SPC-2 reservation is not kept.
     */
    public boolean sameRecord(final ReservationState other) {
        return generation == other.generation
                && persistent == other.persistent
                && lost == other.lost
                && type == other.type
                && Objects.equals(holder, other.holder)
                && registrations.equals(other.registrations);
    }

    Registrations registrations() {
        return registrations;
    }

    /** All parts but {@link #version}. */
    @Override
    public boolean equals(final Object other) {
        return other instanceof ReservationState that
                && sameRecord(that)
                && Objects.equals(spc2Holder, that.spc2Holder);
    }

    @Override
    public int hashCode() {
        return 31 * registrations.hashCode() + generation;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("version " + version);
        text.append(", generation ").append(Integer.toUnsignedString(generation));
        text.append(persistent ? ", persistent" : "").append(lost ? ", lost" : "");
        text.append(", type ").append(type).append(", holder ").append(holder);
        text.append(", spc2 ").append(spc2Holder);
        for (int index = 0; index < registrantCount(); index++) {
            text.append("\n  ").append(registrant(index));
            text.append(" key 0x").append(Long.toHexString(key(index)));
        }
        return text.toString();
    }
}
