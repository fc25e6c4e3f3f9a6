package io.gemel.iscsi.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.memory.Crc32cDigest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class AhsAndDigestTest {
    /** The example digests of RFC 7143 appendix A (32 bytes each). */
    @Test
    void shouldGiveTheDigestsOfTheStandardWhenFedItsExamples() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[32]);
        final Crc32cDigest digest = new Crc32cDigest();
        assertThat(digest.reset().update(buffer, 0, 32).value()).isEqualTo(0x8A9136AA);
        buffer.setMemory(0, 32, (byte) 0xFF);
        assertThat(digest.reset().update(buffer, 0, 32).value()).isEqualTo(0x62A8AB43);
        for (int i = 0; i < 32; i++) {
            buffer.putByte(i, (byte) i);
        }
        assertThat(digest.reset().update(buffer, 0, 32).value()).isEqualTo(0x46DD794E);
    }

    @Property(tries = 50)
    void shouldNotCareHowTheBytesAreCutWhenFed(
            @ForAll @Size(min = 1, max = 10_000) final byte[] bytes,
            @ForAll @IntRange(min = 0, max = 10_000) final int cut) {
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final int first = cut % bytes.length;
        final int whole = new Crc32cDigest().update(buffer, 0, bytes.length).value();
        final int parts =
                new Crc32cDigest()
                        .update(buffer, 0, first)
                        .update(buffer, first, bytes.length - first)
                        .value();
        assertThat(parts).isEqualTo(whole);
    }

    @Test
    void shouldCarryTheRestOfALongCdbWhenEncoded() {
        final byte[] cdb = new byte[32];
        for (int i = 0; i < cdb.length; i++) {
            cdb[i] = (byte) (i + 1);
        }
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[64]);
        final int length = AhsFlyweight.encodeExtendedCdb(buffer, 4, cdb);
        assertThat(length).isEqualTo(20);
        final AhsFlyweight ahs = new AhsFlyweight();
        assertThat(ahs.tryWrap(buffer, 4, 4 + length)).isTrue();
        assertThat(ahs.ahsType()).isEqualTo(AhsFlyweight.TYPE_EXTENDED_CDB);
        assertThat(ahs.ahsLength()).isEqualTo(17);
        assertThat(ahs.extendedCdbLength()).isEqualTo(16);
        assertThat(buffer.getByte(ahs.extendedCdbOffset())).isEqualTo((byte) 17);
        assertThat(ahs.paddedLength()).isEqualTo(length);
        for (int end = 4; end < 4 + length; end++) {
            assertThat(ahs.tryWrap(buffer, 4, end)).as("truncated at %d", end).isFalse();
        }
    }

    @Test
    void shouldCarryTheReadLengthWhenBidirectional() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[8]);
        assertThat(AhsFlyweight.encodeBidirectionalReadLength(buffer, 0, 0xFFFF_FFFFL))
                .isEqualTo(8);
        final AhsFlyweight ahs = new AhsFlyweight();
        assertThat(ahs.tryWrap(buffer, 0, 8)).isTrue();
        assertThat(ahs.ahsType()).isEqualTo(AhsFlyweight.TYPE_BIDIRECTIONAL_READ_LENGTH);
        assertThat(ahs.bidirectionalReadLength()).isEqualTo(0xFFFF_FFFFL);
        assertThat(ahs.paddedLength()).isEqualTo(8);
    }
}
