package io.gemel.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The gate: a command allocates nothing between its claim and its response. */
class AllocationGateTest {
    private static final int BURST = 32;
    private static final int BURSTS = 4_000;

    private final Volume volume = TestVolumes.memory("v", 512, 1 << 16);
    private final TestLane lane = new TestLane(volume);

    private final TaskPorts ports =
            new TaskPorts() {
                private int next;

                @Override
                public void solicit(final Task task) {}

                @Override
                public void execute(final Task task) {
                    final int lba = (next++ * 8) & 0x7FFF;
                    switch (next & 7) {
                        case 0 -> task.command().write(volume, lba, 8, true);
                        case 1 -> task.command().compare(volume, lba, 8);
                        case 2 -> task.command().writeZeroes(volume, lba, 8, true, true);
                        case 3 -> task.command().flush(volume);
                        case 4 -> task.command().writeSame(volume, lba, 8, false, false);
                        default -> task.command().read(volume, lba, 8);
                    }
                    task.submit();
                }

                @Override
                public boolean respond(final Task task) {
                    return true;
                }

                @Override
                public void released(final Task task) {}
            };

    private void bursts() {
        for (int burst = 0; burst < BURSTS; burst++) {
            for (int i = 0; i < BURST; i++) {
                lane.lane().tasks().claim().start(ports, 4096, 0);
            }
            lane.lane().doWork(1_000_000_000L + burst);
        }
    }

    @Test
    void shouldAllocateNothingPerCommand() {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < 3; round++) {
            bursts();
        }
        long bytes = Long.MAX_VALUE; // the least of a few rounds: what a command allocates is in
        // each of them
        for (int round = 0; round < 5 && bytes > 0; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            bursts();
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(lane.lane().tasks().inUse()).isZero();
        assertThat(bytes).as("bytes for %d commands", BURST * BURSTS).isZero();
    }
}
