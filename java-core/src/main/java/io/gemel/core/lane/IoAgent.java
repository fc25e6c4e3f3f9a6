package io.gemel.core.lane;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import io.gemel.core.InvariantViolation;
import io.gemel.core.block.AgentContext;
import io.gemel.core.block.AgentPoller;
import io.gemel.core.block.BackendQueue;
import io.gemel.core.block.BackendSink;
import io.gemel.core.status.LaneCounters;
import io.gemel.core.volume.BlockExecutor;
import io.gemel.core.volume.Volume;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes tasks from the submission ring, carries out their block commands and puts them into the
 * completion ring. Owner: the lane's thread (co-located), or a thread of its own (dedicated); the
 * code is the same.
 *
 * <p>One duty cycle: completions first, since they free slots; then what waited for room; then new
 * submissions; then one call into the kernel for everything prepared.
 */
public final class IoAgent implements AgentContext {
    private static final int SCRATCH_BUFFERS = 32;

    private final RingBuffer<AgentEvent> submissions;
    private final RingBuffer<AgentEvent> completions;
    private final EventPoller<AgentEvent> submissionPoller;
    private final EventPoller.Handler<AgentEvent> onSubmission = this::onSubmission;
    private final BlockExecutor executor;
    private final LaneCounters counters;
    private final Task[] tasks;
    private final long registrableAddress;
    private final long registrableLengthBytes;
    private final List<BackendQueue> queues = new ArrayList<>();
    private AgentPoller[] pollers = new AgentPoller[0];
    private int published;

    IoAgent(
            final RingBuffer<AgentEvent> submissions,
            final RingBuffer<AgentEvent> completions,
            final LaneCounters counters,
            final int slots,
            final long registrableAddress,
            final long registrableLengthBytes) {
        this.submissions = submissions;
        this.completions = completions;
        this.submissionPoller = submissions.newPoller();
        submissions.addGatingSequences(submissionPoller.getSequence());
        this.tasks = new Task[slots];
        this.counters = counters;
        this.executor = new BlockExecutor(slots, SCRATCH_BUFFERS, counters, this::onCommandEnded);
        this.registrableAddress = registrableAddress;
        this.registrableLengthBytes = registrableLengthBytes;
        executor.registeredRegion(registrableAddress, registrableLengthBytes);
    }

    /** One duty cycle. Returns how much was done; 0 lets the caller idle. */
    public int doWork() {
        int workCount = 0;
        for (final AgentPoller poller : pollers) {
            workCount += poller.poll();
        }
        workCount += executor.retry();
        workCount += pollSubmissions();
        for (final AgentPoller poller : pollers) {
            workCount += poller.submit();
        }
        workCount += published;
        published = 0;
        return workCount;
    }

    /** Opens a volume on this agent, on its thread. */
    public void attach(final Volume volume) throws IOException {
        final BackendQueue queue = volume.backend().openQueue(this);
        queues.add(queue);
        executor.attach(volume, queue);
    }

    /**
     * Whether a call of {@link #doWork} has something to do now that no file descriptor would
     * announce.
     */
    public boolean hasWork() {
        return submissionPoller.getSequence().get() < submissions.getCursor();
    }

    /**
     * Whether something is in flight, or waits for room, that no file descriptor would announce.
     */
    boolean mustPoll() {
        if (executor.isWaiting()) {
            return true;
        }
        for (final AgentPoller poller : pollers) {
            if (poller.wakeFd() < 0 && poller.inFlight() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Commands begun and not ended. */
    public int active() {
        return executor.active();
    }

    /** The descriptors that wake a sleeping agent. */
    public List<AgentPoller> pollers() {
        return List.of(pollers);
    }

    /** Closes all queues and pollers; nothing may be active. On the agent's thread. */
    public void close() {
        for (final BackendQueue queue : queues) {
            queue.close();
        }
        queues.clear();
        for (final AgentPoller poller : pollers) {
            poller.close();
        }
        pollers = new AgentPoller[0];
    }

    @Override
    public BackendSink sink() {
        return executor;
    }

    @Override
    public LaneCounters counters() {
        return counters;
    }

    @Override
    public int slots() {
        return tasks.length;
    }

    @Override
    public long registrableAddress() {
        return registrableAddress;
    }

    @Override
    public long registrableLengthBytes() {
        return registrableLengthBytes;
    }

    @Override
    public <T extends AgentPoller> T poller(final Class<T> kind, final PollerFactory<T> factory)
            throws IOException {
        for (final AgentPoller poller : pollers) {
            if (kind.isInstance(poller)) {
                return kind.cast(poller);
            }
        }
        final T made = factory.create(this);
        final AgentPoller[] more = Arrays.copyOf(pollers, pollers.length + 1);
        more[pollers.length] = made;
        pollers = more;
        return made;
    }

    private int pollSubmissions() {
        try {
            final long before = submissionPoller.getSequence().get();
            submissionPoller.poll(onSubmission);
            return (int) (submissionPoller.getSequence().get() - before);
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean onSubmission(
            final AgentEvent event, final long sequence, final boolean endOfBatch) {
        final Task task = event.task;
        final int slot = task.index();
        if (!event.cancel) {
            tasks[slot] = task;
            executor.start(slot, task.command());
        } else if (tasks[slot] == task && task.generation() == event.generation) {
            executor.cancel(slot);
        }
        return true;
    }

    private void onCommandEnded(final int slot) {
        final Task task = tasks[slot];
        if (null == task) {
            throw new InvariantViolation("slot " + slot + " ended without a task");
        }
        tasks[slot] = null;
        if (!completions.hasAvailableCapacity(1)) {
            throw new InvariantViolation("completion ring full");
        }
        final long sequence = completions.next();
        completions.get(sequence).task = task;
        completions.publish(sequence);
        published++;
    }
}
