package io.gemel.core.uring;

/** Takes completions from {@link Uring#poll}. */
@FunctionalInterface
public interface CqeHandler {
    /**
     * One completion. The kernel is done with the operation's buffer. May prepare and submit new
     * operations.
     *
     * @param userData of the SQE
     * @param result bytes transferred or 0, or -errno
     * @param flags IORING_CQE_F_*; none of the operations prepared by {@link Uring} sets one that
     *     matters
     */
    void onCqe(long userData, int result, int flags);
}
