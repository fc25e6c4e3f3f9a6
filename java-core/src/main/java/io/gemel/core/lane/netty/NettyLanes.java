package io.gemel.core.lane.netty;

import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.lane.WaitMode;
import io.gemel.core.status.Counter;
import io.gemel.core.volume.Volume;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The lanes of a process on their threads, and the sockets they listen on. A connection goes to the
 * lane that has the fewest. Started and closed by the composition root.
 */
public final class NettyLanes implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final AtomicLong nextConnectionId = new AtomicLong(1);
    private final List<NettyLane> lanes = new ArrayList<>();
    private final Settings settings;
    private final LaneGroup group;
    private boolean stopped;

    /**
     * @param lanes how many
     * @param tasksPerLane a power of two
     * @param cpus the cores to pin lanes to, in order and round and round; empty for none
     * @param maxConnections of all lanes together; more are closed at once
     */
    public record Settings(
            int lanes,
            int tasksPerLane,
            WaitMode waitMode,
            boolean colocated,
            List<Integer> cpus,
            int maxConnections) {
        public Settings {
            cpus = List.copyOf(cpus);
        }
    }

    /** A listening socket. Closing it leaves its connections alone. */
    public static final class Listener implements AutoCloseable {
        private final Channel channel;

        private Listener(final Channel channel) {
            this.channel = channel;
        }

        /** With the real port, when port 0 was asked for. */
        public InetSocketAddress address() {
            return (InetSocketAddress) channel.localAddress();
        }

        @Override
        public void close() {
            channel.close().awaitUninterruptibly();
        }
    }

    /** Starts the threads and opens every volume on each. */
    public NettyLanes(final Settings settings, final List<Volume> volumes) throws IOException {
        this.settings = settings;
        try {
            for (int i = 0; i < settings.lanes(); i++) {
                final NettyLane lane = new NettyLane(i, settings);
                lanes.add(lane);
                final List<Integer> cpus = settings.cpus();
                lane.start(cpus.isEmpty() ? -1 : cpus.get(i % cpus.size()), volumes);
            }
        } catch (final IOException | RuntimeException e) {
            close();
            throw e;
        }
        this.group = new LaneGroup(lanes.stream().map(NettyLane::lane).toList());
    }

    public LaneGroup group() {
        return group;
    }

    /** Open connections. */
    public int connectionCount() {
        return lanes.stream().mapToInt(NettyLane::connectionCount).sum();
    }

    /**
     * Listens.
     *
     * @throws IOException when the address cannot be bound; the message names it
     */
    public Listener listen(final InetSocketAddress address, final ConnectionEngineFactory factory)
            throws IOException {
        final ChannelFuture bound =
                new ServerBootstrap()
                        .group(lanes.get(0).loop())
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .handler(new Acceptor(factory))
                        .childHandler(new ChannelInboundHandlerAdapter())
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            final String where = address.getAddress().getHostAddress() + ":" + address.getPort();
            throw new IOException(
                    "cannot listen on " + where + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new Listener(bound.channel());
    }

    /** Ends every connection at once. */
    public void closeConnections() {
        lanes.forEach(NettyLane::closeConnections);
    }

    /** Stops agents and threads. Listeners and connections are to be closed before. Idempotent. */
    @Override
    public void close() {
        if (stopped) {
            return;
        }
        stopped = true;
        for (final NettyLane lane : lanes) {
            try {
                lane.stop();
            } catch (final IOException e) {
                throw new IllegalStateException("a lane does not stop", e);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Gives accepted sockets to lanes. It stands before Netty's own acceptor and takes every socket
     * away from it.
     */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        private final ConnectionEngineFactory factory;

        Acceptor(final ConnectionEngineFactory factory) {
            this.factory = factory;
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final Channel child = (Channel) message;
            final NettyLane target =
                    lanes.stream()
                            .min(Comparator.comparingInt(NettyLane::connectionCount))
                            .orElseThrow();
            if (connectionCount() >= settings.maxConnections()) {
                lanes.get(0).lane().counters().increment(Counter.CONNECTIONS_REFUSED);
                child.unsafe().closeForcibly();
                return;
            }
            target.reserveConnection();
            final ReceiveBuffer received = new ReceiveBuffer();
            child.config().setOption(ChannelOption.TCP_NODELAY, true);
            child.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            child.config().setRecvByteBufAllocator(received);
            child.pipeline()
                    .addLast(
                            new NettyConnection(
                                    nextConnectionId.getAndIncrement(),
                                    target,
                                    child,
                                    received,
                                    factory));
            target.loop().register(child);
        }
    }

    /** The lane's own view, for tests of the transport. */
    List<Lane> lanes() {
        return group.lanes();
    }
}
