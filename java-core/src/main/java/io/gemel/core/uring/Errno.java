package io.gemel.core.uring;

import static io.gemel.core.uring.NativeLibrary.intConstant;

/**
 * The errno values that occur here, as this machine's C library numbers them, with their names and
 * what they mean to us. Positive; a native function or a CQE gives them negated.
 */
public final class Errno {
    public static final int EPERM = intConstant("EPERM");
    public static final int ENOENT = intConstant("ENOENT");
    public static final int EINTR = intConstant("EINTR");
    public static final int EIO = intConstant("EIO");
    public static final int ENXIO = intConstant("ENXIO");
    public static final int EBADF = intConstant("EBADF");
    public static final int EAGAIN = intConstant("EAGAIN");
    public static final int ENOMEM = intConstant("ENOMEM");
    public static final int EACCES = intConstant("EACCES");
    public static final int EFAULT = intConstant("EFAULT");
    public static final int EBUSY = intConstant("EBUSY");
    public static final int EEXIST = intConstant("EEXIST");
    public static final int ENODEV = intConstant("ENODEV");
    public static final int ENOTDIR = intConstant("ENOTDIR");
    public static final int EISDIR = intConstant("EISDIR");
    public static final int EINVAL = intConstant("EINVAL");
    public static final int ENFILE = intConstant("ENFILE");
    public static final int EMFILE = intConstant("EMFILE");
    public static final int ENOTTY = intConstant("ENOTTY");
    public static final int ETXTBSY = intConstant("ETXTBSY");
    public static final int EFBIG = intConstant("EFBIG");
    public static final int ENOSPC = intConstant("ENOSPC");
    public static final int EROFS = intConstant("EROFS");
    public static final int ENAMETOOLONG = intConstant("ENAMETOOLONG");
    public static final int ELOOP = intConstant("ELOOP");
    public static final int ENOSYS = intConstant("ENOSYS");
    public static final int ENODATA = intConstant("ENODATA");
    public static final int ETIME = intConstant("ETIME");
    public static final int ENOLINK = intConstant("ENOLINK");
    public static final int EBADE = intConstant("EBADE");
    public static final int EBADR = intConstant("EBADR");
    public static final int EBADFD = intConstant("EBADFD");
    public static final int EREMOTEIO = intConstant("EREMOTEIO");
    public static final int EOVERFLOW = intConstant("EOVERFLOW");
    public static final int EILSEQ = intConstant("EILSEQ");
    public static final int EOPNOTSUPP = intConstant("EOPNOTSUPP");
    public static final int ETIMEDOUT = intConstant("ETIMEDOUT");
    public static final int EALREADY = intConstant("EALREADY");
    public static final int ESTALE = intConstant("ESTALE");
    public static final int EDQUOT = intConstant("EDQUOT");
    public static final int ENOMEDIUM = intConstant("ENOMEDIUM");
    public static final int ECANCELED = intConstant("ECANCELED");

    private static final int TABLE_LENGTH = 256;
    private static final String[] NAMES = new String[TABLE_LENGTH];
    private static final String[] MEANINGS = new String[TABLE_LENGTH];

    static {
        add(EPERM, "EPERM", "operation not permitted");
        add(ENOENT, "ENOENT", "no such file");
        add(EINTR, "EINTR", "interrupted");
        add(EIO, "EIO", "input/output error of the device");
        add(ENXIO, "ENXIO", "no such device or address");
        add(EBADF, "EBADF", "not an open descriptor, or not open for this");
        add(EAGAIN, "EAGAIN", "temporarily not possible");
        add(ENOMEM, "ENOMEM", "out of memory, or over the limit of locked memory");
        add(EACCES, "EACCES", "permission denied");
        add(EFAULT, "EFAULT", "bad address");
        add(EBUSY, "EBUSY", "busy");
        add(EEXIST, "EEXIST", "exists, or belongs to another thread");
        add(ENODEV, "ENODEV", "no such device");
        add(ENOTDIR, "ENOTDIR", "not a folder");
        add(EISDIR, "EISDIR", "is a folder");
        add(EINVAL, "EINVAL", "invalid argument or alignment");
        add(ENFILE, "ENFILE", "too many open files in the system");
        add(EMFILE, "EMFILE", "too many open files in the process");
        add(ENOTTY, "ENOTTY", "not a device of this kind");
        add(ETXTBSY, "ETXTBSY", "file is in use");
        add(EFBIG, "EFBIG", "file too large for the file system");
        add(ENOSPC, "ENOSPC", "no space left on the device");
        add(EROFS, "EROFS", "file system is read-only");
        add(ENAMETOOLONG, "ENAMETOOLONG", "name too long");
        add(ELOOP, "ELOOP", "too many symbolic links");
        add(ENOSYS, "ENOSYS", "not implemented by the kernel");
        add(ENODATA, "ENODATA", "medium error reported by the device");
        add(ETIME, "ETIME", "the device did not answer in time");
        add(ENOLINK, "ENOLINK", "the path to the device is lost");
        add(EBADE, "EBADE", "refused by a reservation on the device");
        add(EBADR, "EBADR", "completions were lost");
        add(EBADFD, "EBADFD", "descriptor in the wrong state");
        add(EREMOTEIO, "EREMOTEIO", "target failure reported by the device");
        add(EOVERFLOW, "EOVERFLOW", "value too large");
        add(EILSEQ, "EILSEQ", "protection information does not match");
        add(EOPNOTSUPP, "EOPNOTSUPP", "not supported");
        add(ETIMEDOUT, "ETIMEDOUT", "timed out");
        add(EALREADY, "EALREADY", "already running, cannot be cancelled");
        add(ESTALE, "ESTALE", "stale file handle");
        add(EDQUOT, "EDQUOT", "over the disk quota");
        add(ENOMEDIUM, "ENOMEDIUM", "no medium");
        add(ECANCELED, "ECANCELED", "cancelled");
    }

    private Errno() {}

    /** The symbol, e.g. {@code EIO}; {@code errno 999} for a value that is not in the table. */
    public static String name(final int errno) {
        final String name = errno >= 0 && errno < TABLE_LENGTH ? NAMES[errno] : null;
        return null != name ? name : "errno " + errno;
    }

    /** Symbol and meaning for a person, e.g. {@code ENOSPC (no space left on the device)}. */
    public static String describe(final int errno) {
        final String meaning = errno >= 0 && errno < TABLE_LENGTH ? MEANINGS[errno] : null;
        return null != meaning ? NAMES[errno] + " (" + meaning + ")" : name(errno);
    }

    private static void add(final int errno, final String name, final String meaning) {
        NAMES[errno] = name;
        MEANINGS[errno] = meaning;
    }
}
