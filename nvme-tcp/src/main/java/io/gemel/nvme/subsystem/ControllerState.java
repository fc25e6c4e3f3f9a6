package io.gemel.nvme.subsystem;

/**
 * Where a controller is, as the host sees it in CC and CSTS.
 *
 * <pre>
 *   DISABLED ◄──EN 1→0── READY ──SHN──► SHUTTING_DOWN ──flushed──► SHUTDOWN
 *      │ ▲──EN 0→1────────►│                 │                        │
 *      │ └─────────────────────── EN → 0 ────┴────────────────────────┤
 *      └──────────────────────────► CLOSED ◄──────────────────────────┘  (from every state)
 * </pre>
 */
public enum ControllerState {
    /**
     * CC.EN = 0, CSTS.RDY = 0: only Fabrics commands. Left by CC.EN, by a shutdown, or when it
     * stays so for too long.
     */
    DISABLED,
    /** CC.EN = 1, CSTS.RDY = 1. Left by CC.EN = 0 or CC.SHN. */
    READY,
    /** CSTS.SHST = 01b: volumes are flushed. Left when that is done. */
    SHUTTING_DOWN,
    /** CSTS.SHST = 10b. Left by CC.EN = 0. */
    SHUTDOWN,
    /** Gone: the association has ended. Final. */
    CLOSED;

    private static final int[] TARGETS = new int[5];

    static {
        TARGETS[DISABLED.ordinal()] = bits(READY, SHUTTING_DOWN, CLOSED);
        TARGETS[READY.ordinal()] = bits(DISABLED, SHUTTING_DOWN, CLOSED);
        TARGETS[SHUTTING_DOWN.ordinal()] = bits(SHUTDOWN, DISABLED, CLOSED);
        TARGETS[SHUTDOWN.ordinal()] = bits(DISABLED, CLOSED);
    }

    boolean canGoTo(final ControllerState to) {
        return 0 != (TARGETS[ordinal()] & 1 << to.ordinal());
    }

    private static int bits(final ControllerState... states) {
        int bits = 0;
        for (final ControllerState state : states) {
            bits |= 1 << state.ordinal();
        }
        return bits;
    }
}
