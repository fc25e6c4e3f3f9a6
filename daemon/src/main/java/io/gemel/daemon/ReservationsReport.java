package io.gemel.daemon;

import io.gemel.core.volume.Volume;
import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationType;
import io.gemel.reservations.Role;
import io.gemel.reservations.agreement.NodeReservations;
import io.gemel.reservations.agreement.VolumeReservations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who has registered and who holds what, of both protocols in one view, as a tree. */
final class ReservationsReport {
    private final NodeReservations reservations;

    ReservationsReport(final NodeReservations reservations) {
        this.reservations = reservations;
    }

    /** One entry per volume, in the order given. */
    Map<String, Object> tree(final List<Volume> volumes) {
        final List<Map<String, Object>> list = new ArrayList<>();
        for (final Volume volume : volumes) {
            list.add(volume(reservations.of(volume)));
        }
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("reservations", list);
        return tree;
    }

    private static Map<String, Object> volume(final VolumeReservations of) {
        final ReservationState state = of.state();
        final ReservationType type = state.type();
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("volume", of.volume().name());
        tree.put("type", type == null ? null : word(type.name()));
        tree.put("scsiType", type == null ? null : type.scsiCode());
        tree.put("nvmeType", type == null ? null : type.nvmeCode());
        tree.put("holder", state.holder() == null ? null : state.holder().display());
        tree.put("holderKey", state.holder() == null ? null : key(state.holderKey()));
        tree.put("generation", Integer.toUnsignedLong(state.generation()));
        tree.put("version", state.version());
        tree.put("persistent", state.persistent());
        tree.put("canPersist", of.canPersist());
        tree.put("lost", state.lost());
        tree.put(
                "reservedBySpc2", state.spc2Holder() == null ? null : state.spc2Holder().display());
        final List<Map<String, Object>> registrants = new ArrayList<>();
        for (int i = 0; i < state.registrantCount(); i++) {
            registrants.add(registrant(state, state.registrant(i), state.key(i)));
        }
        tree.put("registrants", registrants);
        return tree;
    }

    private static Map<String, Object> registrant(
            final ReservationState state, final Registrant who, final long key) {
        final Map<String, Object> tree = new LinkedHashMap<>();
        if (who instanceof ItNexus nexus) {
            tree.put("protocol", "iscsi");
            tree.put("initiator", nexus.initiatorName());
            tree.put("isid", String.format("%012x", nexus.isid()));
            tree.put("rtpi", nexus.rtpi());
        } else if (who instanceof NvmeHost host) {
            tree.put("protocol", "nvme");
            tree.put("hostId", host.hex());
        }
        tree.put("display", who.display());
        tree.put("key", key(key));
        tree.put("holds", Role.HOLDER == state.roleOf(who));
        return tree;
    }

    /** {@code WRITE_EXCLUSIVE_REGISTRANTS_ONLY} is {@code writeExclusiveRegistrantsOnly}. */
    private static String word(final String constant) {
        final StringBuilder word = new StringBuilder();
        for (final String part : constant.toLowerCase(Locale.ROOT).split("_")) {
            word.append(
                    word.isEmpty()
                            ? part
                            : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return word.toString();
    }

    private static String key(final long key) {
        return String.format("0x%016x", key);
    }
}
