package io.gemel.core.block;

/**
 * A backend that fails as its plan says, over any other. For tests and for drills on a live daemon.
 * The plan is asked on each agent's thread; a failed operation never reaches the inner backend.
 */
public final class FaultBackend implements BlockBackend {
    /** Decides about each operation. Must be safe for all agents at once. */
    @FunctionalInterface
    public interface Plan {
        /**
         * @return the status to fail with, or null to let the operation through
         */
        BlockStatus fault(BackendIo io);
    }

    private final BlockBackend inner;
    private final int errno;
    private volatile Plan plan;

    /**
     * @param errno what failed operations report
     */
    public FaultBackend(final BlockBackend inner, final Plan plan, final int errno) {
        this.inner = inner;
        this.plan = plan;
        this.errno = errno;
    }

    /** From the next operation on. */
    public void plan(final Plan plan) {
        this.plan = plan;
    }

    @Override
    public long sizeBytes() {
        return inner.sizeBytes();
    }

    @Override
    public boolean canDeallocate() {
        return inner.canDeallocate();
    }

    @Override
    public int physicalBlockBytes() {
        return inner.physicalBlockBytes();
    }

    @Override
    public boolean hasVolatileCache() {
        return inner.hasVolatileCache();
    }

    @Override
    public String describe() {
        return "fault over " + inner.describe();
    }

    @Override
    public BackendQueue openQueue(final AgentContext agent) throws java.io.IOException {
        final BackendQueue innerQueue = inner.openQueue(agent);
        return new BackendQueue() {
            @Override
            public boolean start(final BackendIo io) {
                final BlockStatus fault = plan.fault(io);
                if (null == fault) {
                    return innerQueue.start(io);
                }
                agent.sink().onBackendComplete(io, fault, errno);
                return true;
            }

            @Override
            public void cancel(final BackendIo io) {
                innerQueue.cancel(io);
            }

            @Override
            public void close() {
                innerQueue.close();
            }
        };
    }

    @Override
    public void close() {
        inner.close();
    }
}
