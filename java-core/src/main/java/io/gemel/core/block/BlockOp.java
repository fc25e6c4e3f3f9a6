package io.gemel.core.block;

/**
 * What a volume can be asked to do. SCSI opcodes and NVMe opcodes translate to these; the rules
 * exist once.
 */
public enum BlockOp {
    READ(false),
    WRITE(true),
    FLUSH(true),
    COMPARE(false),
    COMPARE_AND_WRITE(true),
    VERIFY(false),
    WRITE_ZEROES(true),
    WRITE_SAME(true),
    UNMAP(true),
    COPY(true),
    OR_WRITE(true);

    private final boolean write;

    BlockOp(final boolean write) {
        this.write = write;
    }

    /** Whether a reservation treats it as a write (flush included). */
    public boolean isWriteClass() {
        return write;
    }

    /** Whether it changes the medium's content, so that a write-protected volume refuses it. */
    public boolean changesMedium() {
        return write && this != FLUSH;
    }
}
