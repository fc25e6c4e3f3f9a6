package io.gemel.core.lane;

import io.gemel.core.block.BlockOp;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Latencies in nanoseconds from a command's start to its queued response. Owner: the lane records;
 * anyone reads.
 */
public final class LaneLatency {
    /** Classes of operations that are told apart. */
    public enum OpClass {
        READ,
        WRITE,
        FLUSH,
        OTHER,
        /** Commands that do not touch the medium. */
        CONTROL
    }

    private static final long HIGHEST_NS = 60_000_000_000L;

    private final SingleWriterRecorder[] recorders =
            new SingleWriterRecorder[OpClass.values().length];
    private final Histogram[] totals = new Histogram[recorders.length];

    LaneLatency() {
        for (int i = 0; i < recorders.length; i++) {
            recorders[i] = new SingleWriterRecorder(HIGHEST_NS, 2);
            totals[i] = new Histogram(HIGHEST_NS, 2);
        }
    }

    void record(final BlockOp op, final long latencyNs) {
        recorders[classOf(op).ordinal()].recordValue(Math.max(0, Math.min(HIGHEST_NS, latencyNs)));
    }

    /** Adds everything recorded so far to the histogram. Any thread. */
    public synchronized void addTo(final OpClass opClass, final Histogram sum) {
        final int i = opClass.ordinal();
        totals[i].add(recorders[i].getIntervalHistogram());
        sum.add(totals[i]);
    }

    private static OpClass classOf(final BlockOp op) {
        if (null == op) {
            return OpClass.CONTROL;
        }
        return switch (op) {
            case READ -> OpClass.READ;
            case WRITE -> OpClass.WRITE;
            case FLUSH -> OpClass.FLUSH;
            default -> OpClass.OTHER;
        };
    }
}
