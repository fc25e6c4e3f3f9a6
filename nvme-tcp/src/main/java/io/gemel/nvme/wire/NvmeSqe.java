package io.gemel.nvme.wire;

/**
 * Submission queue entry, 64 bytes: NVMe Base Specification, "Submission Queue Entry", and the
 * Fabrics command forms of it. CDW0 holds OPC 07:00, FUSE 09:08, PSDT 15:14, CID 31:16.
 */
public final class NvmeSqe extends NvmeStructure<NvmeSqe> {
    public static final int LENGTH = 64;
    public static final int OPC_OFFSET = 0;
    public static final int CID_OFFSET = 2;
    public static final int NSID_OFFSET = 4;
    public static final int MPTR_OFFSET = 16;
    public static final int SGL1_OFFSET = 24;
    public static final int CDW10_OFFSET = 40;

    /** PSDT: the data pointer is an SGL, the metadata pointer an address. */
    public static final int PSDT_SGL = 1;

    /** PSDT: the data pointer is an SGL, the metadata pointer an SGL segment. */
    public static final int PSDT_SGL_MPTR_SGL = 2;

    public NvmeSqe() {
        super(LENGTH);
    }

    public int opc() {
        return u8(OPC_OFFSET);
    }

    public NvmeSqe opc(final int value) {
        return u8(OPC_OFFSET, value);
    }

    /** 0: not fused, 1: first of a fused pair, 2: second, 3: reserved. */
    public int fuse() {
        return bits(i32(0), 9, 8);
    }

    public NvmeSqe fuse(final int value) {
        return i32(0, withBits(i32(0), 9, 8, value));
    }

    /** PRP or SGL for data transfer; over Fabrics an SGL (1 or 2). */
    public int psdt() {
        return bits(i32(0), 15, 14);
    }

    public NvmeSqe psdt(final int value) {
        return i32(0, withBits(i32(0), 15, 14, value));
    }

    /** Command identifier. */
    public int commandId() {
        return u16(CID_OFFSET);
    }

    public NvmeSqe commandId(final int value) {
        return u16(CID_OFFSET, value);
    }

    public int nsid() {
        return i32(NSID_OFFSET);
    }

    public NvmeSqe nsid(final int value) {
        return i32(NSID_OFFSET, value);
    }

    /** Command dword {@code n}, 2 to 15. */
    public int cdw(final int n) {
        return i32(n * 4);
    }

    public NvmeSqe cdw(final int n, final int value) {
        return i32(n * 4, value);
    }

    // SGL descriptor 1: bytes 24 to 39

    /** Address of SGL descriptor 1; for the offset subtype the offset in the capsule's data. */
    public long sglAddress() {
        return i64(SGL1_OFFSET);
    }

    /** Length of SGL descriptor 1, bytes. */
    public long sglLength() {
        return u32(SGL1_OFFSET + 8);
    }

    /** Type and subtype of SGL descriptor 1, as the identifier byte: see {@link SglDescriptor}. */
    public int sglIdentifier() {
        return u8(SGL1_OFFSET + 15);
    }

    public NvmeSqe sgl(final int identifier, final long address, final long lengthBytes) {
        i64(SGL1_OFFSET, address);
        u32(SGL1_OFFSET + 8, lengthBytes);
        return u8(SGL1_OFFSET + 15, identifier);
    }

    // I/O commands: SLBA in CDW10 and CDW11, NLB in CDW12

    /** Starting LBA (u64). */
    public long slba() {
        return i64(CDW10_OFFSET);
    }

    public NvmeSqe slba(final long value) {
        return i64(CDW10_OFFSET, value);
    }

    /** Number of logical blocks, 0's based. */
    public int nlb() {
        return bits(cdw(12), 15, 0);
    }

    public NvmeSqe nlb(final int value) {
        return cdw(12, withBits(cdw(12), 15, 0, value));
    }

    /** {@link #nlb()} in blocks: 1 to 65536. */
    public int blockCount() {
        return nlb() + 1;
    }

    /** Force unit access. */
    public boolean fua() {
        return bit(cdw(12), 30);
    }

    public NvmeSqe fua(final boolean value) {
        return cdw(12, withBits(cdw(12), 30, 30, value ? 1 : 0));
    }

    /** Deallocate, of Write Zeroes. */
    public boolean deac() {
        return bit(cdw(12), 25);
    }

    public NvmeSqe deac(final boolean value) {
        return cdw(12, withBits(cdw(12), 25, 25, value ? 1 : 0));
    }

    /** Protection information: PRACT and PRCHK, CDW12 29:26. */
    public int prinfo() {
        return bits(cdw(12), 29, 26);
    }

    // Fabrics commands: the command set specific bytes are packed differently

    /** Fabrics command type, byte 4. */
    public int fctype() {
        return u8(4);
    }

    public NvmeSqe fctype(final int value) {
        return u8(4, value);
    }

    /** Connect and Disconnect: record format, 0. */
    public int recfmt() {
        return u16(40);
    }

    public NvmeSqe recfmt(final int value) {
        return u16(40, value);
    }

    /** Connect: queue identifier, 0 for the Admin Queue. */
    public int qid() {
        return u16(42);
    }

    public NvmeSqe qid(final int value) {
        return u16(42, value);
    }

    /** Connect: entries of the submission queue, 0's based. */
    public int sqsize() {
        return u16(44);
    }

    public NvmeSqe sqsize(final int value) {
        return u16(44, value);
    }

    /**
     * Connect: attributes. Bits 1:0 priority class, 2 disable SQ flow control, 3 individual I/O
     * queue deletion.
     */
    public int cattr() {
        return u8(46);
    }

    public NvmeSqe cattr(final int value) {
        return u8(46, value);
    }

    /** Connect: keep alive timeout, milliseconds, 0 for none; only on the Admin Queue. */
    public long kato() {
        return u32(48);
    }

    public NvmeSqe kato(final long value) {
        return u32(48, value);
    }

    /** Property Get and Set: the size, 0 for 4 bytes, 1 for 8. */
    public int propertySize() {
        return bits(u8(40), 2, 0);
    }

    public NvmeSqe propertySize(final int value) {
        return u8(40, value);
    }

    /** Property Get and Set: offset of the property. */
    public int propertyOffset() {
        return i32(44);
    }

    public NvmeSqe propertyOffset(final int value) {
        return i32(44, value);
    }

    /** Property Set: the value. */
    public long propertyValue() {
        return i64(48);
    }

    public NvmeSqe propertyValue(final long value) {
        return i64(48, value);
    }
}
