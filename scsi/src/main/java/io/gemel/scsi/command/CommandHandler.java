package io.gemel.scsi.command;

import io.gemel.scsi.ScsiTask;

/** One command of the device server. Stateless; called on the lane of the task. */
public interface CommandHandler {
    /** Checks the CDB and says what the command needs, or fails the task. Nothing is done yet. */
    void prepare(ScsiTask task);

    /**
     * Buffer and data-out are there: fills the block command and {@link ScsiTask#submit}s it, or
     * does the work and calls {@link io.gemel.core.lane.Task#executed} at once or later.
     */
    void execute(ScsiTask task);

    /**
     * The initiator brings less than the CDB asks for: SAM-5 leaves it to the transport what
     * becomes of such a command.
     *
     * @param lengthBytes what it brings
     * @return whether the task now does only so much; false: it is to be refused
     */
    default boolean truncate(final ScsiTask task, final int lengthBytes) {
        return false;
    }

    /** Whether a command that brings more than its CDB asks for is refused, too. */
    default boolean wantsExactDataOut() {
        return false;
    }

    /**
     * The block command has ended well.
     *
     * @return false when another one was {@link ScsiTask#resubmit resubmitted}
     */
    default boolean completed(final ScsiTask task) {
        return true;
    }
}
