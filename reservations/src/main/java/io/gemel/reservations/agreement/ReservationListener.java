package io.gemel.reservations.agreement;

import io.gemel.core.lane.Lane;
import io.gemel.core.volume.Volume;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationNotice;

/** A front end that turns notices into unit attentions or log pages. */
@FunctionalInterface
public interface ReservationListener {
    /**
     * Called on every lane's own thread, before the command that caused the notice is answered. A
     * registrant that has no session on this lane is passed over.
     */
    void onNotice(Lane lane, Volume volume, Registrant to, ReservationNotice notice);
}
