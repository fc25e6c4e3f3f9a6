package io.gemel.scsi.command;

import io.gemel.core.block.BlockCommand;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.lane.Lane;
import io.gemel.reservations.Admission;
import io.gemel.reservations.Verdict;
import io.gemel.reservations.scsi.ScsiAccessClass;
import io.gemel.reservations.scsi.ScsiAnswer;
import io.gemel.reservations.scsi.TargetPorts;
import io.gemel.scsi.ItNexus;
import io.gemel.scsi.LogicalUnit;
import io.gemel.scsi.ScsiStatus;
import io.gemel.scsi.ScsiTask;
import io.gemel.scsi.Sense;

/**
 * The SCSI device server: SAM-5. From a CDB to what it needs, to a block command or parameter data,
 * to status and sense. Has no state of its own: one for all lanes. Transports call {@link #admit}
 * when a command arrives, {@link #execute} when its data is here, {@link #completed} before they
 * respond.
 */
public final class DeviceServer {
    /** What a command does beyond its own nexus. */
    public interface Events {
        /**
         * All nexuses but the issuer's are to get MODE PARAMETERS CHANGED for this logical unit.
         *
         * @param whenDone to be run on the calling lane when every lane has done so
         */
        void modeParametersChanged(
                LogicalUnit unit, ItNexus issuer, Lane issuersLane, Runnable whenDone);

        /** The ports that PERSISTENT RESERVE OUT may name. */
        TargetPorts targetPorts(ItNexus nexus, LogicalUnit unit);
    }

    private static final int INQUIRY = 0x12;
    private static final int REPORT_LUNS = 0xA0;
    private static final int REQUEST_SENSE = 0x03;

    private final Events events;
    private final CommandTable table;

    public DeviceServer(final Events events) {
        this.events = events;
        this.table = new CommandTable(this);
    }

    Events events() {
        return events;
    }

    public CommandTable table() {
        return table;
    }

    /**
     * Looks at a command that has arrived, in the order of SAM-5: logical unit, operation code,
     * unit attention, CDB fields. After it the task either has failed or says what buffer and
     * data-out it needs.
     */
    public void admit(final ScsiTask task) {
        final int opcode = task.cdb().opcode();
        final boolean always =
                opcode == INQUIRY || opcode == REPORT_LUNS || opcode == REQUEST_SENSE;
        final LogicalUnit unit = task.logicalUnit();
        if (unit == null && !always) {
            task.fail(Sense.LOGICAL_UNIT_NOT_SUPPORTED);
            return;
        }
        final CommandDescriptor found = table.find(task.cdb());
        if (found == null || unit != null && !found.supportedBy().test(unit)) {
            if (table.hasServiceActions(opcode)) {
                task.failField(1, 4);
            } else {
                task.fail(Sense.INVALID_COMMAND_OPERATION_CODE);
            }
            return;
        }
        task.descriptor(found);
        if (!always) {
            final Sense attention = task.nexus().unitAttentions(task.lun()).poll();
            if (attention != null) {
                task.fail(attention);
                return;
            }
        }
        if (task.cdb().naca(found.controlOffset())) {
            task.failField(found.controlOffset(), 2);
            return;
        }
        if (passesReservations(task)) {
            found.handler().prepare(task);
        }
    }

    /** Asks the reservation in force; fails the task when it does not let the command through. */
    private static boolean passesReservations(final ScsiTask task) {
        final LogicalUnit unit = task.logicalUnit();
        if (unit == null || unit.reservations() == null) {
            return true;
        }
        final Admission admission = unit.reservations().admission();
        if (admission.open()) {
            return true;
        }
        final Verdict verdict =
                task.nexus()
                        .admission(task.lun())
                        .verdict(admission, ScsiAccessClass.of(task.cdb().bytes(), 0));
        if (verdict != Verdict.PASS) {
            ReservationCommands.end(task, ScsiAnswer.of(verdict));
        }
        return verdict == Verdict.PASS;
    }

    /** Does it. */
    public void execute(final ScsiTask task) {
        // Asked again: the reservation may have changed while the data was on its way.
        if (task.failed() || !passesReservations(task)) {
            task.task().executed();
        } else {
            task.descriptor().handler().execute(task);
        }
    }

    /**
     * Takes the result of the block command, if there was one.
     *
     * @return false when another one is under way: there is nothing to respond yet
     */
    public boolean completed(final ScsiTask task) {
        if (!task.takeBlockCommand()) {
            return true;
        }
        final BlockCommand command = task.task().command();
        final BlockStatus status = command.status();
        if (status == BlockStatus.OK) {
            return task.descriptor().handler().completed(task);
        }
        switch (status) {
            case RESERVATION_CONFLICT -> task.status(ScsiStatus.RESERVATION_CONFLICT);
            case ABORTED -> task.status(ScsiStatus.TASK_ABORTED);
            case MISCOMPARE -> task.fail(Sense.of(status), command.miscompareOffset());
            case READ_ERROR -> task.fail(Sense.of(status), task.lba());
            default -> task.fail(Sense.of(status));
        }
        if (status == BlockStatus.RESERVATION_CONFLICT || status == BlockStatus.ABORTED) {
            task.dataInLength(0);
        }
        return true;
    }
}
