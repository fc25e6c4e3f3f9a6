package io.gemel.iscsi.login;

/**
 * What a login has agreed on: RFC 7143 section 13. Starts with the defaults of the standard.
 * Lengths in bytes, times in seconds. Owner: the login, then the lane of the connection; nothing
 * changes after the login but the initiator's MaxRecvDataSegmentLength.
 */
public final class SessionParameters {
    String initiatorName = "";
    String initiatorAlias = "";
    String targetName = "";
    boolean discovery;
    boolean headerDigest;
    boolean dataDigest;
    boolean initialR2t = true;
    boolean immediateData = true;
    int initiatorMaxRecvDataSegmentLength = 8192;
    int targetMaxRecvDataSegmentLength = 8192;
    int maxBurstLength = 262_144;
    int firstBurstLength = 65_536;
    int maxOutstandingR2t = 1;
    int maxConnections = 1;
    int defaultTime2Wait = 2;
    int defaultTime2Retain = 20;
    int errorRecoveryLevel;
    long isid;

    /** Lower case, as compared. */
    public String initiatorName() {
        return initiatorName;
    }

    public String initiatorAlias() {
        return initiatorAlias;
    }

    /** Lower case; empty in a discovery session. */
    public String targetName() {
        return targetName;
    }

    public boolean discovery() {
        return discovery;
    }

    /** Whether header digests (CRC32C) are used after the login. */
    public boolean headerDigest() {
        return headerDigest;
    }

    /** Whether data digests (CRC32C) are used after the login. */
    public boolean dataDigest() {
        return dataDigest;
    }

    /** Yes: no data but immediate data comes unasked. */
    public boolean initialR2t() {
        return initialR2t;
    }

    public boolean immediateData() {
        return immediateData;
    }

    /** Longest data segment we may send. */
    public int initiatorMaxRecvDataSegmentLength() {
        return initiatorMaxRecvDataSegmentLength;
    }

    /** Longest data segment the initiator may send. */
    public int targetMaxRecvDataSegmentLength() {
        return targetMaxRecvDataSegmentLength;
    }

    /** Most bytes in one Data-In sequence or one solicited Data-Out sequence. */
    public int maxBurstLength() {
        return maxBurstLength;
    }

    /** Most bytes of a command that may come unasked, immediate data included. */
    public int firstBurstLength() {
        return Math.min(firstBurstLength, maxBurstLength);
    }

    public int maxOutstandingR2t() {
        return maxOutstandingR2t;
    }

    public int defaultTime2Wait() {
        return defaultTime2Wait;
    }

    public int defaultTime2Retain() {
        return defaultTime2Retain;
    }

    /** Six bytes, the first on the wire highest. */
    public long isid() {
        return isid;
    }
}
