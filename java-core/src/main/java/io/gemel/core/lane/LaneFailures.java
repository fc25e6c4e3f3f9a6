package io.gemel.core.lane;

/** Told when an engine has thrown: the connection dies, the lane goes on. */
@FunctionalInterface
public interface LaneFailures {
    /**
     * @param context the task's {@link Task#context()}, whose connection is to be ended
     */
    void onEngineFailure(Object context, RuntimeException failure);
}
