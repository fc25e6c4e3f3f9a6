package io.gemel.bench.rude;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A blocking connection with a limit on every wait. Owner: the attacker's thread. */
final class RudeSocket implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 5000;
    private static final int EXPECT_TIMEOUT_MS = 5000;
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final Socket socket = new Socket();
    private boolean closedByPeer;

    RudeSocket(final InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(address, CONNECT_TIMEOUT_MS);
    }

    /** Sends; a peer that has closed already is remembered, not reported. */
    void send(final byte[] bytes, final int length) throws IOException {
        try {
            socket.getOutputStream().write(bytes, 0, length);
        } catch (final SocketException e) {
            closedByPeer = true; // broken pipe, reset: it has had enough
        }
    }

    void send(final byte[] bytes) throws IOException {
        send(bytes, bytes.length);
    }

    /** Exactly length bytes; for the polite steps that come before the rude one. */
    byte[] expect(final int length) throws IOException {
        socket.setSoTimeout(EXPECT_TIMEOUT_MS);
        final byte[] bytes = socket.getInputStream().readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("closed after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** All that comes until the peer closes, or is silent for quietMs. */
    byte[] answer(final int quietMs) throws IOException {
        final byte[] bytes = new byte[MAX_ANSWER_BYTES];
        int length = 0;
        final InputStream in = socket.getInputStream();
        socket.setSoTimeout(quietMs);
        try {
            while (length < bytes.length) {
                final int count = in.read(bytes, length, bytes.length - length);
                if (count < 0) {
                    closedByPeer = true;
                    break;
                }
                length += count;
            }
        } catch (final SocketTimeoutException e) {
            // silence is an answer, too
        } catch (final SocketException e) {
            closedByPeer = true;
        }
        return java.util.Arrays.copyOf(bytes, length);
    }

    boolean isClosedByPeer() {
        return closedByPeer;
    }

    /** Tells the peer that nothing more comes; it may still answer. */
    void halfClose() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (final SocketException e) {
            closedByPeer = true;
        }
    }

    /** Leaves with a reset, whatever is still under way. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
