/**
 * What the parts of the data path cost, each beside the plain way to do the same. Run by {@code
 * bench/jmh}; the build only proves that each still runs.
 */
package io.gemel.bench.jmh;
