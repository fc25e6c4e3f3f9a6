package io.gemel.iscsi.wire;

import static io.gemel.scsi.wire.BitField.bits;
import static io.gemel.scsi.wire.BitField.withBits;
import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Login Response BHS, target to initiator: RFC 7143 section 11.13. Big-endian; lengths in bytes.
 */
public final class LoginResponseFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x23;
    private static final int TRANSIT_FLAG = 0x80;
    private static final int CONTINUE_FLAG = 0x40;
    private static final int VERSION_MAX_OFFSET = 2;
    private static final int VERSION_ACTIVE_OFFSET = 3;
    private static final int TSIH_OFFSET = 14;
    private static final int STAT_SN_OFFSET = 24;
    private static final int EXP_CMD_SN_OFFSET = 28;
    private static final int MAX_CMD_SN_OFFSET = 32;
    private static final int STATUS_CLASS_OFFSET = 36;
    private static final int STATUS_DETAIL_OFFSET = 37;

    public static final int SECURITY_NEGOTIATION = 0;
    public static final int LOGIN_OPERATIONAL_NEGOTIATION = 1;
    public static final int FULL_FEATURE_PHASE = 3;

    /** Where the six bytes of the ISID begin. */
    public static final int ISID_OFFSET = 8;

    /** ISID: six bytes, here in the low 48 bits, first byte on the wire highest. */
    public long isid() {
        return ((long) buffer.getShort(offset + ISID_OFFSET, BIG_ENDIAN) & 0xFFFF) << 32
                | (long) buffer.getInt(offset + ISID_OFFSET + 2, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    public LoginResponseFlyweight isid(final long value) {
        mutable.putShort(offset + ISID_OFFSET, (short) (value >>> 32), BIG_ENDIAN);
        mutable.putInt(offset + ISID_OFFSET + 2, (int) value, BIG_ENDIAN);
        return this;
    }

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public LoginResponseFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode are set. */
    public LoginResponseFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        return this;
    }

    @Override
    public LoginResponseFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public LoginResponseFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public LoginResponseFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public LoginResponseFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public LoginResponseFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** T: the sender is ready to go to the stage nextStage(). */
    public boolean isTransit() {
        return flag(TRANSIT_FLAG);
    }

    public LoginResponseFlyweight isTransit(final boolean value) {
        setFlag(TRANSIT_FLAG, value);
        return this;
    }

    /** C: the text goes on in the next PDU. */
    public boolean isContinue() {
        return flag(CONTINUE_FLAG);
    }

    public LoginResponseFlyweight isContinue(final boolean value) {
        setFlag(CONTINUE_FLAG, value);
        return this;
    }

    /** CSG: stage of the login this PDU belongs to. */
    public int currentStage() {
        return bits(flags(), 3, 2);
    }

    public LoginResponseFlyweight currentStage(final int value) {
        flags(withBits(flags(), 3, 2, value));
        return this;
    }

    /** NSG: stage wanted next; valid with T only. */
    public int nextStage() {
        return bits(flags(), 1, 0);
    }

    public LoginResponseFlyweight nextStage(final int value) {
        flags(withBits(flags(), 1, 0, value));
        return this;
    }

    /** Version-max; RFC 7143 is version 0. */
    public int versionMax() {
        return u8(VERSION_MAX_OFFSET);
    }

    public LoginResponseFlyweight versionMax(final int value) {
        putU8(VERSION_MAX_OFFSET, value);
        return this;
    }

    /** Version-active. */
    public int versionActive() {
        return u8(VERSION_ACTIVE_OFFSET);
    }

    public LoginResponseFlyweight versionActive(final int value) {
        putU8(VERSION_ACTIVE_OFFSET, value);
        return this;
    }

    /** TSIH: not 0 in the last response of a leading login that succeeded. */
    public int tsih() {
        return u16(TSIH_OFFSET);
    }

    public LoginResponseFlyweight tsih(final int value) {
        putU16(TSIH_OFFSET, value);
        return this;
    }

    /** StatSN, serial number: compare only with {@link SerialNumber}. */
    public int statSn() {
        return i32(STAT_SN_OFFSET);
    }

    public LoginResponseFlyweight statSn(final int value) {
        putI32(STAT_SN_OFFSET, value);
        return this;
    }

    /** ExpCmdSN, serial number: the next CmdSN the target expects. */
    public int expCmdSn() {
        return i32(EXP_CMD_SN_OFFSET);
    }

    public LoginResponseFlyweight expCmdSn(final int value) {
        putI32(EXP_CMD_SN_OFFSET, value);
        return this;
    }

    /** MaxCmdSN, serial number: the last CmdSN the target takes now. */
    public int maxCmdSn() {
        return i32(MAX_CMD_SN_OFFSET);
    }

    public LoginResponseFlyweight maxCmdSn(final int value) {
        putI32(MAX_CMD_SN_OFFSET, value);
        return this;
    }

    /** Status-Class: 0 success, 1 redirect, 2 initiator error, 3 target error. */
    public int statusClass() {
        return u8(STATUS_CLASS_OFFSET);
    }

    public LoginResponseFlyweight statusClass(final int value) {
        putU8(STATUS_CLASS_OFFSET, value);
        return this;
    }

    /** Status-Detail within its class. */
    public int statusDetail() {
        return u8(STATUS_DETAIL_OFFSET);
    }

    public LoginResponseFlyweight statusDetail(final int value) {
        putU8(STATUS_DETAIL_OFFSET, value);
        return this;
    }
}
