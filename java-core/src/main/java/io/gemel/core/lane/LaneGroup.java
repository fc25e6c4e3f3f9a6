package io.gemel.core.lane;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** All lanes of a process. Immutable. */
public final class LaneGroup {
    private final List<Lane> lanes;

    public LaneGroup(final List<Lane> lanes) {
        this.lanes = List.copyOf(lanes);
    }

    public int size() {
        return lanes.size();
    }

    public Lane lane(final int index) {
        return lanes.get(index);
    }

    public List<Lane> lanes() {
        return lanes;
    }

    /**
     * Runs work once on every lane; the last lane to finish calls whenAllDone, on its own thread.
     * Control plane: from any thread.
     */
    public void executeOnAll(final Consumer<Lane> work, final Runnable whenAllDone) {
        final AtomicInteger left = new AtomicInteger(lanes.size());
        for (final Lane lane : lanes) {
            lane.execute(
                    () -> {
                        work.accept(lane);
                        if (0 == left.decrementAndGet()) {
                            whenAllDone.run();
                        }
                    });
        }
    }
}
