package io.gemel.iscsi.wire;

import static io.gemel.scsi.wire.BitField.bits;
import static io.gemel.scsi.wire.BitField.withBits;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** SNACK Request BHS, initiator to target: RFC 7143 section 11.16. Big-endian; lengths in bytes. */
public final class SnackFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x10;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int EXP_STAT_SN_OFFSET = 28;
    private static final int BEG_RUN_OFFSET = 40;
    private static final int RUN_LENGTH_OFFSET = 44;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public SnackFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public SnackFlyweight wrapAndClear(final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public SnackFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public SnackFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public SnackFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public SnackFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public SnackFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Type: 0 data or R2T, 1 status, 2 DataACK, 3 R-Data. */
    public int type() {
        return bits(flags(), 3, 0);
    }

    public SnackFlyweight type(final int value) {
        flags(withBits(flags(), 3, 0, value));
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public SnackFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public SnackFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }

    /** BegRun: first number of the missing run. */
    public long begRun() {
        return u32(BEG_RUN_OFFSET);
    }

    public SnackFlyweight begRun(final long value) {
        putU32(BEG_RUN_OFFSET, value);
        return this;
    }

    /** RunLength: how many are missing; 0 means all since BegRun. */
    public long runLength() {
        return u32(RUN_LENGTH_OFFSET);
    }

    public SnackFlyweight runLength(final long value) {
        putU32(RUN_LENGTH_OFFSET, value);
        return this;
    }
}
