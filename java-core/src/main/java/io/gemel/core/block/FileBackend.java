package io.gemel.core.block;

import io.gemel.core.uring.Errno;
import io.gemel.core.uring.ErrnoException;
import io.gemel.core.uring.NativeFile;
import io.gemel.core.uring.Uring;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Blocks in a regular file: the {@code file} backend. */
public final class FileBackend extends UringBackend {
    /** What file systems here allocate by; a smaller write costs a read. */
    private static final int PHYSICAL_BLOCK_BYTES = 4096;

    private FileBackend(
            final NativeFile file,
            final FileOptions options,
            final long sizeBytes,
            final boolean canDeallocate) {
        super(file, options, sizeBytes, canDeallocate, !options.readOnly());
    }

    /**
     * Opens the file, and makes it where there is none. A file that is smaller than configured
     * grows; one that is larger is refused, for cutting it would lose data.
     *
     * @throws IOException with a message for the operator; a file made by this call is removed
     *     again
     */
    public static FileBackend open(final FileOptions options) throws IOException {
        return open(options, LOCK_WAIT_NS);
    }

    static FileBackend open(final FileOptions options, final long lockWaitNs) throws IOException {
        requireUring();
        final boolean isNew = Files.notExists(options.path());
        if (isNew && (options.readOnly() || 0 == options.sizeBytes())) {
            throw new IOException(
                    options.path()
                            + " does not exist, and "
                            + (options.readOnly()
                                    ? "is to be read only"
                                    : "no size is configured"));
        }
        final NativeFile file =
                isNew ? create(options, lockWaitNs) : openLocked(options, 0, lockWaitNs);
        try {
            final FileBackend backend = prepare(file, options);
            if (isNew) {
                syncFolder(options.path());
            }
            return backend;
        } catch (final IOException e) {
            file.close();
            if (isNew) {
                Files.deleteIfExists(options.path());
            }
            throw e;
        }
    }

    @Override
    public int physicalBlockBytes() {
        return PHYSICAL_BLOCK_BYTES;
    }

    /** The page cache, or at least the metadata of a file that is still being allocated. */
    @Override
    public boolean hasVolatileCache() {
        return true;
    }

    @Override
    String kind() {
        return "file";
    }

    private static NativeFile create(final FileOptions options, final long lockWaitNs)
            throws IOException {
        try {
            return openLocked(options, NativeFile.O_CREAT | NativeFile.O_EXCL, lockWaitNs);
        } catch (final DirectRefused e) {
            // The kernel looks at O_DIRECT when the file is made already.
            Files.deleteIfExists(options.path());
            throw e;
        }
    }

    private static FileBackend prepare(final NativeFile file, final FileOptions options)
            throws IOException {
        final NativeFile.Stat stat = file.stat();
        if (NativeFile.Type.REGULAR != stat.type()) {
            throw new IOException(
                    options.path()
                            + " is no regular file"
                            + (NativeFile.Type.BLOCK_DEVICE == stat.type()
                                    ? "; for a device say type: block"
                                    : ""));
        }
        final long size = 0 == options.sizeBytes() ? stat.size() : options.sizeBytes();
        checkSize(options, size);
        if (stat.size() > size) {
            throw new IOException(
                    options.path()
                            + " has "
                            + stat.size()
                            + " bytes, configured are "
                            + size
                            + ": a volume is not made smaller");
        }
        if (stat.size() < size && options.readOnly()) {
            throw new IOException(
                    options.path()
                            + " has "
                            + stat.size()
                            + " bytes, configured are "
                            + size
                            + ", and it is to be read only");
        }
        if (!options.readOnly()) {
            resize(file, options, stat.size(), size);
        }
        probeDirect(file, options, size);
        return new FileBackend(file, options, size, canPunch(file, options, size));
    }

    private static void resize(
            final NativeFile file, final FileOptions options, final long before, final long size)
            throws IOException {
        try {
            if (before < size) {
                file.truncate(size);
            }
            if (!options.sparse()) {
                file.allocate(0, 0, size);
            }
            if (before < size || !options.sparse()) {
                file.sync();
            }
        } catch (final ErrnoException e) {
            if (Errno.EFBIG == e.errno()) {
                throw new IOException(
                        options.path()
                                + ": the file system cannot hold a file of "
                                + size
                                + " bytes",
                        e);
            }
            throw e;
        }
    }

    /** Punches a hole behind the end, where there is nothing to lose. */
    private static boolean canPunch(
            final NativeFile file, final FileOptions options, final long size) {
        if (options.readOnly() || !options.sparse()) {
            return false;
        }
        try {
            file.allocate(
                    Uring.FALLOC_FL_PUNCH_HOLE | Uring.FALLOC_FL_KEEP_SIZE,
                    size,
                    PHYSICAL_BLOCK_BYTES);
            return true;
        } catch (final ErrnoException e) {
            return Errno.EOPNOTSUPP != e.errno() && Errno.ENOSYS != e.errno();
        }
    }

    /** The name of a new file is on the medium before anything in it is promised to be. */
    private static void syncFolder(final Path path) throws IOException {
        try (FileChannel folder =
                FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
