package io.gemel.bench.client;

import java.util.concurrent.TimeoutException;

/**
 * One logged-in path to one volume: an iSCSI session, or an NVMe I/O queue. Owner: the loop's
 * thread.
 */
public interface Initiator extends AutoCloseable {
    /** The loop that it runs on. */
    ClientLoop loop();

    /** Bytes. */
    int blockSize();

    /** Size of the volume in blocks. */
    long blockCount();

    /** Most bytes that one command may carry, as the target says; a limit of ours otherwise. */
    int maxTransferBytes();

    /** Commands that may be in flight at once. */
    int depth();

    int inFlight();

    /**
     * Takes the request, sends it when the peer's window and the send buffer have room, and calls
     * its listener once when it has ended. False, and nothing is taken, when depth is reached.
     */
    boolean submit(IoRequest request);

    boolean isOpen();

    /** Why it is not open any more; null while it is. */
    String closedBecause();

    /** Leaves in the protocol's own way (Logout, Delete), then closes. Bounded in time. */
    @Override
    void close();

    /** Submits and turns the loop until the request has ended: for set-up and tests. */
    default IoRequest call(final IoRequest request, final long timeoutNs) throws TimeoutException {
        final boolean[] done = new boolean[1];
        final IoRequest.Listener before = request.listener;
        request.listener = (ended, nowNs) -> done[0] = true;
        if (!submit(request)) {
            throw new IllegalStateException("depth " + depth() + " is used up");
        }
        loop().await(() -> done[0], timeoutNs, "answer to " + request.op);
        request.listener = before;
        return request;
    }
}
