package io.gemel.reservations;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Registrants and their keys, sorted by registrant; immutable. A change copies two arrays: at the
 * limit of 4096 registrants that is 64 KiB, per reservation command and never per I/O.
 */
final class Registrations {
    static final Registrations NONE = new Registrations(new Registrant[0], new long[0]);

    private final Registrant[] registrants;
    private final long[] keys;

    private Registrations(final Registrant[] registrants, final long[] keys) {
        this.registrants = registrants;
        this.keys = keys;
    }

    /**
     * Takes both arrays over.
     *
     * @param registrants in ascending order, none twice
     */
    static Registrations ofSorted(final Registrant[] registrants, final long[] keys) {
        return new Registrations(registrants, keys);
    }

    int size() {
        return registrants.length;
    }

    Registrant registrant(final int index) {
        return registrants[index];
    }

    long key(final int index) {
        return keys[index];
    }

    /**
     * Index of a registrant; negative when it is not registered (as {@link Arrays#binarySearch}).
     */
    int indexOf(final Registrant who) {
        return Arrays.binarySearch(registrants, who);
    }

    boolean contains(final Registrant who) {
        return indexOf(who) >= 0;
    }

    /** With a key for a registrant, whether it was there or not. */
    Registrations with(final Registrant who, final long key) {
        final int found = indexOf(who);
        if (found >= 0) {
            final long[] newKeys = keys.clone();
            newKeys[found] = key;
            return new Registrations(registrants, newKeys);
        }
        final int at = -found - 1;
        final Registrant[] newRegistrants = Arrays.copyOf(registrants, registrants.length + 1);
        final long[] newKeys = Arrays.copyOf(keys, keys.length + 1);
        System.arraycopy(registrants, at, newRegistrants, at + 1, registrants.length - at);
        System.arraycopy(keys, at, newKeys, at + 1, keys.length - at);
        newRegistrants[at] = who;
        newKeys[at] = key;
        return new Registrations(newRegistrants, newKeys);
    }

    /** Without the registrants that a test names. */
    Registrations without(final Predicate<Registrant> gone) {
        final Registrant[] newRegistrants = new Registrant[registrants.length];
        final long[] newKeys = new long[keys.length];
        int count = 0;
        for (int index = 0; index < registrants.length; index++) {
            if (!gone.test(registrants[index])) {
                newRegistrants[count] = registrants[index];
                newKeys[count++] = keys[index];
            }
        }
        if (count == registrants.length) {
            return this;
        }
        return new Registrations(
                Arrays.copyOf(newRegistrants, count), Arrays.copyOf(newKeys, count));
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Registrations that
                && Arrays.equals(registrants, that.registrants)
                && Arrays.equals(keys, that.keys);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(registrants) + Arrays.hashCode(keys);
    }
}
