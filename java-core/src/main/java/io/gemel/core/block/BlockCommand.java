package io.gemel.core.block;

import io.gemel.core.memory.SlabBuffer;
import io.gemel.core.volume.Volume;

/**
 * One command to a volume. Part of its task and reused with it. Owner: the lane; the I/O agent
 * between submission and completion.
 *
 * <p>LBAs and counts are in the volume's blocks, unsigned below 2^63; offsets are in bytes. The
 * payload lies in the task's buffer from {@link #dataOffset()} on.
 */
public final class BlockCommand {
    private final ExtentList extents = new ExtentList();
    private BlockOp op;
    private Volume volume;
    private long lba;
    private long blockCount;
    private boolean fua;
    private boolean mayDeallocate;
    private int dataOffset;
    private SlabBuffer data;
    private BlockStatus status;
    private long miscompareOffset;
    private int errno;

    /** Medium to buffer. */
    public BlockCommand read(final Volume volume, final long lba, final long blockCount) {
        return set(BlockOp.READ, volume, lba, blockCount, false, false);
    }

    /** Buffer to medium; with fua it is on stable media at completion. */
    public BlockCommand write(
            final Volume volume, final long lba, final long blockCount, final boolean fua) {
        return set(BlockOp.WRITE, volume, lba, blockCount, fua, false);
    }

    /** All that was completed before is on stable media at completion. */
    public BlockCommand flush(final Volume volume) {
        return set(BlockOp.FLUSH, volume, 0, 0, false, false);
    }

    /** Buffer against medium: OK or MISCOMPARE. */
    public BlockCommand compare(final Volume volume, final long lba, final long blockCount) {
        return set(BlockOp.COMPARE, volume, lba, blockCount, false, false);
    }

    /**
     * Compares the first blockCount blocks of the payload with the medium and, only if they are
     * equal, writes the second blockCount blocks: atomic against every overlapping command.
     */
    public BlockCommand compareAndWrite(
            final Volume volume, final long lba, final long blockCount, final boolean fua) {
        return set(BlockOp.COMPARE_AND_WRITE, volume, lba, blockCount, fua, false);
    }

    /** Reads the medium and drops what it read. */
    public BlockCommand verify(final Volume volume, final long lba, final long blockCount) {
        return set(BlockOp.VERIFY, volume, lba, blockCount, false, false);
    }

    /**
     * Reads of the range return zeroes afterwards; mayDeallocate lets the backend free the space.
     */
    public BlockCommand writeZeroes(
            final Volume volume,
            final long lba,
            final long blockCount,
            final boolean mayDeallocate,
            final boolean fua) {
        return set(BlockOp.WRITE_ZEROES, volume, lba, blockCount, fua, mayDeallocate);
    }

    /**
     * Writes the one block at {@link #dataOffset()} to every block; mayDeallocate counts when that
     * block is zero.
     */
    public BlockCommand writeSame(
            final Volume volume,
            final long lba,
            final long blockCount,
            final boolean mayDeallocate,
            final boolean fua) {
        return set(BlockOp.WRITE_SAME, volume, lba, blockCount, fua, mayDeallocate);
    }

    /** Frees {@link #extents()} (to be filled by the caller), which read as zeroes afterwards. */
    public BlockCommand unmap(final Volume volume) {
        extents.clear();
        return set(BlockOp.UNMAP, volume, 0, 0, false, true);
    }

    private BlockCommand set(
            final BlockOp op,
            final Volume volume,
            final long lba,
            final long blockCount,
            final boolean fua,
            final boolean mayDeallocate) {
        this.op = op;
        this.volume = volume;
        this.lba = lba;
        this.blockCount = blockCount;
        this.fua = fua;
        this.mayDeallocate = mayDeallocate;
        this.dataOffset = 0;
        this.status = null;
        this.miscompareOffset = -1;
        this.errno = 0;
        return this;
    }

    /** Where the payload starts in the task's buffer, in bytes. */
    public BlockCommand dataOffset(final int bytes) {
        this.dataOffset = bytes;
        return this;
    }

    public int dataOffset() {
        return dataOffset;
    }

    /** The payload's buffer while the agent has the command; set at submission. */
    public SlabBuffer data() {
        return data;
    }

    public void data(final SlabBuffer buffer) {
        this.data = buffer;
    }

    public BlockOp op() {
        return op;
    }

    public Volume volume() {
        return volume;
    }

    public long lba() {
        return lba;
    }

    public long blockCount() {
        return blockCount;
    }

    public boolean fua() {
        return fua;
    }

    public boolean mayDeallocate() {
        return mayDeallocate;
    }

    public ExtentList extents() {
        return extents;
    }

    /** Null until it has ended. */
    public BlockStatus status() {
        return status;
    }

    /**
     * Byte offset of the first difference from the start of the compared data; -1 when there was
     * none.
     */
    public long miscompareOffset() {
        return miscompareOffset;
    }

    /** What the kernel said, or 0. */
    public int errno() {
        return errno;
    }

    /** Agent only. */
    public void ended(final BlockStatus status, final int errno) {
        this.status = status;
        this.errno = errno;
    }

    /** Agent only. */
    public void miscompared(final long offset) {
        this.miscompareOffset = offset;
        this.status = BlockStatus.MISCOMPARE;
    }

    /** Drops references between two uses. */
    public void clear() {
        volume = null;
        data = null;
        op = null;
    }
}
