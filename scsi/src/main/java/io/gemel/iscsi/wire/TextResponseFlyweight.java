package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Text Response BHS, target to initiator: RFC 7143 section 11.11. Big-endian; lengths in bytes. */
public final class TextResponseFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x24;
    private static final int FINAL_FLAG = 0x80;
    private static final int CONTINUE_FLAG = 0x40;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public TextResponseFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode are set. */
    public TextResponseFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        return this;
    }

    @Override
    public TextResponseFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public TextResponseFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public TextResponseFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public TextResponseFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public TextResponseFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** F: the target has nothing more to say in this exchange. */
    public boolean isFinal() {
        return flag(FINAL_FLAG);
    }

    public TextResponseFlyweight isFinal(final boolean value) {
        setFlag(FINAL_FLAG, value);
        return this;
    }

    /** C: the text goes on in the next Text Response. */
    public boolean isContinue() {
        return flag(CONTINUE_FLAG);
    }

    public TextResponseFlyweight isContinue(final boolean value) {
        setFlag(CONTINUE_FLAG, value);
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public TextResponseFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public TextResponseFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public TextResponseFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public TextResponseFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }
}
