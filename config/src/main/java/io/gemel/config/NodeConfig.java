package io.gemel.config;

import java.nio.file.Path;

/**
 * This node.
 *
 * @param id 1..127, unique in the cluster: the ranges of relative target port identifiers and NVMe
 *     controller identifiers of this node come from it
 * @param stateDir folder for what the daemon keeps across restarts
 */
public record NodeConfig(String name, int id, Path stateDir) {}
