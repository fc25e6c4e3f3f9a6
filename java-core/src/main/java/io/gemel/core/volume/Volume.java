package io.gemel.core.volume;

import io.gemel.core.block.BlockBackend;
import io.gemel.core.block.ExtentList;
import io.gemel.core.memory.Slab;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What is a SCSI logical unit and an NVMe namespace at once: geometry, identity, caching mode,
 * write protection, counters.
 *
 * <p>Shared by all lanes: immutable but for the few values that the control plane changes, each of
 * which stands alone and is read by the lanes as it is at that moment.
 */
public final class Volume {
    /** Most blocks of one compare-and-write, on every volume. */
    public static final int COMPARE_AND_WRITE_BLOCKS = 255;

    /** As many as WRITE SAME (10) can say; a promise of 65536 would be one for WRITE (16), too. */
    private static final long MAX_WRITE_SAME_BLOCKS = 65535;

    private static final long MAX_UNMAP_BYTES = 512L * 1024 * 1024;

    private final int index;
    private final String name;
    private final VolumeIdentity identity;
    private final int blockSize;
    private final int blockShift;
    private final BlockBackend backend;
    private final long blockCount;
    private final RangeLocks rangeLocks = new RangeLocks();
    private final List<VolumeCounters> counters = new CopyOnWriteArrayList<>();
    private volatile boolean readOnly;
    private volatile boolean writeCache;

    /**
     * @param index 0 upwards, dense: agents keep their queues in arrays by it
     * @param blockSize bytes, 512 or 4096
     */
    public Volume(
            final int index,
            final String name,
            final UUID uuid,
            final int blockSize,
            final boolean readOnly,
            final boolean writeCache,
            final BlockBackend backend) {
        if (blockSize != 512 && blockSize != 4096) {
            throw new IllegalArgumentException("block size " + blockSize);
        }
        this.index = index;
        this.name = name;
        this.identity = new VolumeIdentity(uuid);
        this.blockSize = blockSize;
        this.blockShift = Integer.numberOfTrailingZeros(blockSize);
        this.readOnly = readOnly;
        this.writeCache = writeCache;
        this.backend = backend;
        this.blockCount = backend.sizeBytes() >> blockShift;
    }

    public int index() {
        return index;
    }

    public String name() {
        return name;
    }

    public UUID uuid() {
        return identity.uuid();
    }

    public VolumeIdentity identity() {
        return identity;
    }

    /** Bytes per logical block. */
    public int blockSize() {
        return blockSize;
    }

    /** log2 of {@link #blockSize()}. */
    public int blockShift() {
        return blockShift;
    }

    /** Logical blocks; the last LBA is one less. */
    public long blockCount() {
        return blockCount;
    }

    public boolean readOnly() {
        return readOnly;
    }

    /** Control plane only. */
    public void readOnly(final boolean on) {
        readOnly = on;
    }

    /** Whether completed writes may wait in a cache until flushed (SCSI WCE, NVMe VWC). */
    public boolean writeCache() {
        return writeCache;
    }

    /** Control plane only. */
    public void writeCache(final boolean on) {
        writeCache = on;
    }

    /** Whether unmapped blocks give their space back and read as zeroes. */
    public boolean thin() {
        return backend.canDeallocate();
    }

    /** Most blocks of one command with a payload. */
    public int maxTransferBlocks() {
        return Slab.MAX_BUFFER_BYTES >> blockShift;
    }

    /** log2 of logical blocks per physical block. */
    public int physicalBlockExponent() {
        return Math.max(
                0, Integer.numberOfTrailingZeros(backend.physicalBlockBytes()) - blockShift);
    }

    /** Transfers are best in multiples of so many blocks. */
    public int optimalBlocks() {
        return Math.max(1, backend.physicalBlockBytes() >> blockShift);
    }

    public long maxWriteSameBlocks() {
        return MAX_WRITE_SAME_BLOCKS;
    }

    public int maxUnmapExtents() {
        return ExtentList.MAX_EXTENTS;
    }

    public long maxUnmapBlocks() {
        return MAX_UNMAP_BYTES >> blockShift;
    }

    public int compareAndWriteBlocks() {
        return COMPARE_AND_WRITE_BLOCKS;
    }

    public BlockBackend backend() {
        return backend;
    }

    /** Who uses which blocks, on all lanes. */
    public RangeLocks rangeLocks() {
        return rangeLocks;
    }

    /** A new set of counters for one agent. */
    public VolumeCounters newCounters() {
        final VolumeCounters set = new VolumeCounters();
        counters.add(set);
        return set;
    }

    /** All agents' counters. */
    public List<VolumeCounters> counters() {
        return counters;
    }

    /**
     * Whether [lba, lba + count) lies on the volume; both may be any 64-bit pattern, taken as
     * unsigned.
     */
    public boolean contains(final long lba, final long count) {
        return lba >= 0 && count >= 0 && lba <= blockCount && count <= blockCount - lba;
    }

    @Override
    public String toString() {
        return "volume " + name;
    }
}
