package io.gemel.core.volume;

import io.gemel.core.block.BlockOp;
import org.agrona.concurrent.UnsafeBuffer;

/** What one agent did on one volume. Owner: that agent writes; anyone reads. */
public final class VolumeCounters {
    private static final int READS = 0;
    private static final int READ_BYTES = 8;
    private static final int WRITES = 16;
    private static final int WRITTEN_BYTES = 24;
    private static final int OTHERS = 32;
    private static final int ERRORS = 40;

    private final UnsafeBuffer values = new UnsafeBuffer(new byte[128]);

    /** Counts a command that ended well. */
    public void count(final BlockOp op, final long bytes) {
        switch (op) {
            case READ -> {
                add(READS, 1);
                add(READ_BYTES, bytes);
            }
            case WRITE -> {
                add(WRITES, 1);
                add(WRITTEN_BYTES, bytes);
            }
            default -> add(OTHERS, 1);
        }
    }

    /** Counts a command that the backend failed. */
    public void countError() {
        add(ERRORS, 1);
    }

    public long reads() {
        return values.getLongVolatile(READS);
    }

    public long readBytes() {
        return values.getLongVolatile(READ_BYTES);
    }

    public long writes() {
        return values.getLongVolatile(WRITES);
    }

    public long writtenBytes() {
        return values.getLongVolatile(WRITTEN_BYTES);
    }

    public long others() {
        return values.getLongVolatile(OTHERS);
    }

    public long errors() {
        return values.getLongVolatile(ERRORS);
    }

    private void add(final int offset, final long amount) {
        values.putLongRelease(offset, values.getLong(offset) + amount);
    }
}
