package io.gemel.core.memory;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The payload memory of one lane: one aligned region cut into buffers of a few sizes, each with a
 * fixed count. Owner: the thread of its lane (or agent).
 *
 * <p>A claim takes the smallest size that fits, then a larger one; when none is left it answers
 * null, and the caller waits for a release (the peer sees no R2T, a window that stands still).
 */
public final class Slab {
    /** The largest buffer, and so the largest transfer of one command, in bytes. */
    public static final int MAX_BUFFER_BYTES = 2 * 1024 * 1024;

    /**
     * Alignment of every buffer, in bytes: enough for O_DIRECT on any device with blocks up to 4
     * KiB.
     */
    public static final int ALIGNMENT_BYTES = 4096;

    private final ByteBuffer region;
    private final UnsafeBuffer regionView;
    private final int[] classBytes;
    private final SlabBuffer[][] free;
    private final int[] freeCount;
    private final int total;
    private int inUse;

    /**
     * @param classBytes sizes in ascending order, multiples of {@link #ALIGNMENT_BYTES}
     * @param classCounts how many of each
     */
    public Slab(final int[] classBytes, final int[] classCounts) {
        this.classBytes = classBytes.clone();
        this.free = new SlabBuffer[classBytes.length][];
        this.freeCount = new int[classBytes.length];
        long bytes = 0;
        int buffers = 0;
        for (int i = 0; i < classBytes.length; i++) {
            if (classBytes[i] % ALIGNMENT_BYTES != 0
                    || (i > 0 && classBytes[i] <= classBytes[i - 1])) {
                throw new IllegalArgumentException("buffer size " + classBytes[i]);
            }
            bytes += (long) classBytes[i] * classCounts[i];
            buffers += classCounts[i];
        }
        this.total = buffers;
        this.region =
                ByteBuffer.allocateDirect(Math.toIntExact(bytes + ALIGNMENT_BYTES))
                        .alignedSlice(ALIGNMENT_BYTES);
        this.regionView = new UnsafeBuffer(region);
        int offset = 0;
        for (int i = 0; i < classBytes.length; i++) {
            free[i] = new SlabBuffer[classCounts[i]];
            for (int k = 0; k < classCounts[i]; k++) {
                free[i][k] = new SlabBuffer(this, i, region.slice(offset, classBytes[i]));
                offset += classBytes[i];
            }
            freeCount[i] = classCounts[i];
        }
    }

    /**
     * The slab of a lane with so many task slots: a small buffer for each, larger ones for some.
     */
    public static Slab forTasks(final int tasks) {
        return new Slab(
                new int[] {4096, 64 * 1024, 256 * 1024, MAX_BUFFER_BYTES},
                new int[] {
                    tasks,
                    Math.max(16, tasks / 4),
                    Math.max(8, tasks / 16),
                    Math.max(8, Math.min(24, tasks / 16))
                });
    }

    /**
     * @param lengthBytes 1 to {@link #MAX_BUFFER_BYTES}
     * @return a buffer of at least that size with one user, or null when none is left
     */
    public SlabBuffer claim(final int lengthBytes) {
        for (int i = 0; i < classBytes.length; i++) {
            if (lengthBytes <= classBytes[i] && freeCount[i] > 0) {
                final SlabBuffer buffer = free[i][--freeCount[i]];
                buffer.claimed();
                inUse++;
                return buffer;
            }
        }
        return null;
    }

    /** Whether {@link #claim} would find a buffer now. */
    public boolean canClaim(final int lengthBytes) {
        for (int i = 0; i < classBytes.length; i++) {
            if (lengthBytes <= classBytes[i] && freeCount[i] > 0) {
                return true;
            }
        }
        return false;
    }

    /** Buffers that are out. */
    public int inUse() {
        return inUse;
    }

    /** All buffers. */
    public int capacity() {
        return total;
    }

    /** Address of the region that holds all buffers, to register it with the kernel. */
    public long regionAddress() {
        return regionView.addressOffset();
    }

    /** Length of that region in bytes. */
    public long regionLengthBytes() {
        return regionView.capacity();
    }

    void giveBack(final SlabBuffer buffer) {
        final int sizeClass = buffer.sizeClass();
        free[sizeClass][freeCount[sizeClass]++] = buffer;
        inUse--;
    }
}
