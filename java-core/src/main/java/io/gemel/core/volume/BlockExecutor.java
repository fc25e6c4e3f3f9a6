package io.gemel.core.volume;

import io.gemel.core.InvariantViolation;
import io.gemel.core.block.BackendIo;
import io.gemel.core.block.BackendIo.Kind;
import io.gemel.core.block.BackendQueue;
import io.gemel.core.block.BackendSink;
import io.gemel.core.block.BlockCommand;
import io.gemel.core.block.BlockOp;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.memory.Slab;
import io.gemel.core.memory.SlabBuffer;
import io.gemel.core.status.Counter;
import io.gemel.core.status.LaneCounters;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.collections.IntArrayQueue;

/**
 * Carries out block commands: the checks that both protocols share, then a sequence of backend
 * operations, one in flight per command. Owner: the I/O agent's thread.
 *
 * <pre>
 *   start ─► checks ─► next operation ─► backend ─┐
 *              │            ▲    │ none left      │
 *              ▼            └────┼── completed ◄──┘
 *            ended ◄─────────────┘
 * </pre>
 *
 * A command that finds no room (backend queue full, no scratch memory) waits in {@link #retry()}.
 */
public final class BlockExecutor implements BackendSink {
    /** Told when a command has ended; its status is set. */
    @FunctionalInterface
    public interface Ended {
        void onCommandEnded(int slot);
    }

    private static final int SCRATCH_BYTES = 64 * 1024;

    private final Execution[] executions;
    private final IntArrayQueue waiting;
    private final LaneCounters counters;
    private final Slab scratch;
    private final Ended ended;
    private BackendQueue[] queues = new BackendQueue[0];
    private VolumeCounters[] volumeCounters = new VolumeCounters[0];
    private RangeLocks.Party[] rangeLocks = new RangeLocks.Party[0];
    private long registeredFrom;
    private long registeredTo;
    private int active;

    /**
     * @param slots task slots of the agent
     * @param scratchBuffers how many compares and write-sames may run at once
     */
    public BlockExecutor(
            final int slots,
            final int scratchBuffers,
            final LaneCounters counters,
            final Ended ended) {
        this.executions = new Execution[slots];
        for (int i = 0; i < slots; i++) {
            executions[i] = new Execution(i);
        }
        this.waiting = new IntArrayQueue(Math.max(8, slots), -1);
        this.counters = counters;
        this.scratch = new Slab(new int[] {SCRATCH_BYTES}, new int[] {scratchBuffers});
        this.ended = ended;
    }

    /** Which memory is registered with the kernel. */
    public void registeredRegion(final long address, final long lengthBytes) {
        registeredFrom = address;
        registeredTo = address + lengthBytes;
    }

    /** Gives this agent its way to a volume; null takes it away (nothing of it may be active). */
    public void attach(final Volume volume, final BackendQueue queue) {
        final int index = volume.index();
        if (index >= queues.length) {
            queues = Arrays.copyOf(queues, index + 1);
            volumeCounters = Arrays.copyOf(volumeCounters, index + 1);
            rangeLocks = Arrays.copyOf(rangeLocks, index + 1);
        }
        queues[index] = queue;
        if (null == volumeCounters[index]) {
            volumeCounters[index] = volume.newCounters();
            rangeLocks[index] = volume.rangeLocks().join(executions.length);
        }
    }

    /** Begins a command; {@link Ended} follows, perhaps from within this call. */
    public void start(final int slot, final BlockCommand command) {
        final Execution execution = executions[slot];
        if (null != execution.command) {
            throw new InvariantViolation("slot " + slot + " has a command already");
        }
        active++;
        execution.begin(command);
        final BlockStatus refused = check(command);
        if (null != refused) {
            counters.increment(Counter.BLOCK_REFUSED);
            execution.queue = null;
            execution.end(refused, 0);
        } else {
            run(execution);
        }
    }

    /** Ends a command as early as its operation in flight allows. */
    public void cancel(final int slot) {
        final Execution execution = executions[slot];
        if (null == execution.command) {
            return;
        }
        execution.cancelled = true;
        if (execution.inFlight) {
            execution.queue.cancel(execution.io);
        }
    }

    /** Tries again what found no room. Returns how many need not wait any longer. */
    public int retry() {
        int served = 0;
        for (int count = waiting.size(); count > 0; count--) {
            final Execution execution = executions[waiting.pollInt()];
            execution.waiting = false;
            run(execution);
            served += execution.waiting ? 0 : 1;
        }
        return served;
    }

    /** Whether {@link #retry} has something to try. */
    public boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Commands begun and not ended. */
    public int active() {
        return active;
    }

