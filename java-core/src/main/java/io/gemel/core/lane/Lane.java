package io.gemel.core.lane;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import io.gemel.core.InvariantViolation;
import io.gemel.core.memory.Slab;
import io.gemel.core.status.Counter;
import io.gemel.core.status.LaneCounters;
import io.gemel.core.time.TimerQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.agrona.collections.ArrayUtil;

/**
 * One thread with the connections it has taken over, its task slots, its slab, its rings to the I/O
 * agent. Owner: its thread, which a transport provides and which calls {@link #doWork}; others
 * reach it by {@link #execute} only.
 *
 * <pre>
 *   engine ─► task ─► submission ring ─► I/O agent ─► backend
 *   engine ◄─ task ◄─ completion ring ◄──────┘
 * </pre>
 */
public final class Lane {
    /** Sends what the engines have queued in a burst. */
    @FunctionalInterface
    public interface Flushable {
        void flush();
    }

    private final int index;
    private final TaskPool tasks;
    private final Slab slab;
    private final LaneCounters counters = new LaneCounters();
    private final LaneCounters agentCounters;
    private final LaneLatency latency = new LaneLatency();
    private final TimerQueue timers;
    private final Executor hop;
    private final RingBuffer<AgentEvent> submissions;
    private final RingBuffer<AgentEvent> completions;
    private final EventPoller<AgentEvent> completionPoller;
    private final EventPoller.Handler<AgentEvent> onCompletion = this::onCompletion;
    private final IoAgent agent;
    private final boolean colocated;
    private final Runnable wakeAgent;
    private final ArrayDeque<Task> awaitBuffer;
    private final ArrayDeque<Runnable> awaitTask = new ArrayDeque<>();
    private final List<Fence> fences = new ArrayList<>();
    private LaneFailures failures =
            (engine, failure) -> {
                throw failure;
            };
    private Flushable[] dirty = new Flushable[64];
    private int dirtyCount;
    private Thread thread;
    private long nowNs;

    /**
     * @param taskCount task slots, a power of two
     * @param colocated whether {@link #doWork} runs the agent, too
     * @param hop runs work on the lane's thread, from any thread, in order
     * @param wakeAgent called after submissions when the agent has a thread of its own
     */
    public Lane(
            final int index,
            final int taskCount,
            final boolean colocated,
            final long nowNs,
            final Executor hop,
            final Runnable wakeAgent) {
        if (Integer.bitCount(taskCount) != 1) {
            throw new IllegalArgumentException("task slots must be a power of two: " + taskCount);
        }
        this.index = index;
        this.colocated = colocated;
        this.nowNs = nowNs;
        this.hop = hop;
        this.wakeAgent = wakeAgent;
        this.slab = Slab.forTasks(taskCount);
        this.tasks = new TaskPool(this, taskCount);
        this.timers = new TimerQueue(nowNs);
        this.awaitBuffer = new ArrayDeque<>(taskCount + 1);
        // A task is in a ring once, and once more to be cancelled.
        this.submissions =
                RingBuffer.createSingleProducer(
                        AgentEvent::new, 2 * taskCount, new YieldingWaitStrategy());
        this.completions =
                RingBuffer.createSingleProducer(
                        AgentEvent::new, taskCount, new YieldingWaitStrategy());
        this.completionPoller = completions.newPoller();
        completions.addGatingSequences(completionPoller.getSequence());
        this.agentCounters = colocated ? counters : new LaneCounters();
        this.agent =
                new IoAgent(
                        submissions,
                        completions,
                        agentCounters,
                        taskCount,
                        slab.regionAddress(),
                        slab.regionLengthBytes());
    }

    public int index() {
        return index;
    }

    public TaskPool tasks() {
        return tasks;
    }

    public Slab slab() {
        return slab;
    }

    public LaneCounters counters() {
        return counters;
    }

    /** Counters of the I/O agent; the same object as {@link #counters()} when it is co-located. */
    public LaneCounters agentCounters() {
        return agentCounters;
    }

    public LaneLatency latency() {
        return latency;
    }

    public IoAgent agent() {
        return agent;
    }

    public boolean isColocated() {
        return colocated;
    }

    /** The time of this duty cycle. */
    public long nowNs() {
        return nowNs;
    }

    /** Runs an action on this lane at a deadline of {@link #nowNs()}'s clock. Lane thread only. */
    public long schedule(final long deadlineNs, final Runnable onExpiry) {
        return timers.schedule(deadlineNs, onExpiry);
    }

    /**
     * @return whether the timer was still to come
     */
    public boolean cancelTimer(final long timerId) {
        return timers.cancel(timerId);
    }

    /** Runs work on this lane, from any thread. Control plane only: it allocates and may wake. */
    public void execute(final Runnable work) {
        hop.execute(work);
    }

    public boolean onOwnThread() {
        return Thread.currentThread() == thread;
    }

