package io.gemel.daemon.cli;

import io.gemel.daemon.admin.AdminPages;
import io.gemel.daemon.admin.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a running daemon over its admin socket. */
final class AdminClient {
    // Longer than the daemon lets an operator's action take.
    private static final long TIMEOUT_NS = 35_000_000_000L;
    private static final String HEADER_END = "\r\n\r\n";

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");

    private final Path socket;

    /**
     * @param status of HTTP
     */
    record Answer(int status, byte[] body) {}

    /** No daemon answers; the message says where it was looked for, and why not. */
    static final class NoDaemonException extends Exception {
        private static final long serialVersionUID = 1L;

        NoDaemonException(final String message, final Throwable cause) {
            super(message, cause);
        }
    }

    AdminClient(final Path socket) {
        this.socket = socket;
    }

    /** The document behind a page such as {@code status}. */
    @SuppressWarnings("unchecked") // every page of ours is an object
    Map<String, Object> get(final String page) throws NoDaemonException {
        try {
            final Answer answer = exchange("GET", page);
            if (answer.status() != 200) {
                throw new IOException("it answers " + answer.status());
            }
            return (Map<String, Object>) JsonText.read(answer.body());
        } catch (final IOException failed) {
            throw new NoDaemonException(explain(failed), failed);
        }
    }

    /** Has something done, such as {@code clear-reservations/VOLUME}. */
    Answer post(final String action) throws NoDaemonException {
        try {
            return exchange("POST", action);
        } catch (final IOException failed) {
            throw new NoDaemonException(explain(failed), failed);
        }
    }

    private String explain(final IOException failed) {
        final String where = "no daemon answers on " + socket + ": ";
        if (!Files.exists(socket)) {
            return where + "there is no such socket; is it running? (--socket chooses another)";
        }
        return where
                + (Files.isWritable(socket)
                        ? String.valueOf(failed.getMessage())
                        : "no permission; run this as the user that runs the daemon");
    }

    private Answer exchange(final String method, final String page) throws IOException {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        final String request =
                method
                        + " "
                        + AdminPages.PREFIX
                        + page
                        + " HTTP/1.1\r\nHost: gemel\r\nConnection: close"
                        + HEADER_END;
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            final ByteBuffer buffer = ByteBuffer.allocate(65_536);
            while (true) {
                final long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0 || 0 == selector.select(leftMs)) {
                    throw new IOException("it does not answer");
                }
                selector.selectedKeys().clear();
                if (channel.read(buffer.clear()) < 0) {
                    return parse(bytes.toByteArray());
                }
                bytes.write(buffer.array(), 0, buffer.position());
            }
        }
    }

    private static Answer parse(final byte[] answer) throws IOException {
        final String text = new String(answer, StandardCharsets.ISO_8859_1);
        final int end = text.indexOf(HEADER_END);
        final Matcher status = STATUS_LINE.matcher(text);
        if (end < 0 || !status.lookingAt()) {
            throw new IOException("it does not speak as a gemel does");
        }
        return new Answer(
                Integer.parseInt(status.group(1)),
                Arrays.copyOfRange(answer, end + HEADER_END.length(), answer.length));
    }
}
