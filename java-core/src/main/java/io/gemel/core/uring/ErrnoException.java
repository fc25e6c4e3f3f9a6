package io.gemel.core.uring;

import java.io.IOException;

/**
 * A system call that failed while something was opened, set up or closed. Never thrown on the data
 * path.
 */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param what what was tried, for a person
     * @param errno positive
     */
    public ErrnoException(final String what, final int errno) {
        super(what + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    /** Positive: one of {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** Passes a result on, or throws if it is -errno. */
    static int check(final String what, final int result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(what, -result);
        }
        return result;
    }
}
