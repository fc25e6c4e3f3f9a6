package io.gemel.core.block;

/** How a block command ended; each protocol has one table from here to its own status. */
public enum BlockStatus {
    OK,
    /** Beyond the last block. Nothing was done. */
    LBA_OUT_OF_RANGE,
    /** The volume is read-only. Nothing was done. */
    WRITE_PROTECTED,
    /** A compare found a difference, see {@link BlockCommand#miscompareOffset()}. */
    MISCOMPARE,
    RESERVATION_CONFLICT,
    /** The medium did not deliver, see {@link BlockCommand#errno()}. */
    READ_ERROR,
    /** The medium did not take it; what is there now is undefined. */
    WRITE_ERROR,
    /** The backing store is full. */
    NO_SPACE,
    /** Ended early on request; a write may have happened in part. */
    ABORTED,
    /** This node may not serve the volume now; another path may. */
    PATH_LOST,
    /** The backend cannot do this kind of operation; never seen by a peer. */
    UNSUPPORTED,
    /** Our own fault. */
    INTERNAL
}
