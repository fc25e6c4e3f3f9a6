/**
 * What NVMe is made of, independent of the transport: subsystems with their namespaces and access
 * lists, controllers with their life, and the seams between a transport and the queues that it
 * carries.
 */
package io.gemel.nvme.subsystem;
