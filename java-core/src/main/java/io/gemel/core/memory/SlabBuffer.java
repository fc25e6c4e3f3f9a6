package io.gemel.core.memory;

import io.gemel.core.InvariantViolation;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A 4 KiB aligned piece of a {@link Slab}. Owner: the thread of its slab.
 *
 * <p>It counts its users: the claimer is the first; whoever keeps it beyond its callback (the
 * socket, while it sends) retains it. The last release returns it to the slab.
 */
public final class SlabBuffer {
    private final Slab slab;
    private final int sizeClass;
    private final ByteBuffer bytes;
    private final UnsafeBuffer buffer;
    private int users;

    SlabBuffer(final Slab slab, final int sizeClass, final ByteBuffer bytes) {
        this.slab = slab;
        this.sizeClass = sizeClass;
        this.bytes = bytes;
        this.buffer = new UnsafeBuffer(bytes);
    }

    /** Address of the first byte. */
    public long address() {
        return buffer.addressOffset();
    }

    /** Size in bytes; at least what was asked for. */
    public int capacity() {
        return buffer.capacity();
    }

    /** All of it. The content is what the last user left there. */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /** All of it, for the socket layer; position and limit belong to nobody: do not move them. */
    public ByteBuffer byteBuffer() {
        return bytes;
    }

    public void retain() {
        if (0 == users) {
            throw new InvariantViolation("retain of a slab buffer that nobody owns");
        }
        users++;
    }

    public void release() {
        if (0 == users) {
            throw new InvariantViolation("release of a slab buffer that nobody owns");
        }
        if (0 == --users) {
            slab.giveBack(this);
        }
    }

    int sizeClass() {
        return sizeClass;
    }

    void claimed() {
        users = 1;
    }
}
