package io.gemel.core.lane;

/** Told when an engine has thrown: the connection dies, the lane goes on. */
@FunctionalInterface
public interface LaneFailures {
    /**
     * @param engine as {@link TaskPorts#engine} gave it: its connection is to be ended
     */
    void onEngineFailure(Object engine, RuntimeException failure);
}
