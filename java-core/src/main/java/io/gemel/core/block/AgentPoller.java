package io.gemel.core.block;

/** A source of completions that an agent polls in its duty cycle. Owner: the agent's thread. */
public interface AgentPoller extends AutoCloseable {
    /** Takes completions and reports them. Returns how many; does not block. */
    int poll();

    /**
     * Hands everything prepared in this cycle to the kernel, by one call. Returns how many; does
     * not block.
     */
    int submit();

    /** A file descriptor that becomes readable when {@link #poll} has something to take, or -1. */
    int wakeFd();

    /** Operations that the kernel still has. */
    int inFlight();

    /** Cancels and reaps all before anything is unmapped. Idempotent. */
    @Override
    void close();
}
