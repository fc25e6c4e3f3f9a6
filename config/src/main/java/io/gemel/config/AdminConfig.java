package io.gemel.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How an operator reaches the daemon.
 *
 * @param socket path of the Unix domain socket that the command line uses
 * @param http where /metrics, /healthz and the status page are served, read-only; empty: nowhere
 */
public record AdminConfig(Path socket, Optional<InetSocketAddress> http) {}
