package io.gemel.daemon.cli;

/** Exit statuses that scripts rely on. */
final class ExitStatus {
    static final int OK = 0;
    static final int FAILED = 1;

    /** The configuration, or the command line, was refused. */
    static final int REFUSED = 2;

    static final int NO_DAEMON = 3;

    private ExitStatus() {}
}
