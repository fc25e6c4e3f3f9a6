package io.gemel.daemon.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Actions by path: {@code POST /v1/clear-reservations/VOLUME}. */
public final class AdminActions {
    /** Path of the action, to be followed by the volume's name, percent-encoded. */
    public static final String CLEAR_RESERVATIONS = "clear-reservations/";

    private final OperatorActions operator;

    public AdminActions(final OperatorActions operator) {
        this.operator = operator;
    }

    AdminAnswer answer(final String path) {
        final String prefix = AdminPages.PREFIX + CLEAR_RESERVATIONS;
        if (!path.startsWith(prefix)) {
            return AdminAnswer.text(404, "no such action\n");
        }
        final String volume;
        try {
            volume = URLDecoder.decode(path.substring(prefix.length()), StandardCharsets.UTF_8);
        } catch (final IllegalArgumentException notEncoded) {
            return AdminAnswer.text(400, "no volume name\n");
        }
        final OperatorActions.Result result = operator.clearReservations(volume);
        final int status =
                switch (result.outcome()) {
                    case DONE -> 200;
                    case NO_SUCH_VOLUME -> 404;
                    case FAILED -> 503;
                };
        return AdminAnswer.text(status, result.message() + "\n");
    }
}
