package io.gemel.iscsi.session;

import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;

import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskState;
import io.gemel.core.status.Counter;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.wire.DataOutFlyweight;
import io.gemel.scsi.Sense;
import io.gemel.scsi.command.DeviceServer;

/**
 * Immediate, unsolicited and solicited data: RFC 7143 sections 4.2.4.2, 11.7 and 11.8. Owner: the
 * lane.
 *
 * <p>Data comes in order (DataPDUInOrder and DataSequenceInOrder are Yes), so that the bytes that
 * are here are always the first ones of the command. Unsolicited data that finds no buffer is
 * dropped and asked for again.
 */
final class DataOutTransfer {
    private static final int TAG_INDEX_BITS = 16;

    private final IscsiConnection connection;
    private final ScsiCommands commands;
    private final DeviceServer deviceServer;
    private final IscsiLane iscsiLane;
    private final PduReceiver receiver;
    private final PduSender sender;
    private final SessionParameters parameters;

    DataOutTransfer(
            final IscsiConnection connection,
            final ScsiCommands commands,
            final DeviceServer deviceServer,
            final IscsiLane iscsiLane,
            final PduReceiver receiver,
            final PduSender sender,
            final SessionParameters parameters) {
        this.connection = connection;
        this.commands = commands;
        this.deviceServer = deviceServer;
        this.iscsiLane = iscsiLane;
        this.receiver = receiver;
        this.sender = sender;
        this.parameters = parameters;
    }

    void startDropping(final IscsiTask part) {
        if (!part.dropping) {
            part.dropping = true;
            connection.count(Counter.ISCSI_UNSOLICITED_DATA_DROPPED);
        }
    }

    /** So many bytes more lie in the buffer, in order. */
    void takeData(final IscsiTask part, final int lengthBytes) {
        final Task task = part.task();
        final int kept = Math.min(lengthBytes, part.dataOutLength() - part.received);
        part.received += kept;
        connection.session().countWritten(kept);
        if (task.state() != TaskState.AWAIT_DATA_OUT || kept == 0) {
            return;
        }
        final boolean complete = part.received == part.dataOutLength();
        task.onDataOut(kept);
        if (!complete) {
            sendR2ts(part);
        }
    }

    /** Asks for what is missing, as far as MaxOutstandingR2T and the sending side allow. */
    void sendR2ts(final IscsiTask part) {
        if (part.unsolicitedOpen) {
            return;
        }
        part.r2tWaits = false;
        if (part.r2tOffset < part.received) {
            part.r2tOffset = part.received;
        }
        while (part.r2tsOutstanding < parameters.maxOutstandingR2t()
                && part.r2tOffset < part.dataOutLength()) {
            final int length =
                    Math.min(parameters.maxBurstLength(), part.dataOutLength() - part.r2tOffset);
            final int at = sender.claim(0);
            if (at < 0) {
                part.r2tWaits = true;
                return;
            }
            iscsiLane
                    .readyToTransfer
                    .wrapAndClear(sender.buffer(), at)
                    .lun(part.lunField)
                    .initiatorTaskTag(part.initiatorTaskTag)
                    .targetTransferTag(transferTag(part))
                    .statSn(sender.statSn())
                    .expCmdSn(sender.expCmdSn())
                    .maxCmdSn(sender.maxCmdSn())
                    .r2tSn(part.nextR2tSn)
                    .bufferOffset(part.r2tOffset)
                    .desiredDataTransferLength(length);
            sender.commit(at, 0);
            if (part.r2tsOutstanding == 0) {
                part.expectedDataSn = 0;
                part.sequenceEnd = part.r2tOffset + length;
            }
            part.r2tsOutstanding++;
            part.nextR2tSn++;
            part.r2tOffset += length;
        }
    }

    /**
     * Slot in the low half, use of the slot above: a tag of an earlier command never fits a later
     * one by chance alone.
     */
    private static int transferTag(final IscsiTask part) {
        final Task task = part.task();
        return (task.generation() & 0x7FFF) << TAG_INDEX_BITS | task.index();
    }

