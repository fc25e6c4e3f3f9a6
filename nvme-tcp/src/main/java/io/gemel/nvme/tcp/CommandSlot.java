package io.gemel.nvme.tcp;

import io.gemel.core.lane.Task;
import io.gemel.nvme.subsystem.NvmeCommand;

/** NVMe/TCP's part of a task slot. Owner: the lane. */
final class CommandSlot {
    static final int NO_TRANSFER = -1;

    /** How much of the response has been given to the transmit side. */
    enum ResponseStage {
        NOTHING,
        DATA_HEADER,
        DATA
    }

    final NvmeCommand command = new NvmeCommand();
    ResponseStage stage;

    /** Index in the connection's transfer table: the TTAG. */
    int transfer;

    /** The data comes in the capsule. */
    boolean inCapsule;

    /** A data digest of this command's data did not match. */
    boolean dataDigestError;

    /** Its status is final and was counted. */
    boolean finished;

    /** It holds its command identifier: not a duplicate. */
    boolean ownsCommandId;

    /** It was ended by an Abort command. */
    boolean aborted;

    /** FUSE of a fused command that was admitted, else 0. */
    int fuse;

    /** The other half of a fused pair, once both are there. */
    Task partner;

    /** All data of this half of a fused pair is in its buffer. */
    boolean fusedReady;

    /** The agent has been given the pair. */
    boolean fusedSubmitted;

    /** This half's work was done by the other half's block command. */
    boolean fusedDone;

    void begin() {
        fuse = 0;
        partner = null;
        fusedReady = false;
        fusedSubmitted = false;
        fusedDone = false;
        stage = ResponseStage.NOTHING;
        transfer = NO_TRANSFER;
        inCapsule = false;
        dataDigestError = false;
        finished = false;
        ownsCommandId = true;
        aborted = false;
    }
}
