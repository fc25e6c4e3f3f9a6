package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Ready To Transfer (R2T) BHS, target to initiator: RFC 7143 section 11.8. Big-endian; lengths in
 * bytes.
 */
public final class ReadyToTransferFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x31;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;
    private static final int R2T_SN_OFFSET = 36;
    private static final int BUFFER_OFFSET_OFFSET = 40;
    private static final int DESIRED_DATA_TRANSFER_LENGTH_OFFSET = 44;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public ReadyToTransferFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public ReadyToTransferFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public ReadyToTransferFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public ReadyToTransferFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public ReadyToTransferFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public ReadyToTransferFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public ReadyToTransferFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public ReadyToTransferFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public ReadyToTransferFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public ReadyToTransferFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public ReadyToTransferFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }

    /** R2TSN: number of this R2T among those of the command, from 0. */
    public int r2tSn() {
        return i32(R2T_SN_OFFSET);
    }

    public ReadyToTransferFlyweight r2tSn(final int value) {
        putI32(R2T_SN_OFFSET, value);
        return this;
    }

    /** Buffer Offset in bytes of the data asked for. */
    public long bufferOffset() {
        return u32(BUFFER_OFFSET_OFFSET);
    }

    public ReadyToTransferFlyweight bufferOffset(final long value) {
        putU32(BUFFER_OFFSET_OFFSET, value);
        return this;
    }

    /** Desired Data Transfer Length in bytes, 1 to MaxBurstLength. */
    public long desiredDataTransferLength() {
        return u32(DESIRED_DATA_TRANSFER_LENGTH_OFFSET);
    }

    public ReadyToTransferFlyweight desiredDataTransferLength(final long value) {
        putU32(DESIRED_DATA_TRANSFER_LENGTH_OFFSET, value);
        return this;
    }
}
