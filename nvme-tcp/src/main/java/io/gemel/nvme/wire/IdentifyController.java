package io.gemel.nvme.wire;

/** Identify Controller data structure (CNS 01h), 4096 bytes. */
public final class IdentifyController extends NvmeStructure<IdentifyController> {
    public static final int LENGTH = 4096;
    public static final int VID_OFFSET = 0;
    public static final int SSVID_OFFSET = 2;
    public static final int SN_OFFSET = 4;
    public static final int MN_OFFSET = 24;
    public static final int FR_OFFSET = 64;
    public static final int RAB_OFFSET = 72;
    public static final int IEEE_OFFSET = 73;
    public static final int CMIC_OFFSET = 76;
    public static final int MDTS_OFFSET = 77;
    public static final int CNTLID_OFFSET = 78;
    public static final int VER_OFFSET = 80;
    public static final int RTD3R_OFFSET = 84;
    public static final int RTD3E_OFFSET = 88;
    public static final int OAES_OFFSET = 92;
    public static final int CTRATT_OFFSET = 96;
    public static final int CNTRLTYPE_OFFSET = 111;
    public static final int CRDT1_OFFSET = 128;
    public static final int OACS_OFFSET = 256;
    public static final int ACL_OFFSET = 258;
    public static final int AERL_OFFSET = 259;
    public static final int FRMW_OFFSET = 260;
    public static final int LPA_OFFSET = 261;
    public static final int ELPE_OFFSET = 262;
    public static final int NPSS_OFFSET = 263;
    public static final int AVSCC_OFFSET = 264;
    public static final int WCTEMP_OFFSET = 266;
    public static final int CCTEMP_OFFSET = 268;
    public static final int KAS_OFFSET = 320;
    public static final int ANATT_OFFSET = 342;
    public static final int ANACAP_OFFSET = 343;
    public static final int ANAGRPMAX_OFFSET = 344;
    public static final int NANAGRPID_OFFSET = 348;
    public static final int SQES_OFFSET = 512;
    public static final int CQES_OFFSET = 513;
    public static final int MAXCMD_OFFSET = 514;
    public static final int NN_OFFSET = 516;
    public static final int ONCS_OFFSET = 520;
    public static final int FUSES_OFFSET = 522;
    public static final int FNA_OFFSET = 524;
    public static final int VWC_OFFSET = 525;
    public static final int AWUN_OFFSET = 526;
    public static final int AWUPF_OFFSET = 528;
    public static final int NWPC_OFFSET = 531;
    public static final int ACWU_OFFSET = 532;
    public static final int SGLS_OFFSET = 536;
    public static final int MNAN_OFFSET = 540;
    public static final int SUBNQN_OFFSET = 768;
    public static final int IOCCSZ_OFFSET = 1792;
    public static final int IORCSZ_OFFSET = 1796;
    public static final int ICDOFF_OFFSET = 1800;
    public static final int FCATT_OFFSET = 1802;
    public static final int MSDBD_OFFSET = 1803;
    public static final int OFCS_OFFSET = 1804;
    public static final int PSD0_MP_OFFSET = 2048;

    public IdentifyController() {
        super(LENGTH);
    }

    /** PCI vendor identifier. */
    public int vid() {
        return u16(VID_OFFSET);
    }

    public IdentifyController vid(final int value) {
        return u16(VID_OFFSET, value);
    }

    /** PCI subsystem vendor identifier. */
    public int ssvid() {
        return u16(SSVID_OFFSET);
    }

    public IdentifyController ssvid(final int value) {
        return u16(SSVID_OFFSET, value);
    }

    /** Serial number, ASCII, space padded. */
    public String sn() {
        return text(SN_OFFSET, 20);
    }

    public IdentifyController sn(final String value) {
        return text(SN_OFFSET, 20, value, ' ');
    }

    /** Model number, ASCII, space padded. */
    public String mn() {
        return text(MN_OFFSET, 40);
    }

    public IdentifyController mn(final String value) {
        return text(MN_OFFSET, 40, value, ' ');
    }

