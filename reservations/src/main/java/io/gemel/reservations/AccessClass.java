package io.gemel.reservations;

/**
 * What a command of either protocol is to a reservation. Every opcode belongs to exactly one; an
 * opcode that nobody has classified is {@link #WRITE}.
 */
public enum AccessClass {
    /** Passes everything, the lost-reservation state included. */
    ALWAYS,
    /** Reads the medium or what belongs to it. */
    READ,
    /** Changes the medium or what belongs to it, or nobody knows. */
    WRITE,
    /**
     * Reads or changes reservations: passes each of the six types, whose rules are in the state
     * machine; an SPC-2 reservation refuses it.
     */
    RESERVATION;

    final int bit() {
        return 1 << ordinal();
    }
}
