package io.gemel.iscsi.wire;

import static io.gemel.scsi.wire.BitField.bits;
import static io.gemel.scsi.wire.BitField.withBits;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Logout Request BHS, initiator to target: RFC 7143 section 11.14. Big-endian; lengths in bytes.
 */
public final class LogoutRequestFlyweight extends BhsFlyweight {
    public static final int OPCODE = 0x06;
    private static final int CONNECTION_ID_OFFSET = 20;
    private static final int CMD_SN_OFFSET = 24;
    private static final int EXP_STAT_SN_OFFSET = 28;

    public static final int CLOSE_SESSION = 0;
    public static final int CLOSE_CONNECTION = 1;
    public static final int REMOVE_CONNECTION_FOR_RECOVERY = 2;

    /** Wraps a BHS for decoding. The caller has seen 48 bytes. */
    public LogoutRequestFlyweight wrap(final DirectBuffer source, final int sourceOffset) {
        wrapBhs(source, sourceOffset);
        return this;
    }

    /** Wraps a BHS for encoding: 48 bytes become zero, then the opcode and the F bit are set. */
    public LogoutRequestFlyweight wrapAndClear(
            final MutableDirectBuffer target, final int targetOffset) {
        wrapAndClearBhs(target, targetOffset, OPCODE);
        setFlag(FINAL_BIT, true);
        return this;
    }

    @Override
    public LogoutRequestFlyweight initiatorTaskTag(final int value) {
        super.initiatorTaskTag(value);
        return this;
    }

    @Override
    public LogoutRequestFlyweight lun(final long value) {
        super.lun(value);
        return this;
    }

    @Override
    public LogoutRequestFlyweight dataSegmentLength(final int value) {
        super.dataSegmentLength(value);
        return this;
    }

    @Override
    public LogoutRequestFlyweight totalAhsLength(final int value) {
        super.totalAhsLength(value);
        return this;
    }

    @Override
    public LogoutRequestFlyweight isImmediate(final boolean value) {
        super.isImmediate(value);
        return this;
    }

    /** Reason: one of the constants of this class. */
    public int reason() {
        return bits(flags(), 6, 0);
    }

    public LogoutRequestFlyweight reason(final int value) {
        flags(withBits(flags(), 6, 0, value));
        return this;
    }

    /** CID of the connection to close; without meaning for {@link #CLOSE_SESSION}. */
    public int connectionId() {
        return u16(CONNECTION_ID_OFFSET);
    }

    public LogoutRequestFlyweight connectionId(final int value) {
        putU16(CONNECTION_ID_OFFSET, value);
        return this;
    }

    /** CmdSN, serial number: compare only with {@link SerialNumber}. */
    public int cmdSn() {
        return i32(CMD_SN_OFFSET);
    }

    public LogoutRequestFlyweight cmdSn(final int value) {
        putI32(CMD_SN_OFFSET, value);
        return this;
    }

    /** ExpStatSN, serial number: every StatSN before it has arrived at the initiator. */
    public int expStatSn() {
        return i32(EXP_STAT_SN_OFFSET);
    }

    public LogoutRequestFlyweight expStatSn(final int value) {
        putI32(EXP_STAT_SN_OFFSET, value);
        return this;
    }
}
