package io.gemel.bench.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What one connection has still to send, as one contiguous run of bytes. Owner: the loop's thread.
 *
 * <p>PDUs are encoded in place: claim, write, commit. When there is no room the claim is refused
 * and the engine tries again after the next flush; nobody waits.
 */
public final class Outbound {
    /** Room for a burst of small commands or for a few large Data-Out PDUs. */
    public static final int DEFAULT_CAPACITY_BYTES = 1 << 20;

    private final ByteBuffer bytes;
    private final UnsafeBuffer buffer;
    private int head;
    private int tail;
    private int claimed;

    public Outbound() {
        this(DEFAULT_CAPACITY_BYTES);
    }

    /** With room for capacityBytes. */
    public Outbound(final int capacityBytes) {
        bytes = ByteBuffer.allocateDirect(capacityBytes);
        buffer = new UnsafeBuffer(bytes);
    }

    /** Contiguous room for lengthBytes: its offset in {@link #buffer()}, or -1 while it is full. */
    public int claim(final int lengthBytes) {
        if (head == tail) {
            head = 0;
            tail = 0;
        }
        if (tail + lengthBytes > buffer.capacity()) {
            if (head < buffer.capacity() / 2 || tail - head + lengthBytes > buffer.capacity()) {
                return -1;
            }
            buffer.putBytes(0, buffer, head, tail - head); // regions do not overlap: head >= half
            tail -= head;
            head = 0;
        }
        claimed = lengthBytes;
        return tail;
    }

    /** The buffer that claims point into. Its contents are not zeroed. */
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /** The first lengthBytes of the last claim are to be sent. */
    public void commit(final int lengthBytes) {
        if (lengthBytes > claimed) {
            throw new IllegalStateException("commit of " + lengthBytes + " after " + claimed);
        }
        claimed = 0;
        tail += lengthBytes;
    }

    /** Bytes that wait to be sent. */
    public int pendingBytes() {
        return tail - head;
    }

    /** Copies what is pending to a new array and takes it off: for tests that play the peer. */
    public byte[] takeAll() {
        final byte[] all = new byte[tail - head];
        buffer.getBytes(head, all);
        head = tail;
        return all;
    }

    /** Forgets what is pending: for tests that do not look at it. */
    public void clear() {
        head = tail;
    }

    /** Writes what the socket takes; returns bytes written. */
    int drainTo(final SocketChannel channel) throws IOException {
        if (head == tail) {
            return 0;
        }
        bytes.limit(tail).position(head);
        final int written = channel.write(bytes);
        bytes.clear();
        head += written;
        return written;
    }
}
