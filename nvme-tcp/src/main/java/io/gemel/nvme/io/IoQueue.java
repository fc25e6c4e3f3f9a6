package io.gemel.nvme.io;

import static io.gemel.nvme.wire.NvmeStructure.bit;
import static io.gemel.nvme.wire.NvmeStructure.bits;

import io.gemel.core.block.BlockStatus;
import io.gemel.core.block.ExtentList;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.volume.Volume;
import io.gemel.nvme.subsystem.CommandProcessor;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.QueueCounters;
import io.gemel.nvme.wire.DsmRange;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.reservations.agreement.NodeReservations;
import org.agrona.DirectBuffer;

/**
 * An I/O Queue: turns NVM commands into block commands and their outcome into status. Owner: the
 * lane of the queue's connection, which need not be the controller's.
 */
public final class IoQueue implements CommandProcessor {
    private static final int FUSE_FIRST = 1;
    private static final int FUSE_SECOND = 2;

    private final NvmeController controller;
    private final Lane lane;
    private final int qid;
    private final QueueCounters counters;
    private final ReservationGates gates;
    private final ReservationCommands reservationCommands;
    private final DsmRange range = new DsmRange();

    /**
     * @param reservations null when this node keeps none
     */
    public IoQueue(
            final NvmeController controller,
            final Lane lane,
            final int qid,
            final QueueCounters counters,
            final NodeReservations reservations) {
        this.controller = controller;
        this.lane = lane;
        this.qid = qid;
        this.counters = counters;
        this.reservationCommands = new ReservationCommands(controller, lane);
        this.gates = new ReservationGates(reservations, controller.host());
    }

    @Override
    public void admit(final NvmeCommand command) {
        final NvmeSqe sqe = command.sqe();
        if (0 != sqe.fuse()) {
            admitFused(command, sqe);
            return;
        }
        switch (command.opcode()) {
            case Opcode.READ -> admitTransfer(command, sqe, DataDirection.TO_HOST, false);
            case Opcode.WRITE -> admitTransfer(command, sqe, DataDirection.FROM_HOST, true);
            case Opcode.COMPARE -> admitTransfer(command, sqe, DataDirection.FROM_HOST, false);
            case Opcode.WRITE_ZEROES -> admitRange(command, sqe, true);
            case Opcode.VERIFY -> admitVerify(command, sqe);
            case Opcode.DATASET_MANAGEMENT -> admitDatasetManagement(command, sqe);
            case Opcode.FLUSH -> findNamespace(command, sqe);
            case Opcode.FABRICS -> admitFabrics(command, sqe);
            case Opcode.RESERVATION_REGISTER,
                    Opcode.RESERVATION_REPORT,
                    Opcode.RESERVATION_ACQUIRE,
                    Opcode.RESERVATION_RELEASE ->
                    admitReservation(command, sqe);
            default -> command.status(NvmeStatus.INVALID_COMMAND_OPCODE);
        }
    }

    private void admitReservation(final NvmeCommand command, final NvmeSqe sqe) {
        if (!gates.kept()) {
            command.status(NvmeStatus.INVALID_COMMAND_OPCODE);
        } else if (null != findNamespace(command, sqe)) {
            if (null == gates.of(command.namespace())) {
                command.status(NvmeStatus.INVALID_COMMAND_OPCODE);
            } else {
                reservationCommands.admit(command);
            }
        }
    }

    /** FUSES bit 0: Compare first, Write second, of at most ACWU blocks. */
    private void admitFused(final NvmeCommand command, final NvmeSqe sqe) {
        final boolean compare = FUSE_FIRST == sqe.fuse() && Opcode.COMPARE == command.opcode();
        final boolean write = FUSE_SECOND == sqe.fuse() && Opcode.WRITE == command.opcode();
        if (!compare && !write) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else if (sqe.blockCount() > Volume.COMPARE_AND_WRITE_BLOCKS) {
            command.status(NvmeStatus.ATOMIC_WRITE_UNIT_EXCEEDED);
        } else {
            admitTransfer(command, sqe, DataDirection.FROM_HOST, write);
        }
    }

    /**
     * Fills the block command of a fused pair: the data to compare, then the data to write, is in
     * the task's buffer.
     */
    public void compareAndWrite(final NvmeCommand compare, final boolean fua, final Task task) {
        final NvmeSqe sqe = compare.sqe();
        task.command()
                .compareAndWrite(compare.namespace().volume(), sqe.slba(), sqe.blockCount(), fua);
    }

