package io.gemel.nvme.wire;

/** I/O Command Set Independent Identify Namespace data structure (CNS 08h), 4096 bytes. */
public final class IdentifyNamespaceIndependent
        extends NvmeStructure<IdentifyNamespaceIndependent> {
    public static final int LENGTH = 4096;
    public static final int NSFEAT_OFFSET = 0;
    public static final int NMIC_OFFSET = 1;
    public static final int RESCAP_OFFSET = 2;
    public static final int FPI_OFFSET = 3;
    public static final int ANAGRPID_OFFSET = 4;
    public static final int NSATTR_OFFSET = 8;
    public static final int NVMSETID_OFFSET = 10;
    public static final int ENDGID_OFFSET = 12;
    public static final int NSTAT_OFFSET = 14;

    public IdentifyNamespaceIndependent() {
        super(LENGTH);
    }

    /** Features, as of CNS 00h where independent of the command set. */
    public int nsfeat() {
        return u8(NSFEAT_OFFSET);
    }

    public IdentifyNamespaceIndependent nsfeat(final int value) {
        return u8(NSFEAT_OFFSET, value);
    }

    /** Sharing: bit 0, several controllers. */
    public int nmic() {
        return u8(NMIC_OFFSET);
    }

    public IdentifyNamespaceIndependent nmic(final int value) {
        return u8(NMIC_OFFSET, value);
    }

    /** Reservation capabilities. */
    public int rescap() {
        return u8(RESCAP_OFFSET);
    }

    public IdentifyNamespaceIndependent rescap(final int value) {
        return u8(RESCAP_OFFSET, value);
    }

    /** Format progress indicator. */
    public int fpi() {
        return u8(FPI_OFFSET);
    }

    public IdentifyNamespaceIndependent fpi(final int value) {
        return u8(FPI_OFFSET, value);
    }

    /** ANA group identifier. */
    public long anagrpid() {
        return u32(ANAGRPID_OFFSET);
    }

    public IdentifyNamespaceIndependent anagrpid(final long value) {
        return u32(ANAGRPID_OFFSET, value);
    }

    /** Attributes: bit 0 write protected. */
    public int nsattr() {
        return u8(NSATTR_OFFSET);
    }

    public IdentifyNamespaceIndependent nsattr(final int value) {
        return u8(NSATTR_OFFSET, value);
    }

    /** NVM set identifier. */
    public int nvmsetid() {
        return u16(NVMSETID_OFFSET);
    }

    public IdentifyNamespaceIndependent nvmsetid(final int value) {
        return u16(NVMSETID_OFFSET, value);
    }

    /** Endurance group identifier. */
    public int endgid() {
        return u16(ENDGID_OFFSET);
    }

    public IdentifyNamespaceIndependent endgid(final int value) {
        return u16(ENDGID_OFFSET, value);
    }

    /** Status: bit 0 ready. */
    public int nstat() {
        return u8(NSTAT_OFFSET);
    }

    public IdentifyNamespaceIndependent nstat(final int value) {
        return u8(NSTAT_OFFSET, value);
    }
}
