package io.gemel.nvme.subsystem;

import io.gemel.core.volume.Volume;

/** A volume under the number by which a host addresses it. Immutable. */
public record Namespace(int nsid, Volume volume) {
    /** NSID that means all namespaces. */
    public static final int BROADCAST_NSID = 0xFFFF_FFFF;

    public Namespace {
        if (0 == nsid || BROADCAST_NSID == nsid) {
            throw new IllegalArgumentException("NSID " + Integer.toUnsignedString(nsid));
        }
    }
}
