package io.gemel.config;

import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One of some words, or else a value of another type. */
final class ChoiceType<T> extends ValueType<ChoiceType.Choice<T>> {

    /** The word that was written, or the value. One of the two is empty. */
    record Choice<T>(String word, Optional<T> value) {
        static <T> Choice<T> word(final String word) {
            return new Choice<>(word, Optional.empty());
        }
    }

    private final List<String> words;
    private final ValueType<T> other;

    ChoiceType(final List<String> words, final ValueType<T> other) {
        this.words = List.copyOf(words);
        this.other = other;
    }

    @Override
    String allowed() {
        return String.join(" | ", words) + " | " + other.allowed();
    }

    /** What may be written in place of the words. */
    ValueType<T> other() {
        return other;
    }

    @Override
    SectionType section() {
        return other.section();
    }

    @Override
    Located<Choice<T>> read(final Node node, final String key, final Problems problems) {
        if (node instanceof ScalarNode scalar) {
            if (words.contains(scalar.getValue())) {
                return locate(node, key, Choice.word(scalar.getValue()));
            }
            // A number is measured against the other type; a word that is neither gets both lists.
            if (!(other instanceof ScalarType)
                    || Tag.STR.equals(scalar.getTag()) && !other(scalar)) {
                problems.add(
                        node,
                        key,
                        found(node),
                        allowed(),
                        Problems.didYouMean(scalar.getValue(), words));
                return null;
            }
        }
        final Located<T> value = other.read(node, key, problems);
        return value == null ? null : value.with(new Choice<>("", Optional.of(value.value())));
    }

    private boolean other(final ScalarNode scalar) {
        final Problems unheard = new Problems(null);
        other.read(scalar, "", unheard);
        return unheard.none();
    }
}
