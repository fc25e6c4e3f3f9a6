/**
 * NVMe structures as views of a buffer: queue entries, Connect data, properties, Identify, log
 * pages, status codes. Layout only.
 */
package io.gemel.nvme.wire;
