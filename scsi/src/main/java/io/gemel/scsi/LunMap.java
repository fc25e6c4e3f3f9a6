package io.gemel.scsi;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which LUN is which logical unit, for the initiators that see this map: SAM-5 section 4.7.
 * Immutable.
 */
public final class LunMap {
    /** Highest LUN of the flat space addressing method. */
    public static final int MAX_LUN = 0x3FFF;

    private static final int PERIPHERAL_DEVICE = 0;
    private static final int FLAT_SPACE = 1;

    private final LogicalUnit[] units;
    private final int[] luns;

    /**
     * @throws IllegalArgumentException for a LUN above {@link #MAX_LUN}
     */
    public LunMap(final Map<Integer, LogicalUnit> map) {
        final TreeMap<Integer, LogicalUnit> sorted = new TreeMap<>(map);
        luns = sorted.keySet().stream().mapToInt(Integer::intValue).toArray();
        if (luns.length > 0 && (luns[0] < 0 || luns[luns.length - 1] > MAX_LUN)) {
            throw new IllegalArgumentException(
                    "LUNs must be 0 to " + MAX_LUN + ": " + sorted.keySet());
        }
        units = new LogicalUnit[luns.length == 0 ? 0 : luns[luns.length - 1] + 1];
        sorted.forEach((lun, unit) -> units[lun] = unit);
    }

    /** The LUNs in ascending order; not to be changed. */
    public int[] luns() {
        return luns;
    }

    /** One more than the highest LUN. */
    public int capacity() {
        return units.length;
    }

    /** The logical unit, or null. */
    public LogicalUnit unit(final int lun) {
        return lun >= 0 && lun < units.length ? units[lun] : null;
    }

    /**
     * The number in an eight-byte LUN of the peripheral device or flat space addressing method,
     * single level.
     *
     * @return 0 to {@link #MAX_LUN}, or -1 for anything else
     */
    public static int decode(final long lun) {
        final int first = (int) (lun >>> 48);
        if (lun << 16 != 0) {
            return -1;
        }
        final int method = first >>> 14;
        if (method == PERIPHERAL_DEVICE) {
            return first <= 0xFF ? first : -1;
        }
        return method == FLAT_SPACE ? first & MAX_LUN : -1;
    }

    /** The eight bytes of a LUN: peripheral device addressing up to 255, flat space above. */
    public static long encode(final int lun) {
        return (long) (lun <= 0xFF ? lun : FLAT_SPACE << 14 | lun) << 48;
    }
}
