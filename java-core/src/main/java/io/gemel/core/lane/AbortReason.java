package io.gemel.core.lane;

/** Why a command ends before its time; the protocol decides by it what the peer is told. */
public enum AbortReason {
    /** Nobody is left to be answered. */
    CONNECTION_LOST,
    /** A task management function or an NVMe Abort named it. */
    ABORTED_BY_HOST,
    LOGICAL_UNIT_RESET,
    /** Its host was preempted (PREEMPT AND ABORT) or cut off by the operator. */
    FENCED,
    CONTROLLER_RESET,
    SHUTDOWN
}
