package io.gemel.nvme.subsystem;

import java.util.concurrent.TimeUnit;

/**
 * The limits of the NVMe side. Reaching one is counted and told to the peer.
 *
 * @param connections connections per lane
 * @param controllersPerSubsystem controllers at the same time, at most {@link #CNTLIDS_PER_NODE}
 * @param ioQueuesPerController I/O queues of one controller
 * @param queueEntries entries of a queue: MQES + 1
 * @param asynchronousEventRequests outstanding AERs of one controller: AERL + 1
 * @param aborts outstanding Abort commands of one controller: ACL + 1
 * @param connectTimeoutNs from accepting a connection to its Connect command
 * @param associationTimeoutNs how long a disabled controller is kept
 */
public record NvmeLimits(
        int connections,
        int controllersPerSubsystem,
        int ioQueuesPerController,
        int queueEntries,
        int asynchronousEventRequests,
        int aborts,
        long connectTimeoutNs,
        long associationTimeoutNs) {
    /** How many controller identifiers a node has in each subsystem. */
    public static final int CNTLIDS_PER_NODE = 512;

    /** In-capsule data of every queue, bytes. */
    public static final int IN_CAPSULE_DATA_BYTES = 8192;

    /** MDTS: log2 of 4 KiB units, so 2 MiB. */
    public static final int MDTS = 9;

    /** {@link #MDTS} in bytes. */
    public static final int MAX_TRANSFER_BYTES = 4096 << MDTS;

    /** Granularity of keep alive timeouts: KAS, in units of 100 ms. */
    public static final int KEEP_ALIVE_GRANULARITY = 10;

    public static final NvmeLimits DEFAULT =
            new NvmeLimits(
                    1024,
                    CNTLIDS_PER_NODE,
                    128,
                    1024,
                    4,
                    4,
                    TimeUnit.SECONDS.toNanos(10),
                    TimeUnit.SECONDS.toNanos(120));

    public NvmeLimits {
        if (controllersPerSubsystem < 1 || controllersPerSubsystem > CNTLIDS_PER_NODE) {
            throw new IllegalArgumentException("controllers: " + controllersPerSubsystem);
        }
        if (queueEntries < 32 || queueEntries > 65536) {
            throw new IllegalArgumentException("queue entries: " + queueEntries);
        }
        if (ioQueuesPerController < 1 || ioQueuesPerController > 65534) {
            throw new IllegalArgumentException("I/O queues: " + ioQueuesPerController);
        }
    }
}
