package io.gemel.config;

import java.util.UUID;

/**
 * One volume: a SCSI logical unit and an NVMe namespace at once.
 *
 * @param uuid as configured, else derived from the names of cluster and volume
 * @param blockSize bytes per logical block: 512 or 4096
 * @param persistReservations whether a record of the reservations can be kept, so that they outlive
 *     a restart when their holders ask for it
 * @param writeCache whether a volatile write cache is reported (WCE) and used
 */
public record VolumeConfig(
        String name,
        UUID uuid,
        int blockSize,
        BackendConfig backend,
        boolean writeCache,
        boolean readOnly,
        boolean persistReservations) {}
