package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Task Management Function Response BHS, target to initiator: RFC 7143 section 11.6. Big-endian;
 * lengths in bytes.
 */
public final class TaskManagementResponseFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x22;
    private static final int RESPONSE_OFFSET = 2;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;

    public static final int FUNCTION_COMPLETE = 0;
    public static final int TASK_DOES_NOT_EXIST = 1;
    public static final int LUN_DOES_NOT_EXIST = 2;
    public static final int TASK_STILL_ALLEGIANT = 3;
    public static final int TASK_REASSIGN_NOT_SUPPORTED = 4;
    public static final int FUNCTION_NOT_SUPPORTED = 5;
    public static final int FUNCTION_AUTHORIZATION_FAILED = 6;
    public static final int FUNCTION_REJECTED = 255;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public TaskManagementResponseFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public TaskManagementResponseFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public TaskManagementResponseFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public TaskManagementResponseFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public TaskManagementResponseFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public TaskManagementResponseFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public TaskManagementResponseFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Response: one of the constants of this class. */
    public int response() {
        return u8(RESPONSE_OFFSET);
    }

    public TaskManagementResponseFlyweight response(final int value) {
        putU8(RESPONSE_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public TaskManagementResponseFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public TaskManagementResponseFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public TaskManagementResponseFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }
}
