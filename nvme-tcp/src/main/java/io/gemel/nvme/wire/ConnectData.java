package io.gemel.nvme.wire;

import org.agrona.DirectBuffer;

/**
 * Data of the Fabrics Connect command, 1024 bytes: host identifier, controller identifier, the two
 * names.
 */
public final class ConnectData extends NvmeStructure<ConnectData> {
    public static final int LENGTH = 1024;
    public static final int HOSTID_OFFSET = 0;
    public static final int HOSTID_LENGTH = 16;
    public static final int CNTLID_OFFSET = 16;
    public static final int SUBNQN_OFFSET = 256;
    public static final int HOSTNQN_OFFSET = 512;
    public static final int NQN_LENGTH = 256;

    /** CNTLID of an Admin Queue Connect in the dynamic controller model. */
    public static final int DYNAMIC_CNTLID = 0xFFFF;

    public ConnectData() {
        super(LENGTH);
    }

    /** The 16 bytes of the host identifier. */
    public byte[] hostId() {
        return bytes(HOSTID_OFFSET, HOSTID_LENGTH);
    }

    public ConnectData hostId(final byte[] value) {
        return bytes(HOSTID_OFFSET, value);
    }

    public int cntlid() {
        return u16(CNTLID_OFFSET);
    }

    public ConnectData cntlid(final int value) {
        return u16(CNTLID_OFFSET, value);
    }

    public String subnqn() {
        return text(SUBNQN_OFFSET, NQN_LENGTH);
    }

    public ConnectData subnqn(final String value) {
        return text(SUBNQN_OFFSET, NQN_LENGTH, value, '\0');
    }

    public String hostnqn() {
        return text(HOSTNQN_OFFSET, NQN_LENGTH);
    }

    public ConnectData hostnqn(final String value) {
        return text(HOSTNQN_OFFSET, NQN_LENGTH, value, '\0');
    }

    /**
     * True when the name field at {@code fieldOffset} ends with a NUL after at most {@link
     * Nqn#MAX_LENGTH} bytes.
     */
    public boolean isTerminated(final int fieldOffset) {
        for (int i = 0; i <= Nqn.MAX_LENGTH; i++) {
            if (0 == buffer().getByte(offset() + fieldOffset + i)) {
                return true;
            }
        }
        return false;
    }

    /**
     * True when the field at {@code fieldOffset} holds an NQN: "nqn." at the start, printable
     * ASCII, 7 to 223 bytes, NUL-terminated.
     */
    public boolean isNqn(final int fieldOffset) {
        final DirectBuffer b = buffer();
        final int start = offset() + fieldOffset;
        int length = 0;
        while (length < NQN_LENGTH && 0 != b.getByte(start + length)) {
            final int c = b.getByte(start + length) & 0xFF;
            if (c < 0x20 || c > 0x7E) {
                return false;
            }
            length++;
        }
        return length >= Nqn.MIN_LENGTH
                && length <= Nqn.MAX_LENGTH
                && 'n' == b.getByte(start)
                && 'q' == b.getByte(start + 1)
                && 'n' == b.getByte(start + 2)
                && '.' == b.getByte(start + 3);
    }
}
