package io.gemel.iscsi.session;

/**
 * Where a connection is in its life: RFC 7143 section 8.1, cut down to one connection per session.
 *
 * <pre>
 *  LOGIN ─► ADMITTING ─► FULL_FEATURE ─► LOGGING_OUT ─► CLOSING ─► CLOSED
 *    └──────────┴──────────────┴──────────────┴────────────┴─────────┘
 * </pre>
 */
enum ConnectionState {
    /**
     * Login Requests are expected, nothing else. Left by the last good one, a bad one, or the
     * timeout.
     */
    LOGIN,
    /** The login is good; an older session of the same name has to end first. Left when it has. */
    ADMITTING,
    /** Commands. Left by a Logout Request, a fatal error, reinstatement or shutdown. */
    FULL_FEATURE,
    /** Logout was asked for; commands under way end. Left when the last of them has. */
    LOGGING_OUT,
    /**
     * What is queued is sent, then the socket closes; nothing is received. Left by the transport.
     */
    CLOSING,
    /** The socket is gone. Final. */
    CLOSED;

    boolean canGoTo(final ConnectionState to) {
        return switch (this) {
            case LOGIN -> to == ADMITTING || to == CLOSING || to == CLOSED;
            case ADMITTING -> to == FULL_FEATURE || to == CLOSING || to == CLOSED;
            case FULL_FEATURE -> to == LOGGING_OUT || to == CLOSING || to == CLOSED;
            case LOGGING_OUT -> to == CLOSING || to == CLOSED;
            case CLOSING -> to == CLOSED;
            case CLOSED -> false;
        };
    }
}
