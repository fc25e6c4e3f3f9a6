package io.gemel.nvme.admin;

import io.gemel.nvme.wire.AsynchronousEvent;

/**
 * Asynchronous events of one controller and the requests that wait for them. Owner: the
 * controller's home lane.
 *
 * <p>An event that was reported stays masked until its log page is read without Retain Asynchronous
 * Event: a host gets one notice, not a flood.
 */
public final class AsynchronousEvents {
    /** What becomes of a request that was held. */
    public interface Completer {
        /** Sends its completion. */
        void complete(int commandId, long result);

        /** Forgets it without a completion. */
        void drop(int commandId);
    }

    private static final AsynchronousEvent[] ALL = AsynchronousEvent.values();

    private final int[] held;
    private final int supported;
    private final Completer completer;
    private int heldCount;
    private int configuration;
    private int pending;
    private int masked;

    /**
     * @param limit requests that may wait: AERL + 1
     * @param supported the notices of OAES, as bits of feature 0Bh
     */
    public AsynchronousEvents(final int limit, final int supported, final Completer completer) {
        this.held = new int[limit];
        this.supported = supported;
        this.configuration = supported;
        this.completer = completer;
    }

    /**
     * @return false when the limit of waiting requests is reached
     */
    public boolean hold(final int commandId) {
        if (heldCount == held.length) {
            return false;
        }
        held[heldCount++] = commandId;
        deliver();
        return true;
    }

    /**
     * Takes a waiting request out.
     *
     * @return whether it was there
     */
    public boolean abort(final int commandId) {
        for (int i = 0; i < heldCount; i++) {
            if (held[i] == commandId) {
                System.arraycopy(held, i + 1, held, i, heldCount - i - 1);
                heldCount--;
                return true;
            }
        }
        return false;
    }

    public void raise(final AsynchronousEvent event) {
        if (0 != (configuration & event.mask())) {
            pending |= 1 << event.ordinal();
            deliver();
        }
    }

    /** The event's log page was read without RAE: the next event of that kind is reported again. */
    public void onLogRead(final int lid) {
        for (final AsynchronousEvent event : ALL) {
            if (event.logPage() == lid) {
                pending &= ~(1 << event.ordinal());
                masked &= ~(1 << event.ordinal());
            }
        }
    }

    /** Feature 0Bh. */
    public int configuration() {
        return configuration;
    }

    public void configuration(final int value) {
        configuration = value;
    }

    /** The value of feature 0Bh after a reset, and the notices that exist. */
    public int supported() {
        return supported;
    }

    /** Controller reset: nothing waits, nothing is masked. */
    public void reset() {
        for (int i = 0; i < heldCount; i++) {
            completer.drop(held[i]);
        }
        heldCount = 0;
        pending = 0;
        masked = 0;
        configuration = supported;
    }

    private void deliver() {
        for (final AsynchronousEvent event : ALL) {
            final int bit = 1 << event.ordinal();
            if (heldCount > 0 && 0 != (pending & bit) && 0 == (masked & bit)) {
                pending &= ~bit;
                masked |= bit;
                final int commandId = held[0];
                abort(commandId);
                completer.complete(commandId, event.dw0() & 0xFFFF_FFFFL);
            }
        }
    }
}
