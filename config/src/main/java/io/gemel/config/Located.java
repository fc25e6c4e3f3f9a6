package io.gemel.config;

/**
 * A value and the place in the file that it came from.
 *
 * @param key path of the key
 * @param line 1-based
 * @param column 1-based
 */
record Located<T>(T value, String key, int line, int column) {

    <U> Located<U> with(final U other) {
        return new Located<>(other, key, line, column);
    }
}
