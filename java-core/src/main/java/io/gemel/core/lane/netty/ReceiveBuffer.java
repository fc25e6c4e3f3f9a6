package io.gemel.core.lane.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The accumulation buffer of one connection, which the socket reads straight into: one recv per
 * burst and no copy in between. Owner: its lane.
 */
final class ReceiveBuffer implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {
    static final int BYTES = 256 * 1024;

    /** Below so much free space the rest is moved to the front. */
    private static final int LOW_SPACE_BYTES = 64 * 1024;

    private final ByteBuf bytes = Unpooled.directBuffer(BYTES, BYTES);
    private final UnsafeBuffer view = new UnsafeBuffer(bytes.memoryAddress(), BYTES);
    private ChannelConfig config;
    private int attempted;
    private int last;
    private int reads;

    UnsafeBuffer view() {
        return view;
    }

    int offset() {
        return bytes.readerIndex();
    }

    int length() {
        return bytes.readableBytes();
    }

    boolean isFull() {
        return BYTES == bytes.readableBytes();
    }

    void consumed(final int count) {
        bytes.skipBytes(count);
        if (!bytes.isReadable()) {
            bytes.clear();
        }
    }

    void free() {
        bytes.release();
    }

    @Override
    public ExtendedHandle newHandle() {
        return this;
    }

    @Override
    public ByteBuf allocate(final ByteBufAllocator alloc) {
        if (bytes.writableBytes() < LOW_SPACE_BYTES && bytes.readerIndex() > 0) {
            bytes.discardReadBytes();
        }
        return bytes.retain();
    }

    @Override
    public int guess() {
        return bytes.writableBytes();
    }

    @Override
    public void reset(final ChannelConfig channelConfig) {
        config = channelConfig;
        reads = 0;
        last = 0;
        attempted = 0;
    }

    @Override
    public void incMessagesRead(final int count) {
        reads += count;
    }

    @Override
    public void lastBytesRead(final int count) {
        last = count;
    }

    @Override
    public int lastBytesRead() {
        return last;
    }

    @Override
    public void attemptedBytesRead(final int count) {
        attempted = count;
    }

    @Override
    public int attemptedBytesRead() {
        return attempted;
    }

    /** Once more only when the read took all the space there was, and there is space again. */
    @Override
    public boolean continueReading() {
        return config.isAutoRead() && last > 0 && last == attempted && reads < 4 && !isFull();
    }

    @Override
    public boolean continueReading(final UncheckedBooleanSupplier maybeMoreData) {
        return continueReading();
    }

    @Override
    public void readComplete() {}
}
