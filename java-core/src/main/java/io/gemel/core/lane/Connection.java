package io.gemel.core.lane;

import java.net.SocketAddress;

/** What an engine sees of its connection. Owner: its lane. */
public interface Connection {
    /** Unique in this process. */
    long id();

    Transmit transmit();

    /** Back-pressure: no more {@link ConnectionEngine#onReceive} until {@link #resumeReceive()}. */
    void pauseReceive();

    void resumeReceive();

    /**
     * Sends what is queued, then closes; {@link ConnectionEngine#onClosed} follows, not from within
     * this call.
     */
    void close();

    SocketAddress localAddress();

    SocketAddress remoteAddress();
}
