package io.gemel.bench.iscsi;

/**
 * What an iSCSI session asks for.
 *
 * @param initiatorName IQN of this side
 * @param targetName IQN of the target; null asks for a discovery session
 * @param lun 0 to 16383
 * @param isidQualifier the last two bytes of the ISID: different for sessions that live together
 * @param depth commands in flight at most, 1 to 4096
 * @param headerDigest CRC32C is asked for; login fails when the target declines
 * @param dataDigest CRC32C is asked for; login fails when the target declines
 * @param immediateData offered; the target may decline
 * @param initialR2t true: no unsolicited Data-Out
 * @param firstBurstBytes FirstBurstLength offered
 * @param maxBurstBytes MaxBurstLength offered
 * @param receiveSegmentBytes MaxRecvDataSegmentLength declared, at most 16 MiB - 1
 */
public record IscsiOptions(
        String initiatorName,
        String targetName,
        int lun,
        int isidQualifier,
        int depth,
        boolean headerDigest,
        boolean dataDigest,
        boolean immediateData,
        boolean initialR2t,
        int firstBurstBytes,
        int maxBurstBytes,
        int receiveSegmentBytes) {

    /** IQN that this initiator goes by unless told otherwise. */
    public static final String DEFAULT_INITIATOR_NAME = "iqn.2026-11.io.gemel:bench";

    /** The usual offers of Linux' initiator, no digests, depth 32. */
    public static IscsiOptions to(final String targetName, final int lun) {
        return new IscsiOptions(
                DEFAULT_INITIATOR_NAME,
                targetName,
                lun,
                1,
                32,
                false,
                false,
                true,
                false,
                256 << 10,
                16 << 20,
                256 << 10);
    }

    /** A discovery session. */
    public static IscsiOptions discovery() {
        return to(null, 0);
    }

    public IscsiOptions withInitiatorName(final String value) {
        return new IscsiOptions(
                value,
                targetName,
                lun,
                isidQualifier,
                depth,
                headerDigest,
                dataDigest,
                immediateData,
                initialR2t,
                firstBurstBytes,
                maxBurstBytes,
                receiveSegmentBytes);
    }

    public IscsiOptions withIsidQualifier(final int value) {
        return new IscsiOptions(
                initiatorName,
                targetName,
                lun,
                value,
                depth,
                headerDigest,
                dataDigest,
                immediateData,
                initialR2t,
                firstBurstBytes,
                maxBurstBytes,
                receiveSegmentBytes);
    }

    public IscsiOptions withDepth(final int value) {
        return new IscsiOptions(
                initiatorName,
                targetName,
                lun,
                isidQualifier,
                value,
                headerDigest,
                dataDigest,
                immediateData,
                initialR2t,
                firstBurstBytes,
                maxBurstBytes,
                receiveSegmentBytes);
    }

    public IscsiOptions withDigests(final boolean header, final boolean data) {
        return new IscsiOptions(
                initiatorName,
                targetName,
                lun,
                isidQualifier,
                depth,
                header,
                data,
                immediateData,
                initialR2t,
                firstBurstBytes,
                maxBurstBytes,
                receiveSegmentBytes);
    }

    /** How write data may come before it is asked for. */
    public IscsiOptions withUnsolicited(final boolean immediate, final boolean r2tFirst) {
        return new IscsiOptions(
                initiatorName,
                targetName,
                lun,
                isidQualifier,
                depth,
                headerDigest,
                dataDigest,
                immediate,
                r2tFirst,
                firstBurstBytes,
                maxBurstBytes,
                receiveSegmentBytes);
    }

    /** Burst and segment lengths in bytes. */
    public IscsiOptions withLengths(
            final int firstBurst, final int maxBurst, final int receiveSegment) {
        return new IscsiOptions(
                initiatorName,
                targetName,
                lun,
                isidQualifier,
                depth,
                headerDigest,
                dataDigest,
                immediateData,
                initialR2t,
                firstBurst,
                maxBurst,
                receiveSegment);
    }
}
