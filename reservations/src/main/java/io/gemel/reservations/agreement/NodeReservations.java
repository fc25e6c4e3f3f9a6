package io.gemel.reservations.agreement;

import io.gemel.core.lane.LaneGroup;
import io.gemel.core.volume.Volume;
import io.gemel.reservations.ReservationCommand.PowerCycle;
import io.gemel.reservations.ReservationLimits;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.store.FaultPoint;
import io.gemel.reservations.store.ReservationStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reservations of all volumes of this node, restored before any port opens. Made and closed by
 * the composition root.
 */
public final class NodeReservations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReservations.class);
    private static final long CLOSE_TIMEOUT_S = 5;

    private final Map<Volume, VolumeReservations> byVolume = new HashMap<>();
    private final List<ReservationListener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService agreement =
            Executors.newSingleThreadExecutor(
                    work -> {
                        final Thread thread = new Thread(work, "gemel-agree");
                        thread.setDaemon(true);
                        return thread;
                    });

    /**
     * Loads every record and applies the restart to it.
     *
     * @param folder where the records are, made when it is not there
     * @param keepsRecord whether a volume keeps one
     */
    public NodeReservations(
            final Collection<Volume> volumes,
            final Path folder,
            final Predicate<Volume> keepsRecord,
            final LaneGroup lanes)
            throws IOException {
        this(volumes, folder, keepsRecord, lanes, FaultPoint.Hook.NONE);
    }

    NodeReservations(
            final Collection<Volume> volumes,
            final Path folder,
            final Predicate<Volume> keepsRecord,
            final LaneGroup lanes,
            final FaultPoint.Hook hook)
            throws IOException {
        for (final Volume volume : volumes) {
            final ReservationStore store =
                    keepsRecord.test(volume) ? new ReservationStore(folder, hook) : null;
            final ReservationState state =
                    null == store ? ReservationState.EMPTY : restore(store, volume);
            byVolume.put(
                    volume,
                    new VolumeReservations(volume, state, store, lanes, this::run, listeners));
        }
    }

    private static ReservationState restore(final ReservationStore store, final Volume volume)
            throws IOException {
        final ReservationStore.Loaded loaded = store.load(volume.uuid());
        if (null != loaded.problem()) {
            LOG.error(
                    "{}: {}; nobody may use the medium until REPLACE LOST RESERVATION or"
                            + " clear-reservations",
                    volume,
                    loaded.problem());
        }
        final ReservationState restored =
                loaded.state().apply(new PowerCycle(), ReservationLimits.DEFAULT).state();
        if (!restored.sameRecord(loaded.state())) {
            store.save(volume.uuid(), restored);
        }
        return restored;
    }

    /** A front end that wants to hear of notices; before the first command. */
    public void addListener(final ReservationListener listener) {
        listeners.add(listener);
    }

    public VolumeReservations of(final Volume volume) {
        return byVolume.get(volume);
    }

    public List<VolumeReservations> all() {
        return new ArrayList<>(byVolume.values());
    }

    private void run(final Runnable work) {
        try {
            agreement.execute(work);
        } catch (final RejectedExecutionException e) {
            LOG.debug("a reservation command came after the end");
        }
    }

    /** Ends what is under way. Lanes still run. Idempotent. */
    @Override
    public void close() {
        agreement.shutdown();
        try {
            if (!agreement.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
                LOG.warn("reservation work is still under way at the end");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
