package io.gemel.core.block;

import io.gemel.core.status.LaneCounters;
import java.io.IOException;

/** What an I/O agent offers to the backends that run on it. Used on the agent's thread only. */
public interface AgentContext {
    /** Where operations end. */
    BackendSink sink();

    /** Where the agent and what runs on it count. */
    LaneCounters counters();

    /** {@link BackendIo#slot()} is below this. */
    int slots();

    /** Start of the memory that nearly all payload lies in, to be registered with the kernel. */
    long registrableAddress();

    /** Length of that memory in bytes. */
    long registrableLengthBytes();

    /**
     * The agent's one poller of a kind, made by the first backend that needs it: the file backends
     * of an agent share one io_uring.
     */
    <T extends AgentPoller> T poller(Class<T> kind, PollerFactory<T> factory) throws IOException;

    /** Makes a poller on the agent's thread. */
    interface PollerFactory<T extends AgentPoller> {
        T create(AgentContext agent) throws IOException;
    }
}
