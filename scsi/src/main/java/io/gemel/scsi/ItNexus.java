package io.gemel.scsi;

import io.gemel.reservations.AdmissionHandle;

/**
 * An I_T nexus: one initiator port (name and ISID) and one target port (name and portal group tag):
 * SAM-5 section 4.7, RFC 7143 section 4.4. Lives as long as its session. Owner: the lane of the
 * session.
 */
public final class ItNexus {
    private final String initiatorName;
    private final long isid;
    private final String targetName;
    private final int portalGroupTag;
    private final int rtpi;
    private final LunMap luns;
    private final UnitAttentions[] unitAttentions;
    private final io.gemel.reservations.ItNexus registrant;
    private final AdmissionHandle[] admission;

    /**
     * @param rtpi relative target port identifier of the target port
     * @param first the unit attention condition the nexus begins with on every logical unit
     */
    public ItNexus(
            final String initiatorName,
            final long isid,
            final String targetName,
            final int portalGroupTag,
            final int rtpi,
            final LunMap luns,
            final Sense first) {
        this.initiatorName = initiatorName;
        this.isid = isid;
        this.targetName = targetName;
        this.portalGroupTag = portalGroupTag;
        this.rtpi = rtpi;
        this.luns = luns;
        this.registrant = new io.gemel.reservations.ItNexus(initiatorName, isid, rtpi);
        this.admission = new AdmissionHandle[luns.capacity()];
        this.unitAttentions = new UnitAttentions[luns.capacity()];
        for (final int lun : luns.luns()) {
            unitAttentions[lun] = new UnitAttentions();
            unitAttentions[lun].raise(first);
            admission[lun] = new AdmissionHandle(registrant);
        }
    }

    public String initiatorName() {
        return initiatorName;
    }

    public long isid() {
        return isid;
    }

    public String targetName() {
        return targetName;
    }

    public int portalGroupTag() {
        return portalGroupTag;
    }

    public int rtpi() {
        return rtpi;
    }

    public LunMap luns() {
        return luns;
    }

    /** This nexus as a value, which registrations outlive sessions by. */
    public io.gemel.reservations.ItNexus registrant() {
        return registrant;
    }

    /** What reservations say of this nexus on one logical unit; the LUN must be mapped. */
    public AdmissionHandle admission(final int lun) {
        return admission[lun];
    }

    /** Conditions of one logical unit for this nexus; the LUN must be mapped. */
    public UnitAttentions unitAttentions(final int lun) {
        return unitAttentions[lun];
    }

    /** Raises a condition on every LUN that is this logical unit. */
    public void raise(final LogicalUnit unit, final Sense condition) {
        for (final int lun : luns.luns()) {
            if (luns.unit(lun) == unit) {
                unitAttentions[lun].raise(condition);
            }
        }
    }
}
