package io.gemel.config;

/**
 * The cluster that this node belongs to. This version has the embedded, one-node kind only.
 *
 * @param name part of what identities are derived from
 */
public record ClusterConfig(String name) {}
