/**
 * The SCSI view of the reservation model: PERSISTENT RESERVE IN and OUT as bytes, TransportIDs, the
 * access class of every operation code. Pure translation; no session, no sense buffer of a
 * transport.
 */
package io.gemel.reservations.scsi;
