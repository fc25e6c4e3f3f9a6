package io.gemel.config;

import java.util.ArrayDeque;
import java.util.Deque;

/** Prints the schema as the tables of {@code docs/CONFIGURATION.md}. */
final class ConfigReference {

    private record Place(String path, SectionType section) {}

    private ConfigReference() {}

    /** One table per section, in the order of the file; Markdown. */
    static String markdown() {
        final StringBuilder text = new StringBuilder();
        final Deque<Place> places = new ArrayDeque<>();
        places.add(new Place("", GemelSchema.FILE));
        while (!places.isEmpty()) {
            final Place place = places.removeFirst();
            table(place, text);
            final Deque<Place> below = new ArrayDeque<>();
            for (final Key<?> key : place.section().keys()) {
                if (key.supported() && key.type().section() != null) {
                    below.addFirst(new Place(path(place, key), key.type().section()));
                }
            }
            below.forEach(places::addFirst);
        }
        return text.toString();
    }

    private static String path(final Place place, final Key<?> key) {
        return SectionType.below(place.path(), key.name())
                + (key.type() instanceof SectionType ? "" : "[]");
    }

    private static void table(final Place place, final StringBuilder text) {
        text.append("### ")
                .append(place.path().isEmpty() ? "The file" : "`" + place.path() + "`")
                .append("\n\n| key | allowed | default | meaning |\n|---|---|---|---|\n");
        for (final Key<?> key : place.section().keys()) {
            text.append("| `")
                    .append(key.name())
                    .append("` | ")
                    .append(key.supported() ? cell(allowed(key.type())) : "—")
                    .append(" | ")
                    .append(fallback(key))
                    .append(" | ")
                    .append(cell(key.meaning()))
                    .append(key.supported() ? "" : " *Not supported by this version: refused.*")
                    .append(" |\n");
        }
        text.append('\n');
    }

    private static String allowed(final ValueType<?> type) {
        return type instanceof SectionType ? "a mapping, below" : shorten(type);
    }

    /**
     * Lists of sections name only their length and what they hold; the keys have their own table.
     */
    private static String shorten(final ValueType<?> type) {
        return type.allowed() + (type.section() == null ? "" : ", below");
    }

    private static String fallback(final Key<?> key) {
        if (!key.supported()) {
            return "—";
        }
        if (key.required()) {
            return "**required**";
        }
        return key.fallbackText().isEmpty() ? "all defaults" : cell(key.fallbackText());
    }

    private static String cell(final String text) {
        return text.replace("|", "\\|");
    }
}
