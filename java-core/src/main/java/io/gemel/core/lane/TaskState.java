package io.gemel.core.lane;

/**
 * Where a command is between its arrival and its response.
 *
 * <pre>
 *  FREE ─► NEW ─► NEED_BUFFER ─► AWAIT_DATA_OUT ─► EXECUTING ─► RESPONDING ─► FREE
 *                      │  └──────── no data-out ──────► ▲            ▲
 *                      └───────── aborted ──────────────┼────────────┤
 *                                        aborted ───────┘────────────┘
 * </pre>
 *
 * <p>RESPONDING goes back to EXECUTING when the command has a second step.
 */
public enum TaskState {
    /** In the pool. Left by a claim. */
    FREE,
    /** Claimed; the protocol fills its part. Left by {@link Task#start}. */
    NEW,
    /** Waits for a data buffer. Left when the slab has one, or by an abort. */
    NEED_BUFFER,
    /** Waits for the peer's data. Left when all of it is in the buffer, or by an abort. */
    AWAIT_DATA_OUT,
    /**
     * With the I/O agent, or with the protocol itself. Left by {@link Task#executed} or the agent's
     * completion.
     */
    EXECUTING,
    /**
     * Its response waits for room on the sending side. Left when the protocol has queued it, or by
     * {@link Task#resubmit}.
     */
    RESPONDING;

    private static final int[] TARGETS = new int[6];

    static {
        TARGETS[FREE.ordinal()] = bits(NEW);
        TARGETS[NEW.ordinal()] = bits(NEED_BUFFER, FREE);
        TARGETS[NEED_BUFFER.ordinal()] = bits(AWAIT_DATA_OUT, EXECUTING, RESPONDING);
        TARGETS[AWAIT_DATA_OUT.ordinal()] = bits(EXECUTING, RESPONDING);
        TARGETS[EXECUTING.ordinal()] = bits(RESPONDING);
        TARGETS[RESPONDING.ordinal()] = bits(FREE, EXECUTING);
    }

    boolean canGoTo(final TaskState to) {
        return 0 != (TARGETS[ordinal()] & 1 << to.ordinal());
    }

    private static int bits(final TaskState... states) {
        int bits = 0;
        for (final TaskState state : states) {
            bits |= 1 << state.ordinal();
        }
        return bits;
    }
}
