package io.gemel.core.block;

import java.io.IOException;

/**
 * Where a volume's blocks are. Opened once by the control plane, then used by every agent through a
 * queue of its own. Immutable after opening but for its size; closed after all of its queues.
 */
public interface BlockBackend extends AutoCloseable {
    /** Size in bytes: a multiple of the volume's block size. */
    long sizeBytes();

    /**
     * Whether freed ranges read as zeroes and give their space back, so that the volume may call
     * itself thin.
     */
    boolean canDeallocate();

    /**
     * Bytes per physical block (at least 512, a power of two): what a write should be a multiple
     * of.
     */
    int physicalBlockBytes();

    /** Whether a completed write may be lost by a power failure until flushed. */
    boolean hasVolatileCache();

    /** One line for an operator: kind, path, how it was opened. */
    String describe();

    /** Opens this agent's queue, on the agent's thread. */
    BackendQueue openQueue(AgentContext agent) throws IOException;

    @Override
    void close();
}
