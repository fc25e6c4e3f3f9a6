package io.gemel.core.uring;

import static io.gemel.core.uring.NativeLibrary.intConstant;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An open regular file or block device, for what is done outside a ring: opening, sizes, locks,
 * discard. Everything here may block, so it is not for a lane's thread. Closed by who opened it.
 * Lengths and offsets are bytes.
 */
public final class NativeFile implements AutoCloseable {
    public static final int O_RDONLY = intConstant("O_RDONLY");
    public static final int O_RDWR = intConstant("O_RDWR");
    public static final int O_CREAT = intConstant("O_CREAT");
    public static final int O_EXCL = intConstant("O_EXCL");
    public static final int O_DIRECT = intConstant("O_DIRECT");

    private static final int LOCK_SH = intConstant("LOCK_SH");
    private static final int LOCK_EX = intConstant("LOCK_EX");
    private static final int LOCK_UN = intConstant("LOCK_UN");
    private static final int LOCK_NB = intConstant("LOCK_NB");
    private static final int STAT_SIZE = intConstant("gemel_stat");
    private static final int STAT_TYPE_OFFSET = intConstant("gemel_stat.type");
    private static final int STAT_SIZE_OFFSET = intConstant("gemel_stat.size_bytes");
    private static final int STAT_ALLOCATED_OFFSET = intConstant("gemel_stat.allocated_bytes");
    private static final int STAT_MAJOR_OFFSET = intConstant("gemel_stat.device_major");
    private static final int STAT_MINOR_OFFSET = intConstant("gemel_stat.device_minor");
    private static final int STAT_DIO_MEMORY_OFFSET = intConstant("gemel_stat.dio_memory_align");
    private static final int STAT_DIO_OFFSET_OFFSET = intConstant("gemel_stat.dio_offset_align");
    private static final int TYPE_REGULAR = intConstant("GEMEL_TYPE_REGULAR");
    private static final int TYPE_BLOCK = intConstant("GEMEL_TYPE_BLOCK");
    private static final int CLOSED = -1;

    /** What a path leads to. */
    public enum Type {
        REGULAR,
        BLOCK_DEVICE,
        OTHER
    }

    /**
     * What the kernel says about an open file.
     *
     * @param type what it is
     * @param size bytes; 0 for a block device
     * @param allocated bytes that it occupies
     * @param deviceMajor of the device that it is, else 0
     * @param deviceMinor of the device that it is, else 0
     * @param directMemoryAlign bytes that a buffer must be aligned to for direct I/O; 0: no direct
     *     I/O; -1: not known
     * @param directOffsetAlign bytes that offset and length must be aligned to; 0 and -1 as above
     */
    public record Stat(
            Type type,
            long size,
            long allocated,
            int deviceMajor,
            int deviceMinor,
            int directMemoryAlign,
            int directOffsetAlign) {}

    private final Path path;
    private int fd;

    private NativeFile(final Path path, final int fd) {
        this.path = path;
        this.fd = fd;
    }

    /**
     * Opens a file; O_CLOEXEC is added.
     *
     * @param flags O_*
     * @param mode permissions of a new file
     * @throws ErrnoException as open(2); EINVAL: the file system refuses O_DIRECT
     */
    public static NativeFile open(final Path path, final int flags, final int mode)
            throws ErrnoException {
        final byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        final ByteBuffer name = ByteBuffer.allocateDirect(bytes.length + 1).put(bytes);
        final int fd = Natives.fileOpen(BufferUtil.address(name), flags, mode);
        java.lang.ref.Reference.reachabilityFence(name);
        return new NativeFile(path, ErrnoException.check(path.toString(), fd));
    }

    /** The descriptor; it stays this object's. */
    public int fd() {
        return fd;
    }

    public Path path() {
        return path;
    }

