package io.gemel.core.uring;

import static io.gemel.core.uring.UringAbi.*;

import io.gemel.core.InvariantViolation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One io_uring: submission and completion queue, mapped once and driven from here; native code is
 * entered once per batch.
 *
 * <p>Owner: the thread that calls {@link #start()}; from then on every method is for that thread
 * alone. Before that, the thread that made it may register files and buffers. Closed by its owner;
 * until then everything prepared belongs to the kernel, and is given back by {@link #poll} only.
 *
 * <p>Operations go to files in a table of registered files, by slot. The methods that prepare one
 * return false, and change nothing, when the submission queue is full or the ring is closing.
 * Nothing is allocated per operation. Offsets and lengths are bytes; rings are in native byte
 * order.
 */
public final class Uring implements AutoCloseable {
    /** In place of a registered buffer's index: the address lies in none. */
    public static final int NO_BUFFER = -1;

    /**
     * For rwFlags: the write is on the medium, with what is needed to find it, before it completes.
     */
    public static final int RWF_DSYNC = NativeLibrary.intConstant("RWF_DSYNC");

    /** For {@link #prepFallocate}: takes the range out of the file, which reads as zeroes then. */
    public static final int FALLOC_FL_PUNCH_HOLE =
            NativeLibrary.intConstant("FALLOC_FL_PUNCH_HOLE");

    /** For {@link #prepFallocate}: the range reads as zeroes, and stays allocated. */
    public static final int FALLOC_FL_ZERO_RANGE =
            NativeLibrary.intConstant("FALLOC_FL_ZERO_RANGE");

    /** For {@link #prepFallocate}: the file's size does not change. */
    public static final int FALLOC_FL_KEEP_SIZE = NativeLibrary.intConstant("FALLOC_FL_KEEP_SIZE");

    /**
     * user_data of our own cancel in {@link #close(CqeHandler)}; op 0xff is not for users of this
     * class.
     */
    private static final long TEARDOWN_USER_DATA = -1L;

    private static final int FREE_SLOT = -1;
    private static final int POLL_LIMIT = 256;

    private enum State {
        /** Made, and refused by the kernel. Left by: start, close. */
        DISABLED,
        /** Operations are taken. Left by: close. */
        RUNNING,
        /** Nothing new is taken, what is in flight is reaped. Left by: the last completion. */
        CLOSING,
        /** Unmapped. */
        CLOSED
    }

    private final ByteBuffer ring;
    private final ByteBuffer scratch;
    private final UnsafeBuffer scratchBuffer;
    private final int fd;
    private final int sqEntries;
    private final int sqMask;
    private final int cqEntries;
    private final int cqMask;
    private final UnsafeBuffer sqTailWord;
    private final UnsafeBuffer sqFlagsWord;
    private final UnsafeBuffer sqes;
    private final UnsafeBuffer cqHeadWord;
    private final UnsafeBuffer cqTailWord;
    private final UnsafeBuffer cqes;
    private final int[] files;

    private State state = State.DISABLED;
    private Thread owner;
    private boolean buffersRegistered;
    private int sqTail;
    private int submitted;
    private int inFlight;

    private long enterCount;
    private long sqeCount;
    private long sqFullCount;
    private long shortSubmitCount;
    private long enterBusyCount;
    private long cqOverflowCount;

    /**
     * Makes a ring that takes nothing yet.
     *
     * @param sqEntries operations per batch; rounded up to a power of two
     * @param cqEntries completions that may wait to be polled, at least sqEntries; rounded up to a
     *     power of two
     * @param fileSlots size of the table of registered files
     * @throws ErrnoException if the kernel refuses; nothing is left over
     */
    public static Uring create(final int sqEntries, final int cqEntries, final int fileSlots)
            throws ErrnoException {
        final UringFeatures features = UringFeatures.get();
        if (!features.available()) {
            throw new ErrnoException(features.unavailableReason(), Errno.ENOSYS);
        }
        final int flags =
                IORING_SETUP_CLAMP
                        | IORING_SETUP_R_DISABLED
                        | (features.singleIssuer() ? IORING_SETUP_SINGLE_ISSUER : 0);
        final ByteBuffer ring = ByteBuffer.allocateDirect(RING_SIZE);
        ErrnoException.check(
                "io_uring_setup",
                Natives.uringSetup(sqEntries, cqEntries, flags, BufferUtil.address(ring)));
        final Uring uring = new Uring(ring, fileSlots);
        try {
            uring.registerFileTable();
        } catch (final ErrnoException e) {
            uring.close();
            throw e;
        }
        return uring;
    }

    private Uring(final ByteBuffer ring, final int fileSlots) {
        this.ring = ring;
        final UnsafeBuffer fields = new UnsafeBuffer(ring);
        fd = (int) fields.getLong(0);
        sqEntries = (int) fields.getLong(RING_SQ_ENTRIES_OFFSET);
        sqMask = sqEntries - 1;
        cqEntries = (int) fields.getLong(RING_CQ_ENTRIES_OFFSET);
        cqMask = cqEntries - 1;
        sqTailWord = new UnsafeBuffer(fields.getLong(RING_SQ_TAIL_OFFSET), Integer.BYTES);
        sqFlagsWord = new UnsafeBuffer(fields.getLong(RING_SQ_FLAGS_OFFSET), Integer.BYTES);
        sqes = new UnsafeBuffer(fields.getLong(RING_SQES_OFFSET), sqEntries * SQE_SIZE);
        cqHeadWord = new UnsafeBuffer(fields.getLong(RING_CQ_HEAD_OFFSET), Integer.BYTES);
        cqTailWord = new UnsafeBuffer(fields.getLong(RING_CQ_TAIL_OFFSET), Integer.BYTES);
        cqes = new UnsafeBuffer(fields.getLong(RING_CQES_OFFSET), cqEntries * CQE_SIZE);
        files = new int[fileSlots];
        Arrays.fill(files, FREE_SLOT);
        scratch = ByteBuffer.allocateDirect(FILES_UPDATE_SIZE + Integer.BYTES);
        scratchBuffer = new UnsafeBuffer(scratch);
    }

    /**
     * Makes the calling thread the owner, and lets the kernel take operations.
     *
     * @throws ErrnoException if the kernel refuses
     */
    public void start() throws ErrnoException {
        if (State.DISABLED != state) {
            throw new InvariantViolation("ring is " + state);
        }
        ErrnoException.check(
                "enabling the ring",
                Natives.uringRegister(fd, IORING_REGISTER_ENABLE_RINGS, 0L, 0));
        owner = Thread.currentThread();
        state = State.RUNNING;
    }

    /** The ring's descriptor: readable, for epoll, while completions wait. */
    public int fd() {
        return fd;
    }

    /** Operations that one batch can hold. */
    public int sqEntries() {
        return sqEntries;
    }

    /** Completions that may wait before the kernel has to keep them aside. */
    public int cqEntries() {
        return cqEntries;
    }

    /** How many more operations can be prepared before the next {@link #submit}. */
    public int sqRoom() {
        return sqEntries - (sqTail - submitted);
    }

    /** Operations prepared whose completions were not polled yet. */
    public int inFlight() {
        return inFlight;
    }

    /**
     * Puts an open file into the table.
     *
     * @return its slot
     * @throws ErrnoException ENFILE if the table is full, or what the kernel says
     */
    public int addFile(final int fileFd) throws ErrnoException {
        checkThread();
        for (int slot = 0; slot < files.length; slot++) {
            if (FREE_SLOT == files[slot]) {
                updateFile(slot, fileFd);
                files[slot] = fileFd;
                return slot;
            }
        }
        throw new ErrnoException("table of " + files.length + " registered files", Errno.ENFILE);
    }

    /** Frees a slot. Operations in flight keep the file until they complete. */
    public void removeFile(final int slot) throws ErrnoException {
        checkThread();
        if (FREE_SLOT != files[slot]) {
            updateFile(slot, FREE_SLOT);
            files[slot] = FREE_SLOT;
        }
    }

    /**
     * Registers memory that operations will name by index. Once per ring.
     *
     * @return 0, or -errno: then the ring works without, a little slower. ENOMEM: over the limit of
     *     locked memory
     */
    public int registerBuffers(final long[] addresses, final long[] lengths) {
        checkThread();
        final ByteBuffer iovecs = ByteBuffer.allocateDirect(addresses.length * IOVEC_SIZE);
        final UnsafeBuffer buffer = new UnsafeBuffer(iovecs);
        for (int i = 0; i < addresses.length; i++) {
            buffer.putLong(i * IOVEC_SIZE + IOVEC_BASE_OFFSET, addresses[i]);
            buffer.putLong(i * IOVEC_SIZE + IOVEC_LEN_OFFSET, lengths[i]);
        }
        final int result =
                Natives.uringRegister(
                        fd, IORING_REGISTER_BUFFERS, BufferUtil.address(iovecs), addresses.length);
        java.lang.ref.Reference.reachabilityFence(iovecs);
        buffersRegistered |= result >= 0;
        return result;
    }

    /**
     * Has the kernel signal an event descriptor with each completion, where the ring's own {@link
     * #fd()} will not do.
     */
    public void registerEventFd(final int eventFd) throws ErrnoException {
        checkThread();
        scratchBuffer.putInt(0, eventFd);
        ErrnoException.check(
                "registering an eventfd",
                Natives.uringRegister(fd, IORING_REGISTER_EVENTFD, BufferUtil.address(scratch), 1));
    }

    /**
     * Reads. Completes with the bytes read, which may be fewer; 0 at the end of the file.
     *
     * @param bufferIndex of the registered buffer that holds the range, or {@link #NO_BUFFER}
     * @param rwFlags 0 or RWF_*
     */
    public boolean prepRead(
            final int fileSlot,
            final long address,
            final int length,
            final long offset,
            final int bufferIndex,
            final int rwFlags,
            final long userData) {
        return prep(
                NO_BUFFER == bufferIndex ? IORING_OP_READ : IORING_OP_READ_FIXED,
                IOSQE_FIXED_FILE,
                fileSlot,
                offset,
                address,
                length,
                rwFlags,
                bufferIndex,
                userData);
    }

    /**
     * Writes. Completes with the bytes written, which may be fewer.
     *
     * @param bufferIndex of the registered buffer that holds the range, or {@link #NO_BUFFER}
     * @param rwFlags 0 or RWF_*
     */
    public boolean prepWrite(
            final int fileSlot,
            final long address,
            final int length,
            final long offset,
            final int bufferIndex,
            final int rwFlags,
            final long userData) {
        return prep(
                NO_BUFFER == bufferIndex ? IORING_OP_WRITE : IORING_OP_WRITE_FIXED,
                IOSQE_FIXED_FILE,
                fileSlot,
                offset,
                address,
                length,
                rwFlags,
                bufferIndex,
                userData);
    }

    /**
     * fdatasync: what was written and completed before is on the medium, with what is needed to
     * find it.
     */
    public boolean prepFdatasync(final int fileSlot, final long userData) {
        return prep(
                IORING_OP_FSYNC,
                IOSQE_FIXED_FILE,
                fileSlot,
                0L,
                0L,
                0,
                IORING_FSYNC_DATASYNC,
                NO_BUFFER,
                userData);
    }

    /**
     * fallocate.
     *
     * @param mode FALLOC_FL_*
     */
    public boolean prepFallocate(
            final int fileSlot,
            final int mode,
            final long offset,
            final long length,
            final long userData) {
        return prep(
                IORING_OP_FALLOCATE,
                IOSQE_FIXED_FILE,
                fileSlot,
                offset,
                length,
                mode,
                0,
                NO_BUFFER,
                userData);
    }

    /**
     * Asks for the operation with that user_data to be given up. It completes by itself, ECANCELED
     * or as if nothing had happened; this one completes with 0, -ENOENT (there is none) or
     * -EALREADY (it is beyond cancelling).
     */
    public boolean prepCancel(final long targetUserData, final long userData) {
        return prep(IORING_OP_ASYNC_CANCEL, 0, -1, 0L, targetUserData, 0, 0, NO_BUFFER, userData);
    }

    /** Does nothing and completes with 0. */
    public boolean prepNop(final long userData) {
        return prep(IORING_OP_NOP, 0, -1, 0L, 0L, 0, 0, NO_BUFFER, userData);
    }

    private boolean prep(
            final int opcode,
            final int sqeFlags,
            final int fileOrSlot,
            final long offset,
            final long address,
            final int length,
            final int opFlags,
            final int bufferIndex,
            final long userData) {
        if (State.RUNNING != state) {
            return false;
        }
        if (sqTail - submitted == sqEntries) {
            sqFullCount++;
            return false;
        }
        fillSqe(
                opcode,
                sqeFlags,
                fileOrSlot,
                offset,
                address,
                length,
                opFlags,
                bufferIndex,
                userData);
        return true;
    }

    private void fillSqe(
            final int opcode,
            final int sqeFlags,
            final int fileOrSlot,
            final long offset,
            final long address,
            final int length,
            final int opFlags,
            final int bufferIndex,
            final long userData) {
        final int at = (sqTail & sqMask) * SQE_SIZE;
        for (int i = 0; i < SQE_SIZE; i += Long.BYTES) {
            sqes.putLong(at + i, 0L);
        }
        sqes.putByte(at + SQE_OPCODE_OFFSET, (byte) opcode);
        sqes.putByte(at + SQE_FLAGS_OFFSET, (byte) sqeFlags);
        sqes.putInt(at + SQE_FD_OFFSET, fileOrSlot);
        sqes.putLong(at + SQE_OFF_OFFSET, offset);
        sqes.putLong(at + SQE_ADDR_OFFSET, address);
        sqes.putInt(at + SQE_LEN_OFFSET, length);
        sqes.putInt(at + SQE_RW_FLAGS_OFFSET, opFlags);
        sqes.putLong(at + SQE_USER_DATA_OFFSET, userData);
        if (NO_BUFFER != bufferIndex) {
            sqes.putShort(at + SQE_BUF_INDEX_OFFSET, (short) bufferIndex);
        }
        sqTail++;
        inFlight++;
    }

    /**
     * Gives what was prepared to the kernel: one system call, none when nothing was prepared.
     *
     * @return how many operations the kernel took: the rest goes with the next call. 0 as well when
     *     the kernel is short of memory or wants completions polled first
     */
    public int submit() {
        return 0 == sqTail - submitted ? 0 : enter(0, 0);
    }

    /**
     * As {@link #submit}, then sleeps until that many completions wait. The wait is left out when
     * the kernel could not take everything.
     */
    public int submitAndWait(final int minComplete) {
        return enter(minComplete, IORING_ENTER_GETEVENTS);
    }

    private int enter(final int minComplete, final int flags) {
        checkThread();
        final int count = sqTail - submitted;
        sqTailWord.putIntRelease(0, sqTail); // the SQEs before the tail
        final int result = Natives.uringEnter(fd, count, minComplete, flags);
        enterCount++;
        if (result < 0) {
            return onEnterError(-result);
        }
        submitted += result;
        sqeCount += result;
        if (result < count) {
            shortSubmitCount++;
        }
        return result;
    }

    private int onEnterError(final int errno) {
        if (Errno.EAGAIN == errno || Errno.EBUSY == errno) {
            enterBusyCount++;
            return 0;
        }
        throw new InvariantViolation("io_uring_enter: " + Errno.describe(errno));
    }

    /**
     * Hands completions that wait to the handler.
     *
     * @param limit most that are handed over
     * @return how many were
     */
    public int poll(final CqeHandler handler, final int limit) {
        if (State.CLOSED == state) {
            throw new InvariantViolation("ring is closed");
        }
        int count = 0;
        int head = cqHeadWord.getInt(0);
        while (count < limit) {
            if (head == cqTailWord.getIntAcquire(0) && !flushOverflow()) {
                break;
            }
            final int at = (head & cqMask) * CQE_SIZE;
            final long userData = cqes.getLong(at + CQE_USER_DATA_OFFSET);
            final int result = cqes.getInt(at + CQE_RES_OFFSET);
            final int flags = cqes.getInt(at + CQE_FLAGS_OFFSET);
            // Given back before the handler is called: it may throw, or poll and submit by itself.
            cqHeadWord.putIntRelease(0, ++head);
            inFlight--;
            count++;
            if (TEARDOWN_USER_DATA != userData) {
                handler.onCqe(userData, result, flags);
                head = cqHeadWord.getInt(0);
            }
        }
        return count;
    }

    /**
     * Completions that found the queue full wait in the kernel: fetches them into the queue, which
     * is empty.
     */
    private boolean flushOverflow() {
        if (0 == (sqFlagsWord.getIntOpaque(0) & IORING_SQ_CQ_OVERFLOW)) {
            return false;
        }
        cqOverflowCount++;
        final int result = Natives.uringEnter(fd, 0, 0, IORING_ENTER_GETEVENTS);
        if (result < 0) {
            onEnterError(-result);
        }
        return cqHeadWord.getInt(0) != cqTailWord.getIntAcquire(0);
    }

    /**
     * As {@link #close(CqeHandler)}, for a ring with nothing in flight, or whose results nobody
     * wants.
     */
    @Override
    public void close() {
        close((userData, result, flags) -> {});
    }

    /**
     * Ends the ring in order: takes nothing new, submits what is prepared, cancels what can be
     * cancelled, waits for every completion and hands it to the handler, unregisters, unmaps,
     * closes. Waits as long as the kernel needs: memory that a device may still write into is not
     * freed on a timeout. Idempotent.
     */
    public void close(final CqeHandler handler) {
        if (State.CLOSED == state || State.CLOSING == state) {
            return;
        }
        if (State.RUNNING == state) {
            checkThread();
            state = State.CLOSING;
            boolean cancelled = 0 == inFlight;
            while (inFlight > 0) {
                if (!cancelled && 0 == sqTail - submitted) {
                    // A kernel before 5.19 knows no "any": it answers EINVAL, and all end by
                    // themselves.
                    fillSqe(
                            IORING_OP_ASYNC_CANCEL,
                            0,
                            -1,
                            0L,
                            0L,
                            0,
                            IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY,
                            NO_BUFFER,
                            TEARDOWN_USER_DATA);
                    cancelled = true;
                }
                submitAndWait(cancelled ? 1 : 0);
                poll(handler, POLL_LIMIT);
            }
            if (buffersRegistered) {
                Natives.uringRegister(fd, IORING_UNREGISTER_BUFFERS, 0L, 0);
            }
            Natives.uringRegister(fd, IORING_UNREGISTER_FILES, 0L, 0);
        }
        state = State.CLOSED;
        Natives.uringTeardown(BufferUtil.address(ring));
    }

    /** System calls to submit or wait. */
    public long enterCount() {
        return enterCount;
    }

    /** Operations that the kernel took. */
    public long sqeCount() {
        return sqeCount;
    }

    /** How often an operation was not prepared because the submission queue was full. */
    public long sqFullCount() {
        return sqFullCount;
    }

    /** How often the kernel took fewer operations than it was offered. */
    public long shortSubmitCount() {
        return shortSubmitCount;
    }

    /** How often the kernel took nothing: EAGAIN or EBUSY. */
    public long enterBusyCount() {
        return enterBusyCount;
    }

    /** How often completions had to be fetched that had found the completion queue full. */
    public long cqOverflowCount() {
        return cqOverflowCount;
    }

    private void registerFileTable() throws ErrnoException {
        final ByteBuffer fds = ByteBuffer.allocateDirect(Math.max(1, files.length) * Integer.BYTES);
        final UnsafeBuffer buffer = new UnsafeBuffer(fds);
        for (int i = 0; i < files.length; i++) {
            buffer.putInt(i * Integer.BYTES, FREE_SLOT);
        }
        ErrnoException.check(
                "registering a table of " + files.length + " files",
                Natives.uringRegister(
                        fd, IORING_REGISTER_FILES, BufferUtil.address(fds), files.length));
        java.lang.ref.Reference.reachabilityFence(fds);
    }

    private void updateFile(final int slot, final int fileFd) throws ErrnoException {
        scratchBuffer.setMemory(0, FILES_UPDATE_SIZE, (byte) 0);
        scratchBuffer.putInt(FILES_UPDATE_OFFSET_OFFSET, slot);
        scratchBuffer.putLong(
                FILES_UPDATE_FDS_OFFSET, scratchBuffer.addressOffset() + FILES_UPDATE_SIZE);
        scratchBuffer.putInt(FILES_UPDATE_SIZE, fileFd);
        ErrnoException.check(
                "registering file " + fileFd + " in slot " + slot,
                Natives.uringRegister(
                        fd, IORING_REGISTER_FILES_UPDATE, scratchBuffer.addressOffset(), 1));
    }

    private void checkThread() {
        if (State.CLOSED == state) {
            throw new InvariantViolation("ring is closed");
        }
        if (null != owner && Thread.currentThread() != owner) {
            throw new InvariantViolation(
                    "ring of " + owner.getName() + " used by " + Thread.currentThread().getName());
        }
    }
}
