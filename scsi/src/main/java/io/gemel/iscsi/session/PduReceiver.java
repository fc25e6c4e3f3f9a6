package io.gemel.iscsi.session;

import static io.gemel.core.memory.Crc32cDigest.DIGEST_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.BHS_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.padded;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.core.memory.Crc32cDigest;
import io.gemel.core.status.Counter;
import io.gemel.iscsi.wire.RejectFlyweight;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Cuts the stream of one connection into PDUs and checks their digests: RFC 7143 section 11.2.
 * Owner: the lane.
 *
 * <pre>
 *  HEADER ─► DATA ─► TRAILER ─► FINISH ─► HEADER
 *    └── no data segment ────────►┘
 * </pre>
 *
 * <p>The connection looks at each header and says where the data segment is to go; payload goes
 * straight into the buffer of its task as it comes.
 */
final class PduReceiver {
    /** Longest data segment that is kept here; what a ping or a text has beyond is dropped. */
    static final int MAX_CONTROL_SEGMENT_LENGTH = 16 * 1024;

    /** Longest data segment before full feature phase: RFC 7143 section 6.1, the default. */
    private static final int LOGIN_SEGMENT_LENGTH = 8192;

    private enum State {
        /** The header segments are not complete. */
        HEADER,
        /** Bytes of the data segment are missing. */
        DATA,
        /** Padding or data digest are missing. */
        TRAILER,
        /** All is here; acting on it may have to wait for room on the sending side. */
        FINISH
    }

    private enum Sink {
        DROP,
        SEGMENT,
        TASK
    }