    @Override
    public void onBackendComplete(final BackendIo io, final BlockStatus status, final int errno) {
        final Execution execution = executions[io.slot()];
        if (!execution.inFlight) {
            throw new InvariantViolation("completion of an operation that is not in flight");
        }
        execution.inFlight = false;
        execution.ioStatus = status;
        execution.ioErrno = errno;
        if (!execution.running) {
            run(execution);
        }
    }

    private BlockStatus check(final BlockCommand command) {
        final Volume volume = command.volume();
        if (volume.index() >= queues.length || null == queues[volume.index()]) {
            return BlockStatus.PATH_LOST;
        }
        if (command.op().changesMedium() && volume.readOnly()) {
            return BlockStatus.WRITE_PROTECTED;
        }
        if (!volume.contains(command.lba(), command.blockCount())) {
            return BlockStatus.LBA_OUT_OF_RANGE;
        }
        for (int i = 0; i < command.extents().size() && command.op() == BlockOp.UNMAP; i++) {
            if (!volume.contains(command.extents().lba(i), command.extents().blockCount(i))) {
                return BlockStatus.LBA_OUT_OF_RANGE;
            }
        }
        return null;
    }

    /** Runs until an operation is in flight, there is no room, or the command has ended. */
    private void run(final Execution execution) {
        execution.running = true;
        while (!execution.inFlight && !execution.waiting) {
            if (null == execution.ended && execution.cancelled) {
                execution.end(BlockStatus.ABORTED, 0);
            }
            if (null != execution.ended || !execution.holdsRange() || !execution.prepareNext()) {
                break;
            }
            execution.inFlight = true;
            if (!execution.queue.start(execution.io)) {
                execution.inFlight = false;
                execution.undoPrepare();
                counters.increment(Counter.BACKEND_FULL);
                waitForRoom(execution);
            }
        }
        execution.running = false;
        if (null != execution.ended && !execution.inFlight) {
            finish(execution);
        }
    }

    private void waitForRoom(final Execution execution) {
        execution.waiting = true;
        waiting.addInt(execution.slot);
    }

    private void finish(final Execution execution) {
        final BlockCommand command = execution.command;
        count(command, execution);
        if (execution.ended != BlockStatus.MISCOMPARE) {
            command.ended(execution.ended, execution.endedErrno);
        }
        execution.clear();
        active--;
        ended.onCommandEnded(execution.slot);
    }

    private void count(final BlockCommand command, final Execution execution) {
        if (BlockStatus.OK == execution.ended) {
            final long bytes = command.blockCount() << command.volume().blockShift();
            volumeCounters[command.volume().index()].count(command.op(), bytes);
            switch (command.op()) {
                case READ -> {
                    counters.increment(Counter.BLOCK_READS);
                    counters.add(Counter.BYTES_READ, bytes);
                }
                case WRITE -> {
                    counters.increment(Counter.BLOCK_WRITES);
                    counters.add(Counter.BYTES_WRITTEN, bytes);
                }
                case FLUSH -> counters.increment(Counter.BLOCK_FLUSHES);
                default -> counters.increment(Counter.BLOCK_OTHERS);
            }
        } else if (BlockStatus.MISCOMPARE == execution.ended) {
            counters.increment(Counter.BLOCK_MISCOMPARES);
        } else if (null != execution.queue && BlockStatus.ABORTED != execution.ended) {
            counters.increment(Counter.BLOCK_FAILED);
            volumeCounters[command.volume().index()].countError();
        }
    }

    /** One command under way. Reused for every command of its slot. */
    private final class Execution {
        final int slot;
        final BackendIo io;
        BlockCommand command;
        BackendQueue queue;
        final RangeHold hold;
        RangeLocks.Party party;
        SlabBuffer scratchBuffer;
        boolean inFlight;
        boolean running;
        boolean waiting;
        boolean cancelled;
        BlockStatus ioStatus;
        int ioErrno;
        BlockStatus ended;
        int endedErrno;

        /** Operations prepared so far. */
        int steps;

        /** Bytes of the range (or extents of the list) that are done. */
        long done;

        /** Bytes of the operation in flight. */
        long current;

        /** Zeroes are written as data, since the backend has no better way. */
        boolean zeroesAsData;

        boolean flushAtEnd;

        /** The block of a write-same is all zero. */
        boolean zeroPattern;

        Execution(final int slot) {
            this.slot = slot;
            this.io = new BackendIo(slot);
            this.hold = new RangeHold(slot);
        }

        void begin(final BlockCommand command) {
            this.command = command;
            this.ended = null;
            this.endedErrno = 0;
            this.ioStatus = BlockStatus.OK;
            this.steps = 0;
            this.done = 0;
            this.current = 0;
            this.cancelled = false;
            this.zeroesAsData = false;
            this.flushAtEnd = false;
            final int index = command.volume().index();
            this.queue = index < queues.length ? queues[index] : null;
            this.party = index < queues.length ? rangeLocks[index] : null;
        }

