package io.gemel.bench.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The client's event loop. Owner: the thread that calls it; there is no other.
 *
 * <p>A turn receives in bulk from every connection, lets the engines run, and writes once per
 * connection. It polls the sockets directly, since the generator must not be slower than what it
 * measures; after {@link #SPIN_NS} without work {@link #idle} sleeps in epoll, unless told not to.
 * All connections share one receive buffer, which so stays in the cache.
 */
public final class ClientLoop implements AutoCloseable {
    /** What to do when there is nothing to do. */
    public enum Wait {
        /** Poll for {@link #SPIN_NS}, then sleep in epoll. */
        ADAPTIVE,
        /** Never sleep: for a client that has a core of its own. */
        BUSY_POLL,
        /** Sleep in epoll at once. */
        PARK
    }

    /** Unconsumed bytes that a connection may carry over to its next receive. */
    public static final int MAX_REMAINDER_BYTES = 4096;

    /** How long the adaptive wait polls before it sleeps, in nanoseconds. */
    public static final long SPIN_NS = 50_000;

    private static final int RECEIVE_BYTES = 256 << 10;
    private static final long SELECT_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Consumer<SelectionKey> IGNORE_KEY = key -> {};

    private final Wait wait;
    private final Selector selector;
    private final ByteBuffer receiveBytes =
            ByteBuffer.allocateDirect(MAX_REMAINDER_BYTES + RECEIVE_BYTES);
    private final UnsafeBuffer receiveBuffer = new UnsafeBuffer(receiveBytes);
    private final ArrayList<ClientConnection> connections = new ArrayList<>();
    private long nowNs = System.nanoTime();
    private long lastWorkNs = nowNs;

    public ClientLoop(final Wait wait) {
        this.wait = wait;
        try {
            selector = Selector.open();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The clock as last read by this loop, {@link System#nanoTime()} scale. */
    public long nowNs() {
        return nowNs;
    }

    /** Connects (blocking, at most timeoutNs) and hands the socket to the engine. */
    public ClientConnection connect(
            final InetSocketAddress address, final ClientEngine engine, final long timeoutNs)
            throws IOException {
        final SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            final int timeoutMs = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNs));
            channel.socket().connect(address, timeoutMs);
            channel.configureBlocking(false);
            final ClientConnection connection = new ClientConnection(channel, engine);
            connection.key = channel.register(selector, SelectionKey.OP_READ);
            connections.add(connection);
            nowNs = System.nanoTime();
            engine.onConnected(connection.out, nowNs);
            return connection;
        } catch (final IOException e) {
            channel.close();
            throw new IOException("cannot connect to " + address + ": " + e.getMessage(), e);
        }
    }

    /** Receives from every connection, runs the engines, flushes. Returns 0 when nothing moved. */
    public int turn() {
        int work = 0;
        boolean closed = false;
        for (int i = 0; i < connections.size(); i++) {
            final ClientConnection connection = connections.get(i);
            if (connection.isOpen()) {
                work += receive(connection);
            }
            closed |= !connection.isOpen();
        }
        if (0 == work) {
            nowNs = System.nanoTime();
        }
        work += flush();
        if (work > 0) {
            lastWorkNs = nowNs;
        }
        if (closed) {
            connections.removeIf(c -> !c.isOpen());
        }
        return work;
    }

    /** Lets the engines pump what waits, and writes what the sockets take. */
    public int flush() {
        int work = 0;
        for (int i = 0; i < connections.size(); i++) {
            final ClientConnection connection = connections.get(i);
            if (!connection.isOpen()) {
                continue;
            }
            connection.engine.onTurn(nowNs);
            try {
                work += connection.out.drainTo(connection.channel);
            } catch (final IOException e) {
                connection.close("sending failed: " + e.getMessage());
            }
        }
        return work;
    }

    /** Called after a turn without work: spins on or sleeps, never past untilNs. */
    public void idle(final long untilNs) {
        if (Wait.BUSY_POLL == wait) {
            return;
        }
        if (Wait.ADAPTIVE == wait && nowNs - lastWorkNs < SPIN_NS) {
            return;
        }
        final long sleepNs = Math.min(untilNs - nowNs, SELECT_LIMIT_NS);
        if (sleepNs < TimeUnit.MILLISECONDS.toNanos(1)) {
            return; // epoll's unit here is the millisecond: shorter waits are spun
        }
        for (int i = 0; i < connections.size(); i++) {
            final ClientConnection connection = connections.get(i);
            if (connection.isOpen()) {
                final boolean sending = connection.out.pendingBytes() > 0;
                final int interest =
                        sending
                                ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                                : SelectionKey.OP_READ;
                if (connection.key.interestOps() != interest) {
                    connection.key.interestOps(interest);
                }
            }
        }
        try {
            selector.select(IGNORE_KEY, TimeUnit.NANOSECONDS.toMillis(sleepNs));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Turns until done is true; what names the thing awaited in the exception. */
    public void await(final BooleanSupplier done, final long timeoutNs, final String what)
            throws TimeoutException {
        final long deadlineNs = System.nanoTime() + timeoutNs;
        while (!done.getAsBoolean()) {
            if (0 == turn()) {
                if (nowNs - deadlineNs >= 0) {
                    throw new TimeoutException(
                            "no " + what + " within " + timeoutNs / 1_000_000 + " ms");
                }
                idle(deadlineNs);
            }
        }
    }

    /** Closes every connection. */
    @Override
    public void close() {
        connections.forEach(ClientConnection::close);
        connections.clear();
        try {
            selector.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int receive(final ClientConnection connection) {
        final int front = connection.remainderBytes;
        final int start = MAX_REMAINDER_BYTES - front;
        final int received;
        try {
            receiveBytes.clear().position(MAX_REMAINDER_BYTES);
            received = connection.channel.read(receiveBytes);
        } catch (final IOException e) {
            connection.close("receiving failed: " + e.getMessage());
            return 1;
        }
        if (received <= 0) {
            if (received < 0) {
                connection.close("closed by the peer");
                return 1;
            }
            return 0;
        }
        nowNs = System.nanoTime();
        receiveBuffer.putBytes(start, connection.remainder, 0, front);
        final int length = front + received;
        final int consumed = connection.engine.onReceive(receiveBuffer, start, length, nowNs);
        final int left = length - consumed;
        if (left > MAX_REMAINDER_BYTES) {
            throw new IllegalStateException(
                    left + " bytes left unconsumed by " + connection.engine);
        }
        receiveBuffer.getBytes(start + consumed, connection.remainder, 0, left);
        connection.remainderBytes = left;
        return received;
    }
}
