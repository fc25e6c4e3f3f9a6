/**
 * NVMe/TCP: one engine per connection, without sockets and threads.
 *
 * <pre>
 *  bytes ─► PduReceiver ─► CommandQueue ─► task ─► AdminQueue, IoQueue, DiscoveryQueue ─► block command
 *  bytes ◄─ PduSender  ◄── CommandQueue ◄─ task ◄──────────────────────────────────────────────┘
 * </pre>
 */
package io.gemel.nvme.tcp;
