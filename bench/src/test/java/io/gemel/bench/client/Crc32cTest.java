package io.gemel.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class Crc32cTest {
    private static final byte[] CHECK = "123456789".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECK_VALUE = 0xE306_9283; // the catalogue's check value of CRC-32C

    @Test
    void shouldGiveTheCheckValueOverArraysAndDirectBuffers() {
        final Crc32c crc = new Crc32c();
        assertThat(crc.reset().update(new UnsafeBuffer(CHECK), 0, 9).value())
                .isEqualTo(CHECK_VALUE);
        final UnsafeBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(32));
        direct.putBytes(7, CHECK);
        assertThat(crc.reset().update(direct, 7, 4).update(direct, 11, 5).value())
                .isEqualTo(CHECK_VALUE);
        assertThat(crc.reset().update(new UnsafeBuffer(direct, 5, 20), 2, 9).value())
                .isEqualTo(CHECK_VALUE);
    }

    @Test
    void shouldGiveTheDigestOfThirtyTwoZeroes() {
        // The published example: 32 bytes of zeroes give the digest AA 36 91 8A on the wire.
        final Crc32c crc = new Crc32c();
        assertThat(crc.update(new UnsafeBuffer(new byte[32]), 0, 32).value())
                .isEqualTo(0x8A91_36AA);
    }
}
