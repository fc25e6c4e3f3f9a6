package io.gemel.config;

/**
 * One key of a section: its type, default and meaning.
 *
 * @param name as it is written
 * @param type null for a key that this version knows but does not support
 * @param required whether leaving it out is an error
 * @param fallback value when it is left out; null: none
 * @param fallbackText the default as the reference prints it
 * @param meaning one sentence or two for the reference
 */
record Key<T>(
        String name,
        ValueType<T> type,
        boolean required,
        T fallback,
        String fallbackText,
        String meaning) {

    static <T> Key<T> required(final String name, final ValueType<T> type, final String meaning) {
        return new Key<>(name, type, true, null, "", meaning);
    }

    /** May be left out; {@code fallbackText} says what then happens. */
    static <T> Key<T> optional(
            final String name,
            final ValueType<T> type,
            final String fallbackText,
            final String meaning) {
        return new Key<>(name, type, false, null, fallbackText, meaning);
    }

    static <T> Key<T> withDefault(
            final String name,
            final ValueType<T> type,
            final T fallback,
            final String fallbackText,
            final String meaning) {
        return new Key<>(name, type, false, fallback, fallbackText, meaning);
    }

    /** Known, and refused: accepting it would promise what this version does not keep. */
    static Key<Void> later(final String name, final String meaning) {
        return new Key<>(name, null, false, null, "", meaning);
    }

    boolean supported() {
        return type != null;
    }
}
