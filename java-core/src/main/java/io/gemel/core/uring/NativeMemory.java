package io.gemel.core.uring;

/**
 * Anonymous, page-aligned, zeroed memory outside the heap, not shared with child processes: what
 * slabs are cut from.
 */
public final class NativeMemory {
    /** For {@link #advise}: back the range by huge pages where there are any. */
    public static final int MADV_HUGEPAGE = NativeLibrary.intConstant("MADV_HUGEPAGE");

    /** For {@link #advise}: the range will be used soon. */
    public static final int MADV_WILLNEED = NativeLibrary.intConstant("MADV_WILLNEED");

    private static final int PAGE_SIZE = pageSizeOfMachine();

    private NativeMemory() {}

    /** Bytes. */
    public static int pageSize() {
        return PAGE_SIZE;
    }

    /**
     * @param length bytes, a multiple of the page size
     * @param alignment bytes, a power of two, at least the page size
     * @return the address; freed by {@link #unmap} with the same length
     * @throws ErrnoException EINVAL, ENOMEM
     */
    public static long map(final long length, final long alignment) throws ErrnoException {
        final long address = Natives.memoryMap(length, alignment);
        if (address < 0) {
            throw new ErrnoException("mapping " + length + " bytes", (int) -address);
        }
        return address;
    }

    /** Not before the kernel is done with it: every operation that names it has completed. */
    public static void unmap(final long address, final long length) throws ErrnoException {
        ErrnoException.check("unmapping", Natives.memoryUnmap(address, length));
    }

    /** Returns 0 or -errno; advice may be refused without harm. */
    public static int advise(final long address, final long length, final int advice) {
        return Natives.memoryAdvise(address, length, advice);
    }

    private static int pageSizeOfMachine() {
        NativeLibrary.load();
        return Natives.memoryPageSize();
    }
}
