package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** SCSI Response BHS, target to initiator: RFC 7143 section 11.4. Big-endian; lengths in bytes. */
public final class ScsiResponseFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x21;
    private static final int BIDIRECTIONAL_READ_OVERFLOW_FLAG = 0x10;
    private static final int BIDIRECTIONAL_READ_UNDERFLOW_FLAG = 0x08;
    private static final int OVERFLOW_FLAG = 0x04;
    private static final int UNDERFLOW_FLAG = 0x02;
    private static final int RESPONSE_OFFSET = 2;
    private static final int STATUS_OFFSET = 3;
    private static final int SNACK_TAG_OFFSET = 20;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;
    private static final int EXP_DATA_SN_OFFSET = 36;
    private static final int BIDIRECTIONAL_READ_RESIDUAL_COUNT_OFFSET = 40;
    private static final int RESIDUAL_COUNT_OFFSET = 44;

    public static final int COMMAND_COMPLETED = 0x00;
    public static final int TARGET_FAILURE = 0x01;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public ScsiResponseFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public ScsiResponseFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public ScsiResponseFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public ScsiResponseFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public ScsiResponseFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public ScsiResponseFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public ScsiResponseFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** o: residual overflow of the read part of a bidirectional command. */
    public boolean isBidirectionalReadOverflow() {
        return flag(BIDIRECTIONAL_READ_OVERFLOW_FLAG);
    }

    public ScsiResponseFlyweight isBidirectionalReadOverflow(final boolean value) {
        setFlag(BIDIRECTIONAL_READ_OVERFLOW_FLAG, value);
        return this;
    }

    /** u: residual underflow of the read part of a bidirectional command. */
    public boolean isBidirectionalReadUnderflow() {
        return flag(BIDIRECTIONAL_READ_UNDERFLOW_FLAG);
    }

    public ScsiResponseFlyweight isBidirectionalReadUnderflow(final boolean value) {
        setFlag(BIDIRECTIONAL_READ_UNDERFLOW_FLAG, value);
        return this;
    }

    /** O: residualCount bytes more than expected would have been transferred. */
    public boolean isOverflow() {
        return flag(OVERFLOW_FLAG);
    }

    public ScsiResponseFlyweight isOverflow(final boolean value) {
        setFlag(OVERFLOW_FLAG, value);
        return this;
    }

    /** U: residualCount bytes of those expected were not transferred. */
    public boolean isUnderflow() {
        return flag(UNDERFLOW_FLAG);
    }

    public ScsiResponseFlyweight isUnderflow(final boolean value) {
        setFlag(UNDERFLOW_FLAG, value);
        return this;
    }

    /** Response: {@link #COMMAND_COMPLETED} or {@link #TARGET_FAILURE}. */
    public int response() {
        return u8(RESPONSE_OFFSET);
    }

    public ScsiResponseFlyweight response(final int value) {
        putU8(RESPONSE_OFFSET, value);
        return this;
    }

    /** SCSI status as in SAM; valid only when the response is {@link #COMMAND_COMPLETED}. */
    public int status() {
        return u8(STATUS_OFFSET);
    }

    public ScsiResponseFlyweight status(final int value) {
        putU8(STATUS_OFFSET, value);
        return this;
    }

    /** SNACK Tag; 0 unless R-Data SNACKs are in use. */
    public int snackTag() {
        return i32(SNACK_TAG_OFFSET);
    }

    public ScsiResponseFlyweight snackTag(final int value) {
        putI32(SNACK_TAG_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public ScsiResponseFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public ScsiResponseFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public ScsiResponseFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpDataSN: how many R2T and Data-In PDUs were sent for the command. */
    public int expDataSn() {
        return i32(EXP_DATA_SN_OFFSET);
    }

    public ScsiResponseFlyweight expDataSn(final int value) {
        putI32(EXP_DATA_SN_OFFSET, value);
        return this;
    }

    /** Bidirectional Read Residual Count in bytes. */
    public long bidirectionalReadResidualCount() {
        return u32(BIDIRECTIONAL_READ_RESIDUAL_COUNT_OFFSET);
    }

    public ScsiResponseFlyweight bidirectionalReadResidualCount(final long value) {
        putU32(BIDIRECTIONAL_READ_RESIDUAL_COUNT_OFFSET, value);
        return this;
    }

    /** Residual Count in bytes; valid when O or U is set. */
    public long residualCount() {
        return u32(RESIDUAL_COUNT_OFFSET);
    }

    public ScsiResponseFlyweight residualCount(final long value) {
        putU32(RESIDUAL_COUNT_OFFSET, value);
        return this;
    }
}