    public Stat stat() throws ErrnoException {
        final ByteBuffer memory = ByteBuffer.allocateDirect(STAT_SIZE);
        final UnsafeBuffer stat = new UnsafeBuffer(memory);
        check("stat", Natives.fileStat(fd, BufferUtil.address(memory)));
        final long type = stat.getLong(STAT_TYPE_OFFSET);
        return new Stat(
                TYPE_REGULAR == type
                        ? Type.REGULAR
                        : TYPE_BLOCK == type ? Type.BLOCK_DEVICE : Type.OTHER,
                stat.getLong(STAT_SIZE_OFFSET),
                stat.getLong(STAT_ALLOCATED_OFFSET),
                (int) stat.getLong(STAT_MAJOR_OFFSET),
                (int) stat.getLong(STAT_MINOR_OFFSET),
                (int) stat.getLong(STAT_DIO_MEMORY_OFFSET),
                (int) stat.getLong(STAT_DIO_OFFSET_OFFSET));
    }

    /** Sets the size; what is added is a hole. EFBIG: more than the file system can address. */
    public void truncate(final long length) throws ErrnoException {
        check("setting the size to " + length, Natives.fileTruncate(fd, length));
    }

    /** fallocate(2); mode is FALLOC_FL_* or 0. */
    public void allocate(final int mode, final long offset, final long length)
            throws ErrnoException {
        check("fallocate", Natives.fileAllocate(fd, mode, offset, length));
    }

    /** fdatasync(2). */
    public void sync() throws ErrnoException {
        check("fdatasync", Natives.fileSync(fd));
    }

    /**
     * Takes an advisory lock on the whole file, without waiting; it ends with {@link #unlock} or
     * the last copy of the descriptor.
     *
     * @return false if somebody else holds one that excludes it
     */
    public boolean tryLock(final boolean exclusive) throws ErrnoException {
        final int result = Natives.fileLock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
        if (result < 0 && Errno.EAGAIN == -result) {
            return false;
        }
        check("flock", result);
        return true;
    }

    /** Gives the lock back, even while a ring still holds the file. */
    public void unlock() throws ErrnoException {
        check("flock", Natives.fileLock(fd, LOCK_UN));
    }

    /** pread(2): bytes read, or -errno. */
    public long read(final long address, final long length, final long offset) {
        return Natives.fileRead(fd, address, length, offset);
    }

    /** pwrite(2): bytes written, or -errno. */
    public long write(final long address, final long length, final long offset) {
        return Natives.fileWrite(fd, address, length, offset);
    }

    /** Size of a block device. */
    public long blockDeviceSize() throws ErrnoException {
        final long size = Natives.blockSize(fd);
        if (size < 0) {
            throw new ErrnoException(path + ": BLKGETSIZE64", (int) -size);
        }
        return size;
    }

    /** Bytes of a block device's smallest addressable unit. */
    public int logicalBlockSize() throws ErrnoException {
        return check("BLKSSZGET", Natives.blockLogicalSize(fd));
    }

    /** Bytes of the unit below which a block device reads, modifies, writes. */
    public int physicalBlockSize() throws ErrnoException {
        return check("BLKPBSZGET", Natives.blockPhysicalSize(fd));
    }

    /** Whether the kernel refuses writes to the block device. */
    public boolean blockDeviceReadOnly() throws ErrnoException {
        return 0 != check("BLKROGET", Natives.blockReadOnly(fd));
    }

    /**
     * BLKDISCARD on a block device: 0 or -errno; EOPNOTSUPP: it cannot. What is read afterwards is
     * not defined.
     */
    public int discard(final long offset, final long length) {
        return Natives.blockDiscard(fd, offset, length);
    }

    /**
     * BLKZEROOUT on a block device: 0 or -errno. Blocks, for long where the device has no command
     * for it.
     */
    public int zeroOut(final long offset, final long length) {
        return Natives.blockZeroOut(fd, offset, length);
    }

    @Override
    public void close() {
        if (CLOSED != fd) {
            Natives.fileClose(fd);
            fd = CLOSED;
        }
    }

    private int check(final String what, final int result) throws ErrnoException {
        return ErrnoException.check(path + ": " + what, result);
    }
}
