package io.gemel.core.lane.testing;

import io.gemel.core.lane.Lane;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.volume.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A lane that a test steps on its own thread, with a clock that the test moves. Work may be handed
 * in from other threads, such as the one that agrees on reservations.
 */
public final class TestLane {
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final Lane lane;
    private long nowNs = 1_000_000_000L;

    public TestLane(final Volume... volumes) {
        this(0, 128, volumes);
    }

    public TestLane(final int index, final int tasks, final Volume... volumes) {
        lane = new Lane(index, tasks, true, nowNs, work::add, () -> {});
        lane.adoptThread();
        for (final Volume volume : volumes) {
            try {
                lane.agent().attach(volume);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public Lane lane() {
        return lane;
    }

    /** A group of this one lane. */
    public LaneGroup group() {
        return new LaneGroup(List.of(lane));
    }

    public long nowNs() {
        return nowNs;
    }

    /** Moves the clock and runs what became due. */
    public void advance(final long ns) {
        nowNs += ns;
        runUntilIdle();
    }

    /** One duty cycle. */
    public int step() {
        int count = 0;
        while (!work.isEmpty()) {
            work.poll().run();
            count++;
        }
        return count + lane.doWork(nowNs);
    }

    /** Cycles until nothing is left to do; fails after a bound. */
    public void runUntilIdle() {
        for (int i = 0; i < 1_000_000; i++) {
            if (0 == step() && work.isEmpty()) {
                return;
            }
        }
        throw new AssertionError("the lane does not come to rest");
    }
}
