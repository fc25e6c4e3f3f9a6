package io.gemel.reservations.agreement;

import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.volume.Volume;
import io.gemel.reservations.Admission;
import io.gemel.reservations.Effects;
import io.gemel.reservations.Outcome;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationLimits;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.store.ReservationStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reservations of one volume on this node. Owner: the agreement thread; lanes read {@link
 * #admission()} and hand in commands.
 *
 * <pre>
 *   command ─► apply ─► store ─► swap the snapshot ─► fence the victims on every lane
 *                │                                      ─► notices on every lane ─► answer
 *                └─ refused, or nothing changed ──────────────────────────────────►
 * </pre>
 *
 * One command at a time: the next begins when this one has been answered. What is answered is in
 * force on all lanes; after a PREEMPT AND ABORT no command of a victim can reach the medium.
 */
public final class VolumeReservations {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeReservations.class);

    private record Waiting(ReservationCommand command, Lane lane, ReservationAnswer answer) {}

    private final Volume volume;
    private final ReservationStore store;
    private final ReservationLimits limits;
    private final LaneGroup lanes;
    private final Executor agreement;
    private final List<ReservationListener> listeners;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean busy;
    private volatile ReservationState state;
    private volatile Admission admission;

    /**
     * @param store where records go, or null when the volume keeps none
     * @param agreement runs one piece of work after the other
     * @param listeners of all volumes; complete before the first command
     */
    VolumeReservations(
            final Volume volume,
            final ReservationState initial,
            final ReservationStore store,
            final LaneGroup lanes,
            final Executor agreement,
            final List<ReservationListener> listeners) {
        this.volume = volume;
        this.state = initial;
        this.admission = initial.admission();
        this.store = store;
        this.limits =
                new ReservationLimits(ReservationLimits.DEFAULT_MAX_REGISTRANTS, null != store);
        this.lanes = lanes;
        this.agreement = agreement;
        this.listeners = listeners;
    }

    public Volume volume() {
        return volume;
    }

    /** What the data path asks. Any thread; read it anew for each command. */
    public Admission admission() {
        return admission;
    }

    /** What is in force. Any thread. */
    public ReservationState state() {
        return state;
    }

    /** Whether registrations can be kept through a restart of this node. */
    public boolean canPersist() {
        return limits.persistenceSupported();
    }

    /** Hands in a command; the answer comes on the given lane. Any thread. */
    public void decide(
            final ReservationCommand command, final Lane lane, final ReservationAnswer answer) {
        agreement.execute(
                () -> {
                    waiting.add(new Waiting(command, lane, answer));
                    next();
                });
    }

    private void next() {
        if (!busy && !waiting.isEmpty()) {
            busy = true;
            begin(waiting.poll());
        }
    }

    private void begin(final Waiting current) {
        final Outcome outcome = state.apply(current.command, limits);
        if (ReservationStatus.GOOD != outcome.status() || outcome.state() == state) {
            finish(current, outcome.status());
            return;
        }
        if (!stored(outcome.state())) {
            current.lane.execute(current.answer::failed);
            done();
            return;
        }
        state = outcome.state();
        admission = outcome.state().admission();
        fence(current, outcome.effects());
    }

    private boolean stored(final ReservationState next) {
        if (null == store || next.sameRecord(state)) {
            return true;
        }
        try {
            store.save(volume.uuid(), next);
            return true;
        } catch (final IOException e) {
            LOG.error(
                    "{}: the reservation record cannot be stored; the old state stays", volume, e);
            return false;
        }
    }

    private void fence(final Waiting current, final Effects effects) {
        if (effects.abort().isEmpty()) {
            notice(current, effects);
            return;
        }
        final Set<Registrant> victims = new HashSet<>(effects.abort());
        final AtomicInteger left = new AtomicInteger(lanes.size());
        for (final Lane lane : lanes.lanes()) {
            lane.execute(
                    () ->
                            lane.fence(
                                    task ->
                                            task.volume() == volume
                                                    && victims.contains(task.issuer()),
                                    AbortReason.FENCED,
                                    () -> {
                                        if (0 == left.decrementAndGet()) {
                                            agreement.execute(() -> notice(current, effects));
                                        }
                                    }));
        }
    }

    private void notice(final Waiting current, final Effects effects) {
        if (effects.notices().isEmpty()) {
            finish(current, ReservationStatus.GOOD);
            return;
        }
        lanes.executeOnAll(
                lane -> {
                    for (final Effects.Notice notice : effects.notices()) {
                        for (final ReservationListener listener : listeners) {
                            listener.onNotice(lane, volume, notice.to(), notice.notice());
                        }
                    }
                },
                () -> agreement.execute(() -> finish(current, ReservationStatus.GOOD)));
    }

    private void finish(final Waiting current, final ReservationStatus status) {
        current.lane.execute(() -> current.answer.decided(status));
        done();
    }

    private void done() {
        busy = false;
        agreement.execute(this::next);
    }
}
