package io.gemel.scsi;

import io.gemel.core.volume.Volume;
import io.gemel.reservations.agreement.VolumeReservations;

/**
 * A volume as SCSI sees it: SAM-5 logical unit. One per volume and process, shared by all targets
 * that map it and by all lanes; what MODE SELECT changes is volatile because every lane reads it as
 * it is at that moment and the fields stand alone.
 */
public final class LogicalUnit {
    private final Volume volume;
    private final VolumeReservations reservations;
    private volatile boolean softwareWriteProtect;
    private volatile boolean descriptorSense;
    private volatile boolean taskAbortedStatus;

    /**
     * @param reservations null where there are none: the commands for them are not supported then
     */
    public LogicalUnit(final Volume volume, final VolumeReservations reservations) {
        this.volume = volume;
        this.reservations = reservations;
    }

    public Volume volume() {
        return volume;
    }

    /** Null when the logical unit does not support reservations. */
    public VolumeReservations reservations() {
        return reservations;
    }

    /** TAS of the Control mode page: commands that another nexus aborts end with TASK ABORTED. */
    public boolean taskAbortedStatus() {
        return taskAbortedStatus;
    }

    /** Control plane only. */
    public void taskAbortedStatus(final boolean on) {
        taskAbortedStatus = on;
    }

    /** SWP of the Control mode page: SPC-4 section 7.5.8. */
    public boolean softwareWriteProtect() {
        return softwareWriteProtect;
    }

    /** Control plane only. */
    public void softwareWriteProtect(final boolean on) {
        softwareWriteProtect = on;
    }

    /** D_SENSE of the Control mode page: sense data in descriptor format. */
    public boolean descriptorSense() {
        return descriptorSense;
    }

    /** Control plane only. */
    public void descriptorSense(final boolean on) {
        descriptorSense = on;
    }

    /** Whether writes are refused, for whatever reason. */
    public boolean writeProtected() {
        return softwareWriteProtect || volume.readOnly();
    }

    @Override
    public String toString() {
        return "logical unit of " + volume;
    }
}
