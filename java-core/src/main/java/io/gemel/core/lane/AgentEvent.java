package io.gemel.core.lane;

/** One entry of a submission or completion ring. */
final class AgentEvent {
    Task task;

    /** In a submission: end this task early instead of beginning it. */
    boolean cancel;

    /** The use of the slot that is meant. */
    int generation;
}
