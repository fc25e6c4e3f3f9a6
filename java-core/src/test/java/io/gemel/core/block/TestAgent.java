package io.gemel.core.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.status.LaneCounters;
import io.gemel.core.uring.ErrnoException;
import io.gemel.core.uring.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An agent for tests of backends: a payload buffer per slot in registered memory, and what came of
 * each operation. Used by the test's thread only.
 */
final class TestAgent implements AgentContext, BackendSink, AutoCloseable {
    static final int SLOTS = 32;

    /** Payload of a slot: the largest transfer of one operation here. */
    static final int BUFFER_BYTES = 256 * 1024;

    private static final long UNMAPPED_ADDRESS = 4096;
    private static final long DEADLINE_NS = 20_000_000_000L;

    final BlockStatus[] status = new BlockStatus[SLOTS];
    final int[] errno = new int[SLOTS];
    private final LaneCounters counters = new LaneCounters();
    private final boolean[] inFlight = new boolean[SLOTS];
    private final BackendIo[] ios = new BackendIo[SLOTS];
    private final List<AgentPoller> pollers = new ArrayList<>();
    private final long memory;
    private final UnsafeBuffer[] buffers = new UnsafeBuffer[SLOTS];
    private boolean registrable = true;
    private int started;
    private int completed;

    TestAgent() throws ErrnoException {
        memory = NativeMemory.map((long) SLOTS * BUFFER_BYTES, 4096);
        for (int i = 0; i < SLOTS; i++) {
            ios[i] = new BackendIo(i);
            buffers[i] = new UnsafeBuffer(memory + (long) i * BUFFER_BYTES, BUFFER_BYTES);
        }
    }

    /** The kernel will refuse to register the memory of this agent. */
    void refuseRegistration() {
        registrable = false;
    }

    UnsafeBuffer buffer(final int slot) {
        return buffers[slot];
    }

    BackendIo io(final int slot) {
        return ios[slot];
    }

    boolean inFlight(final int slot) {
        return inFlight[slot];
    }

    /** Starts an operation whose payload is the slot's buffer from its start. */
    void start(
            final BackendQueue queue,
            final BackendIo.Kind kind,
            final int slot,
            final long offset,
            final long length,
            final boolean fua) {
        assertThat(inFlight[slot]).as("slot %d in flight", slot).isFalse();
        status[slot] = null;
        ios[slot].set(kind, offset, length, buffers[slot].addressOffset(), true, fua);
        inFlight[slot] = true;
        started++;
        final long begun = System.nanoTime();
        while (!queue.start(ios[slot])) {
            cycle(begun);
        }
    }

    /** As start, without an assertion that allocates. */
    void startUnchecked(
            final BackendQueue queue,
            final BackendIo.Kind kind,
            final int slot,
            final long offset,
            final long length) {
        ios[slot].set(kind, offset, length, buffers[slot].addressOffset(), true, false);
        inFlight[slot] = true;
        started++;
        if (!queue.start(ios[slot])) {
            throw new AssertionError("no room");
        }
    }

    /** One operation from start to end. */
    BlockStatus run(
            final BackendQueue queue,
            final BackendIo.Kind kind,
            final int slot,
            final long offset,
            final long length,
            final boolean fua) {
        start(queue, kind, slot, offset, length, fua);
        awaitAll();
        return status[slot];
    }

    void awaitAll() {
        final long begun = System.nanoTime();
        while (completed < started) {
            cycle(begun);
        }
    }

    /** Every operation started was completed once, no more. */
    void assertBalanced() {
        assertThat(completed).isEqualTo(started);
    }

    void closePollers() {
        pollers.forEach(AgentPoller::close);
    }

    private void cycle(final long begun) {
        int work = 0;
        for (int i = 0; i < pollers.size(); i++) {
            work += pollers.get(i).poll();
            work += pollers.get(i).submit();
        }
        if (0 == work) {
            if (System.nanoTime() - begun > DEADLINE_NS) {
                throw new AssertionError(
                        (started - completed) + " operations not completed in time: " + pollers);
            }
            LockSupport.parkNanos(10_000);
        }
    }

    @Override
    public void onBackendComplete(
            final BackendIo io, final BlockStatus endedStatus, final int endedErrno) {
        final int slot = io.slot();
        if (io != ios[slot] || !inFlight[slot]) {
            throw new AssertionError("completion of slot " + slot + ", which is not in flight");
        }
        inFlight[slot] = false;
        status[slot] = endedStatus;
        errno[slot] = endedErrno;
        completed++;
    }

    @Override
    public BackendSink sink() {
        return this;
    }

    @Override
    public LaneCounters counters() {
        return counters;
    }

    @Override
    public int slots() {
        return SLOTS;
    }

    @Override
    public long registrableAddress() {
        return registrable ? memory : UNMAPPED_ADDRESS;
    }

    @Override
    public long registrableLengthBytes() {
        return (long) SLOTS * BUFFER_BYTES;
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
        pollers.add(made);
        return made;
    }

    @Override
    public void close() throws ErrnoException {
        closePollers();
        NativeMemory.unmap(memory, (long) SLOTS * BUFFER_BYTES);
    }
}