    /** Firmware revision, ASCII, space padded. */
    public String fr() {
        return text(FR_OFFSET, 8);
    }

    public IdentifyController fr(final String value) {
        return text(FR_OFFSET, 8, value, ' ');
    }

    /** Recommended arbitration burst, log2. */
    public int rab() {
        return u8(RAB_OFFSET);
    }

    public IdentifyController rab(final int value) {
        return u8(RAB_OFFSET, value);
    }

    /** IEEE OUI, least significant byte first. */
    public byte[] ieee() {
        return bytes(IEEE_OFFSET, 3);
    }

    public IdentifyController ieee(final byte[] value) {
        return bytes(IEEE_OFFSET, value);
    }

    /** Multi-path and sharing: bit 0 several ports, 1 several controllers, 3 ANA reporting. */
    public int cmic() {
        return u8(CMIC_OFFSET);
    }

    public IdentifyController cmic(final int value) {
        return u8(CMIC_OFFSET, value);
    }

    /** Maximum data transfer size: 2^n units of the minimum memory page size, 0 unlimited. */
    public int mdts() {
        return u8(MDTS_OFFSET);
    }

    public IdentifyController mdts(final int value) {
        return u8(MDTS_OFFSET, value);
    }

    /** Controller identifier. */
    public int cntlid() {
        return u16(CNTLID_OFFSET);
    }

    public IdentifyController cntlid(final int value) {
        return u16(CNTLID_OFFSET, value);
    }

    /** Version, as the VS property. */
    public int ver() {
        return i32(VER_OFFSET);
    }

    public IdentifyController ver(final int value) {
        return i32(VER_OFFSET, value);
    }

    /** RTD3 resume latency, microseconds. */
    public long rtd3r() {
        return u32(RTD3R_OFFSET);
    }

    public IdentifyController rtd3r(final long value) {
        return u32(RTD3R_OFFSET, value);
    }

    /** RTD3 entry latency, microseconds: how long a shutdown may take. */
    public long rtd3e() {
        return u32(RTD3E_OFFSET);
    }

    public IdentifyController rtd3e(final long value) {
        return u32(RTD3E_OFFSET, value);
    }

    /** Optional asynchronous events: bit 8 namespace attributes, 11 ANA, 31 discovery log. */
    public int oaes() {
        return i32(OAES_OFFSET);
    }

    public IdentifyController oaes(final int value) {
        return i32(OAES_OFFSET, value);
    }

    /** Controller attributes: bit 0 128-bit host identifier, 6 traffic based keep alive. */
    public int ctratt() {
        return i32(CTRATT_OFFSET);
    }

    public IdentifyController ctratt(final int value) {
        return i32(CTRATT_OFFSET, value);
    }

    /** Controller type: 1 I/O, 2 discovery, 3 administrative. */
    public int cntrltype() {
        return u8(CNTRLTYPE_OFFSET);
    }

    public IdentifyController cntrltype(final int value) {
        return u8(CNTRLTYPE_OFFSET, value);
    }

    /** Command retry delay time 1, units of 100 ms. */
    public int crdt1() {
        return u16(CRDT1_OFFSET);
    }

    public IdentifyController crdt1(final int value) {
        return u16(CRDT1_OFFSET, value);
    }

    /** Optional admin commands. */
    public int oacs() {
        return u16(OACS_OFFSET);
    }

    public IdentifyController oacs(final int value) {
        return u16(OACS_OFFSET, value);
    }

    /** Abort command limit, 0's based. */
    public int acl() {
        return u8(ACL_OFFSET);
    }

    public IdentifyController acl(final int value) {
        return u8(ACL_OFFSET, value);
    }

    /** Asynchronous event request limit, 0's based. */
    public int aerl() {
        return u8(AERL_OFFSET);
    }

    public IdentifyController aerl(final int value) {
        return u8(AERL_OFFSET, value);
    }

    /** Firmware updates: bit 0 slot 1 read-only, 3:1 number of slots. */
    public int frmw() {
        return u8(FRMW_OFFSET);
    }

    public IdentifyController frmw(final int value) {
        return u8(FRMW_OFFSET, value);
    }

