package io.gemel.daemon;

import io.gemel.config.GemelConfig;
import io.gemel.config.NvmeConfig;
import io.gemel.config.PortalConfig;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.status.SessionStatus;
import io.gemel.core.volume.Volume;
import io.gemel.nvme.discovery.NvmePortal;
import io.gemel.nvme.subsystem.HostAccess;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.NvmeSubsystem;
import io.gemel.nvme.tcp.NvmeTcpServer;
import io.gemel.reservations.agreement.NodeReservations;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** NVMe/TCP, made out of its configuration. */
final class NvmeFrontEnd implements FrontEnd {
    private final NvmeConfig nvme;
    private final NvmeTcpServer server;

    /**
     * @param volumes by name
     */
    NvmeFrontEnd(
            final GemelConfig config,
            final NvmeConfig nvme,
            final LaneGroup lanes,
            final Map<String, Volume> volumes,
            final NodeReservations reservations) {
        this.nvme = nvme;
        final int nodeId = config.node().id();
        this.server =
                new NvmeTcpServer(
                        lanes,
                        nodeId,
                        nvme.subsystems().stream()
                                .map(subsystem -> subsystem(subsystem, nodeId, volumes))
                                .toList(),
                        NvmeLimits.DEFAULT,
                        reservations);
    }

    private static NvmeSubsystem subsystem(
            final NvmeConfig.Subsystem subsystem,
            final int nodeId,
            final Map<String, Volume> volumes) {
        return new NvmeSubsystem(
                subsystem.nqn(),
                subsystem.serial(),
                false,
                nodeId,
                subsystem.namespaces().stream()
                        .map(
                                namespace ->
                                        new Namespace(
                                                namespace.nsid(), volumes.get(namespace.volume())))
                        .toList(),
                subsystem.hosts().map(NvmeFrontEnd::access).orElse(HostAccess.ANY),
                NvmeLimits.DEFAULT);
    }

    private static HostAccess access(final List<NvmeConfig.Host> hosts) {
        final Map<String, Set<Integer>> masks = new HashMap<>();
        for (final NvmeConfig.Host host : hosts) {
            masks.put(host.nqn(), host.namespaces().<Set<Integer>>map(Set::copyOf).orElse(null));
        }
        return HostAccess.only(masks);
    }

    @Override
    public void openPortals(final PortOpener ports) throws StartFailedException {
        final List<NvmePortal> open = new ArrayList<>();
        for (final PortalConfig portal : nvme.portals()) {
            final InetSocketAddress address =
                    ports.open("nvme", portal.address(), 0, server.ioPortal());
            open.add(new NvmePortal(open.size(), address, false));
        }
        for (final InetSocketAddress address : discoveryAddresses()) {
            final InetSocketAddress real =
                    ports.open("discovery", address, 0, server.discoveryPortal());
            open.add(new NvmePortal(open.size(), real, true));
        }
        server.portals(open);
    }

    /** The address of each portal with the discovery port, unless a portal has that already. */
    private Set<InetSocketAddress> discoveryAddresses() {
        final Set<InetSocketAddress> addresses = new LinkedHashSet<>();
        for (final PortalConfig portal : nvme.portals()) {
            final InetAddress address = portal.address().getAddress();
            addresses.add(new InetSocketAddress(address, nvme.discoveryPort()));
        }
        if (nvme.discoveryPort() != 0) {
            nvme.portals().forEach(portal -> addresses.remove(portal.address()));
        }
        return addresses;
    }

    @Override
    public List<SessionStatus> sessions() {
        return server.sessions();
    }

    @Override
    public void drain() {
        server.shutdown(() -> {});
    }
}
