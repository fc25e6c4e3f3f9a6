package io.gemel.config;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** What may stand behind a key: reads it, or says what is wrong with it. Immutable. */
abstract class ValueType<T> {
    private static final int LONGEST_QUOTE = 60;

    /** The value, or null after the problem has been reported. */
    abstract Located<T> read(Node node, String key, Problems problems);

    /** What is allowed, as a phrase that fits behind "allowed:". */
    abstract String allowed();

    /** The part of the schema that a reader of the reference finds below this key, or null. */
    SectionType section() {
        return null;
    }

    static String found(final Node node) {
        if (node instanceof MappingNode) {
            return "a mapping";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        final ScalarNode scalar = (ScalarNode) node;
        return isNothing(scalar) ? "nothing" : quote(scalar.getValue());
    }

    static String quote(final String text) {
        final StringBuilder quoted = new StringBuilder("\"");
        text.codePoints()
                .limit(LONGEST_QUOTE)
                .forEach(
                        point -> {
                            if (point < ' ' || Character.getType(point) == Character.CONTROL) {
                                quoted.append(String.format("\\u%04x", point));
                            } else {
                                quoted.appendCodePoint(point);
                            }
                        });
        return quoted.append(text.codePointCount(0, text.length()) > LONGEST_QUOTE ? "…\"" : "\"")
                .toString();
    }

    static boolean isNothing(final ScalarNode scalar) {
        return Tag.NULL.equals(scalar.getTag());
    }

    static <U> Located<U> locate(final Node node, final String key, final U value) {
        return new Located<>(value, key, Problems.line(node), Problems.column(node));
    }
}
