package io.gemel.daemon.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code gemel reservations}. */
@Command(
        name = "reservations",
        description = "Lists who has registered and who holds what, of both protocols.")
final class ReservationsCommand extends Listing {
    @Parameters(arity = "0..1", paramLabel = "VOLUME", description = "Only this volume.")
    private String volume;

    ReservationsCommand() {
        super("reservations");
    }

    @Override
    Map<String, Object> select(final Map<String, Object> document) {
        if (volume == null) {
            return document;
        }
        return Map.of(
                "reservations",
                list(document, "reservations").stream()
                        .filter(of -> volume.equals(of.get("volume")))
                        .toList());
    }

    @Override
    String show(final Map<String, Object> document, final boolean colour) {
        final List<Map<String, Object>> volumes = list(document, "reservations");
        if (volumes.isEmpty()) {
            return "there is no volume " + volume + "\n";
        }
        final Table states =
                new Table(
                        colour,
                        "VOLUME",
                        "RESERVATION",
                        "HOLDER",
                        ">REGISTRANTS",
                        ">GENERATION",
                        "KEPT");
        final Table registrants =
                new Table(colour, "VOLUME", "PROTOCOL", "REGISTRANT", "KEY", "HOLDS");
        int count = 0;
        for (final Map<String, Object> of : volumes) {
            states.row(
                    of.get("volume"),
                    reservation(of),
                    holder(of),
                    list(of, "registrants").size(),
                    of.get("generation"),
                    kept(of));
            for (final Map<String, Object> registrant : list(of, "registrants")) {
                count++;
                registrants.row(
                        of.get("volume"),
                        registrant.get("protocol"),
                        registrant.get("display"),
                        registrant.get("key"),
                        Boolean.TRUE.equals(registrant.get("holds")) ? "yes" : "");
            }
        }
        return count == 0 ? states.toString() : states + "\n" + registrants;
    }

    private static String reservation(final Map<String, Object> of) {
        if (Boolean.TRUE.equals(of.get("lost"))) {
            return "LOST: nobody is admitted";
        }
        if (of.get("reservedBySpc2") != null) {
            return "SPC-2";
        }
        return of.get("type") == null ? "none" : String.valueOf(of.get("type"));
    }

    private static String holder(final Map<String, Object> of) {
        if (of.get("reservedBySpc2") != null) {
            return String.valueOf(of.get("reservedBySpc2"));
        }
        if (of.get("holder") != null) {
            return String.valueOf(of.get("holder"));
        }
        return of.get("type") == null ? "-" : "all registrants";
    }

    private static String kept(final Map<String, Object> of) {
        if (!Boolean.TRUE.equals(of.get("canPersist"))) {
            return "never";
        }
        return Boolean.TRUE.equals(of.get("persistent")) ? "yes" : "not asked for";
    }
}
