package io.gemel.core.block;

import io.gemel.core.uring.Errno;
import java.util.Arrays;

/**
 * What an errno of a backing file or device means for a block command: the one table. Where reading
 * and writing differ, the kind of operation decides.
 */
final class ErrnoStatus {
    private static final int TABLE_LENGTH = 256;
    private static final BlockStatus[] READ = new BlockStatus[TABLE_LENGTH];
    private static final BlockStatus[] WRITE = new BlockStatus[TABLE_LENGTH];
    private static final BlockStatus[] ZERO = new BlockStatus[TABLE_LENGTH];

    static {
        // What is not listed is an error of the medium: nothing is promised about the data.
        Arrays.fill(READ, BlockStatus.READ_ERROR);
        Arrays.fill(WRITE, BlockStatus.WRITE_ERROR);
        Arrays.fill(ZERO, BlockStatus.WRITE_ERROR);
        // Ours: a descriptor, an address or an alignment that should not have got there.
        all(BlockStatus.INTERNAL, Errno.EINVAL, Errno.EFAULT, Errno.EBADF, Errno.EOVERFLOW);
        all(BlockStatus.ABORTED, Errno.ECANCELED);
        all(BlockStatus.NO_SPACE, Errno.ENOSPC, Errno.EDQUOT);
        all(BlockStatus.WRITE_PROTECTED, Errno.EROFS, Errno.EPERM);
        all(BlockStatus.RESERVATION_CONFLICT, Errno.EBADE);
        // The device is gone from here, or this node is short of something: another path may do.
        all(
                BlockStatus.PATH_LOST,
                Errno.ENXIO,
                Errno.ENODEV,
                Errno.ENOLINK,
                Errno.ENOMEDIUM,
                Errno.ETIMEDOUT,
                Errno.ETIME,
                Errno.ESTALE,
                Errno.ENOMEM,
                Errno.EAGAIN,
                Errno.EINTR,
                Errno.EBUSY);
        // fallocate is not for every file system and device; the executor writes zeroes then.
        ZERO[Errno.EOPNOTSUPP] = BlockStatus.UNSUPPORTED;
        ZERO[Errno.ENOSYS] = BlockStatus.UNSUPPORTED;
        ZERO[Errno.ENODEV] = BlockStatus.UNSUPPORTED;
        ZERO[Errno.ENOTTY] = BlockStatus.UNSUPPORTED;
    }

    private ErrnoStatus() {}

    /**
     * @param errno positive
     */
    static BlockStatus of(final BackendIo.Kind kind, final int errno) {
        final BlockStatus[] table =
                switch (kind) {
                    case READ -> READ;
                    case WRITE, FLUSH -> WRITE;
                    case DEALLOCATE, WRITE_ZEROES -> ZERO;
                };
        return errno < TABLE_LENGTH ? table[errno] : table[0];
    }

    private static void all(final BlockStatus status, final int... errnos) {
        for (final int errno : errnos) {
            READ[errno] = status;
            WRITE[errno] = status;
            ZERO[errno] = status;
        }
    }
}
