/** What is asked of a target and when: pacing, access pattern, verification, latency. */
package io.gemel.bench.load;
