package io.gemel.core.lane.testing;

import io.gemel.core.block.AgentContext;
import io.gemel.core.block.BackendIo;
import io.gemel.core.block.BackendQueue;
import io.gemel.core.block.BlockBackend;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Holds operations until they are let go, and cannot be stopped from carrying them out then: a disk
 * that has its command already. For one thread.
 */
public final class HoldingBackend implements BlockBackend {
    private final BlockBackend inner;
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private boolean holds;
    private BackendIo.Kind full;

    public HoldingBackend(final BlockBackend inner) {
        this.inner = inner;
    }

    /** From now on. */
    public void hold() {
        holds = true;
    }

    /** Carries out what was held, in order, and holds nothing any more. */
    public void letGo() {
        holds = false;
        while (!held.isEmpty()) {
            held.poll().run();
        }
    }

    /** Has no room, once, for the next operation of that kind. */
    public void fullFor(final BackendIo.Kind kind) {
        full = kind;
    }

    public int held() {
        return held.size();
    }

    @Override
    public long sizeBytes() {
        return inner.sizeBytes();
    }

    @Override
    public boolean canDeallocate() {
        return inner.canDeallocate();
    }

    @Override
    public int physicalBlockBytes() {
        return inner.physicalBlockBytes();
    }

    @Override
    public boolean hasVolatileCache() {
        return inner.hasVolatileCache();
    }

    @Override
    public String describe() {
        return "held " + inner.describe();
    }

    @Override
    public BackendQueue openQueue(final AgentContext agent) throws IOException {
        final BackendQueue queue = inner.openQueue(agent);
        return new BackendQueue() {
            @Override
            public boolean start(final BackendIo io) {
                if (io.kind() == full) {
                    full = null;
                    return false;
                }
                if (!holds) {
                    return queue.start(io);
                }
                held.add(() -> queue.start(io));
                return true;
            }

            @Override
            public void cancel(final BackendIo io) {}

            @Override
            public void close() {
                queue.close();
            }
        };
    }

    @Override
    public void close() {
        inner.close();
    }
}
