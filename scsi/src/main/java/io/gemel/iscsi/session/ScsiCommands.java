package io.gemel.iscsi.session;

import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;

import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskState;
import io.gemel.core.status.Counter;
import io.gemel.iscsi.login.SessionParameters;
import io.gemel.iscsi.wire.AhsFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import io.gemel.scsi.LunMap;
import io.gemel.scsi.ScsiStatus;
import io.gemel.scsi.Sense;
import io.gemel.scsi.command.DeviceServer;
import io.gemel.scsi.wire.Cdb;
import java.util.List;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The SCSI commands of one connection from PDU to response: RFC 7143 section 11.3. Owner: the lane.
 * Task slots come from the lane; one that is missing is told as TASK SET FULL.
 */
final class ScsiCommands {
    private final IscsiConnection connection;
    private final DeviceServer deviceServer;
    private final IscsiLimits limits;
    private final IscsiLane iscsiLane;
    private final Lane lane;
    private final PduReceiver receiver;
    private final PduSender sender;
    private final SessionParameters parameters;
    private final DataOutTransfer dataOut;
    private final DataInTransfer dataIn;
    private final IscsiTask[] active;
    private final Int2ObjectHashMap<IscsiTask> byTag = new Int2ObjectHashMap<>(512, 0.5f);
    private int activeCount;
    private int immediateCount;

    ScsiCommands(
            final IscsiConnection connection,
            final IscsiTargetNode node,
            final IscsiLane iscsiLane,
            final PduReceiver receiver,
            final PduSender sender,
            final SessionParameters parameters) {
        this.connection = connection;
        this.deviceServer = node.deviceServer();
        this.limits = node.limits();
        this.iscsiLane = iscsiLane;
        this.lane = iscsiLane.lane();
        this.receiver = receiver;
        this.sender = sender;
        this.parameters = parameters;
        this.dataOut =
                new DataOutTransfer(
                        connection, this, deviceServer, iscsiLane, receiver, sender, parameters);
        this.dataIn = new DataInTransfer(connection, iscsiLane, sender, parameters);
        // One more: the answer that is out in part counts in the window no more.
        this.active = new IscsiTask[limits.commandWindow() + limits.immediateCommands() + 1];
    }

    DataOutTransfer dataOut() {
        return dataOut;
    }

    /** Commands under way. */
    int activeCount() {
        return activeCount;
    }

    /** The command under way with that ITT, or null. */
    IscsiTask byTag(final int initiatorTaskTag) {
        return byTag.get(initiatorTaskTag);
    }

