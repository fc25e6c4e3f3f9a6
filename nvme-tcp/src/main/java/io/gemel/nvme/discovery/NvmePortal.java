package io.gemel.nvme.discovery;

import java.net.InetSocketAddress;

/**
 * Where hosts connect. Immutable.
 *
 * @param portId PORTID of discovery log entries
 * @param address what the socket listens on; with a wildcard address hosts are told the address by
 *     which they reached us
 * @param discovery only the discovery service is behind it (port 8009)
 */
public record NvmePortal(int portId, InetSocketAddress address, boolean discovery) {}
