package io.gemel.nvme.wire;

/** One entry of the Discovery log page, 1024 bytes. */
public final class DiscoveryLogEntry extends NvmeStructure<DiscoveryLogEntry> {
    public static final int LENGTH = 1024;
    public static final int TRTYPE_OFFSET = 0;
    public static final int ADRFAM_OFFSET = 1;
    public static final int SUBTYPE_OFFSET = 2;
    public static final int TREQ_OFFSET = 3;
    public static final int PORTID_OFFSET = 4;
    public static final int CNTLID_OFFSET = 6;
    public static final int ASQSZ_OFFSET = 8;
    public static final int EFLAGS_OFFSET = 10;
    public static final int TRSVCID_OFFSET = 32;
    public static final int SUBNQN_OFFSET = 256;
    public static final int TRADDR_OFFSET = 512;
    public static final int SECTYPE_OFFSET = 768;

    public DiscoveryLogEntry() {
        super(LENGTH);
    }

    /** Transport type: 3 TCP. */
    public int trtype() {
        return u8(TRTYPE_OFFSET);
    }

    public DiscoveryLogEntry trtype(final int value) {
        return u8(TRTYPE_OFFSET, value);
    }

    /** Address family: 1 IPv4, 2 IPv6. */
    public int adrfam() {
        return u8(ADRFAM_OFFSET);
    }

    public DiscoveryLogEntry adrfam(final int value) {
        return u8(ADRFAM_OFFSET, value);
    }

    /** 1 referral, 2 NVM subsystem, 3 this discovery subsystem. */
    public int subtype() {
        return u8(SUBTYPE_OFFSET);
    }

    public DiscoveryLogEntry subtype(final int value) {
        return u8(SUBTYPE_OFFSET, value);
    }

    /**
     * Transport requirements: 1:0 secure channel (0 not specified, 1 required, 2 not required), 2
     * SQ flow control may be disabled.
     */
    public int treq() {
        return u8(TREQ_OFFSET);
    }

    public DiscoveryLogEntry treq(final int value) {
        return u8(TREQ_OFFSET, value);
    }

    /** Port identifier. */
    public int portid() {
        return u16(PORTID_OFFSET);
    }

    public DiscoveryLogEntry portid(final int value) {
        return u16(PORTID_OFFSET, value);
    }

    /** FFFFh: dynamic controller model. */
    public int cntlid() {
        return u16(CNTLID_OFFSET);
    }

    public DiscoveryLogEntry cntlid(final int value) {
        return u16(CNTLID_OFFSET, value);
    }

    /** Largest Admin Submission Queue, entries. */
    public int asqsz() {
        return u16(ASQSZ_OFFSET);
    }

    public DiscoveryLogEntry asqsz(final int value) {
        return u16(ASQSZ_OFFSET, value);
    }

    /**
     * Bit 0 duplicate returned information, 1 explicit persistent connection supported for
     * discovery.
     */
    public int eflags() {
        return u16(EFLAGS_OFFSET);
    }

    public DiscoveryLogEntry eflags(final int value) {
        return u16(EFLAGS_OFFSET, value);
    }

    /** TCP port, ASCII, space padded. */
    public String trsvcid() {
        return text(TRSVCID_OFFSET, 32);
    }

    public DiscoveryLogEntry trsvcid(final String value) {
        return text(TRSVCID_OFFSET, 32, value, ' ');
    }

    /** NQN of the subsystem. */
    public String subnqn() {
        return text(SUBNQN_OFFSET, 256);
    }

    public DiscoveryLogEntry subnqn(final String value) {
        return text(SUBNQN_OFFSET, 256, value, '\0');
    }

    /** Address, ASCII, space padded. */
    public String traddr() {
        return text(TRADDR_OFFSET, 256);
    }

    public DiscoveryLogEntry traddr(final String value) {
        return text(TRADDR_OFFSET, 256, value, ' ');
    }

    /** Transport specific (TCP): security type, 0 none, 2 TLS 1.3. */
    public int sectype() {
        return u8(SECTYPE_OFFSET);
    }

    public DiscoveryLogEntry sectype(final int value) {
        return u8(SECTYPE_OFFSET, value);
    }
}
