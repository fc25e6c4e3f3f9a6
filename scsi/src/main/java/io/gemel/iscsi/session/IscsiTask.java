package io.gemel.iscsi.session;

import io.gemel.scsi.ScsiTask;

/** The iSCSI part of a task. One per task slot of a lane, reused. Owner: the lane. */
final class IscsiTask extends ScsiTask {
    /** How far the Data-In PDU that is being sent in pieces has come. */
    static final int STAGE_HEADER = 0;

    static final int STAGE_PAYLOAD = 1;
    static final int STAGE_TRAILER = 2;

    IscsiConnection connection;

    /** Place in the connection's list of active tasks. */
    int listIndex;

    int initiatorTaskTag;
    long lunField;
    boolean immediate;

    /** Expected Data Transfer Length, bytes, of the direction that the flags R and W said. */
    int expectedIn;

    int expectedOut;

    // Data-Out.

    /** Unsolicited Data-Out PDUs are still to come. */
    boolean unsolicitedOpen;

    /** Bytes of immediate and unsolicited data that have come, whether kept or dropped. */
    int unsolicitedOffset;

    /** Unsolicited data is dropped, since there was no buffer; R2Ts ask for it again. */
    boolean dropping;

    /** Execution waits for the end of the unsolicited data. */
    boolean executeWaits;

    /** Bytes from the start that are in the buffer. */
    int received;

    /** DataSN of the next PDU of the sequence under way. */
    int expectedDataSn;

    /** R2TSN of the sequence under way. */
    int currentR2tSn;

    /** R2TSN of the next R2T. */
    int nextR2tSn;

    /** Where the next R2T begins. */
    int r2tOffset;

    int r2tsOutstanding;

    /** End of the solicited sequence under way. */
    int sequenceEnd;

    /** An R2T found no room on the sending side. */
    boolean r2tWaits;

    /** Bytes that the CDB asked for, when the initiator brings fewer; -1: it brings all. */
    int askedOut;

    /** It was aborted over an error of its own, which is to be told. */
    boolean answersAbort;

    // Data-In and response.

    int sent;
    int dataSn;
    int burstSent;
    int stage;
    int pieceLength;
    boolean statusSent;

    /** It does not count in the command window any more: the initiator has been told so. */
    boolean outOfWindow;

    void clear() {
        initiatorTaskTag = 0;
        lunField = 0;
        immediate = false;
        expectedIn = 0;
        expectedOut = 0;
        unsolicitedOpen = false;
        unsolicitedOffset = 0;
        dropping = false;
        executeWaits = false;
        received = 0;
        expectedDataSn = 0;
        currentR2tSn = 0;
        nextR2tSn = 0;
        r2tOffset = 0;
        r2tsOutstanding = 0;
        sequenceEnd = 0;
        r2tWaits = false;
        askedOut = -1;
        answersAbort = false;
        sent = 0;
        dataSn = 0;
        burstSent = 0;
        stage = STAGE_HEADER;
        pieceLength = 0;
        statusSent = false;
        outOfWindow = false;
    }
}