    private final IscsiConnection connection;
    private final IscsiLane iscsiLane;
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[BHS_LENGTH]);
    private final UnsafeBuffer segment = new UnsafeBuffer(new byte[MAX_CONTROL_SEGMENT_LENGTH]);
    private final Crc32cDigest digest = new Crc32cDigest();
    private boolean headerDigest;
    private boolean dataDigest;
    private int maxReceiveSegment = LOGIN_SEGMENT_LENGTH;
    private State state = State.HEADER;
    private Sink sink = Sink.DROP;
    private IscsiTask sinkTask;
    private int sinkOffset;
    private int segmentLength;
    private int segmentReceived;
    private boolean ignorePdu;

    PduReceiver(final IscsiConnection connection, final IscsiLane iscsiLane) {
        this.connection = connection;
        this.iscsiLane = iscsiLane;
    }

    /** From the next PDU on; lengths in bytes. */
    void use(
            final boolean withHeaderDigest,
            final boolean withDataDigest,
            final int maxSegmentLength) {
        headerDigest = withHeaderDigest;
        dataDigest = withDataDigest;
        maxReceiveSegment = maxSegmentLength;
    }

    /** The BHS of the PDU under way. */
    UnsafeBuffer header() {
        return header;
    }

    /** The data segment, when it was asked for by {@link #toSegment}. */
    UnsafeBuffer segment() {
        return segment;
    }

    /** DataSegmentLength of the PDU under way. */
    int segmentLength() {
        return segmentLength;
    }

    byte[] segmentBytes() {
        final byte[] bytes = new byte[Math.min(segmentLength, MAX_CONTROL_SEGMENT_LENGTH)];
        segment.getBytes(0, bytes);
        return bytes;
    }

    /** The data segment is kept here. */
    void toSegment() {
        sink = Sink.SEGMENT;
    }

    /** The data segment goes into the buffer of a task, from that offset on. */
    void toTask(final IscsiTask task, final int offset) {
        sink = Sink.TASK;
        sinkTask = task;
        sinkOffset = offset;
    }

    /** The data segment is dropped, though it belongs to that task. */
    void dropFor(final IscsiTask task) {
        sink = Sink.DROP;
        sinkTask = task;
    }

    /** The task that the PDU under way belongs to; null: none, or it is over. */
    IscsiTask task() {
        return sinkTask;
    }

    /** Whether the data segment of the PDU under way goes into its task's buffer. */
    boolean isKept() {
        return sink == Sink.TASK;
    }

    void forgetTask() {
        sinkTask = null;
    }

    /** A task is over: nothing goes into its buffer any more. */
    void onReleased(final IscsiTask task) {
        if (sinkTask == task) {
            sinkTask = null;
            sink = Sink.DROP;
        }
    }

    /** Nothing is to be done with the PDU under way. */
    boolean ignoreRest() {
        ignorePdu = true;
        sink = Sink.DROP;
        return true;
    }

    boolean isIgnored() {
        return ignorePdu;
    }

    /** Whether a complete PDU waits to be acted on. */
    boolean isFinishing() {
        return state == State.FINISH;
    }

    /** The PDU under way is over. */
    void next() {
        state = State.HEADER;
    }

    /**
     * Takes some bytes.
     *
     * @return how many; -1 when more are needed, or it has to wait, or the connection has ended
     */
    int onBytes(final DirectBuffer buffer, final int at, final int available) {
        return switch (state) {
            case HEADER -> onHeader(buffer, at, available);
            case DATA -> onData(buffer, at, available);
            case TRAILER -> onTrailer(buffer, at, available);
            case FINISH -> connection.finishPdu() ? 0 : -1;
        };
    }

    /** Returns the bytes consumed, or -1 when more are needed or it has to wait. */
    private int onHeader(final DirectBuffer buffer, final int at, final int available) {
        if (available < BHS_LENGTH) {
            return -1;
        }
        iscsiLane.bhs.wrapBhs(buffer, at);
        final int ahsLength = iscsiLane.bhs.totalAhsLength();
        final int headerLength = BHS_LENGTH + ahsLength;
        final int wholeLength = headerLength + (headerDigest ? DIGEST_LENGTH : 0);
        if (available < wholeLength) {
            return -1;
        }
        if (headerDigest
                && digest.reset().update(buffer, at, headerLength).value()
                        != buffer.getInt(at + headerLength, LITTLE_ENDIAN)) {
            connection.count(Counter.ISCSI_HEADER_DIGEST_ERRORS);
            connection.drop();
            return -1;
        }
        header.putBytes(0, buffer, at, BHS_LENGTH);
        segmentLength = iscsiLane.bhs.dataSegmentLength();
        segmentReceived = 0;
        sink = Sink.DROP;
        sinkTask = null;
        ignorePdu = false;
        if (segmentLength > maxReceiveSegment) {
            connection.reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return -1;
        }
        if (!connection.beginPdu(buffer, at + BHS_LENGTH, ahsLength)) {
            return -1;
        }
        digest.reset();
        state = segmentLength > 0 ? State.DATA : State.FINISH;
        return wholeLength;
    }

    private int onData(final DirectBuffer buffer, final int at, final int available) {
        final int piece = Math.min(available, segmentLength - segmentReceived);
        if (piece == 0) {
            return -1;
        }
        if (dataDigest) {
            digest.update(buffer, at, piece);
        }
        if (sink == Sink.SEGMENT) {
            final int room = Math.min(piece, MAX_CONTROL_SEGMENT_LENGTH - segmentReceived);
            if (room > 0) {
                segment.putBytes(segmentReceived, buffer, at, room);
            }
        } else if (sink == Sink.TASK) {
            final int room =
                    Math.min(piece, sinkTask.dataOutLength() - sinkOffset - segmentReceived);
            if (room > 0) {
                sinkTask.buffer().putBytes(sinkOffset + segmentReceived, buffer, at, room);
            }
        }
        segmentReceived += piece;
        if (segmentReceived == segmentLength) {
            state =
                    dataDigest || padded(segmentLength) != segmentLength
                            ? State.TRAILER
                            : State.FINISH;
        }
        return piece;
    }

    private int onTrailer(final DirectBuffer buffer, final int at, final int available) {
        final int padding = padded(segmentLength) - segmentLength;
        final int wholeLength = padding + (dataDigest ? DIGEST_LENGTH : 0);
        if (available < wholeLength) {
            return -1;
        }
        if (dataDigest
                && digest.update(buffer, at, padding).value()
                        != buffer.getInt(at + padding, LITTLE_ENDIAN)) {
            connection.count(Counter.ISCSI_DATA_DIGEST_ERRORS);
            connection.reject(RejectFlyweight.DATA_DIGEST_ERROR, true);
            return -1;
        }
        state = State.FINISH;
        return wholeLength;
    }
}
