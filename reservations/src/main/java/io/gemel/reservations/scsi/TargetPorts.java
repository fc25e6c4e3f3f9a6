package io.gemel.reservations.scsi;

import io.gemel.reservations.ItNexus;
import java.util.List;

/** What PERSISTENT RESERVE OUT must know of the target that received it. */
public interface TargetPorts {
    /**
     * Relative target port identifiers through which the target offers the logical unit, the
     * receiving port included, on every node.
     */
    List<Integer> rtpis();

    /**
     * The initiator ports of an initiator device that the target knows (sessions and
     * registrations), each at whatever target port.
     *
     * @param initiatorName iSCSI name, in any case
     */
    List<ItNexus> knownPorts(String initiatorName);
}