    /** Log page attributes: bit 1 commands supported and effects, 2 extended data (offsets). */
    public int lpa() {
        return u8(LPA_OFFSET);
    }

    public IdentifyController lpa(final int value) {
        return u8(LPA_OFFSET, value);
    }

    /** Error log page entries, 0's based. */
    public int elpe() {
        return u8(ELPE_OFFSET);
    }

    public IdentifyController elpe(final int value) {
        return u8(ELPE_OFFSET, value);
    }

    /** Number of power states, 0's based. */
    public int npss() {
        return u8(NPSS_OFFSET);
    }

    public IdentifyController npss(final int value) {
        return u8(NPSS_OFFSET, value);
    }

    /** Admin vendor specific command configuration. */
    public int avscc() {
        return u8(AVSCC_OFFSET);
    }

    public IdentifyController avscc(final int value) {
        return u8(AVSCC_OFFSET, value);
    }

    /** Warning composite temperature, kelvin. */
    public int wctemp() {
        return u16(WCTEMP_OFFSET);
    }

    public IdentifyController wctemp(final int value) {
        return u16(WCTEMP_OFFSET, value);
    }

    /** Critical composite temperature, kelvin. */
    public int cctemp() {
        return u16(CCTEMP_OFFSET);
    }

    public IdentifyController cctemp(final int value) {
        return u16(CCTEMP_OFFSET, value);
    }

    /** Keep alive support: granularity in 100 ms, 0 not supported. */
    public int kas() {
        return u16(KAS_OFFSET);
    }

    public IdentifyController kas(final int value) {
        return u16(KAS_OFFSET, value);
    }

    /** ANA transition time, seconds. */
    public int anatt() {
        return u8(ANATT_OFFSET);
    }

    public IdentifyController anatt(final int value) {
        return u8(ANATT_OFFSET, value);
    }

    /**
     * ANA capabilities: bit 0 optimized, 1 non-optimized, 2 inaccessible, 3 persistent loss, 4
     * change, 6 ANAGRPID does not change.
     */
    public int anacap() {
        return u8(ANACAP_OFFSET);
    }

    public IdentifyController anacap(final int value) {
        return u8(ANACAP_OFFSET, value);
    }

    /** Largest ANA group identifier. */
    public long anagrpmax() {
        return u32(ANAGRPMAX_OFFSET);
    }

    public IdentifyController anagrpmax(final long value) {
        return u32(ANAGRPMAX_OFFSET, value);
    }

    /** Number of ANA groups. */
    public long nanagrpid() {
        return u32(NANAGRPID_OFFSET);
    }

    public IdentifyController nanagrpid(final long value) {
        return u32(NANAGRPID_OFFSET, value);
    }

    /** I/O SQE size: 3:0 required, 7:4 maximum, log2. */
    public int sqes() {
        return u8(SQES_OFFSET);
    }

    public IdentifyController sqes(final int value) {
        return u8(SQES_OFFSET, value);
    }

    /** I/O CQE size: 3:0 required, 7:4 maximum, log2. */
    public int cqes() {
        return u8(CQES_OFFSET);
    }

    public IdentifyController cqes(final int value) {
        return u8(CQES_OFFSET, value);
    }

    /** Maximum outstanding commands per queue. */
    public int maxcmd() {
        return u16(MAXCMD_OFFSET);
    }

    public IdentifyController maxcmd(final int value) {
        return u16(MAXCMD_OFFSET, value);
    }

    /** Number of namespaces: the largest NSID. */
    public long nn() {
        return u32(NN_OFFSET);
    }

    public IdentifyController nn(final long value) {
        return u32(NN_OFFSET, value);
    }

    /**
     * Optional NVM commands: bit 0 Compare, 2 Dataset Management, 3 Write Zeroes, 4 Save and Select
     * of features, 5 reservations, 7 Verify.
     */
    public int oncs() {
        return u16(ONCS_OFFSET);
    }

    public IdentifyController oncs(final int value) {
        return u16(ONCS_OFFSET, value);
    }

    /** Fused operations: bit 0 Compare and Write. */
    public int fuses() {
        return u16(FUSES_OFFSET);
    }

