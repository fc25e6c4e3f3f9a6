package io.gemel.iscsi.wire;

import static io.gemel.scsi.wire.BitField.bits;
import static io.gemel.scsi.wire.BitField.withBits;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Task Management Function Request BHS, initiator to target: RFC 7143 section 11.5. Big-endian;
 * lengths in bytes.
 */
public final class TaskManagementRequestFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x02;
    private static final int REFERENCED_TASK_TAG_OFFSET = 20;
    private static final int CMD_SN_OFFSET = 24;
    private static final int EXP_STAT_SN_OFFSET = 28;
    private static final int REF_CMD_SN_OFFSET = 32;
    private static final int EXP_DATA_SN_OFFSET = 36;

    public static final int ABORT_TASK = 1;
    public static final int ABORT_TASK_SET = 2;
    public static final int CLEAR_ACA = 3;
    public static final int CLEAR_TASK_SET = 4;
    public static final int LOGICAL_UNIT_RESET = 5;
    public static final int TARGET_WARM_RESET = 6;
    public static final int TARGET_COLD_RESET = 7;
    public static final int TASK_REASSIGN = 8;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public TaskManagementRequestFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public TaskManagementRequestFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public TaskManagementRequestFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public TaskManagementRequestFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public TaskManagementRequestFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public TaskManagementRequestFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public TaskManagementRequestFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Function: one of the constants of this class. */
    public int function() {
        return bits(flags(), 6, 0);
    }

    public TaskManagementRequestFlyweight function(final int value) {
        flags(withBits(flags(), 6, 0, value));
        return this;
    }

    /** Referenced Task Tag: ITT of the task to abort, else {@link #RESERVED_TAG}. */
    public int referencedTaskTag() {
        return i32(REFERENCED_TASK_TAG_OFFSET);
    }

    public TaskManagementRequestFlyweight referencedTaskTag(final int value) {
        putI32(REFERENCED_TASK_TAG_OFFSET, value);
        return this;
    }

    /** CmdSN, serial number: compare only with {@link SerialNumber}. */
    public int cmdSn() {
        return i32(CMD_SN_OFFSET);
    }

    public TaskManagementRequestFlyweight cmdSn(final int value) {
        putI32(CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public TaskManagementRequestFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }

    /** RefCmdSN: CmdSN of the task to abort (ABORT TASK only). */
    public int refCmdSn() {
        return i32(REF_CMD_SN_OFFSET);
    }

    public TaskManagementRequestFlyweight refCmdSn(final int value) {
        putI32(REF_CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpDataSN (TASK REASSIGN only). */
    public int expDataSn() {
        return i32(EXP_DATA_SN_OFFSET);
    }

    public TaskManagementRequestFlyweight expDataSn(final int value) {
        putI32(EXP_DATA_SN_OFFSET, value);
        return this;
    }
}
