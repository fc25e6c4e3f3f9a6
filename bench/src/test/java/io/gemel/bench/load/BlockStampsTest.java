package io.gemel.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bench.load.BlockStamps.Verdict;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class BlockStampsTest {
    private static final int BLOCK = 512;

    private final BlockStamps stamps = new BlockStamps(42, BLOCK);
    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(2 * BLOCK));

    @Test
    void shouldKnowItsOwnStamp() {
        stamps.stamp(buffer, BLOCK, 7, 3);
        assertThat(stamps.check(buffer, BLOCK, 7, 3)).isEqualTo(Verdict.RIGHT);
        assertThat(stamps.check(buffer, BLOCK, 7, BlockStamps.ANY_SEQUENCE))
                .isEqualTo(Verdict.RIGHT);
        assertThat(stamps.check(buffer, BLOCK, 7, 4)).isEqualTo(Verdict.WRONG_SEQUENCE);
        assertThat(stamps.check(buffer, BLOCK, 8, 3)).isEqualTo(Verdict.WRONG_LBA);
    }

    @Test
    void shouldTellAnUnwrittenBlockFromALostWrite() {
        assertThat(stamps.check(buffer, 0, 7, BlockStamps.ANY_SEQUENCE))
                .isEqualTo(Verdict.UNSTAMPED);
        assertThat(stamps.check(buffer, 0, 7, 1)).isEqualTo(Verdict.CORRUPT);
    }

    @Test
    void shouldNotTakeTheStampOfAnotherRunForItsOwn() {
        new BlockStamps(43, BLOCK).stamp(buffer, 0, 7, 3);
        assertThat(stamps.check(buffer, 0, 7, 3)).isEqualTo(Verdict.WRONG_SEQUENCE);
        assertThat(stamps.check(buffer, 0, 7, BlockStamps.ANY_SEQUENCE)).isEqualTo(Verdict.RIGHT);
    }

    @Property(tries = 200)
    void shouldSeeEveryChangedByte(
            @ForAll @IntRange(max = BLOCK - 1) final int at,
            @ForAll @IntRange(min = 1, max = 255) final int change,
            @ForAll @LongRange(min = 0, max = 1L << 50) final long lba) {
        stamps.stamp(buffer, 0, lba, 9);
        buffer.putByte(at, (byte) (buffer.getByte(at) ^ change));
        assertThat(stamps.check(buffer, 0, lba, 9)).isNotEqualTo(Verdict.RIGHT);
    }

    @Test
    void shouldMakeTheSameBytesAgain() {
        stamps.stamp(buffer, 0, 7, 3);
        stamps.stamp(buffer, BLOCK, 7, 3);
        assertThat(new UnsafeBuffer(buffer, 0, BLOCK))
                .isEqualTo(new UnsafeBuffer(buffer, BLOCK, BLOCK));
    }
}
