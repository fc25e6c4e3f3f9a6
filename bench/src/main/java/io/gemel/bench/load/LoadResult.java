package io.gemel.bench.load;

import java.util.ArrayList;
import java.util.List;

/** What one worker, or all of them together, found. */
public final class LoadResult {
    public final Tally reads = new Tally("read");
    public final Tally writes = new Tally("write");
    public final Tally caws = new Tally("caw");

    /** Length of the measured window, nanoseconds. */
    public long measuredNs;

    /** CPU time of the worker threads within the window, nanoseconds. */
    public long cpuNs;

    /** Commands that the target asked to repeat: busy, unit attention. */
    public long retries;

    /** Commands that failed. */
    public long errors;

    /** Paced commands whose time came within the window, but which could not be sent in it. */
    public long late;

    /** Blocks compared with what they had to be. */
    public long blocksChecked;

    /** Blocks read that nobody had stamped. */
    public long blocksUnstamped;

    /** Blocks that were not what they had to be. */
    public long blocksWrong;

    /** Wrong within the limits of a person's patience: the first few errors. */
    public final List<String> problems = new ArrayList<>();

    private static final int MAX_PROBLEMS = 10;

    void problem(final String text) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(text);
        }
    }

    /** Takes another worker's findings into this. */
    public void add(final LoadResult other) {
        reads.add(other.reads);
        writes.add(other.writes);
        caws.add(other.caws);
        measuredNs = Math.max(measuredNs, other.measuredNs);
        cpuNs += other.cpuNs;
        retries += other.retries;
        errors += other.errors;
        late += other.late;
        blocksChecked += other.blocksChecked;
        blocksUnstamped += other.blocksUnstamped;
        blocksWrong += other.blocksWrong;
        other.problems.forEach(this::problem);
    }

    /** All kinds of commands as one. */
    public Tally all() {
        final Tally all = new Tally("all");
        all.add(reads);
        all.add(writes);
        all.add(caws);
        return all;
    }

    /** Nothing failed and every block was right. */
    public boolean isSound() {
        return 0 == errors && 0 == blocksWrong && problems.isEmpty();
    }
}
