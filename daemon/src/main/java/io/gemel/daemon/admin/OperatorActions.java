package io.gemel.daemon.admin;

/** What an operator may change. Reached over the admin socket only, never over HTTP. */
public interface OperatorActions {

    /** How it went. */
    enum Outcome {
        DONE,
        NO_SUCH_VOLUME,
        FAILED
    }

    /**
     * @param message one line for the operator
     */
    record Result(Outcome outcome, String message) {}

    /** Removes every registration and reservation of a volume, a lost state included. Waits. */
    Result clearReservations(String volumeName);
}
