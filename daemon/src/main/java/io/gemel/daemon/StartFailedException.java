package io.gemel.daemon;

/** The daemon does not start; the message says what is in the way and what can be done. */
public final class StartFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailedException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
