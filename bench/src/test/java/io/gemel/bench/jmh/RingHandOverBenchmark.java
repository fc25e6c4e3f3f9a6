package io.gemel.bench.jmh;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Handing 32 commands from a protocol to a co-located agent: through the ring as core.lane uses it,
 * through a queue of the JDK, and by a plain call (the baseline).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingHandOverBenchmark {
    private static final int BURST = 32;
    private static final int CAPACITY = 1024;

    private static final class Slot {
        private Work work;
    }

    private static final class Work {
        private long done;

        void execute() {
            done++;
        }
    }

    private final Work[] works = new Work[BURST];
    private final RingBuffer<Slot> ring =
            RingBuffer.createSingleProducer(Slot::new, CAPACITY, new YieldingWaitStrategy());
    private final EventPoller<Slot> poller = ring.newPoller();
    private final EventPoller.Handler<Slot> handler =
            (slot, sequence, endOfBatch) -> {
                slot.work.execute();
                return true;
            };
    private final ArrayBlockingQueue<Work> queue = new ArrayBlockingQueue<>(CAPACITY);

    @Setup
    public void setUp() {
        ring.addGatingSequences(poller.getSequence());
        for (int i = 0; i < BURST; i++) {
            works[i] = new Work();
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long plainCall() {
        for (final Work work : works) {
            work.execute();
        }
        return works[0].done;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long arrayBlockingQueue() {
        for (final Work work : works) {
            queue.offer(work);
        }
        for (Work work = queue.poll(); null != work; work = queue.poll()) {
            work.execute();
        }
        return works[0].done;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long disruptor() throws Exception {
        for (final Work work : works) {
            if (!ring.hasAvailableCapacity(1)) {
                throw new IllegalStateException("full");
            }
            final long sequence = ring.next();
            ring.get(sequence).work = work;
            ring.publish(sequence);
        }
        poller.poll(handler);
        return works[0].done;
    }
}
