package io.gemel.iscsi.login;

import static io.gemel.iscsi.wire.LoginRequestFlyweight.FULL_FEATURE_PHASE;
import static io.gemel.iscsi.wire.LoginRequestFlyweight.LOGIN_OPERATIONAL_NEGOTIATION;
import static io.gemel.iscsi.wire.LoginRequestFlyweight.SECURITY_NEGOTIATION;

import io.gemel.core.InvariantViolation;
import io.gemel.iscsi.wire.LoginRequestFlyweight;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One login, from the first Login Request to full feature phase or failure: RFC 7143 sections 6.3
 * and 11.12. Pure: no socket, no clock. Owner: the lane of the connection.
 *
 * <pre>
 *          CSG 0            NSG 1              NSG 3
 *  START ────────► SECURITY ─────► OPERATIONAL ─────► DONE
 *    │                │  NSG 3                          ▲
 *    │                └──────────────────────────────── │
 *    │ CSG 1                                            │
 *    └───────────────────────────► OPERATIONAL ─────────┘      any but DONE ──► FAILED
 * </pre>
 *
 * <p>Every request of a login carries the same ISID, TSIH, ITT and CID. The initiator and the
 * target are named in the first exchange; whether they may meet is decided there, so that nothing
 * is negotiated with strangers.
 */
public final class LoginMachine {
    /** The states of a login. */
    public enum State {
        /** Nothing has come. Left by the first request that is complete (C=0). */
        START,
        /** AuthMethod is settled here. Left by a request with T. */
        SECURITY,
        /** Operational keys are negotiated. Left by a request with T. */
        OPERATIONAL,
        /** Full feature phase may begin. Final. */
        DONE,
        /** The response with the reason is the last PDU of the connection. Final. */
        FAILED;

        private boolean canGoTo(final State to) {
            return switch (this) {
                case START -> to == SECURITY || to == OPERATIONAL || to == FAILED;
                case SECURITY -> to == OPERATIONAL || to == DONE || to == FAILED;
                case OPERATIONAL -> to == DONE || to == FAILED;
                case DONE, FAILED -> false;
            };
        }
    }

    /** Longest iSCSI name in bytes. */
    public static final int MAX_NAME_LENGTH = 223;

    private static final byte[] NO_TEXT = {};

    private final LoginPolicy policy;
    private final LoginLimits limits;
    private final int portalGroupTag;
    private final SessionParameters parameters = new SessionParameters();
    private final KeyNegotiation negotiation;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private State state = State.START;
    private boolean started;
    private int initiatorTaskTag;
    private int connectionId;
    private int tsih;
    private DigestPolicy digests = DigestPolicy.OFFERED;

    public LoginMachine(
            final LoginPolicy policy, final LoginLimits limits, final int portalGroupTag) {
        this.policy = policy;
        this.limits = limits;
        this.portalGroupTag = portalGroupTag;
        this.negotiation = new KeyNegotiation(parameters, limits);
    }

    public State state() {
        return state;
    }

    public SessionParameters parameters() {
        return parameters;
    }

    /** CID of the connection that logs in. */
    public int connectionId() {
        return connectionId;
    }

