package io.gemel.nvme.wire;

/** Identify Namespace data structure of the NVM command set (CNS 00h), 4096 bytes. */
public final class IdentifyNamespace extends NvmeStructure<IdentifyNamespace> {
    public static final int LENGTH = 4096;
    public static final int NSZE_OFFSET = 0;
    public static final int NCAP_OFFSET = 8;
    public static final int NUSE_OFFSET = 16;
    public static final int NSFEAT_OFFSET = 24;
    public static final int NLBAF_OFFSET = 25;
    public static final int FLBAS_OFFSET = 26;
    public static final int MC_OFFSET = 27;
    public static final int NMIC_OFFSET = 30;
    public static final int RESCAP_OFFSET = 31;
    public static final int FPI_OFFSET = 32;
    public static final int DLFEAT_OFFSET = 33;
    public static final int NAWUN_OFFSET = 34;
    public static final int NAWUPF_OFFSET = 36;
    public static final int NACWU_OFFSET = 38;
    public static final int NPWG_OFFSET = 64;
    public static final int NPWA_OFFSET = 66;
    public static final int NPDG_OFFSET = 68;
    public static final int NPDA_OFFSET = 70;
    public static final int NOWS_OFFSET = 72;
    public static final int ANAGRPID_OFFSET = 92;
    public static final int NSATTR_OFFSET = 99;
    public static final int NGUID_OFFSET = 104;
    public static final int EUI64_OFFSET = 120;
    public static final int LBAF0_OFFSET = 128;

    public IdentifyNamespace() {
        super(LENGTH);
    }

    /** Namespace size, blocks. */
    public long nsze() {
        return i64(NSZE_OFFSET);
    }

    public IdentifyNamespace nsze(final long value) {
        return i64(NSZE_OFFSET, value);
    }

    /** Namespace capacity, blocks. */
    public long ncap() {
        return i64(NCAP_OFFSET);
    }

    public IdentifyNamespace ncap(final long value) {
        return i64(NCAP_OFFSET, value);
    }

    /** Namespace utilization, blocks. */
    public long nuse() {
        return i64(NUSE_OFFSET);
    }

    public IdentifyNamespace nuse(final long value) {
        return i64(NUSE_OFFSET, value);
    }

    /** Features: bit 0 thin, 3 EUI-64 and NGUID never reused, 4 NPWG and its kin are valid. */
    public int nsfeat() {
        return u8(NSFEAT_OFFSET);
    }

    public IdentifyNamespace nsfeat(final int value) {
        return u8(NSFEAT_OFFSET, value);
    }

    /** Number of LBA formats, 0's based. */
    public int nlbaf() {
        return u8(NLBAF_OFFSET);
    }

    public IdentifyNamespace nlbaf(final int value) {
        return u8(NLBAF_OFFSET, value);
    }

    /** Formatted LBA size: 3:0 index. */
    public int flbas() {
        return u8(FLBAS_OFFSET);
    }

    public IdentifyNamespace flbas(final int value) {
        return u8(FLBAS_OFFSET, value);
    }

    /** Metadata capabilities. */
    public int mc() {
        return u8(MC_OFFSET);
    }

    public IdentifyNamespace mc(final int value) {
        return u8(MC_OFFSET, value);
    }

    /** Sharing: bit 0, several controllers. */
    public int nmic() {
        return u8(NMIC_OFFSET);
    }

    public IdentifyNamespace nmic(final int value) {
        return u8(NMIC_OFFSET, value);
    }

    /** Reservation capabilities. */
    public int rescap() {
        return u8(RESCAP_OFFSET);
    }

    public IdentifyNamespace rescap(final int value) {
        return u8(RESCAP_OFFSET, value);
    }

    /** Format progress indicator. */
    public int fpi() {
        return u8(FPI_OFFSET);
    }

    public IdentifyNamespace fpi(final int value) {
        return u8(FPI_OFFSET, value);
    }

    /** Deallocated blocks: 2:0 read as (1 zeroes), 3 DEAC of Write Zeroes. */
    public int dlfeat() {
        return u8(DLFEAT_OFFSET);
    }

    public IdentifyNamespace dlfeat(final int value) {
        return u8(DLFEAT_OFFSET, value);
    }

    /** Namespace atomic write unit normal, blocks, 0's based. */
    public int nawun() {
        return u16(NAWUN_OFFSET);
    }

    public IdentifyNamespace nawun(final int value) {
        return u16(NAWUN_OFFSET, value);
    }

    /** Namespace atomic write unit power fail, blocks, 0's based. */
    public int nawupf() {
        return u16(NAWUPF_OFFSET);
    }

    public IdentifyNamespace nawupf(final int value) {
        return u16(NAWUPF_OFFSET, value);
    }

    /** Namespace atomic compare and write unit, blocks, 0's based. */
    public int nacwu() {
        return u16(NACWU_OFFSET);
    }

    public IdentifyNamespace nacwu(final int value) {
        return u16(NACWU_OFFSET, value);
    }

    /** Preferred write granularity, blocks, 0's based. */
    public int npwg() {
        return u16(NPWG_OFFSET);
    }

    public IdentifyNamespace npwg(final int value) {
        return u16(NPWG_OFFSET, value);
    }

    /** Preferred write alignment, blocks, 0's based. */
    public int npwa() {
        return u16(NPWA_OFFSET);
    }

    public IdentifyNamespace npwa(final int value) {
        return u16(NPWA_OFFSET, value);
    }

    /** Preferred deallocate granularity, blocks, 0's based. */
    public int npdg() {
        return u16(NPDG_OFFSET);
    }

    public IdentifyNamespace npdg(final int value) {
        return u16(NPDG_OFFSET, value);
    }

    /** Preferred deallocate alignment, blocks, 0's based. */
    public int npda() {
        return u16(NPDA_OFFSET);
    }

    public IdentifyNamespace npda(final int value) {
        return u16(NPDA_OFFSET, value);
    }

    /** Optimal write size, blocks, 0's based. */
    public int nows() {
        return u16(NOWS_OFFSET);
    }

    public IdentifyNamespace nows(final int value) {
        return u16(NOWS_OFFSET, value);
    }

    /** ANA group identifier. */
    public long anagrpid() {
        return u32(ANAGRPID_OFFSET);
    }

    public IdentifyNamespace anagrpid(final long value) {
        return u32(ANAGRPID_OFFSET, value);
    }

    /** Attributes: bit 0 write protected. */
    public int nsattr() {
        return u8(NSATTR_OFFSET);
    }

    public IdentifyNamespace nsattr(final int value) {
        return u8(NSATTR_OFFSET, value);
    }

    /** Namespace globally unique identifier, big-endian. */
    public byte[] nguid() {
        return bytes(NGUID_OFFSET, 16);
    }

    public IdentifyNamespace nguid(final byte[] value) {
        return bytes(NGUID_OFFSET, value);
    }

    /** IEEE extended unique identifier, big-endian. */
    public byte[] eui64() {
        return bytes(EUI64_OFFSET, 8);
    }

    public IdentifyNamespace eui64(final byte[] value) {
        return bytes(EUI64_OFFSET, value);
    }

    /** LBA format 0: MS 15:0, LBADS 23:16 (log2 of the block size), RP 25:24. */
    public int lbaf0() {
        return i32(LBAF0_OFFSET);
    }

    public IdentifyNamespace lbaf0(final int value) {
        return i32(LBAF0_OFFSET, value);
    }
}
