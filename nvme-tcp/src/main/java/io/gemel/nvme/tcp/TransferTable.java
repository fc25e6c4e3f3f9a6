package io.gemel.nvme.tcp;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.Task;

/**
 * The transfers that this side has asked for by R2T: one per command at most. The index is the
 * TTAG. Owner: one connection.
 *
 * <p>A transfer outlives a command that ends early: the host may be sending already, and what it
 * sends is then dropped.
 */
final class TransferTable {
    private final Task[] tasks;
    private final int[] commandIds;
    private final int[] next;
    private final int[] end;
    private final boolean[] used;
    private final int[] free;
    private int freeCount;

    TransferTable(final int capacity) {
        tasks = new Task[capacity];
        commandIds = new int[capacity];
        next = new int[capacity];
        end = new int[capacity];
        used = new boolean[capacity];
        free = new int[capacity];
        for (int i = capacity - 1; i >= 0; i--) {
            free[freeCount++] = i;
        }
    }

    /** A new transfer of [0, lengthBytes), or -1 when orphans hold all places. */
    int open(final Task task, final int commandId, final int lengthBytes) {
        if (0 == freeCount) {
            return CommandSlot.NO_TRANSFER;
        }
        final int ttag = free[--freeCount];
        tasks[ttag] = task;
        commandIds[ttag] = commandId;
        next[ttag] = 0;
        end[ttag] = lengthBytes;
        used[ttag] = true;
        return ttag;
    }

    boolean isOpen(final int ttag) {
        return ttag < used.length && used[ttag];
    }

    int commandId(final int ttag) {
        return commandIds[ttag];
    }

    /** Where the next data must start. */
    int next(final int ttag) {
        return next[ttag];
    }

    int end(final int ttag) {
        return end[ttag];
    }

    /** Whose data it is, or null for an orphan. */
    Task task(final int ttag) {
        return tasks[ttag];
    }

    void advance(final int ttag, final int lengthBytes) {
        next[ttag] += lengthBytes;
    }

    /** The command has ended before its data came. */
    void orphan(final int ttag) {
        tasks[ttag] = null;
    }

    void close(final int ttag) {
        if (!used[ttag]) {
            throw new InvariantViolation("transfer " + ttag + " closed twice");
        }
        used[ttag] = false;
        tasks[ttag] = null;
        free[freeCount++] = ttag;
    }
}
