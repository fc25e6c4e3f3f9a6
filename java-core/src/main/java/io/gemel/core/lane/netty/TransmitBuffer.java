package io.gemel.core.lane.netty;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A contiguous buffer that goes to the socket and comes back to its pool when the socket has taken
 * it. Owner: its lane; one connection at a time.
 */
final class TransmitBuffer extends UnpooledUnsafeDirectByteBuf {
    static final int BYTES = 64 * 1024;

    private final TransmitPool pool;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private NettyConnection connection;

    TransmitBuffer(final TransmitPool pool) {
        super(UnpooledByteBufAllocator.DEFAULT, BYTES, BYTES);
        this.pool = pool;
        view.wrap(memoryAddress(), BYTES);
    }

    UnsafeBuffer view() {
        return view;
    }

    void begin(final NettyConnection connection) {
        this.connection = connection;
        resetRefCnt();
        clear();
    }

    @Override
    protected void deallocate() {
        final NettyConnection sender = connection;
        connection = null;
        pool.giveBack(this);
        sender.onSent(writerIndex());
    }
}
