package io.gemel.nvme.io;

import io.gemel.core.volume.Volume;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.reservations.AdmissionHandle;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Verdict;
import io.gemel.reservations.agreement.NodeReservations;
import io.gemel.reservations.agreement.VolumeReservations;
import io.gemel.reservations.nvme.NvmeAccessClass;
import io.gemel.reservations.nvme.NvmeAnswer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * What the reservations of each volume say to the commands of one I/O Queue. Owner: the lane of the
 * queue's connection. A check allocates nothing but the first one of a namespace.
 */
final class ReservationGates {
    private record Gate(Volume volume, VolumeReservations reservations, AdmissionHandle handle) {}

    private final NodeReservations node;
    private final NvmeHost host;
    private final Int2ObjectHashMap<Gate> byNsid = new Int2ObjectHashMap<>();

    /**
     * @param node null when this node keeps none: then everything passes
     */
    ReservationGates(final NodeReservations node, final NvmeHost host) {
        this.node = node;
        this.host = host;
    }

    NvmeHost host() {
        return host;
    }

    /** Whether this node keeps reservations. */
    boolean kept() {
        return null != node;
    }

    /** The reservations of a namespace, or null when it has none. */
    VolumeReservations of(final Namespace namespace) {
        return null == node ? null : gate(namespace).reservations();
    }

    /** Made at the first command to a namespace, and anew when its number has another volume. */
    private Gate gate(final Namespace namespace) {
        Gate gate = byNsid.get(namespace.nsid());
        if (null == gate || gate.volume() != namespace.volume()) {
            gate =
                    new Gate(
                            namespace.volume(),
                            node.of(namespace.volume()),
                            new AdmissionHandle(host));
            byNsid.put(namespace.nsid(), gate);
        }
        return gate;
    }

    /**
     * Whether the command may run now; else its status is set: Reservation Conflict, or Namespace
     * Not Ready when the reservation is not known any more, both with DNR.
     */
    boolean passes(final NvmeCommand command, final Namespace namespace) {
        if (null == node) {
            return true;
        }
        final Gate gate = gate(namespace);
        if (null == gate.reservations()) {
            return true;
        }
        final Verdict verdict =
                gate.handle()
                        .verdict(
                                gate.reservations().admission(),
                                NvmeAccessClass.ofIo(command.opcode(), 0 != command.sqe().fuse()));
        if (Verdict.PASS == verdict) {
            return true;
        }
        command.status(NvmeAnswer.of(verdict));
        return false;
    }
}
