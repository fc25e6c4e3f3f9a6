package io.gemel.core.uring;

import io.gemel.core.InvariantViolation;

/**
 * A counter that makes a descriptor readable: wakes a thread that sleeps in epoll. Any thread may
 * signal; one takes. Closed by who made it, after the last signal.
 */
public final class EventFd implements AutoCloseable {
    private static final int CLOSED = -1;

    private int fd;

    public EventFd() throws ErrnoException {
        NativeLibrary.load();
        fd = ErrnoException.check("eventfd", Natives.eventCreate());
    }

    /** For epoll; readable from the first signal on until it is taken. */
    public int fd() {
        return fd;
    }

    /** Adds one. */
    public void signal() {
        final int result = Natives.eventSignal(fd);
        if (result < 0 && Errno.EAGAIN != -result) { // EAGAIN: it is readable anyway
            throw new InvariantViolation("eventfd: " + Errno.describe(-result));
        }
    }

    /** Signals since the last call; 0: none. */
    public long take() {
        final long result = Natives.eventTake(fd);
        if (result < 0) {
            throw new InvariantViolation("eventfd: " + Errno.describe((int) -result));
        }
        return result;
    }

    @Override
    public void close() {
        if (CLOSED != fd) {
            Natives.fileClose(fd);
            fd = CLOSED;
        }
    }
}
