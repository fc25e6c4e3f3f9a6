package io.gemel.nvme.subsystem;

import io.gemel.core.lane.Lane;
import io.gemel.nvme.wire.NvmeStatus;
import java.net.SocketAddress;

/**
 * The connection that carries a queue, as subsystem and controller see it. Owner: its lane; methods
 * marked so may be called from any thread.
 */
public interface QueueConnection {
    /** Any thread. */
    Lane lane();

    /** Any thread. */
    SocketAddress localAddress();

    /** Any thread. */
    SocketAddress remoteAddress();

    /** Any thread. */
    QueueCounters counters();

    /** Digests in use, as {@code IcReq} has them. Any thread. */
    int digests();

    /**
     * Sends the completion of a command that is held without a task (Asynchronous Event Request);
     * kept when there is no room now. Lane thread.
     */
    void completeHeld(int commandId, NvmeStatus status, long result);

    /** Forgets a held command: its identifier is free again. Lane thread. */
    void dropHeld(int commandId);

    /** Aborts the command of that identifier, if it is there, and tells. Lane thread. */
    void abortCommand(int commandId, AbortObserver observer);

    /** The last I/O queue of the controller whose Admin Queue this is has ended. Lane thread. */
    void ioQueuesGone();

    /** Ends the connection: its commands are not answered any more. Any thread. */
    void terminate();
}
