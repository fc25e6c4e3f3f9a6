package io.gemel.iscsi.session;

import static io.gemel.iscsi.wire.BhsFlyweight.BHS_LENGTH;

import io.gemel.core.status.Counter;
import io.gemel.iscsi.login.LoginAnswer;
import io.gemel.iscsi.login.LoginMachine;
import io.gemel.iscsi.login.LoginStatus;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.wire.LoginResponseFlyweight;

/**
 * The connection until full feature phase: carries Login PDUs to and from the {@link LoginMachine}.
 * Owner: the lane.
 */
final class LoginPhase {
    private final IscsiConnection connection;
    private final IscsiTargetNode node;
    private final IscsiPortal portal;
    private final IscsiLane iscsiLane;
    private final PduReceiver receiver;
    private final PduSender sender;
    private final LoginMachine machine;
    private final SessionParameters parameters;
    private boolean numbered;
    private LoginAnswer admittedAnswer;

    LoginPhase(
            final IscsiConnection connection,
            final IscsiTargetNode node,
            final IscsiPortal portal,
            final IscsiLane iscsiLane,
            final PduReceiver receiver,
            final PduSender sender) {
        this.connection = connection;
        this.node = node;
        this.portal = portal;
        this.iscsiLane = iscsiLane;
        this.receiver = receiver;
        this.sender = sender;
        this.machine = new LoginMachine(node, node.limits().login(), portal.groupTag());
        this.parameters = machine.parameters();
    }

    SessionParameters parameters() {
        return parameters;
    }

    /** CID of the connection. */
    int connectionId() {
        return machine.connectionId();
    }

    boolean finish() {
        iscsiLane.loginRequest.wrap(receiver.header(), 0);
        if (!numbered) {
            numbered = true;
            sender.startCmdSn(iscsiLane.loginRequest.cmdSn());
        }
        if (node.isDraining()) {
            connection.count(Counter.ISCSI_LOGINS_REFUSED);
            sendLoginResponse(refusal(LoginStatus.SERVICE_UNAVAILABLE), 0);
            connection.close();
            return false;
        }
        final LoginAnswer answer =
                machine.onRequest(iscsiLane.loginRequest, receiver.segmentBytes());
        if (answer.status() != LoginStatus.SUCCESS) {
            connection.count(Counter.ISCSI_LOGINS_REFUSED);
            node.logRefusal(connection, answer);
            sendLoginResponse(answer, 0);
            connection.close();
            return false;
        }
        if (!answer.complete()) {
            sendLoginResponse(answer, 0);
            return true;
        }
        admittedAnswer = answer;
        receiver.next();
        connection.state(ConnectionState.ADMITTING);
        connection.pause();
        node.admit(connection, parameters, portal);
        return connection.state() == ConnectionState.FULL_FEATURE;
    }

    private LoginAnswer refusal(final LoginStatus status) {
        iscsiLane.loginRequest.wrap(receiver.header(), 0);
        return new LoginAnswer(
                status,
                false,
                false,
                iscsiLane.loginRequest.currentStage(),
                0,
                new byte[0],
                false,
                status.toString());
    }

    /** The node has made the connection.session(), or refused to (null). */
    void onAdmitted(final IscsiSession admitted, final LoginStatus status) {
        if (connection.state() != ConnectionState.ADMITTING) {
            return;
        }
        if (admitted == null) {
            connection.count(Counter.ISCSI_LOGINS_REFUSED);
            sendLoginResponse(refusal(status), 0);
            connection.close();
            return;
        }
        connection.count(Counter.ISCSI_LOGINS);
        sendLoginResponse(admittedAnswer, admitted.tsih());
        admittedAnswer = null;
        connection.beginFullFeaturePhase(admitted);
    }

    private void sendLoginResponse(final LoginAnswer answer, final int tsih) {
        final int at = sender.claim(answer.text().length);
        if (at < 0) {
            connection.drop();
            return;
        }
        iscsiLane.loginRequest.wrap(receiver.header(), 0);
        final boolean success = answer.status() == LoginStatus.SUCCESS;
        final LoginResponseFlyweight response =
                iscsiLane
                        .loginResponse
                        .wrapAndClear(sender.buffer(), at)
                        .isTransit(answer.transit())
                        .currentStage(answer.currentStage())
                        .nextStage(answer.nextStage())
                        .isid(iscsiLane.loginRequest.isid())
                        .tsih(tsih)
                        .initiatorTaskTag(iscsiLane.loginRequest.initiatorTaskTag())
                        .statusClass(answer.status().statusClass())
                        .statusDetail(answer.status().statusDetail())
                        .dataSegmentLength(answer.text().length);
        if (success) {
            response.statSn(sender.takeStatSn())
                    .expCmdSn(sender.expCmdSn())
                    .maxCmdSn(sender.maxCmdSn());
        }
        sender.buffer().putBytes(at + BHS_LENGTH, answer.text());
        sender.commit(at, answer.text().length);
    }
}