    public IdentifyController fuses(final int value) {
        return u16(FUSES_OFFSET, value);
    }

    /** Format NVM attributes. */
    public int fna() {
        return u8(FNA_OFFSET);
    }

    public IdentifyController fna(final int value) {
        return u8(FNA_OFFSET, value);
    }

    /**
     * Volatile write cache: bit 0 present, 2:1 Flush with NSID FFFFFFFFh (10b not supported, 11b
     * supported).
     */
    public int vwc() {
        return u8(VWC_OFFSET);
    }

    public IdentifyController vwc(final int value) {
        return u8(VWC_OFFSET, value);
    }

    /** Atomic write unit normal, blocks, 0's based. */
    public int awun() {
        return u16(AWUN_OFFSET);
    }

    public IdentifyController awun(final int value) {
        return u16(AWUN_OFFSET, value);
    }

    /** Atomic write unit power fail, blocks, 0's based. */
    public int awupf() {
        return u16(AWUPF_OFFSET);
    }

    public IdentifyController awupf(final int value) {
        return u16(AWUPF_OFFSET, value);
    }

    /** Namespace write protection capabilities. */
    public int nwpc() {
        return u8(NWPC_OFFSET);
    }

    public IdentifyController nwpc(final int value) {
        return u8(NWPC_OFFSET, value);
    }

    /** Atomic compare and write unit, blocks, 0's based. */
    public int acwu() {
        return u16(ACWU_OFFSET);
    }

    public IdentifyController acwu(final int value) {
        return u16(ACWU_OFFSET, value);
    }

    /** SGL support: bit 0 supported, 20 offset subtype, 21 transport data block. */
    public int sgls() {
        return i32(SGLS_OFFSET);
    }

    public IdentifyController sgls(final int value) {
        return i32(SGLS_OFFSET, value);
    }

    /** Maximum number of allowed namespaces. */
    public long mnan() {
        return u32(MNAN_OFFSET);
    }

    public IdentifyController mnan(final long value) {
        return u32(MNAN_OFFSET, value);
    }

    /** NQN of the subsystem, NUL padded. */
    public String subnqn() {
        return text(SUBNQN_OFFSET, 256);
    }

    public IdentifyController subnqn(final String value) {
        return text(SUBNQN_OFFSET, 256, value, '\0');
    }

    /** I/O queue command capsule size, units of 16 bytes. */
    public long ioccsz() {
        return u32(IOCCSZ_OFFSET);
    }

    public IdentifyController ioccsz(final long value) {
        return u32(IOCCSZ_OFFSET, value);
    }

    /** I/O queue response capsule size, units of 16 bytes. */
    public long iorcsz() {
        return u32(IORCSZ_OFFSET);
    }

    public IdentifyController iorcsz(final long value) {
        return u32(IORCSZ_OFFSET, value);
    }

    /** In capsule data offset, units of 16 bytes. */
    public int icdoff() {
        return u16(ICDOFF_OFFSET);
    }

    public IdentifyController icdoff(final int value) {
        return u16(ICDOFF_OFFSET, value);
    }

    /** Fabrics controller attributes: bit 0 static model. */
    public int fcatt() {
        return u8(FCATT_OFFSET);
    }

    public IdentifyController fcatt(final int value) {
        return u8(FCATT_OFFSET, value);
    }

    /** Maximum SGL data block descriptors. */
    public int msdbd() {
        return u8(MSDBD_OFFSET);
    }

    public IdentifyController msdbd(final int value) {
        return u8(MSDBD_OFFSET, value);
    }

    /** Optional Fabrics commands: bit 0 Disconnect. */
    public int ofcs() {
        return u16(OFCS_OFFSET);
    }

    public IdentifyController ofcs(final int value) {
        return u16(OFCS_OFFSET, value);
    }

    /** Power state 0: maximum power, centiwatts. */
    public int psd0Mp() {
        return u16(PSD0_MP_OFFSET);
    }

    public IdentifyController psd0Mp(final int value) {
        return u16(PSD0_MP_OFFSET, value);
    }
}
