package io.gemel.nvme.discovery;

import io.gemel.nvme.subsystem.NvmeSubsystem;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.DiscoveryLogEntry;
import io.gemel.nvme.wire.DiscoveryLogHeader;
import io.gemel.nvme.wire.Nqn;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What there is to be discovered: portals and subsystems. Owner: the control plane; discovery
 * controllers of all lanes read one immutable snapshot.
 */
public final class DiscoveryService {
    private static final int TRTYPE_TCP = 3;
    private static final int ADRFAM_IPV4 = 1;
    private static final int ADRFAM_IPV6 = 2;
    private static final int SUBTYPE_NVM = 2;
    private static final int SUBTYPE_CURRENT_DISCOVERY = 3;

    /**
     * Secure channel not specified, SQ flow control may be disabled: the one combination with that
     * flag that nvme-cli knows by name, and with it {@code connect-all} disables flow control,
     * which saves a response capsule per read.
     */
    private static final int TREQ_FLOW_CONTROL_MAY_BE_DISABLED = 4;

    private static final int EFLAGS_DUPRETINFO = 1;
    private static final int EFLAGS_EPCSD = 2;
    private static final int ADMIN_QUEUE_ENTRIES = 32;

    private record Snapshot(
            long genctr, List<NvmePortal> portals, List<NvmeSubsystem> subsystems) {}

    private volatile Snapshot snapshot = new Snapshot(1, List.of(), List.of());

    /** Replaces what there is; the generation counter moves. */
    public synchronized void replace(
            final List<NvmePortal> portals, final List<NvmeSubsystem> subsystems) {
        snapshot = new Snapshot(snapshot.genctr + 1, List.copyOf(portals), List.copyOf(subsystems));
    }

    /** Something that the entries depend on has changed (who may use what). */
    public synchronized void changed() {
        snapshot = new Snapshot(snapshot.genctr + 1, snapshot.portals, snapshot.subsystems);
    }

    public List<NvmePortal> portals() {
        return snapshot.portals;
    }

    /**
     * The whole log page (LID 70h) for a host: only what it may use.
     *
     * @param reachedBy the local address of the host's connection
     */
    public byte[] page(final String hostNqn, final SocketAddress reachedBy) {
        final Snapshot now = snapshot;
        final List<Record> records = new ArrayList<>();
        for (final NvmePortal portal : now.portals) {
            records.add(new Record(portal, Nqn.DISCOVERY, SUBTYPE_CURRENT_DISCOVERY));
        }
        for (final NvmeSubsystem subsystem : now.subsystems) {
            if (subsystem.access().isAllowed(hostNqn)) {
                for (final NvmePortal portal : now.portals) {
                    if (!portal.discovery()) {
                        records.add(new Record(portal, subsystem.nqn(), SUBTYPE_NVM));
                    }
                }
            }
        }
        final UnsafeBuffer page =
                new UnsafeBuffer(
                        new byte
                                [DiscoveryLogHeader.LENGTH
                                        + records.size() * DiscoveryLogEntry.LENGTH]);
        new DiscoveryLogHeader().encode(page, 0).genctr(now.genctr).numrec(records.size());
        int at = DiscoveryLogHeader.LENGTH;
        for (final Record record : records) {
            encode(record, reachedBy, page, at);
            at += DiscoveryLogEntry.LENGTH;
        }
        return page.byteArray();
    }

    private record Record(NvmePortal portal, String nqn, int subtype) {}

    private static void encode(
            final Record record,
            final SocketAddress reachedBy,
            final UnsafeBuffer page,
            final int at) {
        final InetAddress address = addressOf(record.portal, reachedBy);
        new DiscoveryLogEntry()
                .encode(page, at)
                .trtype(TRTYPE_TCP)
                .adrfam(address instanceof Inet6Address ? ADRFAM_IPV6 : ADRFAM_IPV4)
                .subtype(record.subtype)
                .treq(TREQ_FLOW_CONTROL_MAY_BE_DISABLED)
                .portid(record.portal.portId())
                .cntlid(ConnectData.DYNAMIC_CNTLID)
                .asqsz(ADMIN_QUEUE_ENTRIES)
                .eflags(
                        SUBTYPE_CURRENT_DISCOVERY == record.subtype
                                ? EFLAGS_DUPRETINFO | EFLAGS_EPCSD
                                : 0)
                .trsvcid(Integer.toString(record.portal.address().getPort()))
                .subnqn(record.nqn)
                .traddr(withoutZone(address.getHostAddress()));
    }

    private static InetAddress addressOf(final NvmePortal portal, final SocketAddress reachedBy) {
        final InetAddress address = portal.address().getAddress();
        return address.isAnyLocalAddress() && reachedBy instanceof InetSocketAddress inet
                ? inet.getAddress()
                : address;
    }

    private static String withoutZone(final String text) {
        final int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
