package io.gemel.core.block;

import io.gemel.core.uring.NativeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Blocks on a block device: the {@code block} backend. */
public final class BlockDeviceBackend extends UringBackend {
    private final int physicalBlockBytes;
    private final boolean volatileCache;

    private BlockDeviceBackend(
            final NativeFile file,
            final FileOptions options,
            final long sizeBytes,
            final boolean canDeallocate,
            final boolean canWriteZeroes,
            final int physicalBlockBytes,
            final boolean volatileCache) {
        super(file, options, sizeBytes, canDeallocate, canWriteZeroes);
        this.physicalBlockBytes = physicalBlockBytes;
        this.volatileCache = volatileCache;
    }

    /**
     * Opens the device. Unless it is shared or read-only it is claimed, so that nobody mounts it
     * meanwhile, and refused if somebody has.
     *
     * @throws IOException with a message for the operator
     */
    public static BlockDeviceBackend open(final FileOptions options) throws IOException {
        return open(options, LOCK_WAIT_NS);
    }

    static BlockDeviceBackend open(final FileOptions options, final long lockWaitNs)
            throws IOException {
        requireUring();
        final boolean claim = !options.shared() && !options.readOnly();
        final NativeFile file = openLocked(options, claim ? NativeFile.O_EXCL : 0, lockWaitNs);
        try {
            return prepare(file, options);
        } catch (final IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public int physicalBlockBytes() {
        return physicalBlockBytes;
    }

    @Override
    public boolean hasVolatileCache() {
        return volatileCache;
    }

    @Override
    String kind() {
        return "block";
    }

    private static BlockDeviceBackend prepare(final NativeFile file, final FileOptions options)
            throws IOException {
        final NativeFile.Stat stat = file.stat();
        if (NativeFile.Type.BLOCK_DEVICE != stat.type()) {
            throw new IOException(
                    options.path()
                            + " is no block device"
                            + (NativeFile.Type.REGULAR == stat.type()
                                    ? "; for a file say type: file"
                                    : ""));
        }
        if (!options.readOnly() && file.blockDeviceReadOnly()) {
            throw new IOException(options.path() + " is a read-only device; say readOnly: true");
        }
        final long deviceBytes = file.blockDeviceSize();
        // What does not fill a block of the volume at the end is not served.
        final long size =
                0 == options.sizeBytes()
                        ? deviceBytes - deviceBytes % options.blockSize()
                        : options.sizeBytes();
        checkSize(options, size);
        if (size > deviceBytes) {
            throw new IOException(
                    options.path() + " has " + deviceBytes + " bytes, configured are " + size);
        }
        final int logical = file.logicalBlockSize();
        if (options.direct() && logical > options.blockSize()) {
            throw refusedDirect(options, "the device has sectors of " + logical + " bytes");
        }
        probeDirect(file, options, size);
        final Path queue = queueOf(stat);
        // The kernel zeroes and frees whole sectors of the device only.
        final boolean wholeSectors = logical <= options.blockSize();
        final boolean writable = !options.readOnly();
        return new BlockDeviceBackend(
                file,
                options,
                size,
                writable && wholeSectors && canFreeToZero(queue),
                writable && wholeSectors,
                Math.max(512, file.physicalBlockSize()),
                !options.direct() || hasVolatileCache(queue));
    }

    /** Where the kernel shows the limits; a partition has those of its disk, one folder up. */
    private static Path queueOf(final NativeFile.Stat stat) throws IOException {
        final Path device =
                Path.of("/sys/dev/block", stat.deviceMajor() + ":" + stat.deviceMinor());
        if (!Files.exists(device)) {
            return device;
        }
        final Path real = device.toRealPath();
        final Path queue = real.resolve("queue");
        return Files.exists(queue) ? queue : real.getParent().resolve("queue");
    }

    /** Freed blocks read as zeroes only where the device has a command that says so. */
    private static boolean canFreeToZero(final Path queue) throws IOException {
        return number(queue.resolve("discard_max_bytes")) > 0
                && number(queue.resolve("write_zeroes_max_bytes")) > 0;
    }

    private static boolean hasVolatileCache(final Path queue) throws IOException {
        final Path attribute = queue.resolve("write_cache");
        return !Files.isReadable(attribute)
                || !"write through".equals(Files.readString(attribute).trim());
    }

    /** 0 where the kernel does not say. */
    private static long number(final Path attribute) throws IOException {
        return Files.isReadable(attribute)
                ? Long.parseLong(Files.readString(attribute).trim())
                : 0L;
    }
}
