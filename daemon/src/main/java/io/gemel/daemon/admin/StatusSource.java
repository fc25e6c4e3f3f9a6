package io.gemel.daemon.admin;

import java.util.Map;

/**
 * What the daemon tells about itself, as trees for {@link JsonText}. Called on admin threads; each
 * call takes a new snapshot.
 */
public interface StatusSource {
    /** Whether it serves: ports are open, and it is not being stopped. */
    boolean serving();

    /** Node, cluster, lanes, portals, volumes and sessions. */
    Map<String, Object> status();

    /** {@code volumes}: geometry, identity, exports, what has been done on each. */
    Map<String, Object> volumes();

    /** {@code sessions} of all front ends. */
    Map<String, Object> sessions();

    /** {@code reservations} of every volume. */
    Map<String, Object> reservations();

    /** {@code counters}, summed and per lane. */
    Map<String, Object> counters();

    /** {@code latency} per class of operation since the start, in microseconds. */
    Map<String, Object> latency();
}
