/** Composition root: makes lanes, volumes, front ends and admin out of a configuration. */
package io.gemel.daemon;
