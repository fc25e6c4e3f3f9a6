package io.gemel.core.uring;

/**
 * The functions of {@code libgemel.so}, bound when it is loaded. Each returns a value &gt;= 0 or
 * -errno; addresses are those of this process; lengths and offsets are bytes. It has no static
 * state, because JNI_OnLoad initialises it.
 *
 * <p>Not called before {@link NativeLibrary#load()}.
 */
final class Natives {
    private Natives() {}

    static native int abiVersion();

    /**
     * The value of the constant whose ASCII name, ending in NUL, lies there; Long.MIN_VALUE: not
     * known.
     */
    static native long constant(long nameAddress);

    static native int uringProbe(long probeAddress);

    static native int uringSetup(int sqEntries, int cqEntries, int flags, long ringAddress);

    static native int uringEnter(int fd, int toSubmit, int minComplete, int flags);

    static native int uringRegister(int fd, int opcode, long argAddress, int count);

    static native int uringTeardown(long ringAddress);

    static native int fileOpen(long pathAddress, int flags, int mode);

    static native int fileClose(int fd);

    static native int fileStat(int fd, long statAddress);

    static native int fileTruncate(int fd, long length);

    static native int fileAllocate(int fd, int mode, long offset, long length);

    static native int fileLock(int fd, int operation);

    static native int fileSync(int fd);

    static native long fileRead(int fd, long address, long length, long offset);

    static native long fileWrite(int fd, long address, long length, long offset);

    static native int eventCreate();

    static native int eventSignal(int fd);

    static native long eventTake(int fd);

    static native long blockSize(int fd);

    static native int blockLogicalSize(int fd);

    static native int blockPhysicalSize(int fd);

    static native int blockReadOnly(int fd);

    static native int blockDiscard(int fd, long offset, long length);

    static native int blockZeroOut(int fd, long offset, long length);

    static native long memoryMap(long length, long alignment);

    static native int memoryUnmap(long address, long length);

    static native int memoryAdvise(long address, long length, int advice);

    static native int memoryPageSize();

    static native int threadId();

    static native int threadPin(int cpu);

    static native int threadAllowedCpus(long maskAddress, int length);
}
