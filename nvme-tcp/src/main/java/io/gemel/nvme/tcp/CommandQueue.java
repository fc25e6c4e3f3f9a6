package io.gemel.nvme.tcp;

import io.gemel.core.block.BlockStatus;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.TaskState;
import io.gemel.core.status.Counter;
import io.gemel.nvme.admin.ControllerQueue;
import io.gemel.nvme.io.IoQueue;
import io.gemel.nvme.subsystem.AbortObserver;
import io.gemel.nvme.subsystem.CommandProcessor;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.QueueCounters;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;

/**
 * The commands of one connection, from capsule to response: one task each. Keeps their identifiers,
 * their transfers, and what waits for room on the sending side. Owner: one connection.
 */
final class CommandQueue implements TaskPorts {
    private static final int UNCONNECTED_QUEUE_ENTRIES = 2;
    private static final int ADMIN_QID = 0;
    private static final int SQHD_WITHOUT_FLOW_CONTROL = 0xFFFF;

    private record HeldCompletion(int commandId, int status, long result) {}

    private final NvmeTcpConnection connection;
    private final NvmeTcpLane nvmeLane;
    private final Lane lane;
    private final PduSender sender;
    private final QueueCounters counters;
    private final WaitQueue waiting = new WaitQueue();
    private final ArrayDeque<HeldCompletion> heldCompletions = new ArrayDeque<>();
    private final long[] commandIds = new long[65536 / 64];
    private final Runnable onTransmitReady = this::onTransmitReady;
    private PduReceiver receiver;
    private CommandProcessor processor;
    private NvmeController controller;
    private ControllerQueue adminQueue;
    private IoQueue ioQueue;

    /** Only on an I/O Queue. */
    private FusedPairs fused;

    private int queueEntries = UNCONNECTED_QUEUE_ENTRIES;
    private boolean flowControl = true;
    private boolean connectAnswered;
    private int sqhd;
    private int outstanding;
    private int activeTasks;
    private TransferTable transfers = new TransferTable(UNCONNECTED_QUEUE_ENTRIES);

    CommandQueue(
            final NvmeTcpConnection connection,
            final NvmeTcpLane nvmeLane,
            final PduSender sender,
            final QueueCounters counters,
            final CommandProcessor connectProcessor) {
        this.connection = connection;
        this.nvmeLane = nvmeLane;
        this.lane = nvmeLane.lane;
        this.sender = sender;
        this.counters = counters;
        this.processor = connectProcessor;
    }

    /** The other half of the connection; set once, right after both were made. */
    void receiver(final PduReceiver itsReceiver) {
        receiver = itsReceiver;
    }

    /** Connect has made this the Admin Queue. */
    void connectedAdmin(
            final NvmeController itsController,
            final ControllerQueue queue,
            final int sqsize,
            final boolean withFlowControl) {
        adminQueue = queue;
        connected(itsController, queue, sqsize, withFlowControl);
    }

    /** Connect has made this an I/O Queue. */
    void connectedIo(
            final NvmeController itsController,
            final IoQueue queue,
            final int sqsize,
            final boolean withFlowControl) {
        ioQueue = queue;
        fused = new FusedPairs(nvmeLane, queue);
        connected(itsController, queue, sqsize, withFlowControl);
    }

    private void connected(
            final NvmeController itsController,
            final CommandProcessor queue,
            final int sqsize,
            final boolean withFlowControl) {
        controller = itsController;
        processor = queue;
        queueEntries = sqsize + 1;
        flowControl = withFlowControl;
        if (!withFlowControl) {
            sender.successInData();
        }
        sqhd = sqhd % queueEntries;
        transfers = new TransferTable(2 * queueEntries);
    }

    /** As many commands as the queue has entries are under way. */
    boolean isFull() {
        return outstanding == queueEntries;
    }

    /** Commands that have a task. */
    int activeTasks() {
        return activeTasks;
    }

    TransferTable transfers() {
        return transfers;
    }

    /** A data PDU of this transfer is complete. */
    void onTransferred(final int ttag) {
        if (transfers.next(ttag) == transfers.end(ttag)) {
            final Task task = transfers.task(ttag);
            transfers.close(ttag);
            if (null != task) {
                nvmeLane.slots[task.index()].transfer = CommandSlot.NO_TRANSFER;
            } else if (waiting.size() > 0) {
                lane.execute(onTransmitReady); // one may wait for the place of this orphan
            }
        }
    }

