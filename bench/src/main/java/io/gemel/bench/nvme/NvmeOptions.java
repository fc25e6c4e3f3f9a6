package io.gemel.bench.nvme;

import io.gemel.nvme.wire.Nqn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What an NVMe/TCP host asks for.
 *
 * @param hostNqn HOSTNQN of this side
 * @param hostId 16 bytes
 * @param subsystemNqn SUBNQN of the target
 * @param nsid the namespace; 0 for none (discovery)
 * @param queues I/O queues, each a connection of its own; 0 for the admin queue alone
 * @param depth commands in flight on one I/O queue, 1 to 1024
 * @param headerDigest HDGST is asked for; connecting fails when it is declined
 * @param dataDigest DDGST is asked for; connecting fails when it is declined
 * @param katoMs keep alive timeout in milliseconds, 0 for none
 * @param flowControl false: SQ flow control is disabled in Connect, SQHD is not looked at
 */
public record NvmeOptions(
        String hostNqn,
        UUID hostId,
        String subsystemNqn,
        int nsid,
        int queues,
        int depth,
        boolean headerDigest,
        boolean dataDigest,
        int katoMs,
        boolean flowControl) {

    /** HOSTNQN that this host goes by unless told otherwise. */
    public static final String DEFAULT_HOST_NQN = "nqn.2026-11.io.gemel:bench";

    private static final int DEFAULT_KATO_MS = 30_000;

    /** One I/O queue of depth 32, no digests, flow control disabled. */
    public static NvmeOptions to(final String subsystemNqn, final int nsid) {
        return new NvmeOptions(
                DEFAULT_HOST_NQN,
                hostIdOf(DEFAULT_HOST_NQN),
                subsystemNqn,
                nsid,
                1,
                32,
                false,
                false,
                DEFAULT_KATO_MS,
                false);
    }

    /** The discovery controller. */
    public static NvmeOptions discovery() {
        return new NvmeOptions(
                DEFAULT_HOST_NQN,
                hostIdOf(DEFAULT_HOST_NQN),
                Nqn.DISCOVERY,
                0,
                0,
                32,
                false,
                false,
                0,
                false);
    }

    /** Another host: its host id is derived from the name. */
    public NvmeOptions withHost(final String nqn) {
        return new NvmeOptions(
                nqn,
                hostIdOf(nqn),
                subsystemNqn,
                nsid,
                queues,
                depth,
                headerDigest,
                dataDigest,
                katoMs,
                flowControl);
    }

    public NvmeOptions withQueues(final int count, final int depthOfEach) {
        return new NvmeOptions(
                hostNqn,
                hostId,
                subsystemNqn,
                nsid,
                count,
                depthOfEach,
                headerDigest,
                dataDigest,
                katoMs,
                flowControl);
    }

    public NvmeOptions withDigests(final boolean header, final boolean data) {
        return new NvmeOptions(
                hostNqn,
                hostId,
                subsystemNqn,
                nsid,
                queues,
                depth,
                header,
                data,
                katoMs,
                flowControl);
    }

    public NvmeOptions withKatoMs(final int value) {
        return new NvmeOptions(
                hostNqn,
                hostId,
                subsystemNqn,
                nsid,
                queues,
                depth,
                headerDigest,
                dataDigest,
                value,
                flowControl);
    }

    public NvmeOptions withFlowControl(final boolean value) {
        return new NvmeOptions(
                hostNqn,
                hostId,
                subsystemNqn,
                nsid,
                queues,
                depth,
                headerDigest,
                dataDigest,
                katoMs,
                value);
    }

    /** HOSTID as its 16 bytes. */
    byte[] hostIdBytes() {
        return ByteBuffer.allocate(16)
                .putLong(hostId.getMostSignificantBits())
                .putLong(hostId.getLeastSignificantBits())
                .array();
    }

    private static UUID hostIdOf(final String nqn) {
        return UUID.nameUUIDFromBytes(nqn.getBytes(StandardCharsets.UTF_8));
    }
}
