package io.gemel.config;

import java.util.Map;
import java.util.Optional;

/**
 * A mapping of the file, read against its {@link SectionType}. Keys with problems are missing from
 * it, so that checks across keys look only at what is sound by itself.
 */
final class Section {
    private final Map<Key<?>, Located<?>> values;
    private final Map<Key<?>, Located<?>> refused;

    Section(final Map<Key<?>, Located<?>> values, final Map<Key<?>, Located<?>> refused) {
        this.values = values;
        this.refused = refused;
    }

    /** What was written, with its place; empty when left out or refused. */
    @SuppressWarnings("unchecked") // a key is only ever put with a value of its own type
    <T> Optional<Located<T>> find(final Key<T> key) {
        return Optional.ofNullable((Located<T>) values.get(key));
    }

    /** What was written, else the default, else (left out or refused, without default) null. */
    <T> T get(final Key<T> key) {
        return find(key).map(Located::value).orElse(key.fallback());
    }

    /** What was written; empty when left out. */
    <T> Optional<T> maybe(final Key<T> key) {
        return find(key).map(Located::value);
    }

    /** Whether the key was not written at all (a key that was written and refused is not). */
    boolean leftOut(final Key<?> key) {
        return !values.containsKey(key) && !refused.containsKey(key);
    }
}
