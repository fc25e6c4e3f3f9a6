package io.gemel.bench.jmh;

import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A burst of 32 commands from claim to free: the machine alone, and with a 4 KiB read of a memory
 * volume through both rings. The baseline is the copying of the same blocks, and nothing else.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TaskMachineBenchmark {
    private static final int BURST = 32;
    private static final int BLOCKS = 8;
    private static final int BYTES = 4096;
    private static final int LBA_MASK = 0x7FF8;

    private final Volume volume = TestVolumes.memory("bench", 512, 1 << 16);
    private final TestLane lane = new TestLane(volume);
    private final UnsafeBuffer from = new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 25));
    private final UnsafeBuffer to = new UnsafeBuffer(ByteBuffer.allocateDirect(BURST * BYTES));
    private long nowNs = 1_000_000_000L;
    private int next;

    private final TaskPorts own = new Ports(false);
    private final TaskPorts reading = new Ports(true);

    private final class Ports implements TaskPorts {
        private final boolean reads;

        private Ports(final boolean reads) {
            this.reads = reads;
        }

        @Override
        public void solicit(final Task task) {}

        @Override
        public void execute(final Task task) {
            if (reads) {
                next += 8 * 77;
                task.command().read(volume, next & LBA_MASK, BLOCKS);
                task.submit();
            } else {
                task.executed();
            }
        }

        @Override
        public boolean respond(final Task task) {
            return true;
        }

        @Override
        public void released(final Task task) {}
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int copyOnly() {
        for (int i = 0; i < BURST; i++) {
            next += 8 * 77;
            to.putBytes(i * BYTES, from, (next & LBA_MASK) * 512, BYTES);
        }
        return next;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int machineAlone() {
        return burst(own, 0);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int readThroughAgent() {
        return burst(reading, BYTES);
    }

    private int burst(final TaskPorts ports, final int bufferBytes) {
        for (int i = 0; i < BURST; i++) {
            lane.lane().tasks().claim().start(ports, bufferBytes, 0);
        }
        lane.lane().doWork(nowNs++);
        if (0 != lane.lane().tasks().inUse()) {
            throw new IllegalStateException(lane.lane().tasks().inUse() + " tasks did not end");
        }
        return next;
    }
}
