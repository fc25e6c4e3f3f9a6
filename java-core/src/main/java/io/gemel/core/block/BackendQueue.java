package io.gemel.core.block;

/** One agent's way to one backend. Owner: the agent's thread. */
public interface BackendQueue extends AutoCloseable {
    /**
     * Starts an operation; exactly one call of the agent's {@link BackendSink} follows, from within
     * this call or later.
     *
     * @return false when there is no room now: nothing was started, the agent tries again in its
     *     next cycle
     */
    boolean start(BackendIo io);

    /**
     * Asks for an early end of an operation in flight. Its completion comes all the same, perhaps
     * as if not asked.
     */
    void cancel(BackendIo io);

    /** Called with nothing in flight. Idempotent. */
    @Override
    void close();
}
