package io.gemel.core.lane;

/** What a lane does when there is nothing to do. */
public enum WaitMode {
    /** Polls for about 50 µs, then sleeps in epoll. */
    ADAPTIVE,
    /** Never sleeps: for nodes that give it cores. */
    BUSY_POLL,
    /** Sleeps at once. */
    PARK
}
