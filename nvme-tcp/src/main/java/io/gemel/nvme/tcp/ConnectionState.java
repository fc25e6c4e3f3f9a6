package io.gemel.nvme.tcp;

/**
 * Where a connection is.
 *
 * <pre>
 *   AWAIT_ICREQ ─ICReq─► AWAIT_CONNECT ─Connect─► CONNECTED ─drain─► DRAINING
 *        │                     │                      │                 │
 *        └──── TermReq, error, end of the controller ─┴──► TERMINATING ◄┘   and CLOSED from every state
 * </pre>
 */
enum ConnectionState {
    /** Accepted. Left by ICReq; by a timeout; by an error. */
    AWAIT_ICREQ,
    /** PDUs flow, there is no queue yet. Left by Connect; by a timeout; by an error. */
    AWAIT_CONNECT,
    /** It carries a queue. Left by an error, by Disconnect, by the end of its controller. */
    CONNECTED,
    /** Takes no more commands, answers those it has. Left when none is left. */
    DRAINING,
    /** Nothing is received or answered any more; what is queued is sent, then the socket closes. */
    TERMINATING,
    /** The socket is gone. Final. */
    CLOSED;

    private static final int[] TARGETS = new int[6];

    static {
        TARGETS[AWAIT_ICREQ.ordinal()] = bits(AWAIT_CONNECT, TERMINATING, CLOSED);
        TARGETS[AWAIT_CONNECT.ordinal()] = bits(CONNECTED, TERMINATING, CLOSED);
        TARGETS[CONNECTED.ordinal()] = bits(DRAINING, TERMINATING, CLOSED);
        TARGETS[DRAINING.ordinal()] = bits(TERMINATING, CLOSED);
        TARGETS[TERMINATING.ordinal()] = bits(CLOSED);
    }

    boolean canGoTo(final ConnectionState to) {
        return 0 != (TARGETS[ordinal()] & 1 << to.ordinal());
    }

    private static int bits(final ConnectionState... states) {
        int bits = 0;
        for (final ConnectionState state : states) {
            bits |= 1 << state.ordinal();
        }
        return bits;
    }
}
