package io.gemel.core.block;

import java.io.IOException;
import java.util.ArrayDeque;
import org.agrona.concurrent.NanoClock;

/**
 * A backend whose operations take at least a given time, over any other. For tests and for drills
 * on a live daemon; the delay can be changed at any time and counts for operations started
 * afterwards.
 */
public final class DelayBackend implements BlockBackend {
    private final BlockBackend inner;
    private final NanoClock clock;
    private volatile long delayNs;

    public DelayBackend(final BlockBackend inner, final NanoClock clock, final long delayNs) {
        this.inner = inner;
        this.clock = clock;
        this.delayNs = delayNs;
    }

    public void delayNs(final long delayNs) {
        this.delayNs = delayNs;
    }

    @Override
    public long sizeBytes() {
        return inner.sizeBytes();
    }

    @Override
    public boolean canDeallocate() {
        return inner.canDeallocate();
    }

    @Override
    public int physicalBlockBytes() {
        return inner.physicalBlockBytes();
    }

    @Override
    public boolean hasVolatileCache() {
        return inner.hasVolatileCache();
    }

    @Override
    public String describe() {
        return "delay over " + inner.describe();
    }

    @Override
    public BackendQueue openQueue(final AgentContext agent) throws IOException {
        return new Queue(
                inner.openQueue(agent), agent.poller(Waiting.class, Waiting::new), agent.sink());
    }

    @Override
    public void close() {
        inner.close();
    }

    private final class Queue implements BackendQueue {
        private final BackendQueue innerQueue;
        private final Waiting waiting;
        private final BackendSink sink;

        Queue(final BackendQueue innerQueue, final Waiting waiting, final BackendSink sink) {
            this.innerQueue = innerQueue;
            this.waiting = waiting;
            this.sink = sink;
        }

        @Override
        public boolean start(final BackendIo io) {
            waiting.add(innerQueue, io, clock, clock.nanoTime() + delayNs);
            return true;
        }

        @Override
        public void cancel(final BackendIo io) {
            if (waiting.remove(io)) {
                sink.onBackendComplete(io, BlockStatus.ABORTED, 0);
            } else {
                innerQueue.cancel(io);
            }
        }

        @Override
        public void close() {
            innerQueue.close();
        }
    }

    /** Operations of one agent whose time has not come. Owner: the agent's thread. */
    static final class Waiting implements AgentPoller {
        private record Entry(BackendQueue queue, BackendIo io, NanoClock clock, long dueNs) {}

        private final BackendSink sink;

        private final ArrayDeque<Entry> entries = new ArrayDeque<>();

        Waiting(final AgentContext agent) {
            sink = agent.sink();
        }

        void add(
                final BackendQueue queue,
                final BackendIo io,
                final NanoClock clock,
                final long dueNs) {
            entries.add(new Entry(queue, io, clock, dueNs));
        }

        boolean remove(final BackendIo io) {
            return entries.removeIf(entry -> entry.io == io);
        }

        @Override
        public int poll() {
            int begun = 0;
            for (int i = entries.size(); i > 0; i--) {
                final Entry entry = entries.poll();
                if (entry.clock.nanoTime() - entry.dueNs < 0 || !entry.queue.start(entry.io)) {
                    entries.add(entry);
                } else {
                    begun++;
                }
            }
            return begun;
        }

        @Override
        public int submit() {
            return 0;
        }

        @Override
        public int wakeFd() {
            return -1;
        }

        @Override
        public int inFlight() {
            return entries.size();
        }

        @Override
        public void close() {
            while (!entries.isEmpty()) {
                sink.onBackendComplete(entries.poll().io, BlockStatus.ABORTED, 0);
            }
        }
    }
}
