package io.gemel.core.memory;

import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * CRC32C, the header and data digest of both protocols (RFC 7143 section 13.1, NVMe/TCP), fed in
 * pieces as a PDU arrives or is built.
 *
 * <p>Owner: one lane or one connection. Bytes go through an array that stays in the first-level
 * cache, since the JDK's intrinsic takes arrays and ByteBuffers but no addresses; nothing is
 * allocated. On the wire a digest is put and read little-endian.
 */
public final class Crc32cDigest {
    /** Bytes of a digest on the wire. */
    public static final int DIGEST_LENGTH = 4;

    private static final int CHUNK_LENGTH = 4096;

    private static final byte[] ZEROES = new byte[3];

    private final CRC32C crc = new CRC32C();
    private final byte[] chunk = new byte[CHUNK_LENGTH];

    public Crc32cDigest reset() {
        crc.reset();
        return this;
    }

    /** Adds {@code lengthBytes} bytes. */
    public Crc32cDigest update(final DirectBuffer source, final int offset, final int lengthBytes) {
        int done = 0;
        while (done < lengthBytes) {
            final int piece = Math.min(CHUNK_LENGTH, lengthBytes - done);
            source.getBytes(offset + done, chunk, 0, piece);
            crc.update(chunk, 0, piece);
            done += piece;
        }
        return this;
    }

    /** Adds up to three zero bytes: the padding of a segment. */
    public Crc32cDigest updateZeroes(final int lengthBytes) {
        crc.update(ZEROES, 0, lengthBytes);
        return this;
    }

    /**
     * The digest of what was added since the last {@link #reset}, to be put and compared
     * little-endian.
     */
    public int value() {
        return (int) crc.getValue();
    }

    /** The digest of one piece. */
    public int of(final DirectBuffer source, final int offset, final int lengthBytes) {
        return reset().update(source, offset, lengthBytes).value();
    }
}
