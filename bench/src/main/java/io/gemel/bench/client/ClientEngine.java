package io.gemel.bench.client;

import org.agrona.DirectBuffer;

/**
 * The protocol on one client connection. All calls come on the loop's thread; the engine knows no
 * socket, so a test can play the peer byte by byte.
 */
public interface ClientEngine {
    /** The socket is connected; what is written to out goes to the peer. */
    void onConnected(Outbound out, long nowNs);

    /**
     * Bytes from the peer: [offset, offset + length). Returns how many were consumed; the rest is
     * offered again with more behind it. Payload must be consumed as it comes: at most {@link
     * ClientLoop#MAX_REMAINDER_BYTES} may be left.
     */
    int onReceive(DirectBuffer buffer, int offset, int length, long nowNs);

    /** Once per turn of the loop, before bytes are flushed: pump what waited for room, timers. */
    void onTurn(long nowNs);

    /** The connection has ended, by whomever: why says it for a person. Called once. */
    void onClosed(String why);
}
