package io.gemel.core.lane.netty;

import io.gemel.core.memory.SlabBuffer;
import java.util.ArrayDeque;
import org.agrona.collections.Object2ObjectHashMap;

/**
 * What goes to sockets, reused. Owner: one lane. It grows to the most that was ever in flight and
 * stays so.
 */
final class TransmitPool {
    private final ArrayDeque<TransmitBuffer> buffers = new ArrayDeque<>();
    private final Object2ObjectHashMap<SlabBuffer, ArrayDeque<SlabSlice>> slices =
            new Object2ObjectHashMap<>();

    TransmitBuffer claim(final NettyConnection connection) {
        final TransmitBuffer pooled = buffers.pollLast();
        final TransmitBuffer buffer = null != pooled ? pooled : new TransmitBuffer(this);
        buffer.begin(connection);
        return buffer;
    }

    SlabSlice slice(
            final NettyConnection connection,
            final SlabBuffer data,
            final int offset,
            final int lengthBytes) {
        final ArrayDeque<SlabSlice> pooled = slices.get(data);
        SlabSlice slice = null == pooled ? null : pooled.pollLast();
        if (null == slice) {
            slice = new SlabSlice(data);
        }
        slice.begin(connection, offset, lengthBytes);
        return slice;
    }

    void giveBack(final TransmitBuffer buffer) {
        buffers.addLast(buffer);
    }

    void giveBack(final SlabBuffer data, final SlabSlice slice) {
        ArrayDeque<SlabSlice> pooled = slices.get(data);
        if (null == pooled) {
            pooled = new ArrayDeque<>(4);
            slices.put(data, pooled);
        }
        pooled.addLast(slice);
    }
}
