package io.gemel.core.volume;

import io.gemel.core.InvariantViolation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who uses which blocks of one volume, so that a compare-and-write is atomic against every
 * overlapping command of both protocols on all lanes (SBC-4 COMPARE AND WRITE, NVM Command Set
 * fused operations). Shared by all agents.
 *
 * <p>Plain commands are <em>shared</em>: an agent notes their range in a table that only it writes,
 * and looks whether there is any exclusive entry at all, which there hardly ever is. A
 * compare-and-write is <em>exclusive</em>: it publishes an entry with a ticket and waits until no
 * shared range of any agent and no exclusive range with an earlier ticket overlaps. Commands on
 * other blocks never wait. A plain command that finds itself in the way takes a ticket, too, so
 * that none starves.
 *
 * <p>Memory order: each side first writes its own note, then a full fence, then reads the other's
 * (Dekker), so that at least one of two overlapping commands sees the other. That fence and the
 * compare-and-set of an exclusive entry are the only synchronisation; nothing blocks, the executor
 * asks again in its next cycle.
 */
public final class RangeLocks {
    /** Most exclusive entries at a time; more wait for room. */
    public static final int MAX_EXCLUSIVE = 1024;

    private static final int FREE = 0;
    private static final int CHOOSING = 1;
    private static final int ACTIVE = 2;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

    private final AtomicInteger activeCount = new AtomicInteger();
    private final AtomicLong tickets = new AtomicLong();
    private final int[] states = new int[MAX_EXCLUSIVE];
    private final long[] firsts = new long[MAX_EXCLUSIVE];
    private final long[] ends = new long[MAX_EXCLUSIVE];
    private final long[] ticketOf = new long[MAX_EXCLUSIVE];
    private final AtomicInteger highest = new AtomicInteger();
    private volatile Party[] parties = new Party[0];

    /** A new party for one agent with so many task slots. Control plane. */
    public synchronized Party join(final int slots) {
        final Party party = new Party(slots);
        final Party[] more = Arrays.copyOf(parties, parties.length + 1);
        more[parties.length] = party;
        parties = more;
        return party;
    }

    /** Exclusive entries, waiting ones included. */
    public int exclusiveCount() {
        return activeCount.get();
    }

    /** One agent's side. Owner: that agent. */
    public final class Party {
        private final long[] first;
        private final long[] end;

        /** A bit per slot whose range counts; written by the owner with release. */
        private final long[] inUse;

        private Party(final int slots) {
            first = new long[slots];
            end = new long[slots];
            inUse = new long[(slots + 63) >> 6];
        }

        /**
         * Notes a plain command on [lba, lba + count).
         *
         * @return false when an exclusive entry is in the way: nothing is noted
         */
        public boolean enterShared(final int slot, final long lba, final long count) {
            LONGS.setOpaque(first, slot, lba);
            LONGS.setOpaque(end, slot, lba + count);
            setBit(slot);
            VarHandle.fullFence();
            if (0 == activeCount.get() || !exclusiveOverlaps(lba, lba + count)) {
                return true;
            }
            clearBit(slot);
            return false;
        }

        public void leaveShared(final int slot) {
            clearBit(slot);
        }

        /**
         * Queues for [lba, lba + count).
         *
         * @return an entry to ask {@link #isGranted} with and to give back, or -1 when the table is
         *     full
         */
        public int requestExclusive(final long lba, final long count) {
            activeCount.incrementAndGet();
            for (int entry = 0; entry < MAX_EXCLUSIVE; entry++) {
                if (FREE == (int) INTS.getOpaque(states, entry)
                        && INTS.compareAndSet(states, entry, FREE, CHOOSING)) {
                    raiseHighest(entry + 1);
                    LONGS.setOpaque(firsts, entry, lba);
                    LONGS.setOpaque(ends, entry, lba + count);
                    LONGS.setOpaque(ticketOf, entry, tickets.incrementAndGet());
                    INTS.setVolatile(states, entry, ACTIVE);
                    return entry;
                }
            }
            activeCount.decrementAndGet();
            return -1;
        }

        /** Whether the entry's turn has come; once true, it stays so until released. */
        public boolean isGranted(final int entry) {
            VarHandle.fullFence();
            final long from = firsts[entry];
            final long to = ends[entry];
            final int limit = highest.get();
            for (int other = 0; other < limit; other++) {
                if (other != entry && isAhead(other, entry, from, to)) {
                    return false;
                }
            }
            for (final Party party : parties) {
                if (party.sharedOverlaps(from, to)) {
                    return false;
                }
            }
            return true;
        }

        public void releaseExclusive(final int entry) {
            if (ACTIVE != states[entry]) {
                throw new InvariantViolation("release of an exclusive range that is not held");
            }
            INTS.setVolatile(states, entry, FREE);
            activeCount.decrementAndGet();
        }

        private boolean sharedOverlaps(final long from, final long to) {
            for (int word = 0; word < inUse.length; word++) {
                long bits = (long) LONGS.getAcquire(inUse, word);
                while (0 != bits) {
                    final int slot = (word << 6) + Long.numberOfTrailingZeros(bits);
                    if ((long) LONGS.getOpaque(first, slot) < to
                            && from < (long) LONGS.getOpaque(end, slot)) {
                        return true;
                    }
                    bits &= bits - 1;
                }
            }
            return false;
        }

        private void setBit(final int slot) {
            LONGS.setRelease(inUse, slot >> 6, inUse[slot >> 6] | 1L << slot);
        }

        private void clearBit(final int slot) {
            LONGS.setRelease(inUse, slot >> 6, inUse[slot >> 6] & ~(1L << slot));
        }
    }

    /** Whether any exclusive entry overlaps, or is just being written down. */
    private boolean exclusiveOverlaps(final long from, final long to) {
        final int limit = highest.get();
        for (int entry = 0; entry < limit; entry++) {
            final int state = (int) INTS.getVolatile(states, entry);
            if (CHOOSING == state
                    || (ACTIVE == state
                            && (long) LONGS.getOpaque(firsts, entry) < to
                            && from < (long) LONGS.getOpaque(ends, entry))) {
                return true;
            }
        }
        return false;
    }

    private boolean isAhead(final int other, final int entry, final long from, final long to) {
        final int state = (int) INTS.getVolatile(states, other);
        if (CHOOSING == state) {
            return true; // its ticket may be the earlier one
        }
        return ACTIVE == state
                && (long) LONGS.getOpaque(firsts, other) < to
                && from < (long) LONGS.getOpaque(ends, other)
                && (long) LONGS.getOpaque(ticketOf, other) < ticketOf[entry];
    }

    private void raiseHighest(final int count) {
        int seen = highest.get();
        while (seen < count && !highest.compareAndSet(seen, count)) {
            seen = highest.get();
        }
    }
}
