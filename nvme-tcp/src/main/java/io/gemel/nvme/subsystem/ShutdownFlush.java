package io.gemel.nvme.subsystem;

import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import java.util.List;

/**
 * Flushes the volatile write cache of a controller's namespaces, one after the other, at a
 * shutdown. Owner: the controller's home lane.
 */
final class ShutdownFlush implements TaskPorts {
    private final Lane lane;
    private final List<Namespace> namespaces;
    private final Runnable onDone;
    private int next;
    private Task current;
    private boolean cancelled;

    ShutdownFlush(final Lane lane, final List<Namespace> namespaces, final Runnable onDone) {
        this.lane = lane;
        this.namespaces = namespaces;
        this.onDone = onDone;
    }

    void start() {
        while (next < namespaces.size() && !namespaces.get(next).volume().writeCache()) {
            next++;
        }
        if (cancelled) {
            return;
        }
        if (next == namespaces.size()) {
            onDone.run();
            return;
        }
        final Task task = lane.tasks().claim();
        if (null == task) {
            lane.awaitTask(this::start);
            return;
        }
        current = task;
        task.start(this, 0, 0);
    }

    /** Nobody is told any more. */
    void cancel() {
        cancelled = true;
        if (null != current) {
            current.abort(AbortReason.CONTROLLER_RESET);
        }
    }

    @Override
    public void solicit(final Task task) {}

    @Override
    public void execute(final Task task) {
        task.command().flush(namespaces.get(next).volume());
        task.submit();
    }

    @Override
    public boolean respond(final Task task) {
        return true;
    }

    @Override
    public void released(final Task task) {
        current = null;
        next++;
        if (!cancelled) {
            lane.awaitTask(this::start);
        }
    }
}
