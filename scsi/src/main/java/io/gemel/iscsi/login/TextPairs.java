package io.gemel.iscsi.login;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of Login and Text PDUs: {@code key=value} pairs, each ended by a NUL: RFC 7143 section
 * 6.1. UTF-8.
 */
public final class TextPairs {
    /** Longest key name in bytes. */
    public static final int MAX_KEY_LENGTH = 63;

    /** Longest value in bytes. */
    public static final int MAX_VALUE_LENGTH = 255;

    /** Most pairs in one exchange: more than twice the keys there are. */
    public static final int MAX_PAIRS = 128;

    /** One pair as it came. */
    public record Pair(String key, String value) {}

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    public TextPairs add(final String key, final String value) {
        final byte[] bytes = (key + "=" + value).getBytes(StandardCharsets.UTF_8);
        text.write(bytes, 0, bytes.length);
        text.write(0);
        return this;
    }

    public byte[] toBytes() {
        return text.toByteArray();
    }

    public int lengthBytes() {
        return text.size();
    }

    /**
     * Takes the text of one exchange apart.
     *
     * @return the pairs in their order, or null when it is malformed: a pair without '=', a key
     *     that is empty, too long or has characters no key has, a value that is too long, too many
     *     pairs, or a last pair that does not end
     */
    public static List<Pair> parse(final byte[] bytes) {
        final List<Pair> pairs = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            if (end == bytes.length) {
                return null;
            }
            if (end > start) { // several NULs in a row: padding that was counted in
                int equals = start;
                while (equals < end && bytes[equals] != '=') {
                    equals++;
                }
                final int keyLength = equals - start;
                if (equals == end
                        || keyLength == 0
                        || keyLength > MAX_KEY_LENGTH
                        || end - equals - 1 > MAX_VALUE_LENGTH
                        || pairs.size() == MAX_PAIRS
                        || !isKey(bytes, start, equals)) {
                    return null;
                }
                pairs.add(
                        new Pair(
                                new String(bytes, start, keyLength, StandardCharsets.US_ASCII),
                                new String(
                                        bytes,
                                        equals + 1,
                                        end - equals - 1,
                                        StandardCharsets.UTF_8)));
            }
            start = end + 1;
        }
        return pairs;
    }

    private static boolean isKey(final byte[] bytes, final int from, final int to) {
        for (int i = from; i < to; i++) {
            final byte c = bytes[i];
            final boolean allowed =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '.'
                            || c == '-'
                            || c == '+'
                            || c == '@'
                            || c == '_'
                            || c == '#';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    /** Yes or No as a Boolean, anything else as null: the offer is to be rejected. */
    static Boolean parseBoolean(final String value) {
        return switch (value) {
            case "Yes" -> Boolean.TRUE;
            case "No" -> Boolean.FALSE;
            default -> null;
        };
    }

    /** A decimal or 0x-hexadecimal number of 0 to 2^32-1; -1 when it is none. */
    static long parseNumber(final String value) {
        final boolean hex = value.startsWith("0x") || value.startsWith("0X");
        final String digits = hex ? value.substring(2) : value;
        if (digits.isEmpty() || digits.length() > 10) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            final char c = digits.charAt(i);
            final int digit = c < 0x80 ? Character.digit(c, hex ? 16 : 10) : -1;
            if (digit < 0) {
                return -1;
            }
            number = number * (hex ? 16 : 10) + digit;
        }
        return number <= 0xFFFF_FFFFL ? number : -1;
    }
}
