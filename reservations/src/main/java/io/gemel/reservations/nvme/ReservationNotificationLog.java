package io.gemel.reservations.nvme;

import io.gemel.reservations.ReservationNotice;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/**
 * Owner: one controller. Its Reservation Notification log, page 80h (NVMe Base 2.0; little-endian):
 * a queue of which a host reads one entry at a time. Each entry is counted, so that a host sees by
 * a gap in the count that the queue was full and its oldest entry gave way.
 *
 * <pre>
 *  0-7 log page count, 1 up, never 0 | 8 type | 9 further pages, at most 255 | 12-15 NSID | to 63 zero
 * </pre>
 */
public final class ReservationNotificationLog {
    public static final int PAGE_BYTES = 64;

    /** Entries kept at most; an older one is dropped for a newer. */
    public static final int CAPACITY = 256;

    /** Bits of feature 82h that have a meaning: REGPRE, RESREL, RESPRE. */
    public static final int MASK_BITS = 0x0E;

    private static final int MAX_AVAILABLE = 255;

    private final long[] counts = new long[CAPACITY];
    private final int[] namespaces = new int[CAPACITY];
    private final byte[] types = new byte[CAPACITY];
    private int first;
    private int size;
    private long lastCount;
    private long dropped;

    /** Whether feature 82h of a namespace keeps a notice back. */
    public static boolean masked(final int mask, final ReservationNotice notice) {
        return (mask & 1 << notice.nvmeType()) != 0;
    }

    /**
     * Takes a notice.
     *
     * @param mask feature 82h of this controller and namespace
     * @return whether an event (type 6h, information 0h, log page 80h) is to be raised
     */
    public boolean offer(final int nsid, final ReservationNotice notice, final int mask) {
        if (masked(mask, notice)) {
            return false;
        }
        if (size == CAPACITY) {
            first = (first + 1) % CAPACITY;
            size--;
            dropped++;
        }
        lastCount++;
        if (lastCount == 0) {
            lastCount = 1;
        }
        final int slot = (first + size) % CAPACITY;
        counts[slot] = lastCount;
        namespaces[slot] = nsid;
        types[slot] = (byte) notice.nvmeType();
        size++;
        return true;
    }

    /** Entries not read yet. */
    public int size() {
        return size;
    }

    /** Entries that gave way to newer ones. */
    public long dropped() {
        return dropped;
    }

    /**
     * Writes the oldest entry, or a page of type 0 when there is none.
     *
     * @param retain RAE: leaves the entry where it is
     */
    public void read(final boolean retain, final MutableDirectBuffer buffer, final int offset) {
        buffer.setMemory(offset, PAGE_BYTES, (byte) 0);
        if (size == 0) {
            return;
        }
        buffer.putLong(offset, counts[first], ByteOrder.LITTLE_ENDIAN);
        buffer.putByte(offset + 8, types[first]);
        buffer.putByte(offset + 9, (byte) Math.min(size - 1, MAX_AVAILABLE));
        buffer.putInt(offset + 12, namespaces[first], ByteOrder.LITTLE_ENDIAN);
        if (!retain) {
            first = (first + 1) % CAPACITY;
            size--;
        }
    }
}
