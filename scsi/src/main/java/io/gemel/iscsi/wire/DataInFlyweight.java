package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** SCSI Data-In BHS, target to initiator: RFC 7143 section 11.7. Big-endian; lengths in bytes. */
public final class DataInFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x25;
    private static final int FINAL_FLAG = 0x80;
    private static final int ACKNOWLEDGE_FLAG = 0x40;
    private static final int OVERFLOW_FLAG = 0x04;
    private static final int UNDERFLOW_FLAG = 0x02;
    private static final int HAS_STATUS_FLAG = 0x01;
    private static final int STATUS_OFFSET = 3;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;
    private static final int DATA_SN_OFFSET = 36;
    private static final int BUFFER_OFFSET_OFFSET = 40;
    private static final int RESIDUAL_COUNT_OFFSET = 44;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public DataInFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode are set. */
    public DataInFlyweight wrapAndClear(final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        return this;
    }

    @Override
    public DataInFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public DataInFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public DataInFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public DataInFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public DataInFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** F: last PDU of this sequence (at most MaxBurstLength bytes). */
    public boolean isFinal() {
        return flag(FINAL_FLAG);
    }

    public DataInFlyweight isFinal(final boolean value) {
        setFlag(FINAL_FLAG, value);
        return this;
    }

    /** A: the target asks for a data acknowledgement (ErrorRecoveryLevel 1 and up). */
    public boolean isAcknowledge() {
        return flag(ACKNOWLEDGE_FLAG);
    }

    public DataInFlyweight isAcknowledge(final boolean value) {
        setFlag(ACKNOWLEDGE_FLAG, value);
        return this;
    }

    /** O: as in SCSI Response; valid with S only. */
    public boolean isOverflow() {
        return flag(OVERFLOW_FLAG);
    }

    public DataInFlyweight isOverflow(final boolean value) {
        setFlag(OVERFLOW_FLAG, value);
        return this;
    }

    /** U: as in SCSI Response; valid with S only. */
    public boolean isUnderflow() {
        return flag(UNDERFLOW_FLAG);
    }

    public DataInFlyweight isUnderflow(final boolean value) {
        setFlag(UNDERFLOW_FLAG, value);
        return this;
    }

    /** S: status and residual are here, no SCSI Response follows. */
    public boolean hasStatus() {
        return flag(HAS_STATUS_FLAG);
    }

    public DataInFlyweight hasStatus(final boolean value) {
        setFlag(HAS_STATUS_FLAG, value);
        return this;
    }

    /** SCSI status; valid with S only. */
    public int status() {
        return u8(STATUS_OFFSET);
    }

    public DataInFlyweight status(final int value) {
        putU8(STATUS_OFFSET, value);
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public DataInFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public DataInFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public DataInFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public DataInFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }

    /** DataSN: number of this PDU among the Data-In PDUs of the command, from 0. */
    public int dataSn() {
        return i32(DATA_SN_OFFSET);
    }

    public DataInFlyweight dataSn(final int value) {
        putI32(DATA_SN_OFFSET, value);
        return this;
    }

    /** Buffer Offset in bytes from the start of the command's data. */
    public long bufferOffset() {
        return u32(BUFFER_OFFSET_OFFSET);
    }

    public DataInFlyweight bufferOffset(final long value) {
        putU32(BUFFER_OFFSET_OFFSET, value);
        return this;
    }

    /** Residual Count in bytes; valid with S and O or U. */
    public long residualCount() {
        return u32(RESIDUAL_COUNT_OFFSET);
    }

    public DataInFlyweight residualCount(final long value) {
        putU32(RESIDUAL_COUNT_OFFSET, value);
        return this;
    }
}
