package io.gemel.scsi.command;

/**
 * What a reservation of another nexus does to a command: SPC-4 section 5.13, the tables of allowed
 * commands.
 */
public enum ReservationGroup {
    /** Always allowed. */
    ANY,
    /** Allowed where reading is. */
    READ,
    /** Allowed where writing is. */
    WRITE
}
