package io.gemel.daemon.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON documents as plain trees: {@code Map<String, Object>} (order kept), {@code List}, {@code
 * String}, {@code Long}, {@code Integer}, {@code Double}, {@code Boolean}, null. Streaming only, so
 * that the command line starts fast.
 */
public final class JsonText {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonText() {}

    /** UTF-8, indented when a person is to read it. */
    public static byte[] write(final Object tree, final boolean indented) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            if (indented) {
                json.useDefaultPrettyPrinter();
            }
            writeValue(json, tree);
        } catch (final IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
        return bytes.toByteArray();
    }

    private static void writeValue(final JsonGenerator json, final Object value)
            throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (final Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName((String) entry.getKey());
                writeValue(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (final Object element : list) {
                writeValue(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value == null) {
            json.writeNull();
        } else {
            throw new IllegalArgumentException("no JSON for a " + value.getClass());
        }
    }

    /**
     * The tree of a document; integers come as {@code Long}.
     *
     * @throws IOException when it is not one JSON document
     */
    public static Object read(final byte[] utf8) throws IOException {
        try (JsonParser json = JSON.createParser(utf8)) {
            json.nextToken();
            final Object tree = readValue(json);
            if (json.nextToken() != null) {
                throw new IOException("more than one JSON document");
            }
            return tree;
        }
    }

    private static Object readValue(final JsonParser json) throws IOException {
        final JsonToken token = json.currentToken();
        if (token == null) {
            throw new IOException("no JSON document");
        }
        return switch (token) {
            case START_OBJECT -> {
                final Map<String, Object> map = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    final String name = json.currentName();
                    json.nextToken();
                    map.put(name, readValue(json));
                }
                yield map;
            }
            case START_ARRAY -> {
                final List<Object> list = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(readValue(json));
                }
                yield list;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected " + token);
        };
    }
}
