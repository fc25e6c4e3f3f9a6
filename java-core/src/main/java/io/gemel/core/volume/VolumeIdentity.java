package io.gemel.core.volume;

import java.nio.ByteOrder;
import java.util.UUID;
import org.agrona.MutableDirectBuffer;

/**
 * The names of a volume, all derived from its UUID in the same way on every node, so that multipath
 * tools join the paths of both protocols and of all nodes. Immutable.
 */
public record VolumeIdentity(UUID uuid) {
    private static final long NAA_LOCALLY_ASSIGNED = 0x3L << 60;
    private static final long EUI64_LOCAL_BIT = 0x0200_0000_0000_0000L;
    private static final long EUI64_GROUP_BIT = 0x0100_0000_0000_0000L;

    /** NAA identifier, format 3h (locally assigned): 8 bytes, big-endian on the wire. */
    public long naa() {
        return NAA_LOCALLY_ASSIGNED | (mix() & ~(0xFL << 60));
    }

    /** EUI-64 with the local bit set and the group bit clear: 8 bytes, big-endian on the wire. */
    public long eui64() {
        return (mix() | EUI64_LOCAL_BIT) & ~EUI64_GROUP_BIT;
    }

    /** NGUID: the 16 bytes of the UUID, big-endian. */
    public void nguid(final MutableDirectBuffer buffer, final int offset) {
        buffer.putLong(offset, uuid.getMostSignificantBits(), ByteOrder.BIG_ENDIAN);
        buffer.putLong(offset + 8, uuid.getLeastSignificantBits(), ByteOrder.BIG_ENDIAN);
    }

    /** Unit serial number: 16 hexadecimal digits, ASCII. */
    public String serial() {
        return String.format("%016x", mix());
    }

    private long mix() {
        return uuid.getMostSignificantBits() ^ Long.rotateLeft(uuid.getLeastSignificantBits(), 13);
    }
}
