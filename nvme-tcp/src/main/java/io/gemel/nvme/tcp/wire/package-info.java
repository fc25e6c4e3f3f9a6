/**
 * PDUs of NVMe/TCP as views of a buffer. Layout only; the initiator of the load generator uses
 * them, too.
 */
package io.gemel.nvme.tcp.wire;
