package io.gemel.core.time;

import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;

/** Deadlines of one lane, to about a millisecond. Owner: the lane. */
public final class TimerQueue {
    private static final long TICK_NS = 1 << 20;
    private static final int TICKS_PER_WHEEL = 1024;
    private static final int EXPIRY_LIMIT = 64;

    private final DeadlineTimerWheel wheel;
    private final Long2ObjectHashMap<Runnable> actions = new Long2ObjectHashMap<>();
    private final DeadlineTimerWheel.TimerHandler onExpiry = this::onExpiry;

    public TimerQueue(final long startNs) {
        wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, startNs, TICK_NS, TICKS_PER_WHEEL);
    }

    /**
     * @return an id for {@link #cancel}
     */
    public long schedule(final long deadlineNs, final Runnable action) {
        final long id = wheel.scheduleTimer(deadlineNs);
        actions.put(id, action);
        return id;
    }

    /**
     * @return whether it was still to come
     */
    public boolean cancel(final long id) {
        return wheel.cancelTimer(id) && null != actions.remove(id);
    }

    /** Runs what is due. Returns how many. */
    public int poll(final long nowNs) {
        if (0 == wheel.timerCount()) {
            wheel.currentTickTime(nowNs);
            return 0;
        }
        // One poll of the wheel moves it by one tick; a lane that slept is many ticks behind.
        int expired = 0;
        do {
            expired += wheel.poll(nowNs, onExpiry, EXPIRY_LIMIT - expired);
        } while (expired < EXPIRY_LIMIT
                && wheel.timerCount() > 0
                && wheel.currentTickTime() <= nowNs);
        return expired;
    }

    /** Timers to come. */
    public long size() {
        return wheel.timerCount();
    }

    private boolean onExpiry(final TimeUnit unit, final long nowNs, final long id) {
        final Runnable action = actions.remove(id);
        if (null != action) {
            action.run();
        }
        return true;
    }
}
