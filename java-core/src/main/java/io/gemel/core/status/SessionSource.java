package io.gemel.core.status;

import java.util.List;

/** A front end that can say which sessions it has. */
@FunctionalInterface
public interface SessionSource {
    /**
     * All sessions, in a stable order. Control plane: any thread but a lane's; may wait for the
     * lanes to answer.
     */
    List<SessionStatus> sessions();
}
