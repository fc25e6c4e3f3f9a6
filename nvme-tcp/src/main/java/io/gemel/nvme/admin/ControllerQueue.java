package io.gemel.nvme.admin;

import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.status.Counter;
import io.gemel.nvme.subsystem.CommandProcessor;
import io.gemel.nvme.subsystem.ControllerListener;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.QueueConnection;
import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.Property;
import org.agrona.MutableDirectBuffer;

/**
 * What the Admin Queues of I/O controllers and of discovery controllers have in common: properties,
 * keep alive, asynchronous events, log pages by offset. Owner: the controller's home lane.
 */
public abstract class ControllerQueue implements CommandProcessor, ControllerListener {
    private final NvmeController controller;
    private final AsynchronousEvents events;
    private final ErrorLog errorLog = new ErrorLog();

    protected ControllerQueue(final NvmeController controller, final int supportedEvents) {
        this.controller = controller;
        this.events =
                new AsynchronousEvents(
                        controller.subsystem().limits().asynchronousEventRequests(),
                        supportedEvents,
                        new HeldRequests(controller.adminConnection()));
    }

    public final NvmeController controller() {
        return controller;
    }

    protected final Lane lane() {
        return controller.homeLane();
    }

    protected final AsynchronousEvents events() {
        return events;
    }

    protected final ErrorLog errorLog() {
        return errorLog;
    }

