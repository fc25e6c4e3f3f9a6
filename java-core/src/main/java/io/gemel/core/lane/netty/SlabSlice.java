package io.gemel.core.lane.netty;

import io.gemel.core.memory.SlabBuffer;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;

/**
 * A part of a slab buffer on its way to the socket; keeps the slab buffer until the socket has
 * taken it. Owner: its lane. There are as many per slab buffer as were ever in flight of it at
 * once.
 */
final class SlabSlice extends UnpooledUnsafeDirectByteBuf {
    private final SlabBuffer data;
    private NettyConnection connection;
    private int lengthBytes;

    SlabSlice(final SlabBuffer data) {
        super(UnpooledByteBufAllocator.DEFAULT, data.byteBuffer(), data.capacity());
        this.data = data;
    }

    void begin(final NettyConnection connection, final int offset, final int lengthBytes) {
        this.connection = connection;
        this.lengthBytes = lengthBytes;
        resetRefCnt();
        setIndex(0, 0);
        setIndex(offset, offset + lengthBytes);
        data.retain();
    }

    @Override
    protected void deallocate() {
        final NettyConnection sender = connection;
        connection = null;
        data.release();
        sender.lane().transmitPool().giveBack(data, this);
        sender.onSent(lengthBytes);
    }
}
