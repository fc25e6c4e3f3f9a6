package io.gemel.iscsi.session;

import static io.gemel.core.memory.Crc32cDigest.DIGEST_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.BHS_LENGTH;
import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;
import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.core.lane.Transmit;
import io.gemel.core.status.Counter;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.ScsiResponseFlyweight;
import io.gemel.scsi.ScsiStatus;
import io.gemel.scsi.wire.SenseDataEncoder;
import org.agrona.MutableDirectBuffer;

/** Data-In and SCSI Response: RFC 7143 sections 11.4 and 11.7. Owner: the lane. */
final class DataInTransfer {
    private static final int MAX_SENSE_SEGMENT = 2 + SenseDataEncoder.MAX_LENGTH;

    private final IscsiConnection connection;
    private final IscsiLane iscsiLane;
    private final PduSender sender;
    private final SessionParameters parameters;

    DataInTransfer(
            final IscsiConnection connection,
            final IscsiLane iscsiLane,
            final PduSender sender,
            final SessionParameters parameters) {
        this.connection = connection;
        this.iscsiLane = iscsiLane;
        this.sender = sender;
        this.parameters = parameters;
    }

    /** Data-In, then status. Returns false when there is no room for the next piece. */
    boolean sendResult(final IscsiTask part) {
        if (sender.midPdu() != null && sender.midPdu() != part) {
            return false;
        }
        final int total = Math.min(part.dataInLength(), part.expectedIn);
        while (part.sent < total) {
            if (!sendDataIn(part, total)) {
                return false;
            }
        }
        return part.statusSent || sendResponse(part);
    }

    /** One Data-In PDU, or what is left of it. */
    private boolean sendDataIn(final IscsiTask part, final int total) {
        if (part.stage != IscsiTask.STAGE_HEADER) {
            return continueDataIn(part);
        }
        final int burstLeft = parameters.maxBurstLength() - part.burstSent;
        final int piece =
                Math.min(
                        Math.min(total - part.sent, burstLeft),
                        parameters.initiatorMaxRecvDataSegmentLength());
        final boolean last = part.sent + piece == total;
        final boolean withStatus = last && part.status() == ScsiStatus.GOOD;
        final boolean byReference = piece >= Transmit.SEND_THRESHOLD_BYTES;
        final int at =
                byReference ? sender.claimBytes(BHS_LENGTH + DIGEST_LENGTH) : sender.claim(piece);
        if (at < 0) {
            return false;
        }
        if (withStatus && !part.immediate) {
            // At once: the header may be out long before the rest, and the next command here.
            part.outOfWindow = true;
            sender.windowUsed(-1);
        }
        final MutableDirectBuffer out = sender.buffer();
        final DataInFlyweight pdu =
                iscsiLane
                        .dataIn
                        .wrapAndClear(out, at)
                        .isFinal(last || piece == burstLeft)
                        .lun(part.lunField)
                        .initiatorTaskTag(part.initiatorTaskTag)
                        .targetTransferTag(RESERVED_TAG)
                        .dataSegmentLength(piece)
                        .expCmdSn(sender.expCmdSn())
                        .maxCmdSn(sender.maxCmdSn())
                        .dataSn(part.dataSn)
                        .bufferOffset(part.sent);
        if (withStatus) {
            final int difference = part.expectedIn - part.dataInLength();
            pdu.hasStatus(true)
                    .status(ScsiStatus.GOOD)
                    .statSn(sender.takeStatSn())
                    .isUnderflow(difference > 0)
                    .isOverflow(difference < 0)
                    .residualCount(Math.abs(difference));
            part.statusSent = true;
        }
        part.dataSn++;
        part.burstSent = piece == burstLeft ? 0 : part.burstSent + piece;
        connection.session().countRead(piece);
        if (byReference) {
            sender.commit(at, 0);
            part.pieceLength = piece;
            part.stage = IscsiTask.STAGE_PAYLOAD;
            sender.midPdu(part);
            return continueDataIn(part);
        }
        out.putBytes(
                at + BHS_LENGTH + sender.headerDigestLength(), part.buffer(), part.sent, piece);
        sender.commit(at, piece);
        part.sent += piece;
        return true;
    }

    /** Payload and trailer of a Data-In PDU whose header has gone out. */
    boolean continueDataIn(final IscsiTask part) {
        if (part.stage == IscsiTask.STAGE_PAYLOAD) {
            if (!sender.sendPayload(part, part.sent, part.pieceLength)) {
                return false;
            }
            part.stage = IscsiTask.STAGE_TRAILER;
        }
        if (!sender.sendTrailer(part, part.sent, part.pieceLength)) {
            return false;
        }
        part.sent += part.pieceLength;
        part.stage = IscsiTask.STAGE_HEADER;
        sender.midPdu(null);
        return true;
    }

    private boolean sendResponse(final IscsiTask part) {
        final boolean withSense = part.status() == ScsiStatus.CHECK_CONDITION;
        final int at = sender.claim(withSense ? MAX_SENSE_SEGMENT : 0);
        if (at < 0) {
            return false;
        }
        final MutableDirectBuffer out = sender.buffer();
        int length = 0;
        if (withSense) {
            connection.count(Counter.SCSI_CHECK_CONDITIONS);
            final int segmentAt = at + BHS_LENGTH + sender.headerDigestLength();
            final int senseLength = part.encodeSense(out, segmentAt + 2);
            out.putShort(segmentAt, (short) senseLength, BIG_ENDIAN);
            length = 2 + senseLength;
        }
        final ScsiResponseFlyweight pdu =
                iscsiLane
                        .scsiResponse
                        .wrapAndClear(out, at)
                        .response(ScsiResponseFlyweight.COMMAND_COMPLETED)
                        .status(part.status())
                        .initiatorTaskTag(part.initiatorTaskTag)
                        .statSn(sender.takeStatSn())
                        .expCmdSn(sender.expCmdSn())
                        .maxCmdSn(sender.maxCmdSn() + (part.immediate ? 0 : 1))
                        .expDataSn(part.dataSn + part.nextR2tSn)
                        .dataSegmentLength(length);
        final long difference = residual(part);
        pdu.isUnderflow(difference > 0)
                .isOverflow(difference < 0)
                .residualCount(Math.abs(difference));
        sender.commit(at, length);
        part.statusSent = true;
        return true;
    }

    /** Positive: so many bytes fewer than expected; negative: so many more would have been. */
    private static long residual(final IscsiTask part) {
        if (part.askedOut >= 0) {
            return (long) part.expectedOut - part.askedOut;
        }
        if (part.expectedOut > 0) {
            return (long) part.expectedOut - part.received;
        }
        return (long) part.expectedIn - part.dataInLength();
    }
}
