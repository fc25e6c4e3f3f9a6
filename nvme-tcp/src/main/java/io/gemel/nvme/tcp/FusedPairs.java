package io.gemel.nvme.tcp;

import io.gemel.core.block.BlockStatus;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskState;
import io.gemel.nvme.io.IoQueue;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;

/**
 * Compare and Write as a fused pair: two commands next to each other in one queue, executed as one
 * block command.
 *
 * <p>Each half is a task of its own and gets its data as any other command does, in the capsule or
 * by R2T, in whatever order the data comes. The half whose data is complete is held in EXECUTING;
 * with both, the data of the Write goes behind that of the Compare and the Compare's task carries
 * the one atomic block command. The Compare is answered first, then the Write.
 *
 * <p>When one half ends for a reason of its own, the other one ends with Command Aborted due to
 * Failed Fused Command; a half without its neighbour with Command Aborted due to Missing Fused
 * Command. Nothing is written then. Owner: one connection.
 */
final class FusedPairs {
    static final int FIRST = 1;
    static final int SECOND = 2;

    private final NvmeTcpLane nvmeLane;
    private final IoQueue ioQueue;

    /** A Compare whose Write must be the next capsule. */
    private Task first;

    /** The Compare before this capsule has ended already. */
    private boolean firstFailed;

    FusedPairs(final NvmeTcpLane nvmeLane, final IoQueue ioQueue) {
        this.nvmeLane = nvmeLane;
        this.ioQueue = ioQueue;
    }

    /** Another capsule has come: a Compare that waits for its Write gets that one or none. */
    void onCapsule(final NvmeSqe sqe) {
        if (SECOND != sqe.fuse()) {
            final Task missing = first;
            first = null;
            firstFailed = false;
            if (null != missing) {
                end(missing, NvmeStatus.ABORTED_MISSING_FUSED_COMMAND);
            }
        }
    }

    /** A command of a pair was admitted or refused; it is not started yet. */
    void admitted(final Task task, final CommandSlot slot) {
        final NvmeCommand command = slot.command;
        if (FIRST == command.sqe().fuse()) {
            if (command.isSuccess()) {
                slot.fuse = FIRST;
                first = task;
            } else {
                firstFailed = true;
            }
            return;
        }
        final Task compare = first;
        first = null;
        if (null == compare) {
            command.status(
                    firstFailed
                            ? NvmeStatus.ABORTED_FAILED_FUSED_COMMAND
                            : NvmeStatus.ABORTED_MISSING_FUSED_COMMAND);
            firstFailed = false;
            return;
        }
        if (command.isSuccess() && !isSameRange(slotOf(compare).command.sqe(), command.sqe())) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        }
        if (command.isSuccess()) {
            slot.fuse = SECOND;
            slot.partner = compare;
            slotOf(compare).partner = task;
        } else {
            end(compare, NvmeStatus.ABORTED_FAILED_FUSED_COMMAND);
        }
    }

    private static boolean isSameRange(final NvmeSqe compare, final NvmeSqe write) {
        return compare.nsid() == write.nsid()
                && compare.slba() == write.slba()
                && compare.nlb() == write.nlb();
    }

    /** The data of one half is complete. */
    void ready(final Task task, final CommandSlot slot) {
        slot.fusedReady = true;
        final Task partner = slot.partner;
        if (null == partner
                || !slotOf(partner).fusedReady
                || TaskState.EXECUTING != partner.state()) {
            return; // held, until the other half is ready or released
        }
        slot.fusedSubmitted = true;
        slotOf(partner).fusedSubmitted = true;
        final Task compare = FIRST == slot.fuse ? task : partner;
        final Task write = FIRST == slot.fuse ? partner : task;
        final NvmeCommand compared = slotOf(compare).command;
        final NvmeCommand written = slotOf(write).command;
        if (!ioQueue.mayStillRun(compared)) {
            compare.executed(); // released() ends the Write with it
            return;
        }
        final int bytes = compared.lengthBytes();
        compare.buffer().buffer().putBytes(bytes, write.buffer().buffer(), 0, bytes);
        ioQueue.compareAndWrite(compared, written.sqe().fua(), compare);
        compare.submit();
    }

    /** Whether a half is held here until the other one is ready: the agent has not had the pair. */
    boolean isHeld(final Task task) {
        final CommandSlot slot = slotOf(task);
        return 0 != slot.fuse && TaskState.EXECUTING == task.state() && !slot.fusedSubmitted;
    }

    /** A half has been answered (or needs no answer any more). */
    void released(final Task task, final CommandSlot slot) {
        if (first == task) {
            first = null;
            firstFailed = true;
        }
        final Task partner = slot.partner;
        if (null == partner) {
            return;
        }
        final CommandSlot partnerSlot = slotOf(partner);
        slot.partner = null;
        partnerSlot.partner = null;
        if (FIRST == slot.fuse
                && null != task.command().op()
                && BlockStatus.OK == task.command().status()) {
            partnerSlot.fusedDone = true;
            ioQueue.fusedWriteDone(partnerSlot.command);
            partner.executed();
        } else {
            end(partner, NvmeStatus.ABORTED_FAILED_FUSED_COMMAND);
        }
    }

    private void end(final Task task, final NvmeStatus status) {
        final NvmeCommand command = slotOf(task).command;
        if (command.isSuccess()) {
            command.status(status);
        }
        if (TaskState.EXECUTING == task.state() && !task.isWithAgent()) {
            task.executed();
        }
        // else its data is still to come; execute() ends it then
    }

    private CommandSlot slotOf(final Task task) {
        return nvmeLane.slots[task.index()];
    }
}
