package io.gemel.iscsi.session;

import java.util.HashSet;
import java.util.Set;

/** Waits until tasks that were aborted are really over. Owner: one lane. Control plane. */
final class AbortWaiter {
    private final Set<IscsiTask> left = new HashSet<>();
    private final Runnable whenDone;

    AbortWaiter(final Runnable whenDone) {
        this.whenDone = whenDone;
    }

    void add(final IscsiTask task) {
        left.add(task);
    }

    void onReleased(final IscsiTask task) {
        left.remove(task);
    }

    boolean isDone() {
        return left.isEmpty();
    }

    void finish() {
        whenDone.run();
    }
}
