/**
 * The one reservation model that SCSI and NVMe share: {@link
 * io.gemel.reservations.ReservationState#apply} takes a state and a command to a new state, a
 * status and effects as data. No I/O, no clock, no threads; every value is immutable.
 */
package io.gemel.reservations;
