/** An asynchronous NVMe/TCP host, made for measuring and for testing controllers. */
package io.gemel.bench.nvme;
