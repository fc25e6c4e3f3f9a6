package io.gemel.bench.client;

/**
 * Which request is in which slot of an initiator, and under which generation, so that a late or
 * invented tag is recognised. Owner: the loop's thread.
 */
public final class RequestSlots {
    private final IoRequest[] requests;
    private final int[] generations;
    private final int[] free;
    private int freeCount;

    public RequestSlots(final int depth) {
        requests = new IoRequest[depth];
        generations = new int[depth];
        free = new int[depth];
        for (int i = 0; i < depth; i++) {
            free[i] = depth - 1 - i;
        }
        freeCount = depth;
    }

    public int depth() {
        return requests.length;
    }

    public int inUse() {
        return requests.length - freeCount;
    }

    /** Puts the request into a free slot and returns it; -1 when there is none. */
    public int claim(final IoRequest request) {
        if (0 == freeCount) {
            return -1;
        }
        if (request.isInFlight()) {
            throw new IllegalStateException("submitted twice: " + request.detail());
        }
        final int slot = free[--freeCount];
        requests[slot] = request;
        generations[slot]++;
        request.slot = slot;
        return slot;
    }

    /** The request in the slot; null when the slot is free or out of range. */
    public IoRequest get(final int slot) {
        return slot >= 0 && slot < requests.length ? requests[slot] : null;
    }

    /** Counts the claims of the slot. */
    public int generation(final int slot) {
        return generations[slot];
    }

    /** Frees the slot and returns what was in it. */
    public IoRequest release(final int slot) {
        final IoRequest request = requests[slot];
        requests[slot] = null;
        request.slot = -1;
        free[freeCount++] = slot;
        return request;
    }
}