    /** Takes one Login Request with the text it carries; the answer is to be sent at once. */
    public LoginAnswer onRequest(final LoginRequestFlyweight request, final byte[] segment) {
        final int stage = request.currentStage();
        try {
            check(request);
            if (text.size() + segment.length > limits.maxTextLength()) {
                throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "text too long");
            }
            text.write(segment, 0, segment.length);
            if (request.isContinue()) {
                return new LoginAnswer(
                        LoginStatus.SUCCESS, false, false, stage, 0, NO_TEXT, false, "");
            }
            final List<TextPairs.Pair> pairs = TextPairs.parse(text.toByteArray());
            text.reset();
            if (pairs == null) {
                throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "malformed text");
            }
            return exchange(request, stage, pairs);
        } catch (final LoginFailure failure) {
            state(State.FAILED);
            return new LoginAnswer(
                    failure.status(), false, false, stage, 0, NO_TEXT, false, failure.getMessage());
        }
    }

    private void check(final LoginRequestFlyweight request) throws LoginFailure {
        if (state == State.FAILED || state == State.DONE) {
            throw new InvariantViolation("login request in " + state);
        }
        if (request.versionMin() > 0) {
            throw new LoginFailure(
                    LoginStatus.UNSUPPORTED_VERSION,
                    "version " + request.versionMin() + " at least");
        }
        if (!started) {
            started = true;
            initiatorTaskTag = request.initiatorTaskTag();
            connectionId = request.connectionId();
            tsih = request.tsih();
            parameters.isid = request.isid();
        } else if (request.initiatorTaskTag() != initiatorTaskTag
                || request.connectionId() != connectionId
                || request.tsih() != tsih
                || request.isid() != parameters.isid) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "ITT, CID, TSIH or ISID changed");
        }
        if (tsih != 0) {
            // MaxConnections is 1: none can be added, and no session waits without one.
            throw new LoginFailure(
                    policy.sessionExists(tsih)
                            ? LoginStatus.TOO_MANY_CONNECTIONS
                            : LoginStatus.SESSION_DOES_NOT_EXIST,
                    "TSIH " + tsih);
        }
        final int stage = request.currentStage();
        final boolean stageFits =
                switch (state) {
                    case START ->
                            stage == SECURITY_NEGOTIATION || stage == LOGIN_OPERATIONAL_NEGOTIATION;
                    case SECURITY -> stage == SECURITY_NEGOTIATION;
                    default -> stage == LOGIN_OPERATIONAL_NEGOTIATION;
                };
        if (!stageFits) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "CSG " + stage + " in " + state);
        }
        if (request.isTransit()) {
            final int next = request.nextStage();
            if (next <= stage
                    || next != LOGIN_OPERATIONAL_NEGOTIATION && next != FULL_FEATURE_PHASE
                    || request.isContinue()) {
                throw new LoginFailure(
                        LoginStatus.INITIATOR_ERROR, "T with CSG " + stage + ", NSG " + next);
            }
        }
    }

    private LoginAnswer exchange(
            final LoginRequestFlyweight request, final int stage, final List<TextPairs.Pair> pairs)
            throws LoginFailure {
        final TextPairs answers = new TextPairs();
        final List<TextPairs.Pair> rest = new ArrayList<>(pairs);
        if (state == State.START) {
            introduce(rest, answers);
            state(stage == SECURITY_NEGOTIATION ? State.SECURITY : State.OPERATIONAL);
        }
        if (stage == SECURITY_NEGOTIATION) {
            answerSecurity(rest, answers);
        } else {
            negotiation.answer(rest, digests, answers);
        }
        if (!request.isTransit()) {
            return new LoginAnswer(
                    LoginStatus.SUCCESS, false, false, stage, 0, answers.toBytes(), false, "");
        }
        final boolean complete = request.nextStage() == FULL_FEATURE_PHASE;
        if (complete
                && digests == DigestPolicy.REQUIRED
                && !(parameters.headerDigest && parameters.dataDigest)) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "digests are required here");
        }
        state(complete ? State.DONE : State.OPERATIONAL);
        return new LoginAnswer(
                LoginStatus.SUCCESS,
                true,
                false,
                stage,
                request.nextStage(),
                answers.toBytes(),
                complete,
                "");
    }

    /** The names, which must come in the first exchange; takes their pairs out of the list. */
    private void introduce(final List<TextPairs.Pair> pairs, final TextPairs answers)
            throws LoginFailure {
        String initiator = null;
        String target = null;
        for (final var iterator = pairs.iterator(); iterator.hasNext(); ) {
            final TextPairs.Pair pair = iterator.next();
            switch (pair.key()) {
                case "InitiatorName" -> initiator = pair.value();
                case "InitiatorAlias" -> parameters.initiatorAlias = pair.value();
                case "TargetName" -> target = pair.value();
                case "SessionType" -> {
                    if (!"Normal".equals(pair.value()) && !"Discovery".equals(pair.value())) {
                        throw new LoginFailure(
                                LoginStatus.SESSION_TYPE_NOT_SUPPORTED, pair.value());
                    }
                    parameters.discovery = "Discovery".equals(pair.value());
                }
                default -> {
                    continue;
                }
            }
            negotiation.once(pair.key());
            iterator.remove();
        }
        if (initiator == null) {
            throw new LoginFailure(LoginStatus.MISSING_PARAMETER, "no InitiatorName");
        }
        if (!isName(initiator)) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "InitiatorName is no iSCSI name");
        }
        parameters.initiatorName = initiator.toLowerCase(Locale.ROOT);
        if (parameters.discovery) {
            return;
        }
        if (target == null) {
            throw new LoginFailure(LoginStatus.MISSING_PARAMETER, "no TargetName");
        }
        parameters.targetName = target.toLowerCase(Locale.ROOT);
        final LoginPolicy.TargetPolicy found = policy.target(parameters.targetName);
        if (found == null) {
            throw new LoginFailure(LoginStatus.NOT_FOUND, "no target " + parameters.targetName);
        }
        if (!found.admits(parameters.initiatorName)) {
            throw new LoginFailure(
                    LoginStatus.AUTHORIZATION_FAILURE,
                    parameters.initiatorName + " may not log in");
        }
        digests = found.digests();
        if (!found.alias().isEmpty()) {
            answers.add("TargetAlias", found.alias());
        }
        answers.add("TargetPortalGroupTag", Integer.toString(portalGroupTag));
    }

    private void answerSecurity(final List<TextPairs.Pair> pairs, final TextPairs answers)
            throws LoginFailure {
        for (final TextPairs.Pair pair : pairs) {
            negotiation.once(pair.key());
            if (pair.key().equals("AuthMethod")) {
                if (!List.of(pair.value().split(",", -1)).contains("None")) {
                    throw new LoginFailure(
                            LoginStatus.AUTHENTICATION_FAILURE, "AuthMethod " + pair.value());
                }
                answers.add("AuthMethod", "None");
            } else if (pair.key().equals("InitiatorAlias")) {
                parameters.initiatorAlias = pair.value();
            } else if (isOperational(pair.key())) {
                throw new LoginFailure(
                        LoginStatus.INITIATOR_ERROR, pair.key() + " in the security stage");
            } else {
                answers.add(pair.key(), KeyNegotiation.NOT_UNDERSTOOD);
            }
        }
    }

    private static boolean isOperational(final String key) {
        return switch (key) {
            case "HeaderDigest",
                    "DataDigest",
                    "MaxConnections",
                    "InitialR2T",
                    "ImmediateData",
                    "MaxRecvDataSegmentLength",
                    "MaxBurstLength",
                    "FirstBurstLength",
                    "MaxOutstandingR2T",
                    "DefaultTime2Wait",
                    "DefaultTime2Retain",
                    "DataPDUInOrder",
                    "DataSequenceInOrder",
                    "ErrorRecoveryLevel" ->
                    true;
            default -> false;
        };
    }

    /**
     * Whether it has the form of an iSCSI name: RFC 7143 section 4.2.7, RFC 3722 for the
     * characters.
     */
    public static boolean isName(final String name) {
        final String lower = name.toLowerCase(Locale.ROOT);
        if (name.length() > MAX_NAME_LENGTH
                || !(lower.startsWith("iqn.")
                        || lower.startsWith("eui.")
                        || lower.startsWith("naa."))
                || name.length() < 5) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            final char c = name.charAt(i);
            if (c < 0x80
                    && !(Character.isLetterOrDigit(c)
                            || c == '-'
                            || c == '.'
                            || c == ':'
                            || c == '_')) {
                return false;
            }
        }
        return true;
    }

    private void state(final State to) {
        if (!state.canGoTo(to)) {
            throw new InvariantViolation("login: " + state + " -> " + to);
        }
        state = to;
    }
}
