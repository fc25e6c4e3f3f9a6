package io.gemel.reservations;

/**
 * Who can hold a registration: a value, the same on every node and after every restart, whether a
 * session is there or not. {@link #hashCode} is computed once, so that admission can look one up
 * without work.
 *
 * <p>The order is the order in which listings show registrants: SCSI nexuses by name, ISID and
 * port, then NVMe hosts by identifier.
 */
public sealed interface Registrant extends Comparable<Registrant> permits ItNexus, NvmeHost {
    /** For people: listings and logs. */
    String display();
}
