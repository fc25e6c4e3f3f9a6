package io.gemel.core.lane;

import io.gemel.core.InvariantViolation;
import io.gemel.core.status.Counter;
import java.util.function.Consumer;

/** The task slots of one lane, all made at start. Owner: the lane. */
public final class TaskPool {
    private final Lane lane;
    private final Task[] all;
    private final Task[] free;
    private int freeCount;

    TaskPool(final Lane lane, final int capacity) {
        this.lane = lane;
        this.all = new Task[capacity];
        this.free = new Task[capacity];
        for (int i = capacity - 1; i >= 0; i--) {
            all[i] = new Task(lane, i);
            free[freeCount++] = all[i];
        }
    }

    /**
     * @return a task in state NEW, or null when all are in use: see {@link Lane#awaitTask}
     */
    public Task claim() {
        if (0 == freeCount) {
            lane.counters().increment(Counter.TASKS_EXHAUSTED);
            return null;
        }
        final Task task = free[--freeCount];
        task.claimed();
        return task;
    }

    public int capacity() {
        return all.length;
    }

    public int inUse() {
        return all.length - freeCount;
    }

    /** The slot's task, whatever its state. */
    public Task at(final int index) {
        return all[index];
    }

    /**
     * Every task that is neither free nor unstarted. For the control plane (aborts, resets): not
     * per command.
     */
    public void forEachActive(final Consumer<Task> visitor) {
        for (final Task task : all) {
            if (TaskState.FREE != task.state() && TaskState.NEW != task.state()) {
                visitor.accept(task);
            }
        }
    }

    void giveBack(final Task task) {
        if (freeCount == all.length) {
            throw new InvariantViolation("more tasks freed than claimed");
        }
        free[freeCount++] = task;
    }
}
