package io.gemel.daemon.admin;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the pages over a Unix domain socket of mode 0600: HTTP/1.1, one request per connection,
 * one connection at a time. A peer that stalls is left after {@link #REQUEST_TIMEOUT_NS}. Closed by
 * the composition root.
 */
public final class SocketAdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketAdminServer.class);
    private static final long REQUEST_TIMEOUT_NS = 2_000_000_000L;
    private static final int LONGEST_REQUEST_BYTES = 8192;
    private static final int BACKLOG = 16;

    private final Path path;
    private final AdminPages pages;
    private final AdminActions actions;
    private final ServerSocketChannel server;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Listens and serves. The folder of the socket is made when it is missing, and what a daemon
     * that is gone has left there is removed.
     *
     * @throws IOException when another daemon serves on the path, or it cannot be made
     */
    public SocketAdminServer(final Path path, final AdminPages pages, final AdminActions actions)
            throws IOException {
        this.path = path;
        this.pages = pages;
        this.actions = actions;
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        removeStale();
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (final IOException failed) {
            server.close();
            throw failed;
        }
        thread = new Thread(this::serve, "gemel-admin");
        thread.setDaemon(true);
        thread.start();
    }

    private void removeStale() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("something that is no socket is in the way");
        }
        if (isServed()) {
            throw new IOException("another daemon is serving on it");
        }
        Files.delete(path);
    }

    private boolean isServed() throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (final ConnectException nobodyThere) {
            return false;
        }
    }

    private void serve() {
        while (!closed) {
            try (SocketChannel peer = server.accept()) {
                serve(peer);
            } catch (final ClosedChannelException closing) {
                return;
            } catch (final IOException | RuntimeException e) {
                LOG.warn("an admin request failed: {}", e.toString());
            }
        }
    }

    private void serve(final SocketChannel peer) throws IOException {
        final long deadlineNs = System.nanoTime() + REQUEST_TIMEOUT_NS;
        peer.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            final SelectionKey key = peer.register(selector, SelectionKey.OP_READ);
            final String head = readHead(peer, selector, deadlineNs);
            final String[] words = head.split("[ \r\n]", 4);
            final AdminAnswer answer =
                    words.length < 4
                            ? AdminAnswer.text(400, "no HTTP request\n")
                            : answer(words[0], words[1]);
            final String header =
                    "HTTP/1.1 "
                            + answer.status()
                            + " "
                            + answer.reason()
                            + "\r\nContent-Type: "
                            + answer.contentType()
                            + "\r\nContent-Length: "
                            + answer.body().length
                            + "\r\nConnection: close\r\n\r\n";
            key.interestOps(SelectionKey.OP_WRITE);
            write(peer, selector, header.getBytes(StandardCharsets.US_ASCII), deadlineNs);
            if (words.length < 4 || !"HEAD".equals(words[0])) {
                write(peer, selector, answer.body(), deadlineNs);
            }
        }
    }

    /**
     * Everything up to the empty line that ends the header, or all there is when it is too long.
     */
    private static String readHead(
            final SocketChannel peer, final Selector selector, final long deadlineNs)
            throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(LONGEST_REQUEST_BYTES);
        while (bytes.hasRemaining()) {
            await(selector, deadlineNs);
            final boolean ended = peer.read(bytes) < 0;
            final String text =
                    new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            if (text.contains("\r\n\r\n")) {
                return text;
            }
            if (ended) {
                break;
            }
        }
        return "";
    }

    private AdminAnswer answer(final String method, final String path) {
        return "POST".equals(method) ? actions.answer(path) : pages.answer(method, path);
    }

    private static void write(
            final SocketChannel peer,
            final Selector selector,
            final byte[] bytes,
            final long deadlineNs)
            throws IOException {
        final ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            if (0 == peer.write(left)) {
                await(selector, deadlineNs);
            }
        }
    }

    private static void await(final Selector selector, final long deadlineNs) throws IOException {
        final long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0 || 0 == selector.select(leftMs)) {
            throw new IOException("the peer stalled");
        }
        selector.selectedKeys().clear();
    }

    /** Removes the socket. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            LOG.warn("the admin socket {} is not removed: {}", path, e.toString());
        }
    }
}
