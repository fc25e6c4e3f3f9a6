package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Asynchronous Message BHS, target to initiator: RFC 7143 section 11.9. Big-endian; lengths in
 * bytes.
 */
public final class AsyncMessageFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x32;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;
    private static final int ASYNC_EVENT_OFFSET = 36;
    private static final int ASYNC_VCODE_OFFSET = 37;
    private static final int PARAMETER1_OFFSET = 38;
    private static final int PARAMETER2_OFFSET = 40;
    private static final int PARAMETER3_OFFSET = 42;

    public static final int SCSI_ASYNC_EVENT = 0;
    public static final int LOGOUT_REQUEST = 1;
    public static final int CONNECTION_DROP = 2;
    public static final int SESSION_DROP = 3;
    public static final int NEGOTIATION_REQUEST = 4;
    public static final int TASKS_TERMINATED = 5;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public AsyncMessageFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public AsyncMessageFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public AsyncMessageFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public AsyncMessageFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public AsyncMessageFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public AsyncMessageFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public AsyncMessageFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public AsyncMessageFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public AsyncMessageFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public AsyncMessageFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }

    /** AsyncEvent: one of the constants of this class. */
    public int asyncEvent() {
        return u8(ASYNC_EVENT_OFFSET);
    }

    public AsyncMessageFlyweight asyncEvent(final int value) {
        putU8(ASYNC_EVENT_OFFSET, value);
        return this;
    }

    /** AsyncVCode: vendor specific. */
    public int asyncVCode() {
        return u8(ASYNC_VCODE_OFFSET);
    }

    public AsyncMessageFlyweight asyncVCode(final int value) {
        putU8(ASYNC_VCODE_OFFSET, value);
        return this;
    }

    /** Parameter1: the connection id for a drop notice. */
    public int parameter1() {
        return u16(PARAMETER1_OFFSET);
    }

    public AsyncMessageFlyweight parameter1(final int value) {
        putU16(PARAMETER1_OFFSET, value);
        return this;
    }

    /** Parameter2: seconds to wait before a new login (Time2Wait) in drop notices. */
    public int parameter2() {
        return u16(PARAMETER2_OFFSET);
    }

    public AsyncMessageFlyweight parameter2(final int value) {
        putU16(PARAMETER2_OFFSET, value);
        return this;
    }

    /** Parameter3: seconds: logout must come within them, or Time2Retain. */
    public int parameter3() {
        return u16(PARAMETER3_OFFSET);
    }

    public AsyncMessageFlyweight parameter3(final int value) {
        putU16(PARAMETER3_OFFSET, value);
        return this;
    }
}
