package io.gemel.iscsi.wire;

import static io.gemel.scsi.wire.BitField.bits;
import static io.gemel.scsi.wire.BitField.withBits;
import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Login Request BHS, initiator to target: RFC 7143 section 11.12. Big-endian; lengths in bytes. */
public final class LoginRequestFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x03;
    private static final int TRANSIT_FLAG = 0x80;
    private static final int CONTINUE_FLAG = 0x40;
    private static final int VERSION_MAX_OFFSET = 2;
    private static final int VERSION_MIN_OFFSET = 3;
    private static final int TSIH_OFFSET = 14;
    private static final int CONNECTION_ID_OFFSET = 20;
    private static final int CMD_SN_OFFSET = 24;
    private static final int EXP_STAT_SN_OFFSET = 28;

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

    public LoginRequestFlyweight isid(final long value) {
        mutable.putShort(offset + ISID_OFFSET, (short) (value >>> 32), BIG_ENDIAN);
        mutable.putInt(offset + ISID_OFFSET + 2, (int) value, BIG_ENDIAN);
        return this;
    }

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public LoginRequestFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode are set. */
    public LoginRequestFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        return this;
    }

    @Override
    public LoginRequestFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public LoginRequestFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public LoginRequestFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public LoginRequestFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public LoginRequestFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** T: the sender is ready to go to the stage nextStage(). */
    public boolean isTransit() {
        return flag(TRANSIT_FLAG);
    }

    public LoginRequestFlyweight isTransit(final boolean value) {
        setFlag(TRANSIT_FLAG, value);
        return this;
    }

    /** C: the text goes on in the next PDU. */
    public boolean isContinue() {
        return flag(CONTINUE_FLAG);
    }

    public LoginRequestFlyweight isContinue(final boolean value) {
        setFlag(CONTINUE_FLAG, value);
        return this;
    }

    /** CSG: stage of the login this PDU belongs to. */
    public int currentStage() {
        return bits(flags(), 3, 2);
    }

    public LoginRequestFlyweight currentStage(final int value) {
        flags(withBits(flags(), 3, 2, value));
        return this;
    }

    /** NSG: stage wanted next; valid with T only. */
    public int nextStage() {
        return bits(flags(), 1, 0);
    }

    public LoginRequestFlyweight nextStage(final int value) {
        flags(withBits(flags(), 1, 0, value));
        return this;
    }

    /** Version-max; RFC 7143 is version 0. */
    public int versionMax() {
        return u8(VERSION_MAX_OFFSET);
    }

    public LoginRequestFlyweight versionMax(final int value) {
        putU8(VERSION_MAX_OFFSET, value);
        return this;
    }

    /** Version-min; RFC 7143 is version 0. */
    public int versionMin() {
        return u8(VERSION_MIN_OFFSET);
    }

    public LoginRequestFlyweight versionMin(final int value) {
        putU8(VERSION_MIN_OFFSET, value);
        return this;
    }

    /** TSIH: target session identifying handle; 0 asks for a new session. */
    public int tsih() {
        return u16(TSIH_OFFSET);
    }

    public LoginRequestFlyweight tsih(final int value) {
        putU16(TSIH_OFFSET, value);
        return this;
    }

    /** CID, unique within the session. */
    public int connectionId() {
        return u16(CONNECTION_ID_OFFSET);
    }

    public LoginRequestFlyweight connectionId(final int value) {
        putU16(CONNECTION_ID_OFFSET, value);
        return this;
    }

    /** CmdSN, serial number: compare only with {@link SerialNumber}. */
    public int cmdSn() {
        return i32(CMD_SN_OFFSET);
    }

    public LoginRequestFlyweight cmdSn(final int value) {
        putI32(CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public LoginRequestFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }
}
