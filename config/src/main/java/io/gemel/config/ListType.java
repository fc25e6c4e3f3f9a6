package io.gemel.config;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A list of values of one type, with a least and a greatest length. */
final class ListType<T> extends ValueType<List<Located<T>>> {
    private final ValueType<T> element;
    private final int least;
    private final int most;
    private final String noun;

    /**
     * @param noun what an element is, in the plural
     */
    ListType(final ValueType<T> element, final int least, final int most, final String noun) {
        this.element = element;
        this.least = least;
        this.most = most;
        this.noun = noun;
    }

    @Override
    String allowed() {
        return "a list of " + least + " to " + most + " " + noun;
    }

    /** What one element of the list may be. */
    ValueType<T> element() {
        return element;
    }

    @Override
    SectionType section() {
        return element.section();
    }

    @Override
    Located<List<Located<T>>> read(final Node node, final String key, final Problems problems) {
        if (!(node instanceof SequenceNode list)) {
            problems.add(node, key, found(node), allowed(), "");
            return null;
        }
        final int size = list.getValue().size();
        if (size < least || size > most) {
            problems.add(
                    node, key, 0 == size ? "an empty list" : "a list of " + size, allowed(), "");
        }
        final List<Located<T>> values = new ArrayList<>();
        for (int i = 0; i < Math.min(size, most); i++) {
            final Located<T> value =
                    element.read(list.getValue().get(i), key + "[" + i + "]", problems);
            if (value != null) {
                values.add(value);
            }
        }
        return locate(node, key, values);
    }
}