    /**
     * Takes an Asynchronous Event Request, which is answered when there is an event.
     *
     * @return false when it is refused: then the status is set, and the command ends with it
     */
    public final boolean hold(final NvmeCommand command) {
        if (!controller.isReady()) {
            command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR);
            return false;
        }
        if (!events.hold(command.commandId())) {
            lane().counters().increment(Counter.NVME_AER_LIMIT);
            command.status(NvmeStatus.ASYNCHRONOUS_EVENT_REQUEST_LIMIT_EXCEEDED);
            return false;
        }
        return true;
    }

    /**
     * Drops a held Asynchronous Event Request without an answer.
     *
     * @return whether one of that identifier was held
     */
    public final boolean forget(final int commandId) {
        return events.abort(commandId);
    }

    @Override
    public final void admit(final NvmeCommand command) {
        lane().counters().increment(Counter.NVME_ADMIN_COMMANDS);
        final NvmeSqe sqe = command.sqe();
        if (0 != sqe.fuse()) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else if (Opcode.FABRICS == command.opcode()) {
            admitFabrics(command, sqe);
        } else if (!controller.isReady()) {
            command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR);
        } else {
            switch (command.opcode()) {
                case Opcode.IDENTIFY -> {
                    if (isIdentifySupported(sqe)) {
                        command.expect(DataDirection.TO_HOST, Cns.LENGTH);
                    } else {
                        command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
                    }
                }
                case Opcode.GET_LOG_PAGE -> admitGetLogPage(command, sqe);
                case Opcode.KEEP_ALIVE -> {}
                default -> admitOther(command);
            }
        }
    }

    private void admitFabrics(final NvmeCommand command, final NvmeSqe sqe) {
        switch (sqe.fctype()) {
            case Opcode.FCTYPE_PROPERTY_GET -> {
                if (!isProperty(sqe.propertyOffset(), sqe.propertySize())) {
                    command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
                }
            }
            case Opcode.FCTYPE_PROPERTY_SET -> {
                if (Property.CC != sqe.propertyOffset() || 0 != sqe.propertySize()) {
                    command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
                }
            }
            case Opcode.FCTYPE_CONNECT -> command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR);
            case Opcode.FCTYPE_DISCONNECT -> command.status(NvmeStatus.INVALID_QUEUE_TYPE);
            default -> command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        }
    }

    private static boolean isProperty(final int offset, final int size) {
        return switch (offset) {
            case Property.CAP -> 1 == size;
            case Property.VS, Property.CC, Property.CSTS, Property.NSSR, Property.CRTO -> 0 == size;
            default -> false;
        };
    }

    private void admitGetLogPage(final NvmeCommand command, final NvmeSqe sqe) {
        final long length = LogPage.lengthBytes(sqe);
        final long offset = LogPage.lpo(sqe);
        final NvmeStatus supported = checkLogPage(sqe);
        if (NvmeStatus.SUCCESS != supported) {
            command.status(supported);
        } else if (length > NvmeLimits.MAX_TRANSFER_BYTES
                || 0 != (offset & 3)
                || offset < 0
                || LogPage.ot(sqe)) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else {
            command.expect(DataDirection.TO_HOST, (int) length);
        }
    }

    @Override
    public final void execute(final NvmeCommand command, final Task task) {
        final NvmeSqe sqe = command.sqe();
        boolean done = true;
        switch (command.opcode()) {
            case Opcode.FABRICS -> executeFabrics(command, sqe);
            case Opcode.IDENTIFY -> {
                final MutableDirectBuffer data = task.buffer().buffer();
                data.setMemory(0, Cns.LENGTH, (byte) 0);
                command.status(identify(sqe, data));
            }
            case Opcode.GET_LOG_PAGE -> command.status(getLogPage(command, sqe, task));
            case Opcode.KEEP_ALIVE -> controller.keepAlive();
            default -> done = executeOther(command, task);
        }
        if (done) {
            task.executed();
        }
    }

    private void executeFabrics(final NvmeCommand command, final NvmeSqe sqe) {
        if (Opcode.FCTYPE_PROPERTY_GET == sqe.fctype()) {
            command.result(
                    switch (sqe.propertyOffset()) {
                        case Property.CAP -> controller.cap();
                        case Property.VS -> NvmeController.VERSION;
                        case Property.CC -> controller.cc() & 0xFFFF_FFFFL;
                        case Property.CSTS -> controller.csts();
                        case Property.CRTO -> controller.crto();
                        default -> 0; // NSSR reads as zero
                    });
        } else {
            controller.writeCc((int) sqe.propertyValue());
        }
    }

    private NvmeStatus getLogPage(final NvmeCommand command, final NvmeSqe sqe, final Task task) {
        final byte[] page = logPage(sqe);
        final long offset = LogPage.lpo(sqe);
        if (offset > page.length) {
            return NvmeStatus.INVALID_FIELD_IN_COMMAND;
        }
        final int length = command.lengthBytes();
        final int there = (int) Math.min(length, page.length - offset);
        final MutableDirectBuffer data = task.buffer().buffer();
        data.putBytes(0, page, (int) offset, there);
        data.setMemory(there, length - there, (byte) 0);
        if (!LogPage.rae(sqe)) {
            events.onLogRead(LogPage.lid(sqe));
            onLogRead(LogPage.lid(sqe));
        }
        return NvmeStatus.SUCCESS;
    }

    @Override
    public final void ended(final NvmeCommand command, final Task task) {
        throw new IllegalStateException("admin commands submit no block command");
    }

    @Override
    public void onReset() {
        events.reset();
    }

    @Override
    public final void onError(
            final int qid, final int commandId, final int status, final int nsid, final long lba) {
        errorLog.add(qid, commandId, status, nsid, lba);
    }

    private record HeldRequests(QueueConnection connection)
            implements AsynchronousEvents.Completer {
        @Override
        public void complete(final int commandId, final long result) {
            connection.completeHeld(commandId, NvmeStatus.SUCCESS, result);
        }

        @Override
        public void drop(final int commandId) {
            connection.dropHeld(commandId);
        }
    }

    /** Whether Identify knows this CNS. */
    protected abstract boolean isIdentifySupported(NvmeSqe sqe);

    /** Fills the 4096 zeroed bytes. */
    protected abstract NvmeStatus identify(NvmeSqe sqe, MutableDirectBuffer data);

    /** SUCCESS when the log page is there. */
    protected abstract NvmeStatus checkLogPage(NvmeSqe sqe);

    /** The whole log page. */
    protected abstract byte[] logPage(NvmeSqe sqe);

    /** A log page was read without Retain Asynchronous Event. */
    protected abstract void onLogRead(int lid);

    /** Admits the opcodes that only this kind of controller has. */
    protected abstract void admitOther(NvmeCommand command);

    /**
     * @return false when the command ends later
     */
    protected abstract boolean executeOther(NvmeCommand command, Task task);
}
