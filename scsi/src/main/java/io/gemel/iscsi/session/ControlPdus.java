package io.gemel.iscsi.session;

import static io.gemel.iscsi.wire.BhsFlyweight.BHS_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.status.Counter;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.login.TextExchange;
import io.gemel.iscsi.wire.AsyncMessageFlyweight;
import io.gemel.iscsi.wire.LogoutRequestFlyweight;
import io.gemel.iscsi.wire.LogoutResponseFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import io.gemel.iscsi.wire.TaskManagementResponseFlyweight;
import io.gemel.iscsi.wire.TextRequestFlyweight;
import io.gemel.scsi.LunMap;

/**
 * NOP, Text, Logout, task management and Async Message of one connection: RFC 7143 section 11.
 * Owner: the lane.
 */
final class ControlPdus {
    private static final int TEXT_TAG = 1;
    private static final int NOP_TAG = 2;

    private final IscsiConnection connection;
    private final IscsiTargetNode node;
    private final ScsiCommands commands;
    private final IscsiLane iscsiLane;
    private final PduReceiver receiver;
    private final PduSender sender;
    private final SessionParameters parameters;
    private final TextExchange text;
    private boolean textUnderWay;

    ControlPdus(
            final IscsiConnection connection,
            final IscsiTargetNode node,
            final ScsiCommands commands,
            final IscsiLane iscsiLane,
            final PduReceiver receiver,
            final PduSender sender,
            final SessionParameters parameters) {
        this.connection = connection;
        this.node = node;
        this.commands = commands;
        this.iscsiLane = iscsiLane;
        this.receiver = receiver;
        this.sender = sender;
        this.parameters = parameters;
        this.text = new TextExchange(parameters, node.limits().login(), node.directory(connection));
    }

    boolean finishNopOut() {
        iscsiLane.nopOut.wrap(receiver.header(), 0);
        final int tag = iscsiLane.nopOut.initiatorTaskTag();
        if (tag == RESERVED_TAG) { // the answer to our NOP-In, or a sign of life
            connection.answered();
            return true;
        }
        final int length =
                Math.min(
                        Math.min(receiver.segmentLength(), PduReceiver.MAX_CONTROL_SEGMENT_LENGTH),
                        parameters.initiatorMaxRecvDataSegmentLength());
        final int at = sender.claim(length);
        if (at < 0) {
            return false;
        }
        iscsiLane
                .nopIn
                .wrapAndClear(sender.buffer(), at)
                .lun(iscsiLane.nopOut.lun())
                .initiatorTaskTag(tag)
                .targetTransferTag(RESERVED_TAG)
                .statSn(sender.takeStatSn())
                .expCmdSn(sender.expCmdSn())
                .maxCmdSn(sender.maxCmdSn())
                .dataSegmentLength(length);
        sender.buffer()
                .putBytes(
                        at + BHS_LENGTH + sender.headerDigestLength(),
                        receiver.segment(),
                        0,
                        length);
        sender.commit(at, length);
        return true;
    }

    boolean finishText() {
        final TextRequestFlyweight pdu = iscsiLane.textRequest.wrap(receiver.header(), 0);
        final int pieceLimit =
                Math.min(
                        parameters.initiatorMaxRecvDataSegmentLength(),
                        PduReceiver.MAX_CONTROL_SEGMENT_LENGTH);
        if (!sender.hasRoom(pieceLimit)) {
            return false;
        }
        if (receiver.segmentLength() > PduReceiver.MAX_CONTROL_SEGMENT_LENGTH
                || pdu.isFinal() && pdu.isContinue()
                || pdu.targetTransferTag() != RESERVED_TAG && !textUnderWay) {
            return connection.reject(RejectFlyweight.PROTOCOL_ERROR, false);
        }
        if (pdu.targetTransferTag() == RESERVED_TAG) {
            text.reset();
        }
        final boolean wantsMore = text.hasMore() && receiver.segmentLength() == 0;
        if (!wantsMore && !text.onRequest(receiver.segmentBytes(), pdu.isContinue())) {
            textUnderWay = false;
            return connection.reject(RejectFlyweight.PROTOCOL_ERROR, false);
        }
        final byte[] piece = text.nextPiece(pieceLimit);
        final boolean more = text.hasMore();
        textUnderWay = more || !pdu.isFinal();
        final int to = sender.claim(piece.length);
        if (to < 0) {
            throw new InvariantViolation("room that was there is gone");
        }
        iscsiLane
                .textResponse
                .wrapAndClear(sender.buffer(), to)
                .isFinal(!more && pdu.isFinal())
                .isContinue(more)
                .lun(pdu.lun())
                .initiatorTaskTag(pdu.initiatorTaskTag())
                .targetTransferTag(textUnderWay ? TEXT_TAG : RESERVED_TAG)
                .statSn(sender.takeStatSn())
                .expCmdSn(sender.expCmdSn())
                .maxCmdSn(sender.maxCmdSn())
                .dataSegmentLength(piece.length);
        sender.buffer().putBytes(to + BHS_LENGTH + sender.headerDigestLength(), piece);
        sender.commit(to, piece.length);
        return true;
    }

