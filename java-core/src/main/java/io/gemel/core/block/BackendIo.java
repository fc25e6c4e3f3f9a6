package io.gemel.core.block;

/**
 * One primitive operation on a backend. Each task slot of an agent has one, and at most one of it
 * is in flight. Owner: the agent; the backend (and the kernel) between {@link BackendQueue#start}
 * and its completion.
 */
public final class BackendIo {
    /** The primitives; everything else is composed of them. */
    public enum Kind {
        READ,
        WRITE,
        /** Earlier completed writes reach stable media. */
        FLUSH,
        /** Space may be freed; reads return zeroes afterwards. */
        DEALLOCATE,
        /** Reads return zeroes afterwards; the space stays allocated where the backend can tell. */
        WRITE_ZEROES
    }

    private final int slot;
    private int generation;
    private Kind kind;
    private long offsetBytes;
    private long lengthBytes;
    private long address;
    private boolean registered;
    private boolean fua;
    private long transferredBytes;

    public BackendIo(final int slot) {
        this.slot = slot;
    }

    /** Prepares it; transferred bytes start at 0. */
    public BackendIo set(
            final Kind kind,
            final long offsetBytes,
            final long lengthBytes,
            final long address,
            final boolean registered,
            final boolean fua) {
        this.generation++;
        this.kind = kind;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.address = address;
        this.registered = registered;
        this.fua = fua;
        this.transferredBytes = 0;
        return this;
    }

    /** The task slot: 0 to {@link AgentContext#slots()} - 1. */
    public int slot() {
        return slot;
    }

    /** Changes with every use, so that a completion of an earlier use can be told apart. */
    public int generation() {
        return generation;
    }

    public Kind kind() {
        return kind;
    }

    public long offsetBytes() {
        return offsetBytes;
    }

    /**
     * At most {@link io.gemel.core.memory.Slab#MAX_BUFFER_BYTES} for READ and WRITE; a multiple of
     * the block size.
     */
    public long lengthBytes() {
        return lengthBytes;
    }

    /**
     * Memory of READ and WRITE: 512-byte aligned at least (4 KiB aligned plus a multiple of the
     * block size).
     */
    public long address() {
        return address;
    }

    /**
     * Whether the memory lies in the agent's {@link AgentContext#registrableAddress registrable
     * region}.
     */
    public boolean registered() {
        return registered;
    }

    /** The write is on stable media at completion. */
    public boolean fua() {
        return fua;
    }

    /** For the backend: how far a transfer has come that the kernel does in pieces. */
    public long transferredBytes() {
        return transferredBytes;
    }

    public void addTransferred(final long bytes) {
        transferredBytes += bytes;
    }
}
