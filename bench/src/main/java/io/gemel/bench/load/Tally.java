package io.gemel.bench.load;

import org.HdrHistogram.Histogram;

/** Commands of one kind: how many, how long each took. Owner: the worker until it has ended. */
public final class Tally {
    private static final long HIGHEST_NS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private final String name;
    private final Histogram latency = new Histogram(HIGHEST_NS, DIGITS);
    private long count;
    private long bytes;

    Tally(final String name) {
        this.name = name;
    }

    void record(final long latencyNs, final long newBytes) {
        latency.recordValue(Math.max(1, Math.min(HIGHEST_NS, latencyNs)));
        count++;
        bytes += newBytes;
    }

    void add(final Tally other) {
        latency.add(other.latency);
        count += other.count;
        bytes += other.bytes;
    }

    public String name() {
        return name;
    }

    public long count() {
        return count;
    }

    public long bytes() {
        return bytes;
    }

    /** Latencies in nanoseconds. */
    public Histogram latency() {
        return latency;
    }
}
