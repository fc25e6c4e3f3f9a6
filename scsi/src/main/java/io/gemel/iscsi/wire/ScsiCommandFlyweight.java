package io.gemel.iscsi.wire;

import static io.gemel.scsi.wire.BitField.bits;
import static io.gemel.scsi.wire.BitField.withBits;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** SCSI Command BHS, initiator to target: RFC 7143 section 11.3. Big-endian; lengths in bytes. */
public final class ScsiCommandFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x01;
    private static final int FINAL_FLAG = 0x80;
    private static final int READ_FLAG = 0x40;
    private static final int WRITE_FLAG = 0x20;
    private static final int EXPECTED_DATA_TRANSFER_LENGTH_OFFSET = 20;
    private static final int CMD_SN_OFFSET = 24;
    private static final int EXP_STAT_SN_OFFSET = 28;

    /** Where the first 16 bytes of the CDB begin in the BHS. */
    public static final int CDB_OFFSET = 32;

    /** How many bytes of the CDB the BHS carries; a longer CDB goes on in an AHS of type 1. */
    public static final int CDB_LENGTH = 16;

    public static final int ATTRIBUTE_UNTAGGED = 0;
    public static final int ATTRIBUTE_SIMPLE = 1;
    public static final int ATTRIBUTE_ORDERED = 2;
    public static final int ATTRIBUTE_HEAD_OF_QUEUE = 3;
    public static final int ATTRIBUTE_ACA = 4;

    /** Offset of the CDB in the wrapped buffer. */
    public int cdbOffset() {
        return offset + CDB_OFFSET;
    }

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public ScsiCommandFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode are set. */
    public ScsiCommandFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        return this;
    }

    @Override
    public ScsiCommandFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public ScsiCommandFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public ScsiCommandFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public ScsiCommandFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public ScsiCommandFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** F: no unsolicited Data-Out PDUs follow this one. */
    public boolean isFinal() {
        return flag(FINAL_FLAG);
    }

    public ScsiCommandFlyweight isFinal(final boolean value) {
        setFlag(FINAL_FLAG, value);
        return this;
    }

    /** R: the command expects data for the initiator. */
    public boolean isRead() {
        return flag(READ_FLAG);
    }

    public ScsiCommandFlyweight isRead(final boolean value) {
        setFlag(READ_FLAG, value);
        return this;
    }

    /** W: the command brings data from the initiator. */
    public boolean isWrite() {
        return flag(WRITE_FLAG);
    }

    public ScsiCommandFlyweight isWrite(final boolean value) {
        setFlag(WRITE_FLAG, value);
        return this;
    }

    /** ATTR: 0 untagged, 1 simple, 2 ordered, 3 head of queue, 4 ACA. */
    public int taskAttribute() {
        return bits(flags(), 2, 0);
    }

    public ScsiCommandFlyweight taskAttribute(final int value) {
        flags(withBits(flags(), 2, 0, value));
        return this;
    }

    /** Expected Data Transfer Length in bytes; for a bidirectional command that of the write. */
    public long expectedDataTransferLength() {
        return u32(EXPECTED_DATA_TRANSFER_LENGTH_OFFSET);
    }

    public ScsiCommandFlyweight expectedDataTransferLength(final long value) {
        putU32(EXPECTED_DATA_TRANSFER_LENGTH_OFFSET, value);
        return this;
    }

    /** CmdSN, serial number: compare only with {@link SerialNumber}. */
    public int cmdSn() {
        return i32(CMD_SN_OFFSET);
    }

    public ScsiCommandFlyweight cmdSn(final int value) {
        putI32(CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public ScsiCommandFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }
}
