/** I/O Queues: NVM commands become block commands, their outcome becomes status. */
package io.gemel.nvme.io;
