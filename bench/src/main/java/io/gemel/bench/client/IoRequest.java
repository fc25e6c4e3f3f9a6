package io.gemel.bench.client;

import org.agrona.MutableDirectBuffer;

/**
 * One command to a target, and its outcome. Owner: whoever made it; while in flight, the initiator.
 * Made once, used for many commands.
 */
public final class IoRequest {
    /** What is asked for. */
    public enum Op {
        READ,
        WRITE,
        FLUSH,
        /** The data is compared with the medium: VERIFY(16) with BYTCHK 1, NVMe Compare. */
        COMPARE,
        /** First half of the data is compared, second half written: COMPARE AND WRITE, fused. */
        COMPARE_AND_WRITE,
        /** A CDB or SQE made by the caller: {@link #command}. */
        RAW
    }

    /** Which way a RAW command's data goes. */
    public enum Direction {
        NONE,
        IN,
        OUT
    }

    /** How it ended. */
    public enum Outcome {
        PENDING,
        OK,
        /** Compared, and different; see {@link #miscompareOffset}. */
        MISCOMPARE,
        /**
         * The target asks to come again: BUSY, TASK SET FULL, Command Interrupted, unit attention.
         */
        RETRY,
        /** The target does not know the command, or this form of it. */
        UNSUPPORTED,
        /** Any other status; {@link #detail()} says which. */
        FAILED,
        /** The connection ended first: unknown whether it was executed. */
        LOST
    }

    /** Told of the end of a request, on the loop's thread; may submit again at once. */
    @FunctionalInterface
    public interface Listener {
        void onDone(IoRequest request, long nowNs);
    }

    /** Bytes of {@link #command}: an SQE; a CDB uses the first 16. */
    public static final int COMMAND_BYTES = 64;

    public Op op;

    /** First block, in the target's block size. */
    public long lba;

    public int blockCount;
    public boolean fua;

    /** Data out, or where data in goes. Null with a read: data is received and dropped. */
    public MutableDirectBuffer data;

    public int dataOffset;

    /** Bytes of data; compare-and-write: both halves together. */
    public int dataLength;

    /** RAW only. NVMe: CID and the data pointer are filled in by the initiator. */
    public final byte[] command = new byte[COMMAND_BYTES];

    public Direction direction = Direction.NONE;

    public Listener listener;

    /** Free for the owner: for example when it was meant to start, in nanoseconds. */
    public long startNs;

    /** Free for the owner. */
    public long tag;

    public Outcome outcome = Outcome.PENDING;

    /** SCSI status byte, or NVMe status field without the phase bit: SC 7:0, SCT 10:8. */
    public int status;

    /** SCSI: sense key << 16 | ASC << 8 | ASCQ, 0 without sense. */
    public int sense;

    /** NVMe: dword 0 of the CQE; a fused pair: of the failing half. */
    public long result;

    /** Data-in bytes that came. */
    public int receivedBytes;

    /** SCSI residual, bytes; overflow negative. */
    public long residualBytes;

    /** Byte offset of the first difference where the target tells it, else -1. */
    public long miscompareOffset;

    /** What the connection said when it ended. */
    public String lostBecause;

    /** Kept by the initiator while in flight. */
    public int slot = -1;

    public IoRequest read(
            final long lba,
            final int blockCount,
            final MutableDirectBuffer data,
            final int offset) {
        return block(Op.READ, lba, blockCount, data, offset);
    }

    public IoRequest write(
            final long lba,
            final int blockCount,
            final MutableDirectBuffer data,
            final int offset) {
        return block(Op.WRITE, lba, blockCount, data, offset);
    }

    public IoRequest compare(
            final long lba,
            final int blockCount,
            final MutableDirectBuffer data,
            final int offset) {
        return block(Op.COMPARE, lba, blockCount, data, offset);
    }

    /**
     * The data holds first what is expected, then what is to be written, blockCount blocks each.
     */
    public IoRequest compareAndWrite(
            final long lba,
            final int blockCount,
            final MutableDirectBuffer data,
            final int offset) {
        return block(Op.COMPARE_AND_WRITE, lba, blockCount, data, offset);
    }

    public IoRequest flush() {
        return block(Op.FLUSH, 0, 0, null, 0);
    }

    /** A command of the caller's: its CDB or SQE is copied, its data goes as direction says. */
    public IoRequest raw(
            final byte[] cdbOrSqe,
            final Direction direction,
            final MutableDirectBuffer data,
            final int offset,
            final int length) {
        block(Op.RAW, 0, 0, data, offset);
        java.util.Arrays.fill(command, (byte) 0);
        System.arraycopy(cdbOrSqe, 0, command, 0, cdbOrSqe.length);
        this.direction = direction;
        this.dataLength = length;
        return this;
    }

    private IoRequest block(
            final Op op,
            final long lba,
            final int blockCount,
            final MutableDirectBuffer data,
            final int offset) {
        this.op = op;
        this.lba = lba;
        this.blockCount = blockCount;
        this.data = data;
        this.dataOffset = offset;
        this.fua = false;
        return this;
    }

    /** Called by the initiator as it takes the request. */
    public void begin() {
        outcome = Outcome.PENDING;
        status = 0;
        sense = 0;
        result = 0;
        receivedBytes = 0;
        residualBytes = 0;
        miscompareOffset = -1;
        lostBecause = null;
    }

    /** True between submit and the listener's call. */
    public boolean isInFlight() {
        return slot >= 0;
    }

    /** The outcome for a person. */
    public String detail() {
        final StringBuilder text = new StringBuilder();
        text.append(op).append(" lba ").append(lba).append(" blocks ").append(blockCount);
        text.append(": ").append(outcome);
        if (null != lostBecause) {
            text.append(" (").append(lostBecause).append(')');
        } else if (Outcome.OK != outcome) {
            text.append(String.format(" status %03Xh sense %06Xh", status, sense));
        }
        return text.toString();
    }
}
