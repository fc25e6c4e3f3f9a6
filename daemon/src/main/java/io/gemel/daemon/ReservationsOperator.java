package io.gemel.daemon;

import io.gemel.core.lane.Lane;
import io.gemel.core.volume.Volume;
import io.gemel.daemon.admin.OperatorActions;
import io.gemel.reservations.ReservationCommand.OperatorClear;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.agreement.NodeReservations;
import io.gemel.reservations.agreement.ReservationAnswer;
import io.gemel.reservations.agreement.VolumeReservations;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's hand on reservations. What it does is in the log, with what was there before. */
final class ReservationsOperator implements OperatorActions {
    private static final Logger LOG = LoggerFactory.getLogger(ReservationsOperator.class);
    private static final long PATIENCE_S = 30;

    private final NodeReservations reservations;
    private final List<Volume> volumes;
    private final Lane lane;

    /**
     * @param lane where answers are heard
     */
    ReservationsOperator(
            final NodeReservations reservations, final List<Volume> volumes, final Lane lane) {
        this.reservations = reservations;
        this.volumes = List.copyOf(volumes);
        this.lane = lane;
    }

    @Override
    public Result clearReservations(final String volumeName) {
        final Optional<Volume> volume =
                volumes.stream().filter(v -> v.name().equals(volumeName)).findFirst();
        if (volume.isEmpty()) {
            return new Result(Outcome.NO_SUCH_VOLUME, "there is no volume " + volumeName);
        }
        final VolumeReservations of = reservations.of(volume.get());
        final ReservationState before = of.state();
        final CompletableFuture<ReservationStatus> answer = new CompletableFuture<>();
        of.decide(new OperatorClear(), lane, new Answer(answer));
        try {
            final ReservationStatus status = answer.get(PATIENCE_S, TimeUnit.SECONDS);
            LOG.warn(
                    "the operator has cleared the reservations of volume {} ({}); before: {}",
                    volumeName,
                    status,
                    before);
            return ReservationStatus.GOOD == status
                    ? new Result(
                            Outcome.DONE,
                            "reservations of "
                                    + volumeName
                                    + " cleared; registrants before: "
                                    + before.registrantCount())
                    : new Result(Outcome.FAILED, "refused: " + status);
        } catch (final ExecutionException | TimeoutException failed) {
            LOG.error("clearing the reservations of volume {} has failed", volumeName, failed);
            return new Result(
                    Outcome.FAILED, "not cleared, the old state stays in force; see the log");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(Outcome.FAILED, "interrupted");
        }
    }

    /** Hands over from the lane to the admin thread. */
    private record Answer(CompletableFuture<ReservationStatus> future)
            implements ReservationAnswer {
        @Override
        public void decided(final ReservationStatus status) {
            future.complete(status);
        }

        @Override
        public void failed() {
            future.completeExceptionally(
                    new IllegalStateException("the record could not be stored"));
        }
    }
}
