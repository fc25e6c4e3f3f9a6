package io.gemel.daemon;

import io.gemel.config.GemelConfig;
import io.gemel.config.IscsiConfig;
import io.gemel.config.PortalConfig;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.status.SessionStatus;
import io.gemel.core.volume.Volume;
import io.gemel.iscsi.login.DigestPolicy;
import io.gemel.iscsi.session.IscsiInitiator;
import io.gemel.iscsi.session.IscsiLimits;
import io.gemel.iscsi.session.IscsiPortal;
import io.gemel.iscsi.session.IscsiTarget;
import io.gemel.iscsi.session.IscsiTargetNode;
import io.gemel.reservations.agreement.NodeReservations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** iSCSI, made out of its configuration. */
final class IscsiFrontEnd implements FrontEnd {
    /** How long initiators get to log out when the daemon stops. */
    private static final long LOGOUT_TIMEOUT_MS = 2000;

    /** Relative target port identifiers of a node: node id * 256 + index of the port. */
    private static final int RTPIS_PER_NODE = 256;

    private final List<IscsiPortal> portals;
    private final IscsiTargetNode node;

    /**
     * @param volumes by name
     */
    IscsiFrontEnd(
            final GemelConfig config,
            final IscsiConfig iscsi,
            final LaneGroup lanes,
            final Map<String, Volume> volumes,
            final NodeReservations reservations) {
        this.portals = portals(iscsi.portals(), config.node().id());
        this.node =
                new IscsiTargetNode(
                        lanes,
                        iscsi.targets().stream().map(target -> target(target, volumes)).toList(),
                        portals,
                        IscsiLimits.defaults(),
                        reservations);
    }

    /** A portal group is one SCSI target port: its portals have one identifier. */
    private static List<IscsiPortal> portals(final List<PortalConfig> configs, final int nodeId) {
        final List<IscsiPortal> portals = new ArrayList<>();
        final Map<Integer, Integer> rtpis = new HashMap<>();
        for (final PortalConfig config : configs) {
            final int index = portals.size();
            final int rtpi =
                    rtpis.computeIfAbsent(config.group(), group -> nodeId * RTPIS_PER_NODE + index);
            portals.add(new IscsiPortal(config.address(), config.group(), rtpi));
        }
        return portals;
    }

    private static IscsiTarget target(
            final IscsiConfig.Target target, final Map<String, Volume> volumes) {
        final Map<Integer, Volume> luns = new HashMap<>();
        target.luns().forEach(lun -> luns.put(lun.lun(), volumes.get(lun.volume())));
        return new IscsiTarget(
                target.iqn(),
                target.alias().orElse(""),
                luns,
                target.initiators().isEmpty(),
                target.initiators().orElse(List.of()).stream()
                        .map(
                                initiator ->
                                        new IscsiInitiator(
                                                initiator.iqn(),
                                                initiator
                                                        .luns()
                                                        .<Set<Integer>>map(Set::copyOf)
                                                        .orElse(Set.of())))
                        .toList(),
                DigestPolicy.valueOf(target.digests().name()));
    }

    @Override
    public void openPortals(final PortOpener ports) throws StartFailedException {
        for (final IscsiPortal portal : portals) {
            ports.open("iscsi", portal.address(), portal.groupTag(), node.factory(portal));
        }
    }

    @Override
    public List<SessionStatus> sessions() {
        return node.sessions();
    }

    @Override
    public void drain() {
        node.drain(LOGOUT_TIMEOUT_MS);
    }
}
