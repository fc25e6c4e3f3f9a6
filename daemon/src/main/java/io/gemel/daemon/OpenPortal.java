package io.gemel.daemon;

import java.net.InetSocketAddress;

/**
 * A port that is open.
 *
 * @param protocol {@code iscsi}, {@code nvme}, {@code discovery} or {@code http}
 * @param group iSCSI target portal group tag; 0 where there is none
 */
record OpenPortal(String protocol, InetSocketAddress address, int group) {

    /** ADDRESS:PORT, with brackets around IPv6. */
    String text() {
        return text(address);
    }

    static String text(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
