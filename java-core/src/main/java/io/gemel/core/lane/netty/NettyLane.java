package io.gemel.core.lane.netty;

import io.gemel.core.block.AgentPoller;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.WaitMode;
import io.gemel.core.status.Counter;
import io.gemel.core.uring.NativeThread;
import io.gemel.core.volume.Volume;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lane on a Netty event loop with native epoll. */
final class NettyLane {
    /** A sleeping lane wakes so often to look at its timers. */
    private static final long TIMER_TICK_MS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(NettyLane.class);

    private final LaneIoHandler[] handler = new LaneIoHandler[1];
    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop loop;
    private final Lane lane;
    private final AgentThread agentThread;
    private final TransmitPool transmitPool = new TransmitPool();
    private final Map<Object, NettyConnection> connections = new HashMap<>();
    private final AtomicInteger connectionCount = new AtomicInteger();

    NettyLane(final int index, final NettyLanes.Settings settings) {
        final IoHandlerFactory epoll = EpollIoHandler.newFactory();
        final WaitMode waitMode = settings.waitMode();
        this.group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        (ThreadFactory)
                                runnable ->
                                        new FastThreadLocalThread(runnable, "gemel-lane-" + index),
                        executor -> {
                            handler[0] = new LaneIoHandler(epoll.newHandler(executor), waitMode);
                            return handler[0];
                        });
        this.loop = group.next();
        this.lane =
                new Lane(
                        index,
                        settings.tasksPerLane(),
                        settings.colocated(),
                        System.nanoTime(),
                        loop::execute,
                        this::wakeAgent);
        lane.onFailure(this::onEngineFailure);
        handler[0].lane(lane);
        this.agentThread =
                settings.colocated()
                        ? null
                        : new AgentThread(index, lane.agent(), waitMode, handler[0]::wakeup);
    }

    /** Starts the thread, pins it if asked, opens the volumes on it. */
    void start(final int cpu, final List<Volume> volumes) throws IOException {
        onLane(
                () -> {
                    lane.adoptThread();
                    if (cpu >= 0) {
                        NativeThread.pinTo(cpu);
                    }
                    if (null == agentThread) {
                        attach(volumes);
                    }
                    return null;
                });
        if (null != agentThread) {
            agentThread.attachAndStart(volumes);
        }
        loop.scheduleAtFixedRate(() -> {}, TIMER_TICK_MS, TIMER_TICK_MS, TimeUnit.MILLISECONDS);
    }

    private void attach(final List<Volume> volumes) throws IOException {
        for (final Volume volume : volumes) {
            lane.agent().attach(volume);
        }
        for (final AgentPoller poller : lane.agent().pollers()) {
            if (poller.wakeFd() >= 0) {
                loop.register(new Wake(poller.wakeFd()))
                        .addListener(
                                done ->
                                        ((IoRegistration) done.getNow())
                                                .submit(
                                                        EpollIoOps.EPOLLIN.with(
                                                                EpollIoOps.EPOLLET)));
            }
        }
    }

    Lane lane() {
        return lane;
    }

    EventLoop loop() {
        return loop;
    }

    TransmitPool transmitPool() {
        return transmitPool;
    }

    /** Connections on this lane, as seen from any thread. */
    int connectionCount() {
        return connectionCount.get();
    }

    void reserveConnection() {
        connectionCount.incrementAndGet();
    }

    void opened(final NettyConnection connection) {
        connections.put(connection.engine(), connection);
    }

    void gone(final NettyConnection connection) {
        connections.remove(connection.engine());
        connectionCount.decrementAndGet();
    }

    /** Closes every connection at once. */
    void closeConnections() {
        loop.execute(() -> List.copyOf(connections.values()).forEach(NettyConnection::closeNow));
    }

    /** Stops the agent, then the thread; connections are closed and no task is out. */
    void stop() throws IOException, InterruptedException {
        if (null != agentThread) {
            agentThread.stop();
        } else {
            onLane(
                    () -> {
                        lane.agent().close();
                        return null;
                    });
        }
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    private void wakeAgent() {
        agentThread.wake();
    }

    private void onEngineFailure(final Object context, final RuntimeException failure) {
        final NettyConnection connection = connections.get(context);
        if (null == connection) {
            // Not thrown on: the completion that failed would be taken again and again.
            lane.counters().increment(Counter.ENGINE_FAILURES);
            LOG.error("lane {}: a command failed internally", lane.index(), failure);
            return;
        }
        connection.fail(failure);
    }

    private void onLane(final Callable<Void> work) throws IOException {
        try {
            loop.submit(work).get();
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a lane was starting or stopping", e);
        }
    }

    /** An io_uring in the lane's epoll set: being woken is all, since each duty cycle polls it. */
    private static final class Wake implements EpollIoHandle {
        private final FileDescriptor fd;

        Wake(final int fd) {
            this.fd = new FileDescriptor(fd);
        }

        @Override
        public FileDescriptor fd() {
            return fd;
        }

        @Override
        public void handle(final IoRegistration registration, final IoEvent event) {}

        @Override
        public void close() {}
    }
}
