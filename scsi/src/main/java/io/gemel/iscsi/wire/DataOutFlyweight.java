package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** SCSI Data-Out BHS, initiator to target: RFC 7143 section 11.7. Big-endian; lengths in bytes. */
public final class DataOutFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x05;
    private static final int FINAL_FLAG = 0x80;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int EXP_STAT_SN_OFFSET = 28;
    private static final int DATA_SN_OFFSET = 36;
    private static final int BUFFER_OFFSET_OFFSET = 40;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public DataOutFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode are set. */
    public DataOutFlyweight wrapAndClear(final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        return this;
    }

    @Override
    public DataOutFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public DataOutFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public DataOutFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public DataOutFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public DataOutFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** F: last PDU of this sequence (unsolicited data, or the answer to one R2T). */
    public boolean isFinal() {
        return flag(FINAL_FLAG);
    }

    public DataOutFlyweight isFinal(final boolean value) {
        setFlag(FINAL_FLAG, value);
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public DataOutFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public DataOutFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }

    /** DataSN: number of this PDU within its sequence, from 0. */
    public int dataSn() {
        return i32(DATA_SN_OFFSET);
    }

    public DataOutFlyweight dataSn(final int value) {
        putI32(DATA_SN_OFFSET, value);
        return this;
    }

    /** Buffer Offset in bytes from the start of the command's data. */
    public long bufferOffset() {
        return u32(BUFFER_OFFSET_OFFSET);
    }

    public DataOutFlyweight bufferOffset(final long value) {
        putU32(BUFFER_OFFSET_OFFSET, value);
        return this;
    }
}
