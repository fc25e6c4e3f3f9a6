package io.gemel.core.lane;

import org.agrona.DirectBuffer;

/** The protocol's side of one connection: a state machine without a socket. Owner: its lane. */
public interface ConnectionEngine {
    /**
     * Bytes from the peer.
     *
     * @return how many were consumed; the rest is offered again, at another place, with more behind
     *     it. Payload is to be consumed as it comes: the receive buffer does not grow.
     */
    int onReceive(DirectBuffer buffer, int offset, int length);

    /** There is room again after a claim or a send was refused. */
    void onTransmitReady();

    /**
     * The socket is gone. The engine aborts its tasks and does not use its {@link Connection}
     * again.
     */
    void onClosed();
}
