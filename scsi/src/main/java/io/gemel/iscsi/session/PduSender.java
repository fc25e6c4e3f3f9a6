package io.gemel.iscsi.session;

import static io.gemel.core.memory.Crc32cDigest.DIGEST_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.BHS_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.padded;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.gemel.core.lane.Transmit;
import io.gemel.core.memory.Crc32cDigest;
import org.agrona.MutableDirectBuffer;

/**
 * The sending side of one connection: room for PDUs, digests, and the numbers that every PDU of the
 * target carries (StatSN, ExpCmdSN, MaxCmdSN). Owner: the lane.
 */
final class PduSender {
    private final Transmit transmit;
    private final int commandWindow;
    private final Crc32cDigest digest = new Crc32cDigest();
    private boolean headerDigest;
    private boolean dataDigest;
    private int statSn = 1;
    private int expCmdSn;
    private int windowUsed;
    private IscsiTask midPdu;

    PduSender(final Transmit transmit, final int commandWindow) {
        this.transmit = transmit;
        this.commandWindow = commandWindow;
    }

    /** From the next PDU on. */
    void useDigests(final boolean header, final boolean data) {
        headerDigest = header;
        dataDigest = data;
    }

    boolean dataDigest() {
        return dataDigest;
    }

    /** The next StatSN, not taken. */
    int statSn() {
        return statSn;
    }

    /** The next StatSN, for a PDU that carries status. */
    int takeStatSn() {
        return statSn++;
    }

    int expCmdSn() {
        return expCmdSn;
    }

    /** The first CmdSN of the session. */
    void startCmdSn(final int cmdSn) {
        expCmdSn = cmdSn;
    }

    /** A command that is not immediate has been taken. */
    void cmdSnTaken() {
        expCmdSn++;
    }

    /**
     * The window shrinks by commands under way and stands still when all of it is used: RFC 7143
     * section 4.2.2.1.
     */
    int maxCmdSn() {
        return expCmdSn + commandWindow - windowUsed - 1;
    }

    void windowUsed(final int change) {
        windowUsed += change;
    }

    /**
     * The task whose Data-In PDU is out in part: nothing else may be sent before the rest of it.
     * Null: none.
     */
    IscsiTask midPdu() {
        return midPdu;
    }

    void midPdu(final IscsiTask task) {
        midPdu = task;
    }

    int headerDigestLength() {
        return headerDigest ? DIGEST_LENGTH : 0;
    }

    MutableDirectBuffer buffer() {
        return transmit.buffer();
    }

    /**
     * Room for a PDU with so long a data segment: its offset in {@link #buffer()}, -1 when there is
     * none now.
     */
    int claim(final int length) {
        return claimBytes(BHS_LENGTH + 2 * DIGEST_LENGTH + padded(length));
    }

    int claimBytes(final int length) {
        return midPdu != null ? -1 : transmit.claim(length);
    }

    /** Whether {@link #claim} would have room for so long a data segment. */
    boolean hasRoom(final int length) {
        if (claim(length) < 0) {
            return false;
        }
        transmit.commit(0);
        return true;
    }

    /** Sends a PDU whose header and data segment are in place; adds padding and digests. */
    void commit(final int at, final int length) {
        final MutableDirectBuffer out = transmit.buffer();
        int end = at + BHS_LENGTH;
        if (headerDigest) {
            out.putInt(end, digest.reset().update(out, at, BHS_LENGTH).value(), LITTLE_ENDIAN);
            end += DIGEST_LENGTH;
        }
        if (length > 0) {
            final int segmentAt = end;
            end += padded(length);
            for (int padAt = segmentAt + length; padAt < end; padAt++) {
                out.putByte(padAt, (byte) 0);
            }
            if (dataDigest) {
                out.putInt(
                        end,
                        digest.reset().update(out, segmentAt, padded(length)).value(),
                        LITTLE_ENDIAN);
                end += DIGEST_LENGTH;
            }
        }
        transmit.commit(end - at);
    }

    /** Payload of a Data-In PDU whose header is out. */
    boolean sendPayload(final IscsiTask part, final int offset, final int length) {
        return transmit.send(part.task().buffer(), offset, length);
    }

    /** Padding and data digest of a Data-In PDU whose payload is out. */
    boolean sendTrailer(final IscsiTask part, final int offset, final int length) {
        final int padding = padded(length) - length;
        if (padding == 0 && !dataDigest) {
            return true;
        }
        final int at = transmit.claim(padding + DIGEST_LENGTH);
        if (at < 0) {
            return false;
        }
        transmit.buffer().setMemory(at, padding, (byte) 0);
        if (dataDigest) {
            final int value =
                    digest.reset()
                            .update(part.buffer(), offset, length)
                            .updateZeroes(padding)
                            .value();
            transmit.buffer().putInt(at + padding, value, LITTLE_ENDIAN);
        }
        transmit.commit(padding + (dataDigest ? DIGEST_LENGTH : 0));
        return true;
    }
}
