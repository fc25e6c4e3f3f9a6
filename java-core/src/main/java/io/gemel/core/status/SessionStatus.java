package io.gemel.core.status;

/**
 * One iSCSI session or one NVMe association (a controller and its queues), as listings show it. A
 * snapshot.
 *
 * @param protocol {@code iscsi} or {@code nvme}
 * @param peer name of the initiator (iSCSI) or host (NVMe)
 * @param target name of the target (iSCSI) or subsystem (NVMe)
 * @param id what the protocol calls it by: TSIH, CNTLID
 * @param address remote address of its first connection
 * @param connections TCP connections that it has; NVMe: queue pairs, the admin queue among them
 * @param detail what else an operator wants to know (digests, keep-alive), or empty
 */
public record SessionStatus(
        String protocol,
        String peer,
        String target,
        int id,
        String address,
        int connections,
        String detail) {}
