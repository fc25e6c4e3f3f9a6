package io.gemel.config;

/** What is logged, and how. Logs go to standard error. */
public record LogConfig(Level level, Format format) {

    /** Least severity that is logged. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** Shape of a log line. */
    public enum Format {
        TEXT,
        JSON
    }
}
