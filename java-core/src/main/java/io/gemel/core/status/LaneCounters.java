package io.gemel.core.status;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** One value per {@link Counter}. Owner: one lane (or agent) writes; anyone reads. */
public final class LaneCounters {
    private static final Counter[] ALL = Counter.values();
    private static final int PADDING_BYTES = BitUtil.CACHE_LINE_LENGTH * 2;

    private final UnsafeBuffer values =
            new UnsafeBuffer(new byte[2 * PADDING_BYTES + ALL.length * Long.BYTES]);

    public void increment(final Counter counter) {
        add(counter, 1);
    }

    public void add(final Counter counter, final long amount) {
        final int offset = offset(counter);
        values.putLongRelease(offset, values.getLong(offset) + amount);
    }

    public long get(final Counter counter) {
        return values.getLongVolatile(offset(counter));
    }

    private static int offset(final Counter counter) {
        return PADDING_BYTES + counter.ordinal() * Long.BYTES;
    }
}
