package io.gemel.config;

import java.net.InetSocketAddress;

/**
 * An address to listen on.
 *
 * @param address numeric, IPv4 or IPv6; port 0 lets the kernel choose a free one
 * @param group iSCSI target portal group tag; 1 and without meaning for NVMe
 */
public record PortalConfig(InetSocketAddress address, int group) {}
