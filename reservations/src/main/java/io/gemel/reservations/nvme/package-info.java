/**
 * The NVMe view of the reservation model: the four reservation commands, Reservation Report, log
 * page 80h, the access class of every opcode. Pure translation; no controller, no queue.
 */
package io.gemel.reservations.nvme;
