package io.gemel.scsi.command;

import io.gemel.core.lane.Task;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationLimits;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.agreement.ReservationAnswer;
import io.gemel.reservations.agreement.VolumeReservations;
import io.gemel.reservations.scsi.PersistentReserveIn;
import io.gemel.reservations.scsi.PersistentReserveOut;
import io.gemel.reservations.scsi.ScsiAnswer;
import io.gemel.scsi.ScsiStatus;
import io.gemel.scsi.ScsiTask;
import io.gemel.scsi.Sense;

/**
 * PERSISTENT RESERVE IN and OUT (SPC-4), RESERVE and RELEASE (SPC-2): the SCSI side of the one
 * reservation model.
 */
final class ReservationCommands {
    private ReservationCommands() {}

    /** Ends a task as the model has answered. */
    static void end(final ScsiTask task, final ScsiAnswer answer) {
        switch (answer) {
            case GOOD -> {}
            case RESERVATION_CONFLICT -> task.refuse(ScsiStatus.RESERVATION_CONFLICT);
            case PARAMETER_LIST_LENGTH_ERROR -> task.fail(Sense.PARAMETER_LIST_LENGTH_ERROR);
            case INVALID_FIELD_IN_CDB -> task.fail(Sense.INVALID_FIELD_IN_CDB);
            case INVALID_FIELD_IN_PARAMETER_LIST ->
                    task.fail(Sense.INVALID_FIELD_IN_PARAMETER_LIST);
            case INVALID_RELEASE_OF_PERSISTENT_RESERVATION ->
                    task.fail(Sense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
            case INSUFFICIENT_REGISTRATION_RESOURCES ->
                    task.fail(Sense.INSUFFICIENT_REGISTRATION_RESOURCES);
            case PERSISTENT_RESERVATION_INFORMATION_LOST ->
                    task.fail(Sense.PERSISTENT_RESERVATION_INFORMATION_LOST);
        }
    }

    /** Hands a command to the model; the task ends when it is in force everywhere, or refused. */
    private static void decide(final ScsiTask task, final ReservationCommand command) {
        final Task slot = task.task();
        final int generation = slot.generation();
        task.logicalUnit()
                .reservations()
                .decide(
                        command,
                        task.lane(),
                        new ReservationAnswer() {
                            @Override
                            public void decided(final ReservationStatus status) {
                                if (slot.generation() == generation) {
                                    end(task, ScsiAnswer.of(status));
                                    slot.executed();
                                }
                            }

                            @Override
                            public void failed() {
                                if (slot.generation() == generation) {
                                    task.fail(Sense.LOGICAL_UNIT_COMMUNICATION_FAILURE);
                                    slot.executed();
                                }
                            }
                        });
    }

    /** PERSISTENT RESERVE IN: from the state in force when it is executed. */
    static final class In implements CommandHandler {
        @Override
        public void prepare(final ScsiTask task) {
            task.needsBuffer(Math.max(1, task.cdb().u16(7)));
        }

        @Override
        public void execute(final ScsiTask task) {
            final VolumeReservations reservations = task.logicalUnit().reservations();
            final ReservationState state = reservations.state();
            task.dataInLength(
                    PersistentReserveIn.write(
                            task.cdb().serviceAction(),
                            state,
                            new ReservationLimits(
                                    ReservationLimits.DEFAULT_MAX_REGISTRANTS,
                                    reservations.canPersist()),
                            task.buffer(),
                            0,
                            task.cdb().u16(7)));
            task.task().executed();
        }
    }

    /** PERSISTENT RESERVE OUT. */
    static final class Out implements CommandHandler {
        private static final int LIST_LENGTH_OFFSET = 5;

        private final DeviceServer server;

        Out(final DeviceServer server) {
            this.server = server;
        }

        @Override
        public void prepare(final ScsiTask task) {
            final long length = task.cdb().u32(LIST_LENGTH_OFFSET);
            if (length > PersistentReserveOut.MAX_LIST_BYTES) {
                task.fail(Sense.PARAMETER_LIST_LENGTH_ERROR);
            } else {
                task.needsDataOut((int) length, 1);
            }
        }

        @Override
        public void execute(final ScsiTask task) {
            final PersistentReserveOut out =
                    PersistentReserveOut.parse(
                            task.cdb().bytes(),
                            0,
                            task.buffer(),
                            0,
                            task.dataOutLength(),
                            task.nexus().registrant(),
                            server.events().targetPorts(task.nexus(), task.logicalUnit()));
            if (out.refusal() != null) {
                end(task, out.refusal());
                task.task().executed();
            } else {
                decide(task, out.command());
            }
        }
    }

    /**
     * RESERVE(6), RESERVE(10), RELEASE(6), RELEASE(10): the whole logical unit, for this nexus
     * only.
     */
    static final class Spc2 implements CommandHandler {
        private final boolean reserve;

        Spc2(final boolean reserve) {
            this.reserve = reserve;
        }

        @Override
        public void prepare(final ScsiTask task) {
            if (task.cdb().u8(1) != 0) { // extents, third parties
                task.failField(1, -1);
            }
        }

        @Override
        public void execute(final ScsiTask task) {
            decide(
                    task,
                    reserve
                            ? new ReservationCommand.Spc2Reserve(task.nexus().registrant())
                            : new ReservationCommand.Spc2Release(task.nexus().registrant()));
        }
    }
}
