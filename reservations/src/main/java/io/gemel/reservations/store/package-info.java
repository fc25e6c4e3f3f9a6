/** Keeps the reservation of each volume through a restart: one checksummed record per volume. */
package io.gemel.reservations.store;