    boolean begin(final DirectBuffer buffer, final int ahsOffset, final int ahsLength) {
        final ScsiCommandFlyweight pdu = iscsiLane.scsiCommand.wrap(receiver.header(), 0);
        if (connection.state() == ConnectionState.LOGGING_OUT) {
            return connection.reject(RejectFlyweight.WAITING_FOR_LOGOUT, false)
                    && receiver.ignoreRest();
        }
        if (connection.session().nexus() == null) { // discovery: RFC 7143 section 4.3
            connection.reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        if (!connection.takeCmdSn(false)) {
            return false;
        }
        if (receiver.isIgnored()) {
            return true;
        }
        final boolean immediate = pdu.isImmediate();
        final int tag = pdu.initiatorTaskTag();
        if (!checkUnsolicited(pdu) || tag == RESERVED_TAG) {
            connection.reject(RejectFlyweight.PROTOCOL_ERROR, true);
            return false;
        }
        if (byTag.containsKey(tag)) {
            connection.reject(RejectFlyweight.TASK_IN_PROGRESS, true);
            return false;
        }
        if (immediate && immediateCount == limits.immediateCommands()) {
            connection.count(Counter.ISCSI_IMMEDIATE_LIMIT);
            return connection.reject(RejectFlyweight.TOO_MANY_IMMEDIATE_COMMANDS, false)
                    && receiver.ignoreRest();
        }
        final Task task = lane.tasks().claim();
        if (task == null) {
            if (!sendTaskSetFull(pdu)) {
                connection.pause();
                return false;
            }
            if (!immediate) {
                sender.cmdSnTaken();
            }
            return receiver.ignoreRest();
        }
        final IscsiTask part = iscsiLane.part(task.index());
        part.clear();
        if (!copyCdb(part, buffer, ahsOffset, ahsLength)) {
            task.unclaim();
            connection.reject(RejectFlyweight.INVALID_PDU_FIELD, true);
            return false;
        }
        if (!immediate) {
            sender.cmdSnTaken();
        }
        startCommand(task, part, pdu);
        return true;
    }

    /**
     * Whether the flags and the data that come unasked keep to what was negotiated: RFC 7143
     * section 11.3.
     */
    private boolean checkUnsolicited(final ScsiCommandFlyweight pdu) {
        final int immediateLength = pdu.dataSegmentLength();
        if (!pdu.isWrite()) {
            return immediateLength == 0 && pdu.isFinal();
        }
        final long expected = pdu.expectedDataTransferLength();
        return (immediateLength == 0 || parameters.immediateData())
                && immediateLength <= expected
                && immediateLength <= parameters.firstBurstLength()
                && (pdu.isFinal() || !parameters.initialR2t());
    }

    private boolean copyCdb(
            final IscsiTask part,
            final DirectBuffer buffer,
            final int ahsOffset,
            final int ahsLength) {
        final Cdb cdb = part.cdb();
        cdb.clear();
        cdb.bytes()
                .putBytes(
                        0,
                        receiver.header(),
                        ScsiCommandFlyweight.CDB_OFFSET,
                        ScsiCommandFlyweight.CDB_LENGTH);
        final AhsFlyweight ahs = iscsiLane.ahs;
        for (int at = ahsOffset; at < ahsOffset + ahsLength; at += ahs.paddedLength()) {
            if (!ahs.tryWrap(buffer, at, ahsOffset + ahsLength)) {
                return false;
            }
            if (ahs.ahsType() == AhsFlyweight.TYPE_EXTENDED_CDB) {
                final int extra = ahs.extendedCdbLength();
                if (extra > Cdb.MAX_LENGTH - ScsiCommandFlyweight.CDB_LENGTH) {
                    return false;
                }
                cdb.bytes()
                        .putBytes(
                                ScsiCommandFlyweight.CDB_LENGTH,
                                buffer,
                                ahs.extendedCdbOffset(),
                                extra);
            } else if (ahs.ahsType() != AhsFlyweight.TYPE_BIDIRECTIONAL_READ_LENGTH) {
                return false;
            }
        }
        return true;
    }

    private void startCommand(
            final Task task, final IscsiTask part, final ScsiCommandFlyweight pdu) {
        final int expected = (int) Math.min(pdu.expectedDataTransferLength(), Integer.MAX_VALUE);
        final int immediateLength = pdu.dataSegmentLength();
        part.connection = connection;
        part.initiatorTaskTag = pdu.initiatorTaskTag();
        part.lunField = pdu.lun();
        part.immediate = pdu.isImmediate();
        part.expectedOut = pdu.isWrite() ? expected : 0;
        part.expectedIn = pdu.isRead() && !pdu.isWrite() ? expected : 0;
        part.unsolicitedOpen = !pdu.isFinal();
        part.begin(task, lane, connection.session().nexus(), LunMap.decode(part.lunField));
        if (part.logicalUnit() != null) {
            task.issuedBy(part.nexus().registrant(), part.logicalUnit().volume());
        }
        part.listIndex = activeCount;
        active[activeCount++] = part;
        byTag.put(part.initiatorTaskTag, part);
        if (part.immediate) {
            immediateCount++;
        } else {
            sender.windowUsed(1);
        }
        connection.session().countCommand();

        deviceServer.admit(part);
        if (!part.failed() && part.expectedOut < part.dataOutLength()) {
            part.askedOut = part.dataOutLength();
            if (!part.descriptor().handler().truncate(part, part.expectedOut)) {
                part.fail(Sense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            }
        } else if (!part.failed()
                && part.expectedOut > part.dataOutLength()
                && part.descriptor().handler().wantsExactDataOut()) {
            part.fail(Sense.INVALID_FIELD_IN_CDB);
        }
        if (immediateLength > 0) {
            receiver.toTask(part, 0);
        }
        if (part.failed() || part.dataOutLength() == 0) {
            if (immediateLength > 0) {
                receiver.dropFor(part); // its data counts all the same
            }
            task.start(connection, part.failed() ? 0 : part.bufferBytes(), 0);
        } else {
            task.start(connection, part.bufferBytes(), part.dataOutLength());
            if (receiver.task() == part && task.state() != TaskState.AWAIT_DATA_OUT) {
                receiver.dropFor(part);
                dataOut.startDropping(part);
            }
        }
    }

    boolean finish() {
        final IscsiTask part = receiver.task();
        receiver.forgetTask();
        if (part == null || receiver.segmentLength() == 0) {
            return true;
        }
        part.unsolicitedOffset = receiver.segmentLength();
        if (receiver.isKept()) {
            dataOut.takeData(part, receiver.segmentLength());
        } else if (part.task() != null && part.task().state() == TaskState.AWAIT_DATA_OUT) {
            dataOut.sendR2ts(part);
        }
        return true;
    }

    void solicit(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        if (receiver.task() != part) {
            dataOut.sendR2ts(part);
        }
    }

    void execute(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        if (part.unsolicitedOpen) {
            part.executeWaits = true; // the response may not overtake the data that still comes
        } else {
            deviceServer.execute(part);
        }
    }

    boolean respond(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        if (task.isAborted()) {
            if (sender.midPdu() == part && connection.state() != ConnectionState.CLOSED) {
                return connection.isBroken()
                        || dataIn.continueDataIn(part); // a PDU that has begun must be whole
            }
            if (task.abortReason() == AbortReason.FENCED) {
                tellFenced(part);
            }
            return !part.answersAbort
                    || task.abortReason() == AbortReason.CONNECTION_LOST
                    || dataIn.sendResult(part);
        }
        return deviceServer.completed(part) && dataIn.sendResult(part);
    }

    void released(final Task task) {
        final IscsiTask part = iscsiLane.part(task.index());
        receiver.onReleased(part);
        if (sender.midPdu() == part) {
            sender.midPdu(null);
        }
        final IscsiTask last = active[--activeCount];
        active[part.listIndex] = last;
        last.listIndex = part.listIndex;
        active[activeCount] = null;
        byTag.remove(part.initiatorTaskTag);
        if (part.immediate) {
            immediateCount--;
        } else if (!part.outOfWindow) {
            sender.windowUsed(-1);
        }
        part.end();
        part.connection = null;
        if (activeCount == 0) {
            connection.onLastReleased();
        }
    }

    /**
     * What another nexus has preempted ends with TASK ABORTED or, without TAS, in silence: SAM-5
     * section 5.5.
     */
    private static void tellFenced(final IscsiTask part) {
        if (part.logicalUnit().taskAbortedStatus()) {
            part.refuse(ScsiStatus.TASK_ABORTED);
            part.answersAbort = true;
        } else {
            part.nexus()
                    .unitAttentions(part.lun())
                    .raise(Sense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
        }
    }

    private boolean sendTaskSetFull(final ScsiCommandFlyweight pdu) {
        final int at = sender.claim(0);
        if (at < 0) {
            return false;
        }
        connection.count(Counter.ISCSI_TASK_SET_FULL);
        final long expected = pdu.expectedDataTransferLength();
        iscsiLane
                .scsiResponse
                .wrapAndClear(sender.buffer(), at)
                .status(ScsiStatus.TASK_SET_FULL)
                .initiatorTaskTag(pdu.initiatorTaskTag())
                .statSn(sender.takeStatSn())
                .expCmdSn(sender.expCmdSn() + (pdu.isImmediate() ? 0 : 1))
                .maxCmdSn(sender.maxCmdSn() + (pdu.isImmediate() ? 0 : 1))
                .isUnderflow(expected > 0)
                .residualCount(expected);
        sender.commit(at, 0);
        return true;
    }

    /** Adds this connection's tasks that the filter lets through. */
    void collect(final Predicate<IscsiTask> filter, final List<IscsiTask> to) {
        for (int i = 0; i < activeCount; i++) {
            if (filter.test(active[i])) {
                to.add(active[i]);
            }
        }
    }

    void abort(final IscsiTask part, final AbortReason reason) {
        final Task task = part.task();
        if (task == null || part.connection != connection) {
            return;
        }
        final boolean waits = part.executeWaits;
        part.executeWaits = false;
        task.abort(reason);
        if (waits) {
            task.executed();
        }
    }

    void abortAll(final AbortReason reason) {
        for (int i = activeCount - 1; i >= 0; i--) {
            if (i < activeCount) {
                abort(active[i], reason);
            }
        }
    }

    /** Ends what waits for the initiator, without a word: it is about to log out. */
    void abortWaiting() {
        for (int i = activeCount - 1; i >= 0; i--) {
            final TaskState state = active[i].task().state();
            if (state == TaskState.AWAIT_DATA_OUT
                    || state == TaskState.NEED_BUFFER
                    || active[i].executeWaits) {
                abort(active[i], AbortReason.ABORTED_BY_HOST);
            }
        }
    }

    /** There is room on the sending side again: goes on with what waited for it. */
    void onTransmitReady() {
        if (sender.midPdu() != null) {
            sender.midPdu().task().step();
        }
        for (int i = activeCount - 1; i >= 0 && sender.midPdu() == null; i--) {
            final IscsiTask part = active[i];
            if (part == null) {
                continue;
            }
            if (part.task().state() == TaskState.RESPONDING) {
                part.task().step();
            } else if (part.r2tWaits && part.task().state() == TaskState.AWAIT_DATA_OUT) {
                dataOut.sendR2ts(part);
            }
        }
    }
}
