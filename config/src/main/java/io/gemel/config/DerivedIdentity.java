package io.gemel.config;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Identities that every node of a cluster derives alike from names, when none is configured. */
final class DerivedIdentity {
    /** Name space of all names that Gemel derives identities from; never to be changed. */
    private static final UUID NAME_SPACE = UUID.fromString("b9e6f5f1-6f0e-4a53-9a86-0a9d9a4b4c1e");

    private static final int SERIAL_DIGITS = 20;

    private DerivedIdentity() {}

    /** A version 5 UUID (RFC 4122, section 4.3) of cluster and volume name. */
    static UUID volume(final String cluster, final String volume) {
        return version5("volume/" + cluster + "/" + volume);
    }

    /** 20 hexadecimal digits, of cluster and subsystem name. */
    static String subsystemSerial(final String cluster, final String nqn) {
        return version5("subsystem/" + cluster + "/" + nqn)
                .toString()
                .replace("-", "")
                .substring(0, SERIAL_DIGITS);
    }

    private static UUID version5(final String name) {
        final MessageDigest sha1;
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (final NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-1", impossible);
        }
        sha1.update(
                ByteBuffer.allocate(16)
                        .putLong(NAME_SPACE.getMostSignificantBits())
                        .putLong(NAME_SPACE.getLeastSignificantBits())
                        .array());
        final ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        return new UUID(
                hash.getLong() & ~0xF000L | 0x5000L, hash.getLong() & ~(0xC0L << 56) | 0x80L << 56);
    }
}
