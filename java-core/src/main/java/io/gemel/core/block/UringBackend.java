package io.gemel.core.block;

import io.gemel.core.uring.Errno;
import io.gemel.core.uring.ErrnoException;
import io.gemel.core.uring.NativeFile;
import io.gemel.core.uring.NativeMemory;
import io.gemel.core.uring.UringFeatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the {@code file} and {@code block} backends share: an open, locked descriptor, served by
 * each agent's io_uring. Shared by all agents; what it cannot do is learnt once and remembered.
 */
abstract class UringBackend implements BlockBackend {
    /** The kernel's page: no block of a volume is larger, and direct I/O wants memory like it. */
    private static final int PROBE_ALIGNMENT = 4096;

    /** How long opening waits for what a process before us has left behind. */
    static final long LOCK_WAIT_NS = TimeUnit.SECONDS.toNanos(3);

    private static final long LOCK_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** O_DIRECT is not to be had here; the message says what to do. */
    static final class DirectRefused extends IOException {
        private static final long serialVersionUID = 1L;

        DirectRefused(final String message) {
            super(message);
        }
    }

    final NativeFile file;
    final FileOptions options;
    private final long sizeBytes;
    private final boolean canDeallocate;
    private volatile boolean canWriteZeroes;
    private volatile boolean canPunch;
    private boolean closed;

    UringBackend(
            final NativeFile file,
            final FileOptions options,
            final long sizeBytes,
            final boolean canDeallocate,
            final boolean canWriteZeroes) {
        this.file = file;
        this.options = options;
        this.sizeBytes = sizeBytes;
        this.canDeallocate = canDeallocate;
        this.canPunch = canDeallocate;
        this.canWriteZeroes = canWriteZeroes;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean canDeallocate() {
        return canDeallocate;
    }

    @Override
    public BackendQueue openQueue(final AgentContext agent) throws IOException {
        final UringPoller poller = agent.poller(UringPoller.class, UringPoller::new);
        return new UringQueue(
                poller, this, agent.sink(), options.blockSize(), poller.addFile(file.fd()));
    }

    @Override
    public String describe() {
        return kind()
                + " "
                + options.path()
                + (options.direct() ? ", direct" : ", buffered")
                + (options.readOnly() ? ", read-only" : "")
                + (options.shared() ? ", shared" : "");
    }

    /**
     * What was written and not flushed is made durable first.
     *
     * @throws UncheckedIOException when that fails; the file is closed all the same
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                if (!options.readOnly()) {
                    file.sync();
                }
            } catch (final ErrnoException e) {
                throw new UncheckedIOException(e);
            } finally {
                release();
            }
        }
    }

    private void release() {
        try {
            // Not left to the last close: a ring that is being torn down may hold the file.
            file.unlock();
        } catch (final ErrnoException e) {
            throw new io.gemel.core.InvariantViolation(e.getMessage());
        } finally {
            file.close();
        }
    }

    /** The word in the configuration. */
    abstract String kind();

    boolean supports(final BackendIo.Kind kind) {
        return switch (kind) {
            case READ, WRITE, FLUSH -> true;
            case DEALLOCATE -> canPunch;
            case WRITE_ZEROES -> canWriteZeroes;
        };
    }

    /** The kernel said so: it is not asked again. */
    void onUnsupported(final BackendIo.Kind kind) {
        if (BackendIo.Kind.DEALLOCATE == kind) {
            canPunch = false;
        } else {
            canWriteZeroes = false;
        }
    }

    static void requireUring() throws IOException {
        final UringFeatures features = UringFeatures.get();
        if (!features.available()) {
            throw new IOException(features.line());
        }
    }

    /**
     * Opens as the options say, and takes the lock; waits for both. A process that was killed
     * leaves its ring to the kernel, which holds the file until the last operation in flight has
     * ended: who starts again at once must neither fail nor begin before that.
     */
    static NativeFile openLocked(final FileOptions options, final int extraFlags, final long waitNs)
            throws IOException {
        final long deadlineNs = System.nanoTime() + waitNs;
        final NativeFile file = openWaiting(options, extraFlags, deadlineNs);
        try {
            while (!file.tryLock(!options.shared() && !options.readOnly())) {
                if (!pause(deadlineNs)) {
                    throw new IOException(
                            options.path()
                                    + " is locked by another process or volume; serve it once, or"
                                    + " say shared: true everywhere");
                }
            }
            return file;
        } catch (final IOException e) {
            file.close();
            throw e;
        }
    }

    private static NativeFile openWaiting(
            final FileOptions options, final int extraFlags, final long deadlineNs)
            throws IOException {
        final int access = options.readOnly() ? NativeFile.O_RDONLY : NativeFile.O_RDWR;
        final int direct = options.direct() ? NativeFile.O_DIRECT : 0;
        while (true) {
            try {
                return NativeFile.open(options.path(), access | direct | extraFlags, 0600);
            } catch (final ErrnoException e) {
                if (options.direct() && Errno.EINVAL == e.errno()) {
                    throw refusedDirect(options, "the file system refuses O_DIRECT");
                }
                if (Errno.EBUSY != e.errno()) {
                    throw e;
                }
                if (!pause(deadlineNs)) {
                    throw new IOException(
                            options.path() + " is in use: mounted, or part of a device", e);
                }
            }
        }
    }

    /** False when the time is over. */
    private static boolean pause(final long deadlineNs) {
        if (System.nanoTime() - deadlineNs >= 0) {
            return false;
        }
        LockSupport.parkNanos(LOCK_RETRY_NS);
        return true;
    }

    /**
     * Reads one block where only the volume's own alignment is kept: what the kernel refuses here
     * it would refuse to the first initiator.
     */
    static void probeDirect(final NativeFile file, final FileOptions options, final long sizeBytes)
            throws IOException {
        if (!options.direct()) {
            return;
        }
        final NativeFile.Stat stat = file.stat();
        final int align = stat.directOffsetAlign();
        if (0 == align && NativeFile.Type.REGULAR == stat.type()) {
            throw refusedDirect(options, "the file system has no direct I/O");
        }
        if (align > options.blockSize()) {
            throw refusedDirect(options, "direct I/O needs multiples of " + align + " bytes");
        }
        final long address = NativeMemory.map(PROBE_ALIGNMENT, PROBE_ALIGNMENT);
        try {
            final long offset = sizeBytes - options.blockSize();
            final long result = file.read(address, options.blockSize(), offset);
            if (-Errno.EINVAL == result) {
                throw refusedDirect(options, "direct I/O of one block was refused");
            }
            if (result < 0) {
                throw new ErrnoException(
                        options.path() + ": reading the last block", (int) -result);
            }
        } finally {
            NativeMemory.unmap(address, PROBE_ALIGNMENT);
        }
    }

    static DirectRefused refusedDirect(final FileOptions options, final String why) {
        return new DirectRefused(
                options.path()
                        + ": "
                        + why
                        + (options.blockSize() < PROBE_ALIGNMENT
                                ? "; blockSize is " + options.blockSize() + ", 4096 may do; or"
                                : ";")
                        + " say direct: false to serve it through the page cache");
    }

    /** The size to serve must be whole blocks, and more than none. */
    static void checkSize(final FileOptions options, final long sizeBytes) throws IOException {
        if (sizeBytes <= 0) {
            throw new IOException(options.path() + " is empty, and no size is configured");
        }
        if (0 != sizeBytes % options.blockSize()) {
            throw new IOException(
                    options.path()
                            + ": size "
                            + sizeBytes
                            + " is no multiple of blockSize "
                            + options.blockSize());
        }
    }
}
