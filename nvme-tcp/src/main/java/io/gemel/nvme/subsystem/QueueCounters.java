package io.gemel.nvme.subsystem;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one queue has done. Owner: its lane, the only writer; anyone reads (opaque: each value
 * whole, none ordered).
 */
public final class QueueCounters {
    private static final VarHandle COMMANDS = handle("commands");
    private static final VarHandle READS = handle("reads");
    private static final VarHandle WRITES = handle("writes");
    private static final VarHandle BYTES_READ = handle("bytesRead");
    private static final VarHandle BYTES_WRITTEN = handle("bytesWritten");
    private static final VarHandle ERRORS = handle("errors");

    private long commands;
    private long reads;
    private long writes;
    private long bytesRead;
    private long bytesWritten;
    private long errors;

    private static VarHandle handle(final String field) {
        try {
            return MethodHandles.lookup().findVarHandle(QueueCounters.class, field, long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public void onCommand() {
        COMMANDS.setOpaque(this, commands + 1);
    }

    public void onRead(final long bytes) {
        READS.setOpaque(this, reads + 1);
        BYTES_READ.setOpaque(this, bytesRead + bytes);
    }

    public void onWrite(final long bytes) {
        WRITES.setOpaque(this, writes + 1);
        BYTES_WRITTEN.setOpaque(this, bytesWritten + bytes);
    }

    public void onError() {
        ERRORS.setOpaque(this, errors + 1);
    }

    /** Commands received, of any kind. */
    public long commands() {
        return (long) COMMANDS.getOpaque(this);
    }

    /** Read and Compare commands that ended. */
    public long reads() {
        return (long) READS.getOpaque(this);
    }

    /** Write commands that ended. */
    public long writes() {
        return (long) WRITES.getOpaque(this);
    }

    public long bytesRead() {
        return (long) BYTES_READ.getOpaque(this);
    }

    public long bytesWritten() {
        return (long) BYTES_WRITTEN.getOpaque(this);
    }

    /** Commands that ended with an error status. */
    public long errors() {
        return (long) ERRORS.getOpaque(this);
    }
}
