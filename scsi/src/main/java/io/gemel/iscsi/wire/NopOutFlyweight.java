package io.gemel.iscsi.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** NOP-Out BHS, initiator to target: RFC 7143 section 11.18. Big-endian; lengths in bytes. */
public final class NopOutFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x00;
    private static final int TARGET_TRANSFER_TAG_OFFSET = 20;
    private static final int CMD_SN_OFFSET = 24;
    private static final int EXP_STAT_SN_OFFSET = 28;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public NopOutFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public NopOutFlyweight wrapAndClear(final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public NopOutFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public NopOutFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public NopOutFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public NopOutFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public NopOutFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Target Transfer Tag; {@link #RESERVED_TAG} when there is none. */
    public int targetTransferTag() {
        return i32(TARGET_TRANSFER_TAG_OFFSET);
    }

    public NopOutFlyweight targetTransferTag(final int value) {
        putI32(TARGET_TRANSFER_TAG_OFFSET, value);
        return this;
    }

    /** CmdSN, serial number: compare only with {@link SerialNumber}. */
    public int cmdSn() {
        return i32(CMD_SN_OFFSET);
    }

    public NopOutFlyweight cmdSn(final int value) {
        putI32(CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public NopOutFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }
}
