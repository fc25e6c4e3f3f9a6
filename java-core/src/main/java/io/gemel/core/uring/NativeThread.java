package io.gemel.core.uring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.agrona.BufferUtil;

/** The calling thread as the kernel sees it. */
public final class NativeThread {
    private static final int MASK_BYTES = 1024;

    static {
        NativeLibrary.load();
    }

    private NativeThread() {}

    /** The number that {@code top -H} shows. */
    public static int id() {
        return Natives.threadId();
    }

    /**
     * Binds the calling thread to one processor.
     *
     * @throws ErrnoException EINVAL: there is no such processor, or this process may not use it
     */
    public static void pinTo(final int cpu) throws ErrnoException {
        ErrnoException.check("binding to processor " + cpu, Natives.threadPin(cpu));
    }

    /** The processors that the calling thread may run on. */
    public static BitSet allowedCpus() throws ErrnoException {
        final ByteBuffer mask =
                ByteBuffer.allocateDirect(MASK_BYTES).order(ByteOrder.nativeOrder());
        final int filled =
                ErrnoException.check(
                        "sched_getaffinity",
                        Natives.threadAllowedCpus(BufferUtil.address(mask), MASK_BYTES));
        return BitSet.valueOf(mask.limit(filled));
    }
}
