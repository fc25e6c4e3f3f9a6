package io.gemel.iscsi.login;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Text negotiation in full feature phase: SendTargets, and a new MaxRecvDataSegmentLength: RFC 7143
 * section 6.4 and appendix C. One exchange at a time. Owner: the lane of the connection.
 */
public final class TextExchange {
    /** What SendTargets asks of the node. */
    public interface Directory {
        /** Adds the targets that this initiator may see, with their addresses, to the answers. */
        void listAll(TextPairs answers);

        /**
         * Adds one target by its lower-case name, if there is one and this initiator may see it.
         */
        void listOne(String targetName, TextPairs answers);
    }

    private static final byte[] NO_TEXT = {};

    private final SessionParameters parameters;
    private final LoginLimits limits;
    private final Directory directory;
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private byte[] answer = NO_TEXT;
    private int sent;

    public TextExchange(
            final SessionParameters parameters,
            final LoginLimits limits,
            final Directory directory) {
        this.parameters = parameters;
        this.limits = limits;
        this.directory = directory;
    }

    /** Forgets what was asked and what is left to be sent: a new exchange begins. */
    public void reset() {
        asked.reset();
        answer = NO_TEXT;
        sent = 0;
    }

    /**
     * Takes the text of one request.
     *
     * @param continued C bit: more of it comes
     * @return false when it is malformed or too long: to be answered by Reject
     */
    public boolean onRequest(final byte[] segment, final boolean continued) {
        if (asked.size() + segment.length > limits.maxTextLength()) {
            reset();
            return false;
        }
        asked.write(segment, 0, segment.length);
        if (continued) {
            return true;
        }
        final List<TextPairs.Pair> pairs = TextPairs.parse(asked.toByteArray());
        reset();
        if (pairs == null) {
            return false;
        }
        final TextPairs answers = new TextPairs();
        for (final TextPairs.Pair pair : pairs) {
            answerOne(pair, answers);
        }
        answer = answers.toBytes();
        return true;
    }

    private void answerOne(final TextPairs.Pair pair, final TextPairs answers) {
        final String value = pair.value();
        switch (pair.key()) {
            case "SendTargets" -> {
                if ("All".equals(value)) {
                    directory.listAll(answers);
                } else if (value.isEmpty() && !parameters.discovery()) {
                    directory.listOne(parameters.targetName(), answers);
                } else if (LoginMachine.isName(value)) {
                    directory.listOne(value.toLowerCase(java.util.Locale.ROOT), answers);
                } else {
                    answers.add(pair.key(), KeyNegotiation.REJECT);
                }
            }
            case "MaxRecvDataSegmentLength" -> {
                final long length = TextPairs.parseNumber(value);
                if (length < KeyNegotiation.MIN_SEGMENT_LENGTH
                        || length > KeyNegotiation.MAX_SEGMENT_LENGTH) {
                    answers.add(pair.key(), KeyNegotiation.REJECT);
                } else {
                    parameters.initiatorMaxRecvDataSegmentLength = (int) length;
                }
            }
            case "InitiatorAlias" -> parameters.initiatorAlias = value;
            default ->
                    answers.add(
                            pair.key(),
                            isLoginOnly(pair.key())
                                    ? KeyNegotiation.REJECT
                                    : KeyNegotiation.NOT_UNDERSTOOD);
        }
    }

    private static boolean isLoginOnly(final String key) {
        return switch (key) {
            case "HeaderDigest",
                    "DataDigest",
                    "MaxConnections",
                    "InitiatorName",
                    "TargetName",
                    "SessionType",
                    "InitialR2T",
                    "ImmediateData",
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
     * The next piece of the answer, at most {@code maxLength} bytes; empty when there is nothing to
     * say.
     */
    public byte[] nextPiece(final int maxLength) {
        final int length = Math.min(maxLength, answer.length - sent);
        final byte[] piece = Arrays.copyOfRange(answer, sent, sent + length);
        sent += length;
        return piece;
    }

    /** Whether a piece is left after those that were taken. */
    public boolean hasMore() {
        return sent < answer.length;
    }
}
