package io.gemel.bench.client;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * CRC32C over parts of buffers, taken where they lie: the digest of both protocols and of the
 * verification stamps. Owner: one connection or one worker; nothing is allocated per use.
 *
 * <p>The value goes to the wire little-endian in both protocols.
 */
public final class Crc32c {
    private final CRC32C crc = new CRC32C();

    public Crc32c reset() {
        crc.reset();
        return this;
    }

    /** Adds length bytes from offset. Moves the position of a buffer's ByteBuffer. */
    public Crc32c update(final DirectBuffer source, final int offset, final int length) {
        source.boundsCheck(offset, length);
        final int at = source.wrapAdjustment() + offset;
        final ByteBuffer bytes = source.byteBuffer();
        if (null != bytes) {
            bytes.limit(at + length).position(at);
            crc.update(bytes);
            bytes.clear();
        } else {
            crc.update(source.byteArray(), at, length);
        }
        return this;
    }

    /** The CRC of all bytes since the reset. */
    public int value() {
        return (int) crc.getValue();
    }
}
