package io.gemel.bench.iscsi;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The text side of a login: which keys are offered, and what the answers make of them. RFC 7143
 * section 13 gives the rules of each key. Owner: one initiator.
 */
final class IscsiLogin {
    private static final int DEFAULT_SEGMENT_BYTES = 8192;
    private static final int DEFAULT_FIRST_BURST_BYTES = 65536;
    private static final int DEFAULT_MAX_BURST_BYTES = 262144;

    private final IscsiOptions options;
    private final Map<String, String> answers = new LinkedHashMap<>();

    IscsiLogin(final IscsiOptions options) {
        this.options = options;
    }

    /** Keys of the security stage: who we are and what we want, and that we need no proof. */
    byte[] securityKeys() {
        final StringBuilder text = new StringBuilder();
        add(text, "InitiatorName", options.initiatorName());
        if (null == options.targetName()) {
            add(text, "SessionType", "Discovery");
        } else {
            add(text, "SessionType", "Normal");
            add(text, "TargetName", options.targetName());
        }
        add(text, "AuthMethod", "None");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Keys of the operational stage. */
    byte[] operationalKeys() {
        final StringBuilder text = new StringBuilder();
        add(text, "HeaderDigest", options.headerDigest() ? "CRC32C" : "None");
        add(text, "DataDigest", options.dataDigest() ? "CRC32C" : "None");
        add(text, "MaxRecvDataSegmentLength", Integer.toString(options.receiveSegmentBytes()));
        add(text, "DefaultTime2Wait", "2");
        add(text, "DefaultTime2Retain", "0");
        add(text, "ErrorRecoveryLevel", "0");
        if (null != options.targetName()) {
            add(text, "InitialR2T", options.initialR2t() ? "Yes" : "No");
            add(text, "ImmediateData", options.immediateData() ? "Yes" : "No");
            add(text, "MaxBurstLength", Integer.toString(options.maxBurstBytes()));
            add(text, "FirstBurstLength", Integer.toString(options.firstBurstBytes()));
            add(text, "MaxOutstandingR2T", "1");
            add(text, "MaxConnections", "1");
            add(text, "DataPDUInOrder", "Yes");
            add(text, "DataSequenceInOrder", "Yes");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Takes the keys of one answer. */
    void onKeys(final byte[] text, final int length) {
        answers.putAll(parse(text, length));
    }

    /** What the target said for the key; null when it said nothing. */
    String answer(final String key) {
        return answers.get(key);
    }

    boolean headerDigest() {
        return options.headerDigest();
    }

    boolean dataDigest() {
        return options.dataDigest();
    }

    /** Null when the agreement can be lived with, else why not. */
    String problem() {
        if (options.headerDigest() && !"CRC32C".equals(answers.get("HeaderDigest"))) {
            return "the target declined HeaderDigest=CRC32C: " + answers.get("HeaderDigest");
        }
        if (options.dataDigest() && !"CRC32C".equals(answers.get("DataDigest"))) {
            return "the target declined DataDigest=CRC32C: " + answers.get("DataDigest");
        }
        return null;
    }

    /** MaxRecvDataSegmentLength that the target declared: the most we may send in one PDU. */
    int sendSegmentBytes() {
        return number("MaxRecvDataSegmentLength", DEFAULT_SEGMENT_BYTES);
    }

    int maxBurstBytes() {
        return Math.min(options.maxBurstBytes(), number("MaxBurstLength", DEFAULT_MAX_BURST_BYTES));
    }

    int firstBurstBytes() {
        final int agreed =
                Math.min(
                        options.firstBurstBytes(),
                        number("FirstBurstLength", DEFAULT_FIRST_BURST_BYTES));
        return Math.min(agreed, maxBurstBytes());
    }

    /** Logical AND of both sides; the default is Yes. */
    boolean immediateData() {
        return options.immediateData() && !"No".equals(answers.get("ImmediateData"));
    }

    /** Logical OR of both sides; the default is Yes. */
    boolean initialR2t() {
        return options.initialR2t() || !"No".equals(answers.get("InitialR2T"));
    }

    /** Splits NUL-terminated key=value pairs; a key that comes again keeps its last value. */
    static Map<String, String> parse(final byte[] text, final int length) {
        final Map<String, String> keys = new LinkedHashMap<>();
        for (final String pair : new String(text, 0, length, StandardCharsets.UTF_8).split("\0")) {
            final int equals = pair.indexOf('=');
            if (equals > 0) {
                keys.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return keys;
    }

    private int number(final String key, final int otherwise) {
        final String value = answers.get(key);
        if (null == value) {
            return otherwise;
        }
        try {
            return Integer.decode(value);
        } catch (final NumberFormatException e) {
            return otherwise;
        }
    }

    private static void add(final StringBuilder text, final String key, final String value) {
        text.append(key).append('=').append(value).append('\0');
    }
}
