package io.gemel.iscsi.login;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Answers offers of operational keys: RFC 7143 sections 6.2 and 13. Owner: one login.
 *
 * <p>Each key is negotiated once. Numbers and booleans are combined by the key's rule (min, max,
 * AND, OR); lists are answered with the first value of the initiator that we support;
 * MaxRecvDataSegmentLength is declared in each direction. A value the key cannot have is answered
 * Reject, and the key keeps its default.
 */
final class KeyNegotiation {
    static final String REJECT = "Reject";
    static final String IRRELEVANT = "Irrelevant";
    static final String NOT_UNDERSTOOD = "NotUnderstood";

    static final int MIN_SEGMENT_LENGTH = 512;
    static final int MAX_SEGMENT_LENGTH = 0xFF_FFFF;

    private final SessionParameters parameters;
    private final LoginLimits limits;
    private final Set<String> seen = new HashSet<>();
    private boolean declared;

    KeyNegotiation(final SessionParameters parameters, final LoginLimits limits) {
        this.parameters = parameters;
        this.limits = limits;
    }

    /** Notes that a key has come; a second time is an error of the initiator. */
    void once(final String key) throws LoginFailure {
        if (!seen.add(key)) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, key + " came twice");
        }
    }

    /** Answers the operational keys of one exchange. */
    void answer(
            final List<TextPairs.Pair> offers, final DigestPolicy digests, final TextPairs answers)
            throws LoginFailure {
        // FirstBurstLength must not exceed MaxBurstLength, whichever of the two comes first.
        for (final TextPairs.Pair offer : offers) {
            if ("MaxBurstLength".equals(offer.key())) {
                parameters.maxBurstLength =
                        burst(offer.value(), limits.maxBurstLength(), parameters.maxBurstLength);
            }
        }
        for (final TextPairs.Pair offer : offers) {
            once(offer.key());
            answerOne(offer.key(), offer.value(), digests, answers);
        }
        if (!declared) {
            declared = true;
            parameters.targetMaxRecvDataSegmentLength = limits.maxRecvDataSegmentLength();
            answers.add(
                    "MaxRecvDataSegmentLength",
                    Integer.toString(limits.maxRecvDataSegmentLength()));
        }
    }

    private void answerOne(
            final String key,
            final String value,
            final DigestPolicy digests,
            final TextPairs answers)
            throws LoginFailure {
        final SessionParameters p = parameters;
        switch (key) {
            case "HeaderDigest" -> {
                final String chosen = chooseDigest(value, digests);
                p.headerDigest = "CRC32C".equals(chosen);
                answers.add(key, chosen);
            }
            case "DataDigest" -> {
                final String chosen = chooseDigest(value, digests);
                p.dataDigest = "CRC32C".equals(chosen);
                answers.add(key, chosen);
            }
            case "MaxRecvDataSegmentLength" -> {
                final long length = TextPairs.parseNumber(value);
                if (length < MIN_SEGMENT_LENGTH || length > MAX_SEGMENT_LENGTH) {
                    throw new LoginFailure(LoginStatus.INITIATOR_ERROR, key + "=" + value);
                }
                p.initiatorMaxRecvDataSegmentLength = (int) length; // declared, not answered
            }
            case "MaxConnections" -> {
                p.maxConnections =
                        number(key, value, 1, 65_535, 1, true, p.maxConnections, true, answers);
            }
            case "InitialR2T" ->
                    p.initialR2t =
                            bool(key, value, limits.initialR2t(), false, p.initialR2t, answers);
            case "ImmediateData" ->
                    p.immediateData =
                            bool(
                                    key,
                                    value,
                                    limits.immediateData(),
                                    true,
                                    p.immediateData,
                                    answers);
            case "MaxBurstLength" -> {
                if (p.discovery) {
                    answers.add(key, IRRELEVANT);
                } else {
                    answers.add(
                            key,
                            burst(value, limits.maxBurstLength(), -1) < 0
                                    ? REJECT
                                    : Integer.toString(p.maxBurstLength));
                }
            }
            case "FirstBurstLength" -> {
                final int ours = Math.min(limits.firstBurstLength(), p.maxBurstLength);
                p.firstBurstLength =
                        number(
                                key,
                                value,
                                MIN_SEGMENT_LENGTH,
                                MAX_SEGMENT_LENGTH,
                                ours,
                                true,
                                p.firstBurstLength,
                                true,
                                answers);
            }
            case "MaxOutstandingR2T" ->
                    p.maxOutstandingR2t =
                            number(
                                    key,
                                    value,
                                    1,
                                    65_535,
                                    limits.maxOutstandingR2t(),
                                    true,
                                    p.maxOutstandingR2t,
                                    true,
                                    answers);
            case "DefaultTime2Wait" ->
                    p.defaultTime2Wait =
                            number(
                                    key,
                                    value,
                                    0,
                                    3600,
                                    2,
                                    false,
                                    p.defaultTime2Wait,
                                    false,
                                    answers);
            case "DefaultTime2Retain" ->
                    p.defaultTime2Retain =
                            number(
                                    key,
                                    value,
                                    0,
                                    3600,
                                    0,
                                    true,
                                    p.defaultTime2Retain,
                                    false,
                                    answers);
            case "ErrorRecoveryLevel" ->
                    p.errorRecoveryLevel =
                            number(key, value, 0, 2, 0, true, p.errorRecoveryLevel, false, answers);
            case "DataPDUInOrder", "DataSequenceInOrder" ->
                    bool(key, value, true, false, true, answers);
            case "IFMarker", "OFMarker" -> // obsolete since RFC 7143
                    bool(key, value, false, true, false, answers);
            case "iSCSIProtocolLevel" -> number(key, value, 0, 31, 1, true, 1, true, answers);
            case "TaskReporting" ->
                    answers.add(
                            key,
                            List.of(value.split(",", -1)).contains("RFC3720") ? "RFC3720" : REJECT);
            case "OFMarkInt",
                    "IFMarkInt",
                    "TargetAlias",
                    "TargetAddress",
                    "TargetPortalGroupTag",
                    "SendTargets" ->
                    answers.add(key, REJECT);
            default -> answers.add(key, NOT_UNDERSTOOD); // X- keys among them
        }
    }

    /** min(offer, ours), or {@code otherwise} when the offer is no burst length. */
    private static int burst(final String value, final int ours, final int otherwise) {
        final long offer = TextPairs.parseNumber(value);
        return offer < MIN_SEGMENT_LENGTH || offer > MAX_SEGMENT_LENGTH
                ? otherwise
                : (int) Math.min(offer, ours);
    }

    private int number(
            final String key,
            final String value,
            final int least,
            final int most,
            final int ours,
            final boolean smaller,
            final int current,
            final boolean irrelevantInDiscovery,
            final TextPairs answers) {
        if (irrelevantInDiscovery && parameters.discovery) {
            answers.add(key, IRRELEVANT);
            return current;
        }
        final long offer = TextPairs.parseNumber(value);
        if (offer < least || offer > most) {
            answers.add(key, REJECT);
            return current;
        }
        final int result = smaller ? Math.min((int) offer, ours) : Math.max((int) offer, ours);
        answers.add(key, Integer.toString(result));
        return result;
    }

    private boolean bool(
            final String key,
            final String value,
            final boolean ours,
            final boolean and,
            final boolean current,
            final TextPairs answers) {
        final Boolean offer = TextPairs.parseBoolean(value);
        if (parameters.discovery) {
            answers.add(key, IRRELEVANT);
            return current;
        }
        if (offer == null) {
            answers.add(key, REJECT);
            return current;
        }
        final boolean result = and ? offer && ours : offer || ours;
        answers.add(key, result ? "Yes" : "No");
        return result;
    }

    private static String chooseDigest(final String value, final DigestPolicy digests) {
        for (final String offer : value.split(",", -1)) {
            if ("CRC32C".equals(offer) && digests != DigestPolicy.REFUSED
                    || "None".equals(offer) && digests != DigestPolicy.REQUIRED) {
                return offer;
            }
        }
        return REJECT;
    }
}
