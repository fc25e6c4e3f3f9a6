package io.gemel.nvme.subsystem;

import java.util.Map;
import java.util.Set;

/**
 * Which hosts may use a subsystem, and what they see of it. Immutable.
 *
 * @param any every host may
 * @param hosts host NQN to the NSIDs it sees; null for all
 */
public record HostAccess(boolean any, Map<String, Set<Integer>> hosts) {
    /** Every host, every namespace. */
    public static final HostAccess ANY = new HostAccess(true, Map.of());

    /** Only the hosts of the map. */
    public static HostAccess only(final Map<String, Set<Integer>> hosts) {
        return new HostAccess(false, new java.util.HashMap<>(hosts));
    }

    public boolean isAllowed(final String hostNqn) {
        return any || hosts.containsKey(hostNqn);
    }

    /** The NSIDs that the host sees, null for all. */
    public Set<Integer> mask(final String hostNqn) {
        return hosts.get(hostNqn);
    }
}
