/**
 * The configuration file: immutable records, loading and checking.
 *
 * <p>{@link io.gemel.config.ConfigLoader} reads one YAML file (YAML 1.2, core schema) against
 * {@link io.gemel.config.GemelSchema} and gives a {@link io.gemel.config.GemelConfig}, or refuses
 * it with every problem that it has, each with line, column, key, what was found and what is
 * allowed. The same schema prints the reference in {@code docs/CONFIGURATION.md}, so that the two
 * cannot drift apart.
 */
package io.gemel.config;
