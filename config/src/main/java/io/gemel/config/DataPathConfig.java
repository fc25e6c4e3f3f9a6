package io.gemel.config;

import java.util.List;
import java.util.OptionalInt;

/**
 * Lanes, their threads and their limits.
 *
 * @param lanes number of lanes; empty: the daemon chooses by the number of processors
 * @param cpus processors that the lanes are pinned to when {@code pinning} is LIST, else empty
 * @param waiting what an idle lane does
 * @param agents where commands are handed to backends
 * @param queueDepth tasks per lane: commands being worked on at a time, of all its connections
 */
public record DataPathConfig(
        OptionalInt lanes,
        CpuPinning pinning,
        List<Integer> cpus,
        WaitMode waiting,
        AgentMode agents,
        int queueDepth) {
    /** Limit of {@code lanes}. */
    public static final int MOST_LANES = 64;

    /** Lanes cost memory: more of them only when asked for. */
    public static final int MOST_AUTOMATIC_LANES = 16;

    public DataPathConfig {
        cpus = List.copyOf(cpus);
    }

    /** Whether lanes are bound to processors. */
    public enum CpuPinning {
        /** The kernel places the threads. */
        NONE,
        /** Lane i runs on the i-th processor that this process may use. */
        AUTO,
        /** Lane i runs on the i-th processor of the list. */
        LIST
    }

    /** What a lane does when there is nothing to do. */
    public enum WaitMode {
        /** Polls for some tens of microseconds, then sleeps. */
        ADAPTIVE,
        /** Never sleeps. */
        BUSY_POLL,
        /** Sleeps at once. */
        PARK
    }

    /** Where the agents run that hand commands to the backends. */
    public enum AgentMode {
        /** On the lane's own thread. */
        COLOCATED,
        /** On a thread of their own, one per lane. */
        DEDICATED
    }
}
