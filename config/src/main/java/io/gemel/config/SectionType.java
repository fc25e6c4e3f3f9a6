package io.gemel.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A mapping with known keys. Unknown keys, duplicates and missing required keys are problems. */
final class SectionType extends ValueType<Section> {
    private final String noun;
    private final List<Key<?>> keys;

    /**
     * @param noun what the mapping describes, with its article
     */
    SectionType(final String noun, final Key<?>... keys) {
        this.noun = noun;
        this.keys = List.of(keys);
    }

    List<Key<?>> keys() {
        return keys;
    }

    @Override
    SectionType section() {
        return this;
    }

    @Override
    String allowed() {
        return noun + " {" + String.join(", ", supportedNames()) + "}";
    }

    private List<String> supportedNames() {
        return keys.stream().filter(Key::supported).map(Key::name).toList();
    }

    @Override
    Located<Section> read(final Node node, final String path, final Problems problems) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(node, path, found(node), allowed(), "");
            return null;
        }
        final Map<Key<?>, Located<?>> values = new IdentityHashMap<>();
        final Map<Key<?>, Located<?>> refused = new IdentityHashMap<>();
        final Map<String, Integer> seen = new HashMap<>();
        final Set<String> misspelt = new HashSet<>();
        for (final NodeTuple tuple : mapping.getValue()) {
            readKey(tuple, path, problems, seen, misspelt, values, refused);
        }
        for (final Key<?> key : keys) {
            if (key.required() && !seen.containsKey(key.name()) && !misspelt.contains(key.name())) {
                problems.add(
                        node,
                        below(path, key.name()),
                        "nothing",
                        key.type().allowed(),
                        "this key is required");
            }
        }
        return locate(node, path, new Section(values, refused));
    }

    private void readKey(
            final NodeTuple tuple,
            final String path,
            final Problems problems,
            final Map<String, Integer> seen,
            final Set<String> misspelt,
            final Map<Key<?>, Located<?>> values,
            final Map<Key<?>, Located<?>> refused) {
        final Node keyNode = tuple.getKeyNode();
        if (!(keyNode instanceof ScalarNode scalar)) {
            problems.add(keyNode, path, found(keyNode) + " as a key", keyList(), "");
            return;
        }
        final String name = scalar.getValue();
        final String keyPath = below(path, name);
        final Integer before = seen.putIfAbsent(name, Problems.line(keyNode));
        if (before != null) {
            problems.add(
                    keyNode,
                    keyPath,
                    "this key a second time",
                    "each key once",
                    "the first is in line " + before);
            return;
        }
        final Key<?> key =
                keys.stream().filter(k -> k.name().equals(name)).findFirst().orElse(null);
        if (key == null) {
            misspelt.add(Problems.nearest(name, supportedNames()));
            problems.add(
                    keyNode,
                    keyPath,
                    "unknown key " + quote(name),
                    keyList(),
                    Problems.didYouMean(name, supportedNames()));
        } else if (!key.supported()) {
            refused.put(key, locate(keyNode, keyPath, name));
            problems.add(
                    keyNode,
                    keyPath,
                    "key " + quote(name),
                    keyList(),
                    "not supported by this version");
        } else {
            final Located<?> value = key.type().read(tuple.getValueNode(), keyPath, problems);
            if (value == null) {
                refused.put(key, locate(keyNode, keyPath, name));
            } else {
                values.put(key, value);
            }
        }
    }

    private String keyList() {
        return String.join(", ", new ArrayList<>(supportedNames()));
    }

    static String below(final String path, final String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
