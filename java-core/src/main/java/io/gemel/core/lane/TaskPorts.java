package io.gemel.core.lane;

/**
 * What a task calls on its protocol, on the lane's thread. The task's state is set before each
 * call; from within a call only {@link Task#submit}, {@link Task#executed} and {@link
 * Task#onDataOut} may be called on it.
 */
public interface TaskPorts {
    /** The buffer is there and data is awaited: ask the peer for it, or just let it flow. */
    void solicit(Task task);

    /**
     * All data is here: fill {@link Task#command()} and submit, or do the work and call {@link
     * Task#executed}.
     */
    void execute(Task task);

    /**
     * Queue data-in and response; an aborted task may end without any.
     *
     * @return false when there is no room: called again by the next {@link Task#step}
     */
    boolean respond(Task task);

    /** The slot goes back to the pool right after this. */
    void released(Task task);

    /** The engine whose connection ends when one of these calls has thrown. */
    default Object engine() {
        return this;
    }
}
