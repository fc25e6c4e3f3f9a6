package io.gemel.nvme.tcp;

import io.gemel.core.lane.Task;

/**
 * Tasks that wait for room on the sending side, in order; it grows to the most that ever waited.
 * Owner: one connection.
 */
final class WaitQueue {
    private static final int INITIAL_CAPACITY = 16;

    private Task[] tasks = new Task[INITIAL_CAPACITY];
    private int[] generations = new int[INITIAL_CAPACITY];
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(final Task task) {
        if (size == tasks.length) {
            grow();
        }
        final int at = head + size & tasks.length - 1;
        tasks[at] = task;
        generations[at] = task.generation();
        size++;
    }

    /**
     * The first task, or null when that slot is used for something else by now. The queue must not
     * be empty.
     */
    Task poll() {
        final Task task = tasks[head];
        final boolean current = task.generation() == generations[head];
        tasks[head] = null;
        head = head + 1 & tasks.length - 1;
        size--;
        return current ? task : null;
    }

    private void grow() {
        final Task[] moreTasks = new Task[2 * tasks.length];
        final int[] moreGenerations = new int[2 * tasks.length];
        for (int i = 0; i < size; i++) {
            final int from = head + i & tasks.length - 1;
            moreTasks[i] = tasks[from];
            moreGenerations[i] = generations[from];
        }
        tasks = moreTasks;
        generations = moreGenerations;
        head = 0;
    }
}