    boolean finishLogout() {
        final LogoutRequestFlyweight pdu = iscsiLane.logoutRequest.wrap(receiver.header(), 0);
        if (pdu.reason() == LogoutRequestFlyweight.REMOVE_CONNECTION_FOR_RECOVERY) {
            return sendLogoutResponse(
                    pdu.initiatorTaskTag(), LogoutResponseFlyweight.RECOVERY_NOT_SUPPORTED);
        }
        if (pdu.reason() > LogoutRequestFlyweight.REMOVE_CONNECTION_FOR_RECOVERY) {
            return connection.reject(RejectFlyweight.INVALID_PDU_FIELD, false);
        }
        if (pdu.reason() == LogoutRequestFlyweight.CLOSE_CONNECTION
                && pdu.connectionId() != connection.connectionId()) {
            return sendLogoutResponse(
                    pdu.initiatorTaskTag(), LogoutResponseFlyweight.CID_NOT_FOUND);
        }
        if (connection.state() == ConnectionState.LOGGING_OUT) {
            return connection.reject(RejectFlyweight.WAITING_FOR_LOGOUT, false);
        }
        connection.beginLogout(pdu.initiatorTaskTag());
        return true;
    }

    boolean sendLogoutResponse(final int tag, final int response) {
        final int at = sender.claim(0);
        if (at < 0) {
            return false;
        }
        iscsiLane
                .logoutResponse
                .wrapAndClear(sender.buffer(), at)
                .response(response)
                .initiatorTaskTag(tag)
                .statSn(sender.takeStatSn())
                .expCmdSn(sender.expCmdSn())
                .maxCmdSn(sender.maxCmdSn())
                .time2Wait(parameters.defaultTime2Wait())
                .time2Retain(parameters.defaultTime2Retain());
        sender.commit(at, 0);
        return true;
    }

    boolean finishTaskManagement() {
        final TaskManagementRequestFlyweight pdu = iscsiLane.tmfRequest.wrap(receiver.header(), 0);
        if (connection.session().nexus() == null) {
            connection.reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        connection.count(Counter.SCSI_TASK_MANAGEMENT);
        final int tag = pdu.initiatorTaskTag();
        final int lun = LunMap.decode(pdu.lun());
        final int function = pdu.function();
        switch (function) {
            case TaskManagementRequestFlyweight.ABORT_TASK -> {
                final IscsiTask victim = commands.byTag(pdu.referencedTaskTag());
                if (victim == null) {
                    return sendTmfResponse(
                            tag, TaskManagementResponseFlyweight.TASK_DOES_NOT_EXIST);
                }
                iscsiLane.abort(
                        task -> task == victim,
                        AbortReason.ABORTED_BY_HOST,
                        () -> answerTmf(tag, TaskManagementResponseFlyweight.FUNCTION_COMPLETE));
            }
            case TaskManagementRequestFlyweight.ABORT_TASK_SET,
                    TaskManagementRequestFlyweight.CLEAR_TASK_SET,
                    TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET -> {
                if (connection.session().nexus().luns().unit(lun) == null) {
                    return sendTmfResponse(tag, TaskManagementResponseFlyweight.LUN_DOES_NOT_EXIST);
                }
                node.manageTasks(connection, function, lun, tag);
            }
            case TaskManagementRequestFlyweight.TARGET_WARM_RESET,
                    TaskManagementRequestFlyweight.TARGET_COLD_RESET ->
                    node.manageTasks(connection, function, lun, tag);
            case TaskManagementRequestFlyweight.TASK_REASSIGN -> {
                return sendTmfResponse(
                        tag, TaskManagementResponseFlyweight.TASK_REASSIGN_NOT_SUPPORTED);
            }
            default -> {
                return sendTmfResponse(tag, TaskManagementResponseFlyweight.FUNCTION_NOT_SUPPORTED);
            }
        }
        return true;
    }

    /** Control plane: answers a task management function that has been carried out on all lanes. */
    void answerTmf(final int tag, final int response) {
        if ((connection.state() == ConnectionState.FULL_FEATURE
                        || connection.state() == ConnectionState.LOGGING_OUT)
                && !sendTmfResponse(tag, response)) {
            // No room for 48 bytes on a connection whose peer waits for them: it does not read.
            connection.count(Counter.ISCSI_PROTOCOL_ERRORS);
            connection.drop();
        }
    }

    private boolean sendTmfResponse(final int tag, final int response) {
        final int at = sender.claim(0);
        if (at < 0) {
            return false;
        }
        iscsiLane
                .tmfResponse
                .wrapAndClear(sender.buffer(), at)
                .response(response)
                .initiatorTaskTag(tag)
                .statSn(sender.takeStatSn())
                .expCmdSn(sender.expCmdSn())
                .maxCmdSn(sender.maxCmdSn());
        sender.commit(at, 0);
        return true;
    }

    void sendNopIn() {
        final int at = sender.claim(0);
        if (at < 0) {
            return; // so much waits for the peer that its silence is asked for anyway
        }
        iscsiLane
                .nopIn
                .wrapAndClear(sender.buffer(), at)
                .initiatorTaskTag(RESERVED_TAG)
                .targetTransferTag(NOP_TAG)
                .statSn(sender.statSn())
                .expCmdSn(sender.expCmdSn())
                .maxCmdSn(sender.maxCmdSn());
        sender.commit(at, 0);
    }

    /** Asks the initiator to log out: RFC 7143 section 11.9. */
    void requestLogout(final int withinSeconds) {
        if (connection.state() != ConnectionState.FULL_FEATURE) {
            return;
        }
        final int at = sender.claim(0);
        if (at < 0) {
            return;
        }
        iscsiLane
                .asyncMessage
                .wrapAndClear(sender.buffer(), at)
                .initiatorTaskTag(RESERVED_TAG)
                .asyncEvent(AsyncMessageFlyweight.LOGOUT_REQUEST)
                .parameter3(withinSeconds)
                .statSn(sender.takeStatSn())
                .expCmdSn(sender.expCmdSn())
                .maxCmdSn(sender.maxCmdSn());
        sender.commit(at, 0);
    }
}
