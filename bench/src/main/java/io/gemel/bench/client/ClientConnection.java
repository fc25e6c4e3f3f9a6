package io.gemel.bench.client;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One client socket with its engine. Owner: the loop's thread. Closed by close() or by the peer.
 */
public final class ClientConnection implements AutoCloseable {
    final SocketChannel channel;
    final ClientEngine engine;
    final Outbound out = new Outbound();
    final byte[] remainder = new byte[ClientLoop.MAX_REMAINDER_BYTES];
    int remainderBytes;
    SelectionKey key;
    private boolean closed;

    ClientConnection(final SocketChannel channel, final ClientEngine engine) {
        this.channel = channel;
        this.engine = engine;
    }

    /** False once either side has closed it. */
    public boolean isOpen() {
        return !closed;
    }

    /** What still waits to be sent. */
    public Outbound outbound() {
        return out;
    }

    /** Closes the socket at once and tells the engine; harmless when it is closed already. */
    @Override
    public void close() {
        close("closed by this side");
    }

    void close(final String why) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            channel.close();
        } catch (final IOException ignored) {
            // The descriptor is gone either way.
        }
        engine.onClosed(why);
    }
}
