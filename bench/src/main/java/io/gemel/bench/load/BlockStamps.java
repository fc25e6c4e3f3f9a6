package io.gemel.bench.load;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.bench.client.Crc32c;
import org.agrona.MutableDirectBuffer;

/**
 * Stamps that make every written block tell where it belongs and which write it is of. Owner: one
 * worker.
 *
 * <pre>
 *  byte  0       8        16      24          32                      size - 4
 *       +-------+--------+-------+-----------+--- - - - - - - - - ---+--------+
 *       | magic | seed   | LBA   | sequence  | filled from the three | CRC32C |
 *       +-------+--------+-------+-----------+--- - - - - - - - - ---+--------+
 * </pre>
 *
 * All little-endian; the CRC covers everything before it. The same seed, LBA and sequence always
 * give the same bytes, so that what is expected can be made again for a compare.
 */
public final class BlockStamps {
    /** What a block turned out to be. */
    public enum Verdict {
        /** What was expected. */
        RIGHT,
        /** No stamp of ours; fine where nothing has been written yet. */
        UNSTAMPED,
        /** A stamp whose CRC does not fit: torn or changed. */
        CORRUPT,
        /** A sound stamp of another block. */
        WRONG_LBA,
        /** A sound stamp of another write: lost, or stale. */
        WRONG_SEQUENCE
    }

    /** Expect any sound stamp of the right block, or none at all. */
    public static final long ANY_SEQUENCE = -1;

    private static final long MAGIC = 0x3150_4d54_534c_4d47L; // "GMLSTMP1"
    private static final int SEED_OFFSET = 8;
    private static final int LBA_OFFSET = 16;
    private static final int SEQUENCE_OFFSET = 24;
    private static final int FILL_OFFSET = 32;
    private static final int CRC_LENGTH = 4;

    private final long seed;
    private final int blockSize;
    private final Crc32c crc = new Crc32c();

    public BlockStamps(final long seed, final int blockSize) {
        this.seed = seed;
        this.blockSize = blockSize;
    }

    /** Writes one block at offset. */
    public void stamp(
            final MutableDirectBuffer buffer,
            final int offset,
            final long lba,
            final long sequence) {
        buffer.putLong(offset, MAGIC, LITTLE_ENDIAN);
        buffer.putLong(offset + SEED_OFFSET, seed, LITTLE_ENDIAN);
        buffer.putLong(offset + LBA_OFFSET, lba, LITTLE_ENDIAN);
        buffer.putLong(offset + SEQUENCE_OFFSET, sequence, LITTLE_ENDIAN);
        long state = SplitMix.mix(seed ^ SplitMix.mix(lba) ^ SplitMix.mix(~sequence));
        int at = offset + FILL_OFFSET;
        final int end = offset + blockSize;
        for (; at + 8 <= end; at += 8) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            buffer.putLong(at, state, LITTLE_ENDIAN);
        }
        buffer.putInt(end - CRC_LENGTH, crcOf(buffer, offset), LITTLE_ENDIAN);
    }

    /** Looks at the block at offset; sequence may be {@link #ANY_SEQUENCE}. */
    public Verdict check(
            final MutableDirectBuffer buffer,
            final int offset,
            final long lba,
            final long sequence) {
        if (MAGIC != buffer.getLong(offset, LITTLE_ENDIAN)) {
            return ANY_SEQUENCE == sequence ? Verdict.UNSTAMPED : Verdict.CORRUPT;
        }
        final int found = buffer.getInt(offset + blockSize - CRC_LENGTH, LITTLE_ENDIAN);
        if (found != crcOf(buffer, offset)) {
            return Verdict.CORRUPT;
        }
        if (lba != buffer.getLong(offset + LBA_OFFSET, LITTLE_ENDIAN)) {
            return Verdict.WRONG_LBA;
        }
        if (ANY_SEQUENCE == sequence) {
            return Verdict.RIGHT;
        }
        return sequence == buffer.getLong(offset + SEQUENCE_OFFSET, LITTLE_ENDIAN)
                        && seed == buffer.getLong(offset + SEED_OFFSET, LITTLE_ENDIAN)
                ? Verdict.RIGHT
                : Verdict.WRONG_SEQUENCE;
    }

    /** For a report: what is in the block at offset. */
    public String describe(final MutableDirectBuffer buffer, final int offset) {
        return String.format(
                "magic %s seed %d lba %d sequence %d crc %s",
                MAGIC == buffer.getLong(offset, LITTLE_ENDIAN) ? "right" : "missing",
                buffer.getLong(offset + SEED_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + LBA_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + SEQUENCE_OFFSET, LITTLE_ENDIAN),
                buffer.getInt(offset + blockSize - CRC_LENGTH, LITTLE_ENDIAN)
                                == crcOf(buffer, offset)
                        ? "right"
                        : "wrong");
    }

    private int crcOf(final MutableDirectBuffer buffer, final int offset) {
        return crc.reset().update(buffer, offset, blockSize - CRC_LENGTH).value();
    }
}
