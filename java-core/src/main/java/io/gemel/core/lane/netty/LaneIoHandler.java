package io.gemel.core.lane.netty;

import io.gemel.core.lane.Lane;
import io.gemel.core.lane.WaitMode;
import io.gemel.core.status.Counter;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty cycle of a lane, around epoll: read the sockets, then run the lane (timers, I/O agent,
 * completions, flushes), then decide whether epoll may sleep the next time. Owner: the lane's
 * thread.
 */
final class LaneIoHandler implements IoHandler {
    private static final long SPIN_NS = 50_000;
    private static final Logger LOG = LoggerFactory.getLogger(LaneIoHandler.class);

    private final IoHandler epoll;
    private final WaitMode waitMode;
    private final Context context = new Context();
    private Lane lane;
    private long nowNs;
    private long lastWorkNs;
    private boolean slept;

    LaneIoHandler(final IoHandler epoll, final WaitMode waitMode) {
        this.epoll = epoll;
        this.waitMode = waitMode;
    }

    /** Before the thread starts. */
    void lane(final Lane lane) {
        this.lane = lane;
    }

    @Override
    public int run(final IoHandlerContext outer) {
        context.outer = outer;
        nowNs = System.nanoTime();
        slept = false;
        lane.beginCycle(nowNs);
        final int ready = epoll.run(context);
        if (slept) {
            lane.counters().increment(Counter.LANE_SLEEPS);
            nowNs = System.nanoTime();
        }
        int work = 0;
        try {
            work = lane.doWork(nowNs);
        } catch (final RuntimeException e) {
            lane.counters().increment(Counter.ENGINE_FAILURES);
            LOG.error("lane {} goes on after an internal failure", lane.index(), e);
        }
        if (ready > 0 || work > 0) {
            lastWorkNs = nowNs;
        }
        return ready;
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(final IoHandle handle) throws Exception {
        return epoll.register(handle);
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(final Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** Tells epoll whether it may sleep. */
    private final class Context implements IoHandlerContext {
        private IoHandlerContext outer;

        @Override
        public boolean canBlock() {
            if (!outer.canBlock() || lane.hasWork() || lane.mustPoll()) {
                return false;
            }
            final boolean sleep =
                    switch (waitMode) {
                        case BUSY_POLL -> false;
                        case PARK -> true;
                        case ADAPTIVE -> nowNs - lastWorkNs > SPIN_NS;
                    };
            slept |= sleep;
            return sleep;
        }

        @Override
        public long delayNanos(final long currentTimeNanos) {
            return outer.delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            return outer.deadlineNanos();
        }

        @Override
        public void reportActiveIoTime(final long activeNanos) {
            outer.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return outer.shouldReportActiveIoTime();
        }
    }
}
