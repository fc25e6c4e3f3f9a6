package io.gemel.reservations.store;

/**
 * The steps of storing a record at which a test, or an operator's drill, can make the process die.
 * In the product {@link Hook#NONE} is called.
 */
public enum FaultPoint {
    BEFORE_WRITE,
    AFTER_PARTIAL_WRITE,
    AFTER_WRITE,
    AFTER_SYNC,
    AFTER_PREVIOUS_KEPT,
    AFTER_RENAME,
    AFTER_FOLDER_SYNC;

    /** Called at each step; an exception ends the storing there, as a death would. */
    @FunctionalInterface
    public interface Hook {
        Hook NONE = point -> {};

        void reached(FaultPoint point);
    }
}
