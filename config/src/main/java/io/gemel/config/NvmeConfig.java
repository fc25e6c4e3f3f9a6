package io.gemel.config;

import java.util.List;
import java.util.Optional;

/**
 * The NVMe/TCP front end.
 *
 * @param discoveryPort the discovery controller listens on this port of every portal address, too
 */
public record NvmeConfig(
        List<PortalConfig> portals, int discoveryPort, List<Subsystem> subsystems) {

    public NvmeConfig {
        portals = List.copyOf(portals);
        subsystems = List.copyOf(subsystems);
    }

    /**
     * One NVM subsystem.
     *
     * @param serial serial number of Identify Controller, at most 20 ASCII characters
     * @param hosts who may connect; empty: any host, and it sees every namespace
     */
    public record Subsystem(
            String nqn, String serial, List<Namespace> namespaces, Optional<List<Host>> hosts) {

        public Subsystem {
            namespaces = List.copyOf(namespaces);
            hosts = hosts.map(List::copyOf);
        }
    }

    /** A namespace identifier of a subsystem, and the name of the volume behind it. */
    public record Namespace(int nsid, String volume) {}

    /**
     * A host that may connect.
     *
     * @param namespaces the namespace identifiers that it sees; empty: all of the subsystem
     */
    public record Host(String nqn, Optional<List<Integer>> namespaces) {

        public Host {
            namespaces = namespaces.map(List::copyOf);
        }
    }
}