    boolean begin() {
        final DataOutFlyweight pdu = iscsiLane.dataOut.wrap(receiver.header(), 0);
        final boolean solicited = pdu.targetTransferTag() != RESERVED_TAG;
        final IscsiTask part =
                solicited
                        ? bySolicitedTag(pdu.targetTransferTag())
                        : commands.byTag(pdu.initiatorTaskTag());
        if (part == null || part.initiatorTaskTag != pdu.initiatorTaskTag()) {
            // Of a command that has ended before all its data came.
            connection.count(Counter.ISCSI_DATA_OUT_DROPPED);
            return receiver.ignoreRest();
        }
        final long offset = pdu.bufferOffset();
        final long end = offset + receiver.segmentLength();
        receiver.dropFor(part);
        final int bufferOffset = (int) Math.min(offset, Integer.MAX_VALUE);
        final boolean awaits = part.task().state() == TaskState.AWAIT_DATA_OUT;
        if (pdu.dataSn() != part.expectedDataSn) {
            return failTransfer(part);
        }
        if (!solicited) {
            if (!part.unsolicitedOpen
                    || offset != part.unsolicitedOffset
                    || end > Math.min(parameters.firstBurstLength(), part.expectedOut)) {
                return failTransfer(part);
            }
            if (awaits && !part.dropping && offset == part.received) {
                receiver.toTask(part, bufferOffset);
            } else if (part.received < part.dataOutLength() && !part.failed()) {
                startDropping(part);
            }
            return true;
        }
        if (part.r2tsOutstanding == 0
                || offset != part.received
                || end > part.sequenceEnd
                || pdu.isFinal() != (end == part.sequenceEnd)) {
            return failTransfer(part);
        }
        if (awaits) {
            receiver.toTask(part, bufferOffset);
        }
        return true;
    }

    /**
     * Data came out of order or in the wrong amount: that command ends, what still comes for it is
     * dropped.
     */
    private boolean failTransfer(final IscsiTask part) {
        connection.count(Counter.ISCSI_DATA_SEQUENCE_ERRORS);
        receiver.forgetTask();
        if (!part.failed()) {
            part.fail(Sense.DATA_PHASE_ERROR);
        }
        part.answersAbort = true;
        part.unsolicitedOpen = false;
        commands.abort(part, AbortReason.ABORTED_BY_HOST);
        return receiver.ignoreRest();
    }

    private IscsiTask bySolicitedTag(final int tag) {
        final int index = tag & (1 << TAG_INDEX_BITS) - 1;
        if (index >= iscsiLane.partCount()) {
            return null;
        }
        final IscsiTask part = iscsiLane.part(index);
        return part.connection == connection && part.task() != null && transferTag(part) == tag
                ? part
                : null;
    }

    boolean finish() {
        final IscsiTask part = receiver.task();
        receiver.forgetTask();
        if (part == null) { // ended while its data came
            return true;
        }
        final DataOutFlyweight pdu = iscsiLane.dataOut.wrap(receiver.header(), 0);
        part.expectedDataSn++;
        if (pdu.targetTransferTag() == RESERVED_TAG) {
            part.unsolicitedOffset += receiver.segmentLength();
            if (pdu.isFinal()) {
                part.unsolicitedOpen = false;
                part.expectedDataSn = 0;
            }
            if (receiver.isKept()) {
                takeData(part, receiver.segmentLength());
            }
            if (pdu.isFinal() && part.task() != null && part.connection == connection) {
                onUnsolicitedEnd(part);
            }
            return true;
        }
        if (pdu.isFinal()) {
            part.r2tsOutstanding--;
            part.expectedDataSn = 0;
            part.sequenceEnd =
                    Math.min(part.sequenceEnd + parameters.maxBurstLength(), part.dataOutLength());
        }
        takeData(part, receiver.segmentLength());
        return true;
    }

    private void onUnsolicitedEnd(final IscsiTask part) {
        final Task task = part.task();
        if (task.state() == TaskState.AWAIT_DATA_OUT) {
            sendR2ts(part);
        } else if (part.executeWaits) {
            part.executeWaits = false;
            deviceServer.execute(part);
        }
    }
}
