package io.gemel.bench.load;

import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.Initiator;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.client.IoRequest.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.concurrent.UnsafeBuffer;

/** A volume in this process that answers at once, or badly when told to. Owner: the test. */
final class MemoryInitiator implements Initiator {
    static final int BLOCK = 512;

    final UnsafeBuffer medium;
    final Deque<IoRequest> inFlight = new ArrayDeque<>();
    boolean loseWrites;
    long stallAtCommand = -1;
    long stallNs;
    Outcome nextOutcome = Outcome.OK;
    long commands;

    private final ClientLoop loop;
    private final int depth;
    private boolean answering;

    MemoryInitiator(final ClientLoop loop, final int blocks, final int depth) {
        this.loop = loop;
        this.depth = depth;
        medium = new UnsafeBuffer(ByteBuffer.allocateDirect(blocks * BLOCK));
    }

    @Override
    public boolean submit(final IoRequest request) {
        if (inFlight.size() == depth) {
            return false;
        }
        commands++;
        request.begin();
        inFlight.add(request);
        if (!answering) { // what is submitted while answering is answered by the loop here
            answering = true;
            while (!inFlight.isEmpty()) {
                answerOne();
            }
            answering = false;
        }
        return true;
    }

    private void answerOne() {
        final IoRequest request = inFlight.remove();
        if (stallAtCommand == commands) {
            stallAtCommand = -1;
            final long untilNs = System.nanoTime() + stallNs;
            while (System.nanoTime() - untilNs < 0) {
                Thread.onSpinWait();
            }
        }
        final int at = (int) request.lba * BLOCK;
        final int bytes = request.blockCount * BLOCK;
        request.outcome = nextOutcome;
        nextOutcome = Outcome.OK;
        if (Outcome.OK == request.outcome) {
            switch (request.op) {
                case READ -> {
                    if (null != request.data) {
                        request.data.putBytes(request.dataOffset, medium, at, bytes);
                    }
                }
                case WRITE -> {
                    if (!loseWrites) {
                        medium.putBytes(at, request.data, request.dataOffset, bytes);
                    }
                }
                case COMPARE_AND_WRITE -> compareAndWrite(request, at, bytes);
                default -> throw new IllegalStateException(request.op.toString());
            }
        }
        request.listener.onDone(request, System.nanoTime());
    }

    private void compareAndWrite(final IoRequest request, final int at, final int bytes) {
        for (int i = 0; i < bytes; i++) {
            if (medium.getByte(at + i) != request.data.getByte(request.dataOffset + i)) {
                request.outcome = Outcome.MISCOMPARE;
                return;
            }
        }
        medium.putBytes(at, request.data, request.dataOffset + bytes, bytes);
    }

    @Override
    public ClientLoop loop() {
        return loop;
    }

    @Override
    public int blockSize() {
        return BLOCK;
    }

    @Override
    public long blockCount() {
        return medium.capacity() / BLOCK;
    }

    @Override
    public int maxTransferBytes() {
        return 1 << 20;
    }

    @Override
    public int depth() {
        return depth;
    }

    @Override
    public int inFlight() {
        return inFlight.size();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public String closedBecause() {
        return null;
    }

    @Override
    public void close() {}
}
