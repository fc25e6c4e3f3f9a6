package io.gemel.reservations;

import java.util.Locale;

/**
 * A SCSI I_T nexus over iSCSI: the initiator port (iSCSI name and ISID) and the target port
 * (relative target port identifier). The name is lower-cased, since iSCSI names do not differ by
 * case (RFC 7143, iSCSI names; RFC 3722).
 */
public final class ItNexus implements Registrant {
    /** Most bytes of an iSCSI name (RFC 7143). */
    public static final int MAX_NAME_BYTES = 223;

    private static final long ISID_MASK = 0xFFFF_FFFF_FFFFL;

    private final String initiatorName;
    private final long isid;
    private final int rtpi;
    private final int hash;

    /**
     * @param initiatorName iSCSI name in any case, not empty
     * @param isid 48 bits, first byte on the wire highest
     * @param rtpi relative target port identifier, 0 to 65535
     */
    public ItNexus(final String initiatorName, final long isid, final int rtpi) {
        if (initiatorName.isEmpty() || isid != (isid & ISID_MASK) || rtpi != (rtpi & 0xFFFF)) {
            throw new IllegalArgumentException(initiatorName + " " + isid + " " + rtpi);
        }
        this.initiatorName = initiatorName.toLowerCase(Locale.ROOT);
        this.isid = isid;
        this.rtpi = rtpi;
        this.hash = mix(31 * (31 * this.initiatorName.hashCode() + Long.hashCode(isid)) + rtpi);
    }

    public String initiatorName() {
        return initiatorName;
    }

    /** 48 bits, first byte on the wire highest. */
    public long isid() {
        return isid;
    }

    public int rtpi() {
        return rtpi;
    }

    /** The same initiator port at another target port. */
    public ItNexus atPort(final int otherRtpi) {
        return otherRtpi == rtpi ? this : new ItNexus(initiatorName, isid, otherRtpi);
    }

    /** Whether both come from one initiator port, at whatever target port. */
    public boolean sameInitiatorPort(final ItNexus other) {
        return isid == other.isid && initiatorName.equals(other.initiatorName);
    }

    /** Name and ISID as a TransportID spells them: {@code iqn...,i,0x023d000001}. */
    public String initiatorPortName() {
        return initiatorName + ",i,0x" + String.format("%012x", isid);
    }

    @Override
    public String display() {
        return initiatorPortName() + " port " + rtpi;
    }

    @Override
    public boolean equals(final Object other) {
        return this == other
                || other instanceof ItNexus that
                        && hash == that.hash
                        && rtpi == that.rtpi
                        && isid == that.isid
                        && initiatorName.equals(that.initiatorName);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(final Registrant other) {
        if (!(other instanceof ItNexus that)) {
            return -1;
        }
        int order = initiatorName.compareTo(that.initiatorName);
        if (order == 0) {
            order = Long.compare(isid, that.isid);
        }
        return order == 0 ? Integer.compare(rtpi, that.rtpi) : order;
    }

    @Override
    public String toString() {
        return display();
    }

    static int mix(final int value) {
        final int product = value * 0x9E3779B9;
        return product ^ product >>> 15;
    }
}
