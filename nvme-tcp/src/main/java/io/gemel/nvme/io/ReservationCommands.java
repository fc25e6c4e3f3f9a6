package io.gemel.nvme.io;

import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskState;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.agreement.ReservationAnswer;
import io.gemel.reservations.agreement.VolumeReservations;
import io.gemel.reservations.nvme.NvmeAnswer;
import io.gemel.reservations.nvme.ReservationReport;
import io.gemel.reservations.nvme.ReservationRequest;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Reservation Register, Report, Acquire and Release of one I/O Queue. Owner: the lane of the
 * queue's connection. The agreement decides on a thread of its own; the command waits in EXECUTING,
 * even when its connection is gone, so its slot is still ours when the answer comes.
 */
final class ReservationCommands {
    private final NvmeController controller;
    private final Lane lane;
    private final NvmeHost host;

    ReservationCommands(final NvmeController controller, final Lane lane) {
        this.controller = controller;
        this.lane = lane;
        this.host = controller.host();
    }

    static boolean isOne(final int opcode) {
        return switch (opcode) {
            case Opcode.RESERVATION_REGISTER,
                    Opcode.RESERVATION_REPORT,
                    Opcode.RESERVATION_ACQUIRE,
                    Opcode.RESERVATION_RELEASE ->
                    true;
            default -> false;
        };
    }

    /** Sets the data that the command expects, or why it is refused. */
    void admit(final NvmeCommand command) {
        switch (command.opcode()) {
            case Opcode.RESERVATION_REPORT -> admitReport(command);
            case Opcode.RESERVATION_RELEASE ->
                    command.expect(DataDirection.FROM_HOST, ReservationRequest.ONE_KEY_BYTES);
            default -> command.expect(DataDirection.FROM_HOST, ReservationRequest.TWO_KEYS_BYTES);
        }
    }

    private void admitReport(final NvmeCommand command) {
        final NvmeSqe sqe = command.sqe();
        final long bytes = ReservationReport.requestedBytes(sqe.cdw(10));
        final NvmeAnswer format =
                ReservationReport.check(host, ReservationReport.extendedData(sqe.cdw(11)));
        if (NvmeAnswer.SUCCESS != format) {
            command.status(format);
        } else if (bytes > NvmeLimits.MAX_TRANSFER_BYTES) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else {
            command.expect(DataDirection.TO_HOST, (int) bytes);
        }
    }

    void execute(
            final NvmeCommand command, final Task task, final VolumeReservations reservations) {
        final DirectBuffer data = task.buffer().buffer();
        final int cdw10 = command.sqe().cdw(10);
        final int length = command.lengthBytes();
        switch (command.opcode()) {
            case Opcode.RESERVATION_REPORT -> {
                report(command, task.buffer().buffer(), reservations);
                task.executed();
            }
            case Opcode.RESERVATION_REGISTER ->
                    decide(
                            command,
                            task,
                            reservations,
                            ReservationRequest.register(cdw10, data, 0, length, host));
            case Opcode.RESERVATION_ACQUIRE ->
                    decide(
                            command,
                            task,
                            reservations,
                            ReservationRequest.acquire(cdw10, data, 0, length, host));
            default ->
                    decide(
                            command,
                            task,
                            reservations,
                            ReservationRequest.release(cdw10, data, 0, length, host));
        }
    }

    private void report(
            final NvmeCommand command,
            final MutableDirectBuffer data,
            final VolumeReservations reservations) {
        final byte[] report =
                ReservationReport.encode(
                        reservations.state(),
                        ReservationReport.extendedData(command.sqe().cdw(11)),
                        this::controllersOf);
        final int length = command.lengthBytes();
        final int there = Math.min(length, report.length);
        data.putBytes(0, report, 0, there);
        data.setMemory(there, length - there, (byte) 0);
    }

    /** Of this subsystem: a CNTLID means nothing in another one. */
    private int[] controllersOf(final NvmeHost registered) {
        return controller.subsystem().controllers().stream()
                .filter(each -> each.host().equals(registered))
                .mapToInt(NvmeController::cntlid)
                .sorted()
                .toArray();
    }

    private void decide(
            final NvmeCommand command,
            final Task task,
            final VolumeReservations reservations,
            final ReservationRequest request) {
        if (null != request.refusal()) {
            command.status(request.refusal());
            task.executed();
            return;
        }
        final ReservationCommand what = request.command();
        reservations.decide(what, lane, new Answer(command, task, task.generation()));
    }

    private record Answer(NvmeCommand command, Task task, int generation)
            implements ReservationAnswer {
        @Override
        public void decided(final ReservationStatus status) {
            if (isWaiting()) {
                command.status(NvmeAnswer.of(status));
                task.executed();
            }
        }

        /** Not stored: the host may try again. */
        @Override
        public void failed() {
            if (isWaiting()) {
                command.status(NvmeStatus.INTERNAL_ERROR);
                task.executed();
            }
        }

        private boolean isWaiting() {
            return task.generation() == generation && TaskState.EXECUTING == task.state();
        }
    }
}
