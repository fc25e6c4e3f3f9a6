package io.gemel.core.lane;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Ends commands so that none of them can reach the medium any more, the ones already given to the
 * kernel included: the lane's part of a fence barrier. Owner: the lane. Control plane: it
 * allocates.
 *
 * <p>Whoever raises it has closed the gate to new commands of the victims before. A victim that is
 * not with the I/O agent is over at once, for an aborted task is never submitted; the others are
 * over when the agent gives them back.
 */
final class Fence {
    private record Use(Task task, int generation) {
        boolean canReachMedium() {
            return task.generation() == generation && task.isWithAgent();
        }
    }

    private final List<Use> left = new ArrayList<>();
    private final Runnable whenDone;

    Fence(
            final TaskPool tasks,
            final Predicate<Task> victims,
            final AbortReason reason,
            final Runnable whenDone) {
        this.whenDone = whenDone;
        final List<Task> found = new ArrayList<>();
        tasks.forEachActive(
                task -> {
                    if (victims.test(task)) {
                        found.add(task);
                    }
                });
        for (final Task task : found) {
            if (TaskState.FREE == task.state()) {
                continue; // the end of one before ended it, too: the other half of a fused pair
            }
            final Use use = new Use(task, task.generation());
            task.abort(reason);
            if (use.canReachMedium()) {
                left.add(use);
            }
        }
    }

    /** Whether it is over; if so, whoever waits has been told. */
    boolean settle() {
        left.removeIf(use -> !use.canReachMedium());
        if (left.isEmpty()) {
            whenDone.run();
            return true;
        }
        return false;
    }
}
