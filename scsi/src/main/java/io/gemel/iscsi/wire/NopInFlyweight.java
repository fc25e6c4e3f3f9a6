package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** NOP-In BHS, target to initiator: RFC 7143 section 11.19. Big-endian; lengths in bytes. */
public final class NopInFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x20;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public NopInFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public NopInFlyweight wrapAndClear(final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public NopInFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public NopInFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public NopInFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public NopInFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public NopInFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public NopInFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public NopInFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public NopInFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public NopInFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }
}
