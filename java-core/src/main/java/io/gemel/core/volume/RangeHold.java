package io.gemel.core.volume;

/**
 * One command's hold on a range of blocks, from its first try to its release.
 *
 * <pre>
 *   NONE ─► SHARED                       a plain command with nobody in its way
 *   NONE ─► QUEUED ─► EXCLUSIVE          a compare-and-write, or a plain command that was in one's way
 * </pre>
 *
 * Owner: the agent.
 */
final class RangeHold {
    private enum State {
        NONE,
        SHARED,
        QUEUED,
        EXCLUSIVE
    }

    private final int slot;
    private RangeLocks.Party party;
    private State state = State.NONE;
    private int entry;

    RangeHold(final int slot) {
        this.slot = slot;
    }

    /** Tries to get hold of [lba, lba + count), or goes on trying. True when it has it. */
    boolean acquire(
            final RangeLocks.Party party,
            final long lba,
            final long count,
            final boolean exclusive) {
        if (State.NONE == state) {
            this.party = party;
            if (!exclusive && party.enterShared(slot, lba, count)) {
                state = State.SHARED;
            } else {
                entry = party.requestExclusive(lba, count);
                state = entry < 0 ? State.NONE : State.QUEUED;
            }
        }
        if (State.QUEUED == state && party.isGranted(entry)) {
            state = State.EXCLUSIVE;
        }
        return State.SHARED == state || State.EXCLUSIVE == state;
    }

    /** Lets go, whatever it had. */
    void release() {
        switch (state) {
            case SHARED -> party.leaveShared(slot);
            case QUEUED, EXCLUSIVE -> party.releaseExclusive(entry);
            case NONE -> {}
        }
        state = State.NONE;
        party = null;
    }
}
