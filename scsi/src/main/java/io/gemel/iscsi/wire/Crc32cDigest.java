package io.gemel.iscsi.wire;

import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * Header and data digests: CRC32C as RFC 7143 section 13.1 gives it, fed in pieces as a PDU arrives
 * or is built.
 *
 * <p>Owner: one connection. Bytes go through an array that stays in the first-level cache, since
 * the JDK's intrinsic takes arrays and ByteBuffers but no addresses; that copy is not payload
 * moving, and nothing is allocated.
 *
 * <p>On the wire the digest is the CRC with its bytes reversed with respect to network order: put
 * and read little-endian.
 */
public final class Crc32cDigest {
    /** Bytes a digest takes on the wire. */
    public static final int DIGEST_LENGTH = 4;

    private static final int CHUNK_LENGTH = 4096;
    private static final byte[] ZEROES = new byte[3];

    private final CRC32C crc = new CRC32C();
    private final byte[] chunk = new byte[CHUNK_LENGTH];

    public Crc32cDigest reset() {
        crc.reset();
        return this;
    }

    /** Adds {@code length} bytes. */
    public Crc32cDigest update(final DirectBuffer source, final int offset, final int length) {
        int done = 0;
        while (done < length) {
            final int piece = Math.min(CHUNK_LENGTH, length - done);
            source.getBytes(offset + done, chunk, 0, piece);
            crc.update(chunk, 0, piece);
            done += piece;
        }
        return this;
    }

    /**
     * Adds the padding of a segment of {@code length} bytes, which is zero on the wire when we send
     * it.
     */
    public Crc32cDigest updatePadding(final int length) {
        crc.update(ZEROES, 0, BhsFlyweight.padded(length) - length);
        return this;
    }

    /** The digest as it goes to the wire with a little-endian access. */
    public int value() {
        return (int) crc.getValue();
    }
}
