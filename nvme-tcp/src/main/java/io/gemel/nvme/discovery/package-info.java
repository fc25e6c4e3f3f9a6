/** The discovery service: which subsystems a host can reach where. */
package io.gemel.nvme.discovery;
