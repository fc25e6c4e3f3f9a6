package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Logout Response BHS, target to initiator: RFC 7143 section 11.15. Big-endian; lengths in bytes.
 */
public final class LogoutResponseFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x26;
    private static final int RESPONSE_OFFSET = 2;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;
    private static final int TIME2_WAIT_OFFSET = 40;
    private static final int TIME2_RETAIN_OFFSET = 42;

    public static final int CLOSED = 0;
    public static final int CID_NOT_FOUND = 1;
    public static final int RECOVERY_NOT_SUPPORTED = 2;
    public static final int CLEANUP_FAILED = 3;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public LogoutResponseFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public LogoutResponseFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public LogoutResponseFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public LogoutResponseFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public LogoutResponseFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public LogoutResponseFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public LogoutResponseFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Response: one of the constants of this class. */
    public int response() {
        return u8(RESPONSE_OFFSET);
    }

    public LogoutResponseFlyweight response(final int value) {
        putU8(RESPONSE_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public LogoutResponseFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public LogoutResponseFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public LogoutResponseFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }

    /** Time2Wait in seconds. */
    public int time2Wait() {
        return u16(TIME2_WAIT_OFFSET);
    }

    public LogoutResponseFlyweight time2Wait(final int value) {
        putU16(TIME2_WAIT_OFFSET, value);
        return this;
    }

    /** Time2Retain in seconds. */
    public int time2Retain() {
        return u16(TIME2_RETAIN_OFFSET);
    }

    public LogoutResponseFlyweight time2Retain(final int value) {
        putU16(TIME2_RETAIN_OFFSET, value);
        return this;
    }
}
