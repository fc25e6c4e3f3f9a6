package io.gemel.core.uring;

/**
 * The 64-bit user_data of an SQE, given back in its CQE: which task, which life of that task, which
 * of its operations. A completion whose generation is not the task's present one is stale: counted
 * and dropped.
 *
 * <pre>
 *  63                    40 39                              8 7        0
 * +------------------------+---------------------------------+----------+
 * |       task index       |           generation            |    op    |
 * +------------------------+---------------------------------+----------+
 * </pre>
 */
public final class UserData {
    /** Largest task index: 24 bits. */
    public static final int MAX_TASK_INDEX = (1 << 24) - 1;

    /** Largest operation: 8 bits. */
    public static final int MAX_OP = 0xff;

    private static final int TASK_INDEX_SHIFT = 40;
    private static final int GENERATION_SHIFT = 8;

    private UserData() {}

    /**
     * @param taskIndex 0 to {@link #MAX_TASK_INDEX}
     * @param generation any 32 bits
     * @param op 0 to {@link #MAX_OP}
     */
    public static long pack(final int taskIndex, final int generation, final int op) {
        return (long) taskIndex << TASK_INDEX_SHIFT
                | (generation & 0xffff_ffffL) << GENERATION_SHIFT
                | op;
    }

    public static int taskIndex(final long userData) {
        return (int) (userData >>> TASK_INDEX_SHIFT);
    }

    public static int generation(final long userData) {
        return (int) (userData >>> GENERATION_SHIFT);
    }

    public static int op(final long userData) {
        return (int) userData & MAX_OP;
    }
}
