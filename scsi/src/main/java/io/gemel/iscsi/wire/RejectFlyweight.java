package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Reject BHS, target to initiator: RFC 7143 section 11.17. Big-endian; lengths in bytes. */
public final class RejectFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x3F;
    private static final int REASON_OFFSET = 2;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;
    private static final int DATA_SN_OFFSET = 36;

    public static final int DATA_DIGEST_ERROR = 0x02;
    public static final int SNACK_REJECT = 0x03;
    public static final int PROTOCOL_ERROR = 0x04;
    public static final int COMMAND_NOT_SUPPORTED = 0x05;
    public static final int TOO_MANY_IMMEDIATE_COMMANDS = 0x06;
    public static final int TASK_IN_PROGRESS = 0x07;
    public static final int INVALID_DATA_ACK = 0x08;
    public static final int INVALID_PDU_FIELD = 0x09;
    public static final int OUT_OF_RESOURCES = 0x0A;
    public static final int WAITING_FOR_LOGOUT = 0x0C;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public RejectFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public RejectFlyweight wrapAndClear(final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public RejectFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public RejectFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public RejectFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public RejectFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public RejectFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Reason: one of the constants of this class. */
    public int reason() {
        return u8(REASON_OFFSET);
    }

    public RejectFlyweight reason(final int value) {
        putU8(REASON_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public RejectFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public RejectFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public RejectFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }

    /** DataSN or R2TSN, for a rejected Data or R2T SNACK only. */
    public int dataSn() {
        return i32(DATA_SN_OFFSET);
    }

    public RejectFlyweight dataSn(final int value) {
        putI32(DATA_SN_OFFSET, value);
        return this;
    }
}