    /** The calling thread is this lane's from now on. */
    public void adoptThread() {
        thread = Thread.currentThread();
    }

    /**
     * Who ends the connection of an engine that has thrown; until one is set the exception goes up.
     */
    public void onFailure(final LaneFailures handler) {
        failures = handler;
    }

    /** Calls once when a task slot has become free. */
    public void awaitTask(final Runnable onTaskFree) {
        awaitTask.add(onTaskFree);
    }

    /**
     * Ends every command that the filter lets through and calls back when none of them can reach
     * the medium any more, perhaps from within. New commands are to be kept out by other means,
     * before. Lane thread; control plane.
     */
    public void fence(
            final Predicate<Task> victims, final AbortReason reason, final Runnable whenDone) {
        final Fence fence = new Fence(tasks, victims, reason, whenDone);
        if (!fence.settle()) {
            fences.add(fence);
        }
    }

    /**
     * To be flushed at the end of this duty cycle; the caller sees to it that it is listed once.
     */
    public void flushLater(final Flushable flushable) {
        if (dirtyCount == dirty.length) {
            dirty = ArrayUtil.ensureCapacity(dirty, dirty.length * 2);
        }
        dirty[dirtyCount++] = flushable;
    }

    /**
     * One duty cycle after the sockets were read.
     *
     * @return how much was done; 0 lets the lane idle
     */
    public int doWork(final long nowNs) {
        this.nowNs = nowNs;
        int workCount = timers.poll(nowNs);
        if (colocated) {
            workCount += agent.doWork();
        }
        workCount += drainCompletions();
        if (!fences.isEmpty()) {
            fences.removeIf(Fence::settle);
        }
        workCount += serveBufferWaiters();
        workCount += serveTaskWaiters();
        if (colocated && agent.hasWork()) {
            workCount += agent.doWork();
            workCount += drainCompletions();
        }
        workCount += flush();
        if (workCount > 0) {
            counters.increment(Counter.DUTY_CYCLES);
        }
        return workCount;
    }

    /** The clock of a duty cycle, before the sockets are read. */
    public void beginCycle(final long nowNs) {
        this.nowNs = nowNs;
    }

    /** Whether {@link #doWork} has something to do that no file descriptor would announce. */
    public boolean hasWork() {
        return completionPoller.getSequence().get() < completions.getCursor()
                || (colocated && agent.hasWork())
                || dirtyCount > 0;
    }

    /**
     * Whether completions may come that no file descriptor announces, so that the lane must not
     * sleep.
     */
    public boolean mustPoll() {
        return colocated && agent.mustPoll();
    }

    /** Timers to come, so that a sleeping lane wakes in time. */
    public boolean hasTimers() {
        return timers.size() > 0;
    }

    void submit(final Task task) {
        publish(task, false);
    }

    void cancel(final Task task) {
        publish(task, true);
    }

    void awaitBuffer(final Task task) {
        counters.increment(Counter.BUFFERS_EXHAUSTED);
        awaitBuffer.add(task);
    }

    private void publish(final Task task, final boolean cancel) {
        if (!submissions.hasAvailableCapacity(1)) {
            throw new InvariantViolation("submission ring full");
        }
        final long sequence = submissions.next();
        final AgentEvent event = submissions.get(sequence);
        event.task = task;
        event.cancel = cancel;
        event.generation = task.generation();
        submissions.publish(sequence);
        if (!colocated) {
            wakeAgent.run();
        }
    }

    private int drainCompletions() {
        final long before = completionPoller.getSequence().get();
        try {
            completionPoller.poll(onCompletion);
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
        return (int) (completionPoller.getSequence().get() - before);
    }

    private boolean onCompletion(
            final AgentEvent event, final long sequence, final boolean endOfBatch) {
        final Task task = event.task;
        event.task = null;
        try {
            task.onAgentDone();
        } catch (final RuntimeException e) {
            failures.onEngineFailure(task.engine(), e);
        }
        return true;
    }

    /**
     * In order of arrival: the first that cannot be served keeps the others waiting, so that none
     * starves.
     */
    private int serveBufferWaiters() {
        int served = 0;
        Task first = awaitBuffer.peek();
        while (null != first && first.canLeaveBufferQueue()) {
            awaitBuffer.poll();
            first.retryBuffer();
            served++;
            first = awaitBuffer.peek();
        }
        return served;
    }

    private int serveTaskWaiters() {
        int served = 0;
        for (int count = awaitTask.size(); count > 0 && tasks.inUse() < tasks.capacity(); count--) {
            awaitTask.poll().run();
            served++;
        }
        return served;
    }

    private int flush() {
        final int count = dirtyCount;
        for (int i = 0; i < count; i++) {
            dirty[i].flush();
        }
        final int added = dirtyCount - count;
        System.arraycopy(dirty, count, dirty, 0, added);
        dirtyCount = added;
        return count;
    }
}