        /** False: a compare-and-write is in the way, the command waits. */
        boolean holdsRange() {
            if (BlockOp.FLUSH == command.op() || BlockOp.UNMAP == command.op()) {
                return true; // a flush has no range, an unmap takes its extents one by one
            }
            return holdsRange(
                    command.lba(), command.blockCount(), BlockOp.COMPARE_AND_WRITE == command.op());
        }

        private boolean holdsRange(final long lba, final long count, final boolean exclusive) {
            if (hold.acquire(party, lba, count, exclusive)) {
                return true;
            }
            counters.increment(Counter.RANGE_WAITS);
            waitForRoom(this);
            return false;
        }

        void clear() {
            if (null != scratchBuffer) {
                scratchBuffer.release();
                scratchBuffer = null;
            }
            hold.release();
            command = null;
            queue = null;
            party = null;
        }

        void end(final BlockStatus status, final int errno) {
            ended = status;
            endedErrno = errno;
            if (!running) {
                finish(this);
            }
        }

        /** The operation was prepared and found no room: it will be prepared again. */
        void undoPrepare() {
            steps--;
            current = 0;
            flushAtEnd |= Kind.FLUSH == io.kind() && BlockOp.FLUSH != command.op();
        }

        /**
         * Sets up {@link #io} for the next operation. False: the command has ended, or waits for
         * scratch memory.
         */
        boolean prepareNext() {
            if (steps > 0 && !absorb()) {
                return false;
            }
            return switch (command.op()) {
                case READ -> once(Kind.READ);
                case WRITE -> once(Kind.WRITE);
                case FLUSH -> once(Kind.FLUSH);
                case VERIFY, COMPARE -> readChunk();
                case COMPARE_AND_WRITE -> compareThenWrite();
                case WRITE_ZEROES -> zeroes(command.mayDeallocate());
                case WRITE_SAME -> writeSame();
                case UNMAP -> unmap();
                case COPY, OR_WRITE -> over(BlockStatus.UNSUPPORTED, 0);
            };
        }

        /** Takes the result of the last operation. False: it ended the command. */
        private boolean absorb() {
            if (BlockStatus.OK != ioStatus) {
                if (BlockStatus.UNSUPPORTED == ioStatus && isZeroing(io.kind())) {
                    zeroesAsData = true;
                    current = 0;
                    ioStatus = BlockStatus.OK;
                    return true;
                }
                return over(
                        BlockStatus.UNSUPPORTED == ioStatus ? BlockStatus.INTERNAL : ioStatus,
                        ioErrno);
            }
            if (current > 0 && io.kind() == Kind.READ && null != scratchBuffer && !compareChunk()) {
                return false;
            }
            done += current;
            current = 0;
            return true;
        }

        private boolean over(final BlockStatus status, final int errno) {
            ended = status;
            endedErrno = errno;
            return false;
        }

        /**
         * Ends well, with a flush before it when the command asked for stable media and the
         * operation could not.
         */
        private boolean allDone() {
            if (flushAtEnd) {
                flushAtEnd = false;
                return prepare(Kind.FLUSH, 0, 0, 0, false);
            }
            return over(BlockStatus.OK, 0);
        }

        private boolean once(final Kind kind) {
            if (steps > 0 || (Kind.FLUSH != kind && 0 == command.blockCount())) {
                return over(BlockStatus.OK, 0);
            }
            final boolean write = Kind.WRITE == kind;
            final long address =
                    Kind.FLUSH == kind ? 0 : command.data().address() + command.dataOffset();
            return prepare(kind, startByte(), lengthBytes(), address, write && durable());
        }

        private boolean readChunk() {
            final long left = lengthBytes() - done;
            if (0 == left) {
                return over(BlockStatus.OK, 0);
            }
            if (!claimScratch()) {
                return false;
            }
            final long chunk = Math.min(left, SCRATCH_BYTES);
            return prepare(Kind.READ, startByte() + done, chunk, scratchBuffer.address(), false);
        }

        /**
         * The first half of the payload is compared with the medium, then the second half is
         * written.
         */
        private boolean compareThenWrite() {
            final long length = lengthBytes();
            if (done < length) {
                return readChunk();
            }
            if (done > length || 0 == length) {
                return over(BlockStatus.OK, 0);
            }
            final long address = command.data().address() + command.dataOffset() + length;
            return prepare(Kind.WRITE, startByte(), length, address, durable());
        }

