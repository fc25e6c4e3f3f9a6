package io.gemel.iscsi.session;

import java.net.InetSocketAddress;

/**
 * Where initiators find the targets.
 *
 * @param address as told to initiators by SendTargets; a wildcard address or port 0 is told as the
 *     one that the asking connection came in by
 * @param groupTag target portal group tag, 1 to 65535
 * @param rtpi relative target port identifier of the group, 1 to 65535, unique in the cluster
 */
public record IscsiPortal(InetSocketAddress address, int groupTag, int rtpi) {
    public IscsiPortal {
        if (groupTag < 1 || groupTag > 0xFFFF || rtpi < 1 || rtpi > 0xFFFF) {
            throw new IllegalArgumentException("portal group " + groupTag + ", RTPI " + rtpi);
        }
    }
}
