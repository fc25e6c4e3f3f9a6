package io.gemel.core.block;

import io.gemel.core.InvariantViolation;
import io.gemel.core.status.Counter;
import io.gemel.core.status.LaneCounters;
import io.gemel.core.uring.CqeHandler;
import io.gemel.core.uring.Errno;
import io.gemel.core.uring.ErrnoException;
import io.gemel.core.uring.Uring;
import io.gemel.core.uring.UserData;
import java.util.Arrays;
import org.agrona.BitUtil;
import org.agrona.collections.IntArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The io_uring of one agent, shared by its file and device queues: operations in flight by task
 * slot, short transfers continued, completions reported. Owner: the agent's thread.
 *
 * <p>An operation whose SQE finds no room is not refused once it was started: it waits in {@link
 * #unsent} until the next {@link #submit()}.
 */
final class UringPoller implements AgentPoller {
    /** Files and devices that one agent can have open. */
    static final int MAX_FILES = 256;

    private static final Logger LOGGER = LoggerFactory.getLogger(UringPoller.class);
    private static final int MAX_SQ_ENTRIES = 4096;

    /** The kernel takes no larger registered buffer. */
    private static final long MAX_REGISTERED_BYTES = 1L << 30;

    /** How often an operation is tried again that the kernel gave back for no fault of its own. */
    private static final int MAX_RETRIES = 16;

    private static final int OP_IO = 0;
    private static final int OP_CANCEL = 1;

    private final Uring uring;
    private final CqeHandler onCqe = this::onCqe;
    private final BackendSink sink;
    private final boolean buffersRegistered;
    private final BackendIo[] ios;
    private final UringQueue[] queues;
    private final boolean[] cancelled;
    private final byte[] retries;
    private final IntArrayQueue unsent;
    private final IntArrayQueue unsentCancels;
    private final LaneCounters counters;
    private boolean closing;
    private long countedEnters;
    private long countedOperations;
    private long countedSqFull;
    private long countedShort;
    private long countedBusy;
    private long countedOverflows;

    UringPoller(final AgentContext agent) throws ErrnoException {
        final int slots = agent.slots();
        final int sqEntries = Math.min(MAX_SQ_ENTRIES, BitUtil.findNextPositivePowerOfTwo(slots));
        // Each slot has one operation in flight, and perhaps the cancelling of it.
        uring = Uring.create(sqEntries, 2 * BitUtil.findNextPositivePowerOfTwo(slots), MAX_FILES);
        sink = agent.sink();
        counters = agent.counters();
        ios = new BackendIo[slots];
        queues = new UringQueue[slots];
        cancelled = new boolean[slots];
        retries = new byte[slots];
        unsent = new IntArrayQueue(Math.max(8, slots), -1);
        unsentCancels = new IntArrayQueue(Math.max(8, slots), -1);
        buffersRegistered = register(agent);
        try {
            uring.start();
        } catch (final ErrnoException e) {
            uring.close();
            throw e;
        }
    }

    private boolean register(final AgentContext agent) {
        final long length = agent.registrableLengthBytes();
        if (0 == length || length > MAX_REGISTERED_BYTES) {
            LOGGER.info("{} bytes of payload memory are not registered with the kernel", length);
            return false;
        }
        final int result =
                uring.registerBuffers(new long[] {agent.registrableAddress()}, new long[] {length});
        if (result < 0) {
            LOGGER.info(
                    "{} bytes of payload memory could not be registered with the kernel: {};"
                            + " going on without",
                    length,
                    Errno.describe(-result));
        }
        return result >= 0;
    }

    int addFile(final int fd) throws ErrnoException {
        return uring.addFile(fd);
    }

    void removeFile(final int fileSlot) {
        if (!closing) {
            try {
                uring.removeFile(fileSlot);
            } catch (final ErrnoException e) {
                throw new InvariantViolation(e.getMessage());
            }
        }
    }

    /** Always takes it, for there is at most one per slot. */
    void start(final UringQueue queue, final BackendIo io) {
        final int slot = io.slot();
        if (null != ios[slot]) {
            throw new InvariantViolation("slot " + slot + " has an operation in flight");
        }
        ios[slot] = io;
        queues[slot] = queue;
        cancelled[slot] = false;
        retries[slot] = 0;
        send(slot);
    }

    void cancel(final BackendIo io) {
        final int slot = io.slot();
        if (io == ios[slot] && !cancelled[slot]) {
            cancelled[slot] = true;
            if (!sendCancel(slot)) {
                unsentCancels.addInt(slot);
            }
        }
    }

    @Override
    public int poll() {
        // All of them: a lane that sleeps is woken by the next one only. There are two per slot at
        // most.
        return uring.poll(onCqe, uring.cqEntries());
    }

    @Override
    public int submit() {
        for (int count = unsent.size(); count > 0; count--) {
            send(unsent.pollInt());
        }
        for (int count = unsentCancels.size(); count > 0; count--) {
            final int slot = unsentCancels.pollInt();
            if (null != ios[slot] && cancelled[slot] && !sendCancel(slot)) {
                unsentCancels.addInt(slot);
            }
        }
        int taken = 0;
        int last;
        do { // as long as the kernel takes some of the rest: a lane that sleeps comes back late
            last = uring.submit();
            taken += last;
        } while (last > 0 && uring.sqRoom() < uring.sqEntries());
        count();
        return taken;
    }

    private void count() {
        if (countedEnters != uring.enterCount()) {
            counters.add(Counter.URING_ENTERS, uring.enterCount() - countedEnters);
            counters.add(Counter.URING_OPERATIONS, uring.sqeCount() - countedOperations);
            countedEnters = uring.enterCount();
            countedOperations = uring.sqeCount();
            countRare();
        }
    }

    private void countRare() {
        if (countedSqFull != uring.sqFullCount()) {
            counters.add(Counter.URING_SQ_FULL, uring.sqFullCount() - countedSqFull);
            countedSqFull = uring.sqFullCount();
        }
        if (countedShort != uring.shortSubmitCount()) {
            counters.add(Counter.URING_SUBMIT_SHORT, uring.shortSubmitCount() - countedShort);
            countedShort = uring.shortSubmitCount();
        }
        if (countedBusy != uring.enterBusyCount()) {
            counters.add(Counter.URING_SUBMIT_BUSY, uring.enterBusyCount() - countedBusy);
            countedBusy = uring.enterBusyCount();
        }
        if (countedOverflows != uring.cqOverflowCount()) {
            counters.add(Counter.URING_CQ_OVERFLOW, uring.cqOverflowCount() - countedOverflows);
            countedOverflows = uring.cqOverflowCount();
        }
    }

    @Override
    public int wakeFd() {
        return uring.fd();
    }

    @Override
    public int inFlight() {
        return uring.inFlight() + unsent.size();
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            while (!unsent.isEmpty()) {
                complete(unsent.pollInt(), BlockStatus.ABORTED, 0);
            }
            unsentCancels.clear();
            uring.close(onCqe);
        }
    }

    private void send(final int slot) {
        if (cancelled[slot] || closing) {
            complete(slot, BlockStatus.ABORTED, 0);
        } else if (!prep(slot)) {
            uring.submit();
            if (!prep(slot)) {
                unsent.addInt(slot);
            }
        }
    }

    private void sendLater(final int slot) {
        if (closing) {
            complete(slot, BlockStatus.ABORTED, 0);
        } else {
            unsent.addInt(slot);
        }
    }

    private boolean prep(final int slot) {
        final BackendIo io = ios[slot];
        final int file = queues[slot].fileSlot();
        final long userData = UserData.pack(slot, io.generation(), OP_IO);
        final long done = io.transferredBytes();
        final int buffer = buffersRegistered && io.registered() ? 0 : Uring.NO_BUFFER;
        return switch (io.kind()) {
            case READ ->
                    uring.prepRead(
                            file,
                            io.address() + done,
                            (int) (io.lengthBytes() - done),
                            io.offsetBytes() + done,
                            buffer,
                            0,
                            userData);
            case WRITE ->
                    uring.prepWrite(
                            file,
                            io.address() + done,
                            (int) (io.lengthBytes() - done),
                            io.offsetBytes() + done,
                            buffer,
                            io.fua() ? Uring.RWF_DSYNC : 0,
                            userData);
            case FLUSH -> uring.prepFdatasync(file, userData);
            case DEALLOCATE ->
                    uring.prepFallocate(
                            file,
                            Uring.FALLOC_FL_PUNCH_HOLE | Uring.FALLOC_FL_KEEP_SIZE,
                            io.offsetBytes(),
                            io.lengthBytes(),
                            userData);
            case WRITE_ZEROES ->
                    uring.prepFallocate(
                            file,
                            Uring.FALLOC_FL_ZERO_RANGE | Uring.FALLOC_FL_KEEP_SIZE,
                            io.offsetBytes(),
                            io.lengthBytes(),
                            userData);
        };
    }

    private boolean sendCancel(final int slot) {
        final int generation = ios[slot].generation();
        final long target = UserData.pack(slot, generation, OP_IO);
        final long userData = UserData.pack(slot, generation, OP_CANCEL);
        if (uring.prepCancel(target, userData)) {
            return true;
        }
        uring.submit();
        return uring.prepCancel(target, userData);
    }

    private void onCqe(final long userData, final int result, final int flags) {
        if (OP_CANCEL == UserData.op(userData)) {
            return; // the operation itself says how it ended
        }
        final int slot = UserData.taskIndex(userData);
        final BackendIo io = ios[slot];
        if (null == io || io.generation() != UserData.generation(userData)) {
            counters.increment(Counter.COMPLETIONS_STALE);
            return;
        }
        if (result < 0) {
            onError(slot, io, -result);
        } else if (BackendIo.Kind.READ == io.kind() || BackendIo.Kind.WRITE == io.kind()) {
            onTransferred(slot, io, result);
        } else {
            complete(slot, BlockStatus.OK, 0);
        }
    }

    private void onTransferred(final int slot, final BackendIo io, final int bytes) {
        final long left = io.lengthBytes() - io.transferredBytes();
        if (bytes == left) {
            io.addTransferred(bytes);
            complete(slot, BlockStatus.OK, 0);
            return;
        }
        counters.increment(Counter.URING_TRANSFERS_SHORT);
        // Direct I/O goes on at a whole block only: what came of the next one is moved again.
        final int blocks = bytes & -queues[slot].blockSize();
        if (0 == blocks) {
            // The file has become shorter than the volume, or the medium ends early.
            complete(slot, ErrnoStatus.of(io.kind(), Errno.EIO), Errno.EIO);
            return;
        }
        io.addTransferred(blocks);
        sendLater(slot);
    }

    private void onError(final int slot, final BackendIo io, final int errno) {
        final boolean again = Errno.EAGAIN == errno || Errno.EINTR == errno;
        if (again && cancelled[slot]) {
            complete(slot, BlockStatus.ABORTED, errno);
        } else if (again && retries[slot] < MAX_RETRIES) {
            retries[slot]++;
            counters.increment(Counter.URING_RETRIES);
            sendLater(slot);
        } else {
            final BlockStatus status = ErrnoStatus.of(io.kind(), errno);
            if (BlockStatus.UNSUPPORTED == status) {
                queues[slot].backend().onUnsupported(io.kind());
            }
            complete(slot, status, errno);
        }
    }

    private void complete(final int slot, final BlockStatus status, final int errno) {
        final BackendIo io = ios[slot];
        ios[slot] = null;
        queues[slot] = null;
        cancelled[slot] = false;
        sink.onBackendComplete(io, status, errno);
    }

    @Override
    public String toString() {
        return "io_uring with "
                + Arrays.stream(ios).filter(io -> null != io).count()
                + " operations in flight";
    }
}