        private boolean compareChunk() {
            if (command.op() == BlockOp.VERIFY) {
                return true;
            }
            final DirectBuffer expected = command.data().buffer();
            final DirectBuffer found = scratchBuffer.buffer();
            final int base = command.dataOffset() + (int) done;
            final int difference = firstDifference(expected, base, found, (int) current);
            if (difference < 0) {
                return true;
            }
            command.miscompared(done + difference);
            return over(BlockStatus.MISCOMPARE, 0);
        }

        private boolean writeSame() {
            final DirectBuffer data = command.data().buffer();
            if (0 == steps) {
                zeroPattern = isZero(data, command.dataOffset(), command.volume().blockSize());
            }
            if (zeroPattern) {
                return zeroes(command.mayDeallocate());
            }
            return writeFilled(data, command.dataOffset());
        }

        private boolean zeroes(final boolean mayDeallocate) {
            if (zeroesAsData) {
                return writeFilled(null, 0);
            }
            if (done == lengthBytes()) {
                return allDone();
            }
            flushAtEnd = durable();
            final boolean free = mayDeallocate && command.volume().thin();
            return prepare(
                    free ? Kind.DEALLOCATE : Kind.WRITE_ZEROES,
                    startByte(),
                    lengthBytes(),
                    0,
                    false);
        }

        /** Writes the range in pieces from scratch memory full of the block (null: of zeroes). */
        private boolean writeFilled(final DirectBuffer block, final int offset) {
            final long left = lengthBytes() - done;
            if (0 == left) {
                return over(BlockStatus.OK, 0);
            }
            final boolean fill = null == scratchBuffer;
            if (!claimScratch()) {
                return false;
            }
            final int chunk = (int) Math.min(left, SCRATCH_BYTES);
            if (fill) {
                fillScratch(block, offset);
            }
            return prepare(
                    Kind.WRITE, startByte() + done, chunk, scratchBuffer.address(), durable());
        }

        private void fillScratch(final DirectBuffer block, final int offset) {
            final int blockSize = command.volume().blockSize();
            if (null == block) {
                scratchBuffer.buffer().setMemory(0, SCRATCH_BYTES, (byte) 0);
                return;
            }
            for (int at = 0; at < SCRATCH_BYTES; at += blockSize) {
                scratchBuffer.buffer().putBytes(at, block, offset, blockSize);
            }
        }

        /** Here {@link #done} counts extents, and a range that cannot be freed stays as it is. */
        private boolean unmap() {
            if (zeroesAsData) {
                return over(BlockStatus.OK, 0);
            }
            int extent = steps;
            while (extent < command.extents().size() && 0 == command.extents().blockCount(extent)) {
                extent++;
                steps++;
            }
            if (extent >= command.extents().size()) {
                return over(BlockStatus.OK, 0);
            }
            final int shift = command.volume().blockShift();
            hold.release();
            if (!holdsRange(
                    command.extents().lba(extent), command.extents().blockCount(extent), false)) {
                return false;
            }
            final long start = command.extents().lba(extent) << shift;
            final long length = command.extents().blockCount(extent) << shift;
            return prepare(Kind.DEALLOCATE, start, length, 0, false);
        }

        private boolean prepare(
                final Kind kind,
                final long offsetBytes,
                final long lengthBytes,
                final long address,
                final boolean fua) {
            final boolean registered =
                    address >= registeredFrom && address + lengthBytes <= registeredTo;
            io.set(kind, offsetBytes, lengthBytes, address, registered, fua);
            current = lengthBytes;
            steps++;
            return true;
        }

        private boolean claimScratch() {
            if (null == scratchBuffer) {
                scratchBuffer = scratch.claim(SCRATCH_BYTES);
                if (null == scratchBuffer) {
                    counters.increment(Counter.SCRATCH_EXHAUSTED);
                    waitForRoom(this);
                    return false;
                }
            }
            return true;
        }

        private boolean durable() {
            return command.fua() || !command.volume().writeCache();
        }

        private long startByte() {
            return command.lba() << command.volume().blockShift();
        }

        private long lengthBytes() {
            return command.blockCount() << command.volume().blockShift();
        }
    }

    /** Index of the first byte that differs, or -1. */
    private static int firstDifference(
            final DirectBuffer expected,
            final int offset,
            final DirectBuffer found,
            final int length) {
        int i = 0;
        while (i <= length - Long.BYTES && expected.getLong(offset + i) == found.getLong(i)) {
            i += Long.BYTES;
        }
        while (i < length && expected.getByte(offset + i) == found.getByte(i)) {
            i++;
        }
        return i < length ? i : -1;
    }

    private static boolean isZeroing(final Kind kind) {
        return Kind.DEALLOCATE == kind || Kind.WRITE_ZEROES == kind;
    }

    private static boolean isZero(final DirectBuffer buffer, final int offset, final int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            if (0 != buffer.getLong(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
