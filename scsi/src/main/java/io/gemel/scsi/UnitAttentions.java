package io.gemel.scsi;

/**
 * Unit attention conditions of one I_T_L nexus, oldest first: SAM-5 section 5.14. Owner: the lane
 * of the nexus.
 *
 * <p>A condition that is already pending is not queued again; a reset condition (29h) takes the
 * place of all that it implies, that is of every other one. At most {@link #CAPACITY} wait; the
 * newest is dropped beyond that, which no initiator can tell from one that was reported and
 * forgotten, since it must re-read everything after the ones it gets.
 */
public final class UnitAttentions {
    /** Most conditions that wait. */
    public static final int CAPACITY = 8;

    private final Sense[] pending = new Sense[CAPACITY];
    private int count;

    /** Establishes a condition. */
    public void raise(final Sense condition) {
        if (condition.asc() == Sense.POWER_ON_OR_RESET_OCCURRED.asc()) {
            if (count > 0 && isStronger(pending[0], condition)) {
                return;
            }
            clear();
        }
        for (int i = 0; i < count; i++) {
            if (pending[i] == condition) {
                return;
            }
        }
        if (count < CAPACITY) {
            pending[count++] = condition;
        }
    }

    /** A power on implies every other reset: SAM-5 gives it precedence. */
    private static boolean isStronger(final Sense waiting, final Sense condition) {
        return waiting.asc() == condition.asc() && waiting.ascq() < condition.ascq();
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** Takes the oldest condition, or null. */
    public Sense poll() {
        if (count == 0) {
            return null;
        }
        final Sense oldest = pending[0];
        System.arraycopy(pending, 1, pending, 0, --count);
        pending[count] = null;
        return oldest;
    }

    public void clear() {
        while (count > 0) {
            pending[--count] = null;
        }
    }
}
