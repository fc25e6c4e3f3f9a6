package io.gemel.core.block;

/** One agent's way to one file or device: a slot in the agent's ring. Owner: the agent's thread. */
final class UringQueue implements BackendQueue {
    private static final int CLOSED = -1;

    private final UringPoller poller;
    private final UringBackend backend;
    private final BackendSink sink;
    private final int blockSize;
    private int fileSlot;

    UringQueue(
            final UringPoller poller,
            final UringBackend backend,
            final BackendSink sink,
            final int blockSize,
            final int fileSlot) {
        this.poller = poller;
        this.backend = backend;
        this.sink = sink;
        this.blockSize = blockSize;
        this.fileSlot = fileSlot;
    }

    @Override
    public boolean start(final BackendIo io) {
        if (backend.supports(io.kind())) {
            poller.start(this, io);
        } else {
            sink.onBackendComplete(io, BlockStatus.UNSUPPORTED, 0);
        }
        return true;
    }

    @Override
    public void cancel(final BackendIo io) {
        poller.cancel(io);
    }

    @Override
    public void close() {
        if (CLOSED != fileSlot) {
            poller.removeFile(fileSlot);
            fileSlot = CLOSED;
        }
    }

    int fileSlot() {
        return fileSlot;
    }

    UringBackend backend() {
        return backend;
    }

    /** Bytes per block of the volume. */
    int blockSize() {
        return blockSize;
    }
}
