package io.gemel.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One word, number or string. */
final class ScalarType<T> extends ValueType<T> {

    /** Turns the text of a scalar into a value. */
    interface Parser<T> {
        /**
         * The value, or null when what is written is not allowed.
         *
         * @throws Refusal to give the reader a hint
         */
        T parse(String text, Tag tag) throws Refusal;
    }

    /** Not allowed, with a hint that says more than the list of what is. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(final String hint) {
            super(hint, null, false, false);
        }
    }

    private final String allowed;
    private final Parser<T> parser;

    ScalarType(final String allowed, final Parser<T> parser) {
        this.allowed = allowed;
        this.parser = parser;
    }

    @Override
    String allowed() {
        return allowed;
    }

    @Override
    Located<T> read(final Node node, final String key, final Problems problems) {
        String hint = "";
        if (node instanceof ScalarNode scalar && !isNothing(scalar)) {
            try {
                final T value = parser.parse(scalar.getValue(), scalar.getTag());
                if (value != null) {
                    return locate(node, key, value);
                }
            } catch (final Refusal refusal) {
                hint = refusal.getMessage();
            }
        }
        problems.add(node, key, found(node), allowed, hint);
        return null;
    }

    /** A whole number from {@code least} to {@code most}. */
    static ScalarType<Integer> integer(final int least, final int most) {
        return new ScalarType<>(
                "a whole number from " + least + " to " + most,
                (text, tag) -> {
                    final Long number = Tag.INT.equals(tag) ? number(text) : null;
                    return number == null || number < least || number > most
                            ? null
                            : number.intValue();
                });
    }

    /** A power of two from {@code least} to {@code most}, which are powers of two themselves. */
    static ScalarType<Integer> powerOfTwo(final int least, final int most) {
        final ScalarType<Integer> range = integer(least, most);
        return new ScalarType<>(
                "a power of two from " + least + " to " + most,
                (text, tag) -> {
                    final Integer number = range.parser.parse(text, tag);
                    return number == null || 1 != Integer.bitCount(number) ? null : number;
                });
    }

    private static Long number(final String text) {
        try {
            if (text.startsWith("0x")) {
                return Long.valueOf(text.substring(2), 16);
            }
            return text.startsWith("0o")
                    ? Long.valueOf(text.substring(2), 8)
                    : Long.valueOf(text, 10);
        } catch (final NumberFormatException tooLong) {
            return null;
        }
    }

    static ScalarType<Boolean> bool() {
        return new ScalarType<>(
                "true or false",
                (text, tag) -> Tag.BOOL.equals(tag) ? Boolean.valueOf(text) : null);
    }

    /**
     * One of some words.
     *
     * @param words from the word in the file to the value
     * @param later words that are known, but not supported by this version
     */
    static <E> ScalarType<E> word(final Map<String, E> words, final Set<String> later) {
        final List<String> known = new ArrayList<>(words.keySet());
        return new ScalarType<>(
                String.join(" | ", known),
                (text, tag) -> {
                    final E value = words.get(text);
                    if (value != null) {
                        return value;
                    }
                    throw new Refusal(
                            later.contains(text)
                                    ? "not supported by this version"
                                    : Problems.didYouMean(text, known));
                });
    }

    static <E extends Enum<E>> ScalarType<E> word(final Class<E> type, final String... later) {
        final Map<String, E> words = new LinkedHashMap<>();
        for (final E value : type.getEnumConstants()) {
            words.put(camelCase(value.name()), value);
        }
        return word(words, Set.of(later));
    }

    /** {@code BUSY_POLL} is written {@code busyPoll}. */
    static String camelCase(final String constant) {
        final StringBuilder word = new StringBuilder();
        for (final String part : constant.split("_")) {
            final String lower = part.toLowerCase(java.util.Locale.ROOT);
            word.append(
                    word.isEmpty()
                            ? lower
                            : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
        }
        return word.toString();
    }
}
