package io.gemel.core.lane.netty;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Transmit;
import io.gemel.core.memory.SlabBuffer;
import io.gemel.core.status.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket and its engine. Owner: its lane.
 *
 * <p>Received bytes are offered to the engine out of one accumulation buffer. What the engine sends
 * collects in a contiguous buffer, which goes to the socket as it fills and at the end of each
 * burst.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter
        implements Connection, Transmit, Lane.Flushable {
    /** What may wait for the socket before the engine is told that there is no room. */
    private static final int PENDING_LIMIT_BYTES = 4 * 1024 * 1024;

    /**
     * How long a connection that we close waits for its last bytes to leave and for the peer to
     * follow.
     */
    private static final long LINGER_MS = 1000;

    private static final long FLUSH_TIMEOUT_MS = 5000;
    private static final Logger LOG = LoggerFactory.getLogger(NettyConnection.class);

    private final long id;
    private final NettyLane nettyLane;
    private final Lane lane;
    private final Channel channel;
    private final ReceiveBuffer received;
    private final ConnectionEngineFactory factory;
    private ConnectionEngine engine;
    private TransmitBuffer current;
    private int claimed = -1;
    private long pendingBytes;
    private boolean wantsRoom;
    private boolean dirty;
    private boolean paused;
    private boolean offering;
    private boolean closing;
    private boolean closed;

    NettyConnection(
            final long id,
            final NettyLane nettyLane,
            final Channel channel,
            final ReceiveBuffer received,
            final ConnectionEngineFactory factory) {
        this.id = id;
        this.nettyLane = nettyLane;
        this.lane = nettyLane.lane();
        this.channel = channel;
        this.received = received;
        this.factory = factory;
    }

    NettyLane lane() {
        return nettyLane;
    }

    ConnectionEngine engine() {
        return engine;
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) {
        lane.counters().increment(Counter.CONNECTIONS_ACCEPTED);
        engine = factory.onConnected(lane, this);
        nettyLane.opened(this);
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        ((ByteBuf) message).release(); // the accumulation buffer, which stays ours
        offer();
    }

    private void offer() {
        if (offering || null == engine) {
            return;
        }
        offering = true;
        try {
            while (received.length() > 0 && !paused && !closing) {
                final int length = received.length();
                final int consumed = engine.onReceive(received.view(), received.offset(), length);
                if (consumed < 0 || consumed > length) {
                    throw new InvariantViolation("consumed " + consumed + " of " + length);
                }
                lane.counters().add(Counter.BYTES_RECEIVED, consumed);
                received.consumed(consumed);
                if (0 == consumed) {
                    if (received.isFull() && !paused) {
                        throw new InvariantViolation(
                                "the engine takes nothing of a full receive buffer");
                    }
                    break;
                }
            }
        } catch (final RuntimeException e) {
            fail(e);
        } finally {
            offering = false;
        }
        if (closing) {
            received.consumed(received.length());
        }
    }

    /** A bug of ours: this connection ends, the others go on. */
    void fail(final RuntimeException failure) {
        lane.counters().increment(Counter.ENGINE_FAILURES);
        LOG.error(
                "connection {} from {} ended by an internal failure",
                id,
                channel.remoteAddress(),
                failure);
        closing = true;
        channel.close();
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        closed = true;
        closing = true;
        lane.counters().increment(Counter.CONNECTIONS_CLOSED);
        nettyLane.gone(this);
        if (null != engine) {
            try {
                engine.onClosed();
            } catch (final RuntimeException e) {
                lane.counters().increment(Counter.ENGINE_FAILURES);
                LOG.error("connection {} failed to end", id, e);
            }
        }
        if (null != current) {
            final TransmitBuffer unsent = current;
            current = null;
            unsent.release();
        }
        received.free();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        LOG.debug("connection {}: {}", id, cause.toString());
        ctx.close();
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Transmit transmit() {
        return this;
    }

    @Override
    public void pauseReceive() {
        if (!paused) {
            paused = true;
            lane.counters().increment(Counter.RECEIVE_PAUSED);
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void resumeReceive() {
        if (paused) {
            paused = false;
            lane.execute(this::resume);
        }
    }

    private void resume() {
        if (!paused && !closed) {
            offer();
            if (!paused && !closed) {
                channel.config().setAutoRead(true);
            }
        }
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            lane.execute(this::closeAfterFlush);
        }
    }

    private void closeAfterFlush() {
        if (closed) {
            return;
        }
        flushCurrent();
        channel.config()
                .setAutoRead(
                        true); // what still comes is read and dropped, so that no reset overtakes
        // our last bytes
        channel.eventLoop().schedule(this::closeNow, FLUSH_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        (ChannelFutureListener)
                                sent -> {
                                    if (!sent.isSuccess()) {
                                        closeNow();
                                        return;
                                    }
                                    ((DuplexChannel) channel).shutdownOutput();
                                    channel.eventLoop()
                                            .schedule(
                                                    this::closeNow,
                                                    LINGER_MS,
                                                    TimeUnit.MILLISECONDS);
                                });
    }

    void closeNow() {
        channel.close();
    }

    @Override
    public SocketAddress localAddress() {
        return channel.localAddress();
    }

    @Override
    public SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public int claim(final int lengthBytes) {
        if (claimed >= 0 || lengthBytes > MAX_CLAIM_BYTES) {
            throw new InvariantViolation("claim of " + lengthBytes + " bytes, claimed " + claimed);
        }
        if (pendingBytes > PENDING_LIMIT_BYTES || closed) {
            refuse();
            return -1;
        }
        if (null != current && current.writableBytes() < lengthBytes) {
            flushCurrent();
            channel.unsafe().flush();
        }
        if (null == current) {
            current = nettyLane.transmitPool().claim(this);
        }
        claimed = lengthBytes;
        return current.writerIndex();
    }

    @Override
    public MutableDirectBuffer buffer() {
        return current.view();
    }

    @Override
    public void commit(final int lengthBytes) {
        if (lengthBytes > claimed) {
            throw new InvariantViolation("commit of " + lengthBytes + " bytes of " + claimed);
        }
        claimed = -1;
        current.writerIndex(current.writerIndex() + lengthBytes);
        pendingBytes += lengthBytes;
        markDirty();
    }

    @Override
    public boolean send(final SlabBuffer data, final int offset, final int lengthBytes) {
        if (pendingBytes > PENDING_LIMIT_BYTES || closed) {
            refuse();
            return false;
        }
        flushCurrent();
        final SlabSlice slice = nettyLane.transmitPool().slice(this, data, offset, lengthBytes);
        pendingBytes += lengthBytes;
        channel.unsafe().write(slice, channel.voidPromise());
        markDirty();
        return true;
    }

    private void refuse() {
        wantsRoom = true;
        lane.counters().increment(Counter.TRANSMIT_FULL);
    }

    private void markDirty() {
        if (!dirty) {
            dirty = true;
            lane.flushLater(this);
        }
    }

    /** The socket has taken (or dropped) so many bytes. */
    void onSent(final int bytes) {
        pendingBytes -= bytes;
        lane.counters().add(Counter.BYTES_SENT, bytes);
        if (wantsRoom && pendingBytes < PENDING_LIMIT_BYTES / 2) {
            markDirty();
        }
    }

    @Override
    public void flush() {
        dirty = false;
        if (closed) {
            return;
        }
        if (wantsRoom && pendingBytes < PENDING_LIMIT_BYTES / 2) {
            wantsRoom = false;
            try {
                engine.onTransmitReady();
            } catch (final RuntimeException e) {
                fail(e);
                return;
            }
        }
        flushCurrent();
        channel.unsafe().flush();
    }

    /** Hands the contiguous buffer to the socket's queue; it is not flushed by that. */
    private void flushCurrent() {
        if (null != current && current.isReadable()) {
            final TransmitBuffer full = current;
            current = null;
            channel.unsafe().write(full, channel.voidPromise());
        }
    }
}
