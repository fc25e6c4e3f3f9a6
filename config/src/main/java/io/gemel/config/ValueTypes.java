package io.gemel.config;

import io.gemel.config.ScalarType.Refusal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The scalar types of the schema that know something about storage and networks. */
final class ValueTypes {
    /** Longest iSCSI name (RFC 7143, section 4.2.7.1) and longest NQN, in bytes. */
    static final int LONGEST_NAME_BYTES = 223;

    /** The kernel's {@code sun_path} has 108 bytes, of which one ends the string. */
    static final int LONGEST_SOCKET_PATH_BYTES = 107;

    static final String DISCOVERY_NQN = "nqn.2014-08.org.nvmexpress.discovery";

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})(B|KiB|MiB|GiB|TiB|PiB)?");
    private static final Pattern SIZE_LIKE =
            Pattern.compile("([0-9]+) *([KMGTP])(?:B|iB)?", Pattern.CASE_INSENSITIVE);
    private static final String SIZE_UNITS = "BKMGTP";
    private static final Pattern IPV4 = Pattern.compile("(?:[0-9]{1,3}\\.){3}[0-9]{1,3}");
    private static final Pattern HOST_PORT = Pattern.compile("(\\[[^\\]]+\\]|[^:]+):([0-9]{1,5})");
    private static final Pattern IQN =
            Pattern.compile("iqn\\.[0-9]{4}-(?:0[1-9]|1[0-2])\\.[a-z0-9][a-z0-9.-]*(?::[^ ]+)?");
    private static final Pattern EUI = Pattern.compile("eui\\.[0-9a-f]{16}");
    private static final Pattern NAA = Pattern.compile("naa\\.(?:[0-9a-f]{16}|[0-9a-f]{32})");
    private static final Pattern IQN_CHARACTERS = Pattern.compile("[-.:a-z0-9]+");
    private static final Pattern INITIATOR_CHARACTERS = Pattern.compile("[-.:_a-z0-9]+");
    private static final Pattern NQN =
            Pattern.compile("nqn\\.[0-9]{4}-(?:0[1-9]|1[0-2])\\.[A-Za-z0-9][A-Za-z0-9.-]*:.+");
    private static final String UUID_NQN_PREFIX = "nqn.2014-08.org.nvmexpress:uuid:";
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private ValueTypes() {}

    /** Text that matches {@code pattern} as a whole. Numbers and booleans must be quoted. */
    static ScalarType<String> text(final String allowed, final Pattern pattern) {
        return new ScalarType<>(
                allowed,
                (text, tag) -> {
                    if (!Tag.STR.equals(tag) && pattern.matcher(text).matches()) {
                        throw new Refusal("put it in quotes to make it text");
                    }
                    return pattern.matcher(text).matches() ? text : null;
                });
    }

    /** Text without control characters whose UTF-8 form has at most {@code mostBytes} bytes. */
    static ScalarType<String> label(final int mostBytes) {
        return new ScalarType<>(
                "text of 1 to " + mostBytes + " bytes in UTF-8",
                (text, tag) ->
                        text.isEmpty()
                                        || text.getBytes(StandardCharsets.UTF_8).length > mostBytes
                                        || text.codePoints().anyMatch(Character::isISOControl)
                                ? null
                                : text);
    }

    /** Bytes, greater than 0. */
    static ScalarType<Long> size() {
        return new ScalarType<>(
                "a size such as 512MiB, 1GiB or 2TiB (units B, KiB, MiB, GiB, TiB, PiB)",
                (text, tag) -> parseSize(text));
    }

    private static Long parseSize(final String text) throws Refusal {
        final Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            final Matcher like = SIZE_LIKE.matcher(text);
            if (like.matches()) {
                throw new Refusal(
                        "did you mean \""
                                + like.group(1)
                                + like.group(2).toUpperCase(Locale.ROOT)
                                + "iB\"?");
            }
            return null;
        }
        final int unit =
                matcher.group(2) == null ? 0 : SIZE_UNITS.indexOf(matcher.group(2).charAt(0));
        final long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> 10 * unit) {
            throw new Refusal("more than 8 EiB");
        }
        return 0 == number ? null : number << 10 * unit;
    }

    static ScalarType<Path> absolutePath() {
        return absolutePath("an absolute path", Integer.MAX_VALUE);
    }

    static ScalarType<Path> socketPath() {
        return absolutePath(
                "an absolute path of at most " + LONGEST_SOCKET_PATH_BYTES + " bytes",
                LONGEST_SOCKET_PATH_BYTES);
    }

    private static ScalarType<Path> absolutePath(final String allowed, final int longestBytes) {
        return new ScalarType<>(
                allowed,
                (text, tag) -> {
                    if (!text.startsWith("/")
                            || text.getBytes(StandardCharsets.UTF_8).length > longestBytes) {
                        return null;
                    }
                    try {
                        return Path.of(text).normalize();
                    } catch (final InvalidPathException badCharacter) {
                        throw new Refusal(badCharacter.getReason());
                    }
                });
    }

    static ScalarType<UUID> uuid() {
        return new ScalarType<>(
                "a UUID such as 6ba7b810-9dad-41d1-80b4-00c04fd430c8, not all zeroes",
                (text, tag) -> {
                    if (!UUID_TEXT.matcher(text).matches()) {
                        return null;
                    }
                    final UUID uuid = UUID.fromString(text);
                    return 0 == uuid.getMostSignificantBits() && 0 == uuid.getLeastSignificantBits()
                            ? null
                            : uuid;
                });
    }

    /** A numeric address: names are not looked up, since initiators are told what is written. */
    static ScalarType<InetAddress> address() {
        return new ScalarType<>(
                "an IPv4 or IPv6 address such as 127.0.0.1, 0.0.0.0 or \"::1\"",
                (text, tag) -> parseAddress(text));
    }

    private static InetAddress parseAddress(final String text) throws Refusal {
        if (!text.contains(":") && !IPV4.matcher(text).matches()) {
            throw new Refusal("names are not looked up: write the number");
        }
        try {
            return InetAddress.getByName(text);
        } catch (final UnknownHostException notNumeric) {
            return null;
        }
    }

    static ScalarType<InetSocketAddress> addressAndPort() {
        return new ScalarType<>(
                "ADDRESS:PORT such as 127.0.0.1:9460 or \"[::1]:9460\"",
                (text, tag) -> {
                    final Matcher matcher = HOST_PORT.matcher(text);
                    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
                        return null;
                    }
                    final String host = matcher.group(1);
                    final InetAddress address =
                            parseAddress(
                                    host.startsWith("[")
                                            ? host.substring(1, host.length() - 1)
                                            : host);
                    return address == null
                            ? null
                            : new InetSocketAddress(address, Integer.parseInt(matcher.group(2)));
                });
    }

    /** An iSCSI name as RFC 7143, section 4.2.7 has it. */
    static ScalarType<String> targetName() {
        return iscsiName(
                "an iSCSI name such as \"iqn.2026-11.com.example:disk1\": a-z 0-9 - . : only, at most "
                        + LONGEST_NAME_BYTES
                        + " bytes",
                IQN_CHARACTERS);
    }

    /** As a target's, but the underscore is let pass: initiators with it exist. */
    static ScalarType<String> initiatorName() {
        return iscsiName(
                "an iSCSI name such as \"iqn.1993-08.org.debian:01:host1\", at most "
                        + LONGEST_NAME_BYTES
                        + " bytes",
                INITIATOR_CHARACTERS);
    }

    private static ScalarType<String> iscsiName(final String allowed, final Pattern characters) {
        return new ScalarType<>(
                allowed,
                (text, tag) -> {
                    checkNameLength(text);
                    final String lower = text.toLowerCase(Locale.ROOT);
                    if (!lower.equals(text) && isIscsiName(lower, characters)) {
                        throw new Refusal("iSCSI names are in lower case: \"" + lower + "\"");
                    }
                    return isIscsiName(text, characters) ? text : null;
                });
    }

    private static boolean isIscsiName(final String text, final Pattern characters) {
        return characters.matcher(text).matches()
                && (IQN.matcher(text).matches()
                        || EUI.matcher(text).matches()
                        || NAA.matcher(text).matches());
    }

    private static void checkNameLength(final String text) throws Refusal {
        final int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_NAME_BYTES) {
            throw new Refusal("it has " + length + " bytes");
        }
    }

    /** The NQN of a subsystem of ours: not the well-known one of discovery. */
    static ScalarType<String> subsystemNqn() {
        return nqn("an NQN such as \"nqn.2026-11.com.example:disk1\"");
    }

    static ScalarType<String> hostNqn() {
        return nqn(
                "an NQN such as \"" + UUID_NQN_PREFIX + "6ba7b810-9dad-41d1-80b4-00c04fd430c8\"");
    }

    /** NVMe Qualified Names (NVM Express Base Specification, "NVMe Qualified Names"). */
    private static ScalarType<String> nqn(final String example) {
        return new ScalarType<>(
                example + ", at most " + LONGEST_NAME_BYTES + " bytes",
                (text, tag) -> {
                    checkNameLength(text);
                    if (DISCOVERY_NQN.equals(text)) {
                        throw new Refusal("this name belongs to the discovery service");
                    }
                    if (text.startsWith(UUID_NQN_PREFIX)
                            && !UUID_TEXT
                                    .matcher(text.substring(UUID_NQN_PREFIX.length()))
                                    .matches()) {
                        throw new Refusal("what follows \"uuid:\" is not a UUID");
                    }
                    final boolean printable =
                            text.codePoints().noneMatch(c -> Character.isISOControl(c) || ' ' == c);
                    return printable && NQN.matcher(text).matches() ? text : null;
                });
    }
}
