package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Text Request BHS, initiator to target: RFC 7143 section 11.10. Big-endian; lengths in bytes. */
public final class TextRequestFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x04;
    private static final int FINAL_FLAG = 0x80;
    private static final int CONTINUE_FLAG = 0x40;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int CMD_SN_OFFSET = 24;
    private static final int EXP_STAT_SN_OFFSET = 28;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public TextRequestFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode are set. */
    public TextRequestFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        return this;
    }

    @Override
    public TextRequestFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public TextRequestFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public TextRequestFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public TextRequestFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public TextRequestFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** F: the initiator has nothing more to say in this exchange. */
    public boolean isFinal() {
        return flag(FINAL_FLAG);
    }

    public TextRequestFlyweight isFinal(final boolean value) {
        setFlag(FINAL_FLAG, value);
        return this;
    }

    /** C: the text goes on in the next Text Request. */
    public boolean isContinue() {
        return flag(CONTINUE_FLAG);
    }

    public TextRequestFlyweight isContinue(final boolean value) {
        setFlag(CONTINUE_FLAG, value);
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public TextRequestFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** CmdSN, serial number: compare only with {@link SerialNumber}. */
    public int cmdSn() {
        return i32(CMD_SN_OFFSET);
    }

    public TextRequestFlyweight cmdSn(final int value) {
        putI32(CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public TextRequestFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }
}
