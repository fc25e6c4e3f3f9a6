package io.gemel.reservations;

import io.gemel.reservations.scsi.TransportId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * How a SCSI nexus looks to NVMe hosts: a Host Identifier made from its TransportID, the same on
 * every node and after every restart (RFC 4122, name-based UUID with SHA-1, under a namespace of
 * our own).
 */
public final class HostIdentifiers {
    /** The namespace under which the names are hashed; fixed for ever. */
    private static final long NAMESPACE_HIGH = 0x8C1F_6E2B_94D3_5A07L;

    private static final long NAMESPACE_LOW = 0xB6E4_2D90_71AC_F358L;

    private HostIdentifiers() {}

    /** The 128-bit Host Identifier that stands for a nexus; equal for all its target ports. */
    public static NvmeHost standingFor(final ItNexus nexus) {
        final MessageDigest sha1;
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (final NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-1", impossible);
        }
        sha1.update(ByteBuffer.allocate(16).putLong(NAMESPACE_HIGH).putLong(NAMESPACE_LOW).array());
        final ByteBuffer digest = ByteBuffer.wrap(sha1.digest(TransportId.encode(nexus)));
        final long high = digest.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x5000L;
        final long low = digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return NvmeHost.of128(high, low);
    }

    /**
     * Whether a host claims an identifier that stands for a SCSI nexus registered on a volume; such
     * a Connect is refused. Hashes once per registered nexus: for connects, not for commands.
     */
    public static boolean standsForRegisteredNexus(
            final NvmeHost host, final ReservationState state) {
        for (int index = 0; index < state.registrantCount(); index++) {
            if (state.registrant(index) instanceof ItNexus nexus
                    && standingFor(nexus).equals(host)) {
                return true;
            }
        }
        return false;
    }
}
