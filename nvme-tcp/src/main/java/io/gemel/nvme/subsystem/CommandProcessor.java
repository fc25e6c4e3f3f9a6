package io.gemel.nvme.subsystem;

import io.gemel.core.lane.Task;

/**
 * What a queue does with its commands, independent of the transport. Owner: the lane of the queue's
 * connection.
 */
public interface CommandProcessor {
    /**
     * Looks at a new SQE: sets the data it expects, or an error status, which ends the command at
     * once.
     */
    void admit(NvmeCommand command);

    /**
     * All data from the host is in the task's buffer (if any): fills {@link Task#command()} and
     * submits, or sets status and result and calls {@link Task#executed()}, now or later.
     */
    void execute(NvmeCommand command, Task task);

    /** The task's block command has ended: sets status and result. */
    void ended(NvmeCommand command, Task task);
}
