package io.gemel.core;

/**
 * One of our own bugs was caught in the act: an illegal state change, a task freed twice. Never
 * caused by a peer or by the environment. Thrown on a connection's state it ends that connection;
 * on shared state it ends the process.
 */
public final class InvariantViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvariantViolation(final String message) {
        super(message);
    }
}
