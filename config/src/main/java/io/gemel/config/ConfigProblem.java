package io.gemel.config;

import java.nio.file.Path;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param line 1-based; 0 when the file as a whole is meant
 * @param column 1-based, in characters; 0 when the file as a whole is meant
 * @param key path of the key, such as {@code volumes[0].backend.size}; empty at the top
 * @param found what is there
 * @param allowed what may be there
 * @param hint one more sentence for the reader, or empty
 */
public record ConfigProblem(
        Path file, int line, int column, String key, String found, String allowed, String hint) {

    /** {@code FILE:LINE:COLUMN: KEY: found X; allowed: Y (HINT)}, on one line. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder().append(file);
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ");
        if (!key.isEmpty()) {
            text.append(key).append(": ");
        }
        text.append("found ").append(found).append("; allowed: ").append(allowed);
        if (!hint.isEmpty()) {
            text.append(" (").append(hint).append(')');
        }
        return text.toString();
    }
}
