package io.gemel.iscsi.login;

/**
 * What we bring to the negotiation of every login. Lengths in bytes.
 *
 * @param maxRecvDataSegmentLength what we declare
 * @param maxTextLength most bytes of text that one exchange may bring, C-bit continuation included
 */
public record LoginLimits(
        int maxRecvDataSegmentLength,
        int maxBurstLength,
        int firstBurstLength,
        int maxOutstandingR2t,
        boolean initialR2t,
        boolean immediateData,
        int maxTextLength) {
    /** The values the product starts with. */
    public static LoginLimits defaults() {
        return new LoginLimits(262_144, 1_048_576, 262_144, 4, false, true, 16_384);
    }
}