    /**
     * Without flow control the Connect response tells so with FFFFh; later ones leave the field 0.
     */
    private int sqhd() {
        return flowControl ? sqhd : connectAnswered ? 0 : SQHD_WITHOUT_FLOW_CONTROL;
    }

    /** A command has come; its slot is claimed. Its in-capsule data, if any, follows. */
    void onCapsule(
            final Task task,
            final DirectBuffer buffer,
            final int sqeOffset,
            final int inCapsuleBytes) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        final NvmeCommand command = slot.command;
        slot.begin();
        command.begin(buffer, sqeOffset);
        outstanding++;
        sqhd = sqhd + 1 >= queueEntries ? 0 : sqhd + 1;
        counters.onCommand();
        if (!ownCommandId(command.commandId()) && !isForgotten(command.commandId())) {
            lane.counters().increment(Counter.NVME_COMMAND_ID_CONFLICTS);
            slot.ownsCommandId = false;
            command.status(NvmeStatus.COMMAND_ID_CONFLICT);
        } else if (null != adminQueue
                && Opcode.ASYNCHRONOUS_EVENT_REQUEST == command.opcode()
                && adminQueue.hold(command)) {
            task.unclaim();
            return;
        } else if (command.isSuccess()) {
            admit(task, slot, inCapsuleBytes);
        }
        if (!command.isSuccess()) {
            lane.counters().increment(Counter.NVME_COMMANDS_REFUSED);
        }
        start(task, slot);
    }

    private void admit(final Task task, final CommandSlot slot, final int inCapsuleBytes) {
        final NvmeCommand command = slot.command;
        if (null != fused) {
            fused.onCapsule(command.sqe());
        }
        processor.admit(command);
        if (command.isSuccess()) {
            checkDataPointer(slot, inCapsuleBytes);
        }
        final int fuse = command.sqe().fuse();
        if (null != fused && (FusedPairs.FIRST == fuse || FusedPairs.SECOND == fuse)) {
            fused.admitted(task, slot);
        }
    }

    private void start(final Task task, final CommandSlot slot) {
        final NvmeCommand command = slot.command;
        final int bytes = command.isSuccess() ? command.lengthBytes() : 0;
        final boolean fromHost = DataDirection.FROM_HOST == command.direction();
        activeTasks++;
        if (bytes > 0 && slot.inCapsule) {
            receiver.sink(task, 0, bytes);
        }
        // The Compare of a fused pair has room for the data of the Write behind its own.
        final int bufferBytes = FusedPairs.FIRST == slot.fuse ? 2 * bytes : bytes;
        if (null != ioQueue) {
            ioQueue.mark(command, task);
        }
        task.start(this, bufferBytes, fromHost ? bytes : 0);
        if (receiver.isSink(task) && TaskState.NEED_BUFFER == task.state()) {
            receiver.stall(); // until solicit()
        }
    }

    /** NVMe/TCP knows two data pointers: data in the capsule, or data by data PDUs. */
    private void checkDataPointer(final CommandSlot slot, final int inCapsuleBytes) {
        final NvmeCommand command = slot.command;
        if (DataDirection.NONE == command.direction()) {
            return;
        }
        final NvmeSqe sqe = command.sqe();
        final int psdt = sqe.psdt();
        final int identifier = sqe.sglIdentifier();
        final boolean fromHost = DataDirection.FROM_HOST == command.direction();
        if (NvmeSqe.PSDT_SGL != psdt && NvmeSqe.PSDT_SGL_MPTR_SGL != psdt) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else if (SglDescriptor.TRANSPORT == identifier) {
            if (sqe.sglLength() < command.lengthBytes()) {
                command.status(NvmeStatus.DATA_SGL_LENGTH_INVALID);
            } else if (inCapsuleBytes > 0) {
                command.status(NvmeStatus.SGL_DESCRIPTOR_TYPE_INVALID);
            }
        } else if (SglDescriptor.IN_CAPSULE == identifier && fromHost) {
            if (sqe.sglLength() < command.lengthBytes()) {
                command.status(NvmeStatus.DATA_SGL_LENGTH_INVALID);
            } else if (0 != sqe.sglAddress() || sqe.sglLength() > inCapsuleBytes) {
                command.status(NvmeStatus.SGL_OFFSET_INVALID);
            } else {
                slot.inCapsule = true;
            }
        } else {
            command.status(NvmeStatus.SGL_DESCRIPTOR_TYPE_INVALID);
        }
    }

    @Override
    public void solicit(final Task task) {
        if (receiver.isSink(task)) {
            receiver.unstall(); // in-capsule data that waited for the buffer
        } else if (!sendR2t(task)) {
            waitForRoom(task);
        }
    }

    private boolean sendR2t(final Task task) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        final NvmeCommand command = slot.command;
        final int ttag = transfers.open(task, command.commandId(), command.lengthBytes());
        if (CommandSlot.NO_TRANSFER == ttag) {
            return false;
        }
        if (!sender.r2t(command.commandId(), ttag, command.lengthBytes())) {
            transfers.close(ttag);
            return false;
        }
        slot.transfer = ttag;
        return true;
    }

    @Override
    public void execute(final Task task) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        if (slot.dataDigestError) {
            slot.command.status(NvmeStatus.TRANSIENT_TRANSPORT_ERROR);
        }
        if (!slot.command.isSuccess()) {
            task.executed();
        } else if (0 != slot.fuse) {
            fused.ready(task, slot);
        } else {
            processor.execute(slot.command, task);
        }
    }

    @Override
    public boolean respond(final Task task) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        if (!connection.isAnswering()) {
            return true;
        }
        if (!slot.finished) {
            slot.finished = true;
            finish(task, slot);
        }
        if (isWithoutAnswer(task.abortReason())) {
            return true;
        }
        final boolean wasTransmitting = task == sender.transmitting();
        if (!sender.answer(task, slot, sqhd())) {
            waitForRoom(task);
            return false;
        }
        connectAnswered = true;
        if (wasTransmitting && waiting.size() > 0) {
            lane.execute(onTransmitReady);
        }
        return true;
    }

    private static boolean isWithoutAnswer(final AbortReason reason) {
        return AbortReason.CONNECTION_LOST == reason
                || AbortReason.CONTROLLER_RESET == reason
                || AbortReason.SHUTDOWN == reason;
    }

    /** Settles the status of a command, once. */
    private void finish(final Task task, final CommandSlot slot) {
        final NvmeCommand command = slot.command;
        // A Dataset Management command that frees nothing prepares a block command and submits
        // none.
        final boolean submitted = null != task.command().op() && null != task.command().status();
        final boolean done =
                slot.fusedDone || (submitted && BlockStatus.OK == task.command().status());
        if (task.isAborted() && !done) {
            slot.aborted = true;
            command.status(statusOf(task.abortReason()));
        } else if (submitted && command.isSuccess()) {
            processor.ended(command, task);
        }
        if (!command.isSuccess()) {
            counters.onError();
            if (null != ioQueue) {
                ioQueue.report(command);
            } else if (null != controller) {
                controller.reportError(
                        lane, ADMIN_QID, command.commandId(), command.status(), 0, 0);
            }
        }
    }

    private static NvmeStatus statusOf(final AbortReason reason) {
        return AbortReason.FENCED == reason
                ? NvmeStatus.ABORTED_PREEMPT_AND_ABORT
                : AbortReason.LOGICAL_UNIT_RESET == reason
                        ? NvmeStatus.COMMAND_INTERRUPTED
                        : NvmeStatus.COMMAND_ABORT_REQUESTED;
    }

    @Override
    public Object engine() {
        return connection;
    }

    @Override
    public void released(final Task task) {
        final CommandSlot slot = nvmeLane.slots[task.index()];
        final NvmeCommand command = slot.command;
        receiver.released(task);
        sender.released(task);
        if (CommandSlot.NO_TRANSFER != slot.transfer) {
            transfers.orphan(slot.transfer);
            lane.counters().increment(Counter.NVME_TRANSFERS_ORPHANED);
        }
        if (slot.ownsCommandId) {
            freeCommandId(command.commandId());
        }
        outstanding--;
        activeTasks--;
        if (null != fused) {
            fused.released(task, slot);
        }
        final AbortObserver observer = command.abortObserver();
        if (null != observer) {
            command.abortObserver(null);
            observer.onAbort(slot.aborted);
        }
        if (null != ioQueue
                && Opcode.FABRICS == command.opcode()
                && Opcode.FCTYPE_DISCONNECT == command.sqe().fctype()
                && command.isSuccess()) {
            connection.disconnected();
        }
        connection.onReleased();
    }

    private void waitForRoom(final Task task) {
        lane.counters().increment(Counter.NVME_TRANSMIT_WAITS);
        waiting.add(task);
    }

    /** There is room again on the sending side. */
    void onTransmitReady() {
        if (null != sender.transmitting()) {
            sender.transmitting().step();
            if (null != sender.transmitting()) {
                return;
            }
        }
        sendHeldCompletions();
        for (int count = waiting.size(); count > 0 && null == sender.transmitting(); count--) {
            final Task task = waiting.poll();
            if (null == task) {
                continue;
            }
            if (TaskState.RESPONDING == task.state()) {
                task.step();
            } else if (TaskState.AWAIT_DATA_OUT == task.state()
                    && CommandSlot.NO_TRANSFER == nvmeLane.slots[task.index()].transfer
                    && !sendR2t(task)) {
                waiting.add(task);
            }
        }
    }

    private boolean ownCommandId(final int commandId) {
        final long bit = 1L << (commandId & 63);
        final boolean free = 0 == (commandIds[commandId >>> 6] & bit);
        commandIds[commandId >>> 6] |= bit;
        return free;
    }

    /**
     * A host that is about to shut down may forget its Asynchronous Event Requests and use their
     * identifiers again (SPDK's does): then the held request is dropped, and the identifier is the
     * new command's.
     */
    private boolean isForgotten(final int commandId) {
        if (null == adminQueue || !adminQueue.forget(commandId)) {
            return false;
        }
        outstanding--;
        return true;
    }

    private void freeCommandId(final int commandId) {
        commandIds[commandId >>> 6] &= ~(1L << (commandId & 63));
    }

    void completeHeld(final int commandId, final NvmeStatus status, final long result) {
        heldCompletions.add(new HeldCompletion(commandId, status.field(), result));
        sendHeldCompletions();
    }

    void dropHeld(final int commandId) {
        freeCommandId(commandId);
        outstanding--;
    }

    private void sendHeldCompletions() {
        while (!heldCompletions.isEmpty() && connection.isAnswering()) {
            final HeldCompletion held = heldCompletions.peek();
            if (!sender.response(held.commandId, held.status, held.result, sqhd())) {
                return;
            }
            heldCompletions.poll();
            dropHeld(held.commandId);
        }
    }

    void abortCommand(final int commandId, final AbortObserver observer) {
        if (connection.isAnswering()) {
            for (int i = 0; i < lane.tasks().capacity(); i++) {
                final Task task = lane.tasks().at(i);
                final NvmeCommand command = nvmeLane.slots[i].command;
                if (task.context() == this
                        && TaskState.FREE != task.state()
                        && TaskState.NEW != task.state()
                        && TaskState.RESPONDING != task.state()
                        && command.commandId() == commandId
                        && null == command.abortObserver()
                        && Opcode.FABRICS != command.opcode()
                        && !(null != adminQueue && Opcode.ABORT == command.opcode())) {
                    command.abortObserver(observer);
                    abort(task, AbortReason.ABORTED_BY_HOST);
                    return;
                }
            }
        }
        observer.onAbort(false);
    }

    /** Ends every command of this connection. */
    void abortTasks(final AbortReason reason) {
        lane.tasks()
                .forEachActive(
                        task -> {
                            if (task.context() == this) {
                                abort(task, reason);
                            }
                        });
    }

    /**
     * The core ends a command that the agent does not have; one half of a fused pair that waits for
     * the other is ours to end.
     */
    private void abort(final Task task, final AbortReason reason) {
        final boolean held = null != fused && fused.isHeld(task);
        task.abort(reason);
        if (held) {
            task.executed();
        }
    }

    /** Ends every command that is not executed yet; the others are answered. */
    void abortUnexecuted(final AbortReason reason) {
        lane.tasks()
                .forEachActive(
                        task -> {
                            final boolean executes =
                                    TaskState.EXECUTING == task.state()
                                            && (null == fused || !fused.isHeld(task));
                            if (task.context() == this
                                    && !executes
                                    && TaskState.RESPONDING != task.state()) {
                                abort(task, reason);
                            }
                        });
    }
}
