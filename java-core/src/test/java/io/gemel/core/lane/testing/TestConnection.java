package io.gemel.core.lane.testing;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.lane.Transmit;
import io.gemel.core.memory.SlabBuffer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A connection without a socket: a test feeds bytes to the engine and takes what the engine sends.
 * It can play a peer that does not read ({@link #limit}).
 */
public final class TestConnection implements Connection, Transmit {
    private static final int RECEIVE_BYTES = 256 * 1024;
    private static long nextId;

    private final long id = nextId++;
    private final TestLane testLane;
    private final ConnectionEngine engine;
    private final UnsafeBuffer received =
            new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(RECEIVE_BYTES));
    private final UnsafeBuffer claimBuffer =
            new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(MAX_CLAIM_BYTES));
    private byte[] sent = new byte[1024 * 1024];
    private int sentLength;
    private int receivedLength;
    private int claimed = -1;
    private int limit = Integer.MAX_VALUE;
    private boolean refused;
    private boolean paused;
    private boolean closed;
    private boolean closing;

    public TestConnection(final TestLane testLane, final ConnectionEngineFactory factory) {
        this.testLane = testLane;
        this.engine = factory.onConnected(testLane.lane(), this);
    }

    public ConnectionEngine engine() {
        return engine;
    }

    /** Gives bytes to the engine in one piece and runs the lane until it is idle. */
    public void feed(final byte[] bytes) {
        feed(bytes, bytes.length);
    }

    /** Gives bytes in pieces of at most so many. */
    public void feed(final byte[] bytes, final int pieceBytes) {
        for (int at = 0; at < bytes.length && !closing; ) {
            final int piece =
                    Math.min(
                            Math.min(pieceBytes, bytes.length - at),
                            RECEIVE_BYTES - receivedLength);
            if (0 == piece) {
                throw new AssertionError(
                        "the engine does not consume: " + receivedLength + " bytes wait");
            }
            received.putBytes(receivedLength, bytes, at, piece);
            receivedLength += piece;
            at += piece;
            offer();
            testLane.runUntilIdle();
        }
        settleClose();
    }

    /**
     * Gives bytes that lie in a buffer already, without copying to the heap: for allocation gates.
     */
    public void feed(final MutableDirectBuffer bytes, final int length) {
        received.putBytes(receivedLength, bytes, 0, length);
        receivedLength += length;
        offer();
    }

    private void offer() {
        while (receivedLength > 0 && !paused && !closing) {
            final int consumed = engine.onReceive(received, 0, receivedLength);
            if (consumed < 0 || consumed > receivedLength) {
                throw new AssertionError("consumed " + consumed + " of " + receivedLength);
            }
            if (0 == consumed) {
                return;
            }
            receivedLength -= consumed;
            received.putBytes(0, received, consumed, receivedLength);
        }
    }

    /** What the engine has sent since the last call. */
    public byte[] takeSent() {
        final byte[] bytes = Arrays.copyOf(sent, sentLength);
        sentLength = 0;
        if (refused) {
            refused = false;
            engine.onTransmitReady();
            testLane.runUntilIdle();
        }
        return bytes;
    }

    /** What the engine has sent, without a copy; see {@link #sentLength}. */
    public byte[] sentBytes() {
        return sent;
    }

    public int sentLength() {
        return sentLength;
    }

    public void dropSent() {
        sentLength = 0;
    }

    /** From now on so many unread bytes make the sending side full. */
    public void limit(final int bytes) {
        limit = bytes;
    }

    public boolean isPaused() {
        return paused;
    }

    public boolean isClosed() {
        return closed;
    }

    /** The peer goes away. */
    public void disconnect() {
        closing = true;
        settleClose();
        testLane.runUntilIdle();
    }

    private void settleClose() {
        if (closing && !closed) {
            closed = true;
            engine.onClosed();
            testLane.runUntilIdle();
        }
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
        paused = true;
    }

    @Override
    public void resumeReceive() {
        if (paused) {
            paused = false;
            testLane.lane().execute(this::offer);
        }
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            testLane.lane().execute(this::settleClose);
        }
    }

    @Override
    public SocketAddress localAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 3260);
    }

    @Override
    public SocketAddress remoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);
    }

    @Override
    public int claim(final int lengthBytes) {
        if (lengthBytes > MAX_CLAIM_BYTES || claimed >= 0) {
            throw new InvariantViolation("claim of " + lengthBytes + " bytes, claimed " + claimed);
        }
        if (sentLength + lengthBytes > limit) {
            refused = true;
            return -1;
        }
        claimed = lengthBytes;
        claimBuffer.setMemory(0, lengthBytes, (byte) 0xA5);
        return 0;
    }

    @Override
    public MutableDirectBuffer buffer() {
        return claimBuffer;
    }

    @Override
    public void commit(final int lengthBytes) {
        if (lengthBytes > claimed) {
            throw new InvariantViolation("commit of " + lengthBytes + " bytes of " + claimed);
        }
        claimed = -1;
        room(lengthBytes);
        claimBuffer.getBytes(0, sent, sentLength, lengthBytes);
        sentLength += lengthBytes;
    }

    @Override
    public boolean send(final SlabBuffer data, final int offset, final int lengthBytes) {
        if (sentLength + lengthBytes > limit) {
            refused = true;
            return false;
        }
        room(lengthBytes);
        data.buffer().getBytes(offset, sent, sentLength, lengthBytes);
        sentLength += lengthBytes;
        return true;
    }

    private void room(final int lengthBytes) {
        if (sentLength + lengthBytes > sent.length) {
            sent = Arrays.copyOf(sent, Math.max(2 * sent.length, sentLength + lengthBytes));
        }
    }
}
