package io.gemel.core.lane;

import io.gemel.core.memory.SlabBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The sending side of a connection. Owner: its lane. Small PDUs and payloads are written into a
 * contiguous buffer; large payloads go by reference. Nothing is flushed by the engine: the
 * transport does it at the end of each burst.
 */
public interface Transmit {
    /** Largest {@link #claim}, in bytes. */
    int MAX_CLAIM_BYTES = 64 * 1024;

    /** From this length on {@link #send} is the better way for payload. */
    int SEND_THRESHOLD_BYTES = 32 * 1024;

    /**
     * Room for so many contiguous bytes, not zeroed.
     *
     * @return the offset in {@link #buffer()}, or -1 when this connection's limit is reached
     *     ({@link ConnectionEngine#onTransmitReady} follows)
     */
    int claim(int lengthBytes);

    /** Where to write; valid from a successful claim until the commit. */
    MutableDirectBuffer buffer();

    /** The first so many bytes of the claim are to be sent. */
    void commit(int lengthBytes);

    /**
     * Queues a part of a slab buffer by reference and retains it until the socket has taken it.
     *
     * @return false when this connection's limit is reached
     */
    boolean send(SlabBuffer data, int offset, int lengthBytes);
}
