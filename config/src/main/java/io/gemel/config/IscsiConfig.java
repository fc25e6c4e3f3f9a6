package io.gemel.config;

import java.util.List;
import java.util.Optional;

/** The iSCSI front end. */
public record IscsiConfig(List<PortalConfig> portals, List<Target> targets) {

    public IscsiConfig {
        portals = List.copyOf(portals);
        targets = List.copyOf(targets);
    }

    /**
     * One iSCSI target node.
     *
     * @param alias TargetAlias told at login
     * @param initiators who may log in; empty: any initiator, and it sees every LUN
     */
    public record Target(
            String iqn,
            Optional<String> alias,
            List<Lun> luns,
            Optional<List<Initiator>> initiators,
            DigestPolicy digests) {

        public Target {
            luns = List.copyOf(luns);
            initiators = initiators.map(List::copyOf);
        }
    }

    /** A logical unit number of a target, and the name of the volume behind it. */
    public record Lun(int lun, String volume) {}

    /**
     * An initiator that may log in.
     *
     * @param luns the LUNs that it sees; empty: all of the target
     */
    public record Initiator(String iqn, Optional<List<Integer>> luns) {

        public Initiator {
            luns = luns.map(List::copyOf);
        }
    }

    /** How HeaderDigest and DataDigest are negotiated. */
    public enum DigestPolicy {
        /** As the initiator wants. */
        OFFERED,
        /** CRC32C or no login. */
        REQUIRED,
        /** None, whatever the initiator proposes. */
        REFUSED
    }
}
