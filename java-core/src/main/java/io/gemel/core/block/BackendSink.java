package io.gemel.core.block;

/** Where a backend reports. Called on the agent's thread, once per started {@link BackendIo}. */
public interface BackendSink {
    /**
     * @param errno what the kernel said, 0 if it said nothing
     */
    void onBackendComplete(BackendIo io, BlockStatus status, int errno);
}