    /**
     * Whether reservations let the command go to the medium at this moment, else its status is set.
     * What has passed when it came may be fenced when its data is there.
     */
    public boolean mayStillRun(final NvmeCommand command) {
        return gates.passes(command, command.namespace());
    }

    /**
     * Says whose command this is, for a fence; before the task starts. A reservation command
     * reaches no medium and is not ended by what it decides.
     */
    public void mark(final NvmeCommand command, final Task task) {
        if (null != command.namespace() && !ReservationCommands.isOne(command.opcode())) {
            task.issuedBy(gates.host(), command.namespace().volume());
        }
    }

    /** The Write of a fused pair was executed with its Compare. */
    public void fusedWriteDone(final NvmeCommand write) {
        counters.onWrite(write.lengthBytes());
    }

    private void admitFabrics(final NvmeCommand command, final NvmeSqe sqe) {
        switch (sqe.fctype()) {
            case Opcode.FCTYPE_DISCONNECT -> {
                if (0 != sqe.recfmt()) {
                    command.status(NvmeStatus.CONNECT_INCOMPATIBLE_FORMAT);
                }
            }
            case Opcode.FCTYPE_CONNECT -> command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR);
            default -> command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        }
    }

    /**
     * Finds the namespace, or sets a status: an inactive NSID is an invalid field, one beyond NN an
     * invalid namespace.
     */
    private Volume findNamespace(final NvmeCommand command, final NvmeSqe sqe) {
        final int nsid = sqe.nsid();
        final Namespace namespace = controller.namespaces().find(nsid);
        if (null == namespace) {
            final boolean valid =
                    0 != nsid && (nsid & 0xFFFF_FFFFL) <= controller.subsystem().largestNsid();
            command.status(
                    valid
                            ? NvmeStatus.INVALID_FIELD_IN_COMMAND
                            : NvmeStatus.INVALID_NAMESPACE_OR_FORMAT);
            return null;
        }
        if (!controller.isReady()) {
            command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR);
            return null;
        }
        if (!gates.passes(command, namespace)) {
            return null;
        }
        command.namespace(namespace);
        return namespace.volume();
    }

    private boolean admitRange(final NvmeCommand command, final NvmeSqe sqe, final boolean writes) {
        final Volume volume = findNamespace(command, sqe);
        if (null == volume) {
            return false;
        }
        if (!volume.contains(sqe.slba(), sqe.blockCount())) {
            command.status(NvmeStatus.LBA_OUT_OF_RANGE);
            return false;
        }
        if (writes && volume.readOnly()) {
            command.status(NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED);
            return false;
        }
        return true;
    }

    private void admitTransfer(
            final NvmeCommand command,
            final NvmeSqe sqe,
            final DataDirection direction,
            final boolean writes) {
        if (admitRange(command, sqe, writes) && fitsMdts(command, sqe)) {
            command.expect(
                    direction, sqe.blockCount() << command.namespace().volume().blockShift());
        }
    }

    private void admitVerify(final NvmeCommand command, final NvmeSqe sqe) {
        if (admitRange(command, sqe, false)) {
            fitsMdts(command, sqe); // VSL is the same limit
        }
    }

    private static boolean fitsMdts(final NvmeCommand command, final NvmeSqe sqe) {
        final long bytes = (long) sqe.blockCount() << command.namespace().volume().blockShift();
        if (bytes > NvmeLimits.MAX_TRANSFER_BYTES) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
            return false;
        }
        return true;
    }

    /** CDW10 7:0 number of ranges, 0's based. */
    private void admitDatasetManagement(final NvmeCommand command, final NvmeSqe sqe) {
        final Volume volume = findNamespace(command, sqe);
        if (null == volume) {
            return;
        }
        if (volume.readOnly() && isDeallocate(sqe)) {
            command.status(NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED);
            return;
        }
        command.expect(DataDirection.FROM_HOST, ranges(sqe) * DsmRange.LENGTH);
    }

    private static int ranges(final NvmeSqe sqe) {
        return bits(sqe.cdw(10), 7, 0) + 1;
    }

    /** CDW11 AD: attribute deallocate. */
    private static boolean isDeallocate(final NvmeSqe sqe) {
        return bit(sqe.cdw(11), 2);
    }

    @Override
    public void execute(final NvmeCommand command, final Task task) {
        final NvmeSqe sqe = command.sqe();
        if (Opcode.FABRICS == command.opcode()) {
            task.executed(); // Disconnect: the connection ends behind the response
            return;
        }
        if (!mayStillRun(command)) {
            task.executed();
            return;
        }
        if (ReservationCommands.isOne(command.opcode())) {
            reservationCommands.execute(command, task, gates.of(command.namespace()));
            return;
        }
        final Volume volume = command.namespace().volume();
        switch (command.opcode()) {
            case Opcode.READ -> task.command().read(volume, sqe.slba(), sqe.blockCount());
            case Opcode.WRITE ->
                    task.command().write(volume, sqe.slba(), sqe.blockCount(), sqe.fua());
            case Opcode.COMPARE -> task.command().compare(volume, sqe.slba(), sqe.blockCount());
            case Opcode.VERIFY -> task.command().verify(volume, sqe.slba(), sqe.blockCount());
            case Opcode.WRITE_ZEROES ->
                    task.command()
                            .writeZeroes(
                                    volume, sqe.slba(), sqe.blockCount(), sqe.deac(), sqe.fua());
            case Opcode.FLUSH -> task.command().flush(volume);
            case Opcode.DATASET_MANAGEMENT -> {
                if (!prepareDeallocate(command, task, volume)) {
                    task.executed();
                    return;
                }
            }
            default -> throw new IllegalStateException("opcode " + command.opcode());
        }
        task.submit();
    }

    /** Returns whether there is something to deallocate. */
    private boolean prepareDeallocate(
            final NvmeCommand command, final Task task, final Volume volume) {
        final NvmeSqe sqe = command.sqe();
        final DirectBuffer data = task.buffer().buffer();
        final int count = ranges(sqe);
        for (int i = 0; i < count; i++) {
            range.wrap(data, i * DsmRange.LENGTH);
            if (!volume.contains(range.slba(), range.blockCount())) {
                command.status(NvmeStatus.LBA_OUT_OF_RANGE);
                return false;
            }
        }
        if (!isDeallocate(sqe) || !volume.thin()) {
            return false; // hints only, and this volume gives nothing back
        }
        final ExtentList extents = task.command().unmap(volume).extents();
        for (int i = 0; i < count; i++) {
            range.wrap(data, i * DsmRange.LENGTH);
            if (range.blockCount() > 0) {
                extents.add(range.slba(), range.blockCount());
            }
        }
        return extents.size() > 0;
    }

    @Override
    public void ended(final NvmeCommand command, final Task task) {
        final BlockStatus status = task.command().status();
        if (BlockStatus.OK == status) {
            count(command);
        } else {
            command.status(statusOf(status));
        }
    }

    private void count(final NvmeCommand command) {
        if (Opcode.READ == command.opcode() || Opcode.COMPARE == command.opcode()) {
            counters.onRead(command.lengthBytes());
        } else if (Opcode.WRITE == command.opcode()) {
            counters.onWrite(command.lengthBytes());
        }
    }

    private static NvmeStatus statusOf(final BlockStatus status) {
        return switch (status) {
            case OK -> NvmeStatus.SUCCESS;
            case LBA_OUT_OF_RANGE -> NvmeStatus.LBA_OUT_OF_RANGE;
            case WRITE_PROTECTED -> NvmeStatus.NAMESPACE_IS_WRITE_PROTECTED;
            case MISCOMPARE -> NvmeStatus.COMPARE_FAILURE;
            case RESERVATION_CONFLICT -> NvmeStatus.RESERVATION_CONFLICT;
            case READ_ERROR -> NvmeStatus.UNRECOVERED_READ_ERROR;
            case WRITE_ERROR -> NvmeStatus.WRITE_FAULT;
            case NO_SPACE -> NvmeStatus.CAPACITY_EXCEEDED;
            case ABORTED -> NvmeStatus.COMMAND_ABORT_REQUESTED;
            case PATH_LOST -> NvmeStatus.INTERNAL_PATH_ERROR;
            case UNSUPPORTED -> NvmeStatus.INVALID_COMMAND_OPCODE;
            case INTERNAL -> NvmeStatus.INTERNAL_ERROR;
        };
    }

    /** Files a command that ended with an error in the controller's error log. */
    public void report(final NvmeCommand command) {
        controller.reportError(
                lane,
                qid,
                command.commandId(),
                command.status(),
                command.sqe().nsid(),
                command.sqe().slba());
    }
}
