package io.gemel.reservations.nvme;

import io.gemel.reservations.HostIdentifiers;
import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.Role;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reservation Report, opcode 0Eh: the model as a Reservation Status data structure (NVMe Base 2.0;
 * little-endian). One entry per controller of a registered host, one with CNTLID FFFFh for a host
 * without controllers and for each SCSI nexus, whose Host Identifier is {@link HostIdentifiers}'.
 *
 * <pre>
 *  header   0-3 GEN | 4 RTYPE | 5-6 REGCTL | 9 PTPLS      24 bytes with EDS 0, 64 with EDS 1
 *  EDS 0    0-1 CNTLID | 2 RCSTS | 8-15 HOSTID | 16-23 RKEY            24 bytes
 *  EDS 1    0-1 CNTLID | 2 RCSTS | 8-15 RKEY   | 16-31 HOSTID          64 bytes
 * </pre>
 */
public final class ReservationReport {
    /** CNTLID of an entry without a controller. */
    public static final int NO_CONTROLLER = 0xFFFF;

    private static final int SHORT_BYTES = 24;
    private static final int EXTENDED_BYTES = 64;
    private static final int MAX_ENTRIES = 0xFFFF;

    /** Which controllers a host has on every node. */
    @FunctionalInterface
    public interface Controllers {
        /** Controller identifiers, ascending; empty for a host that is not connected. */
        int[] of(NvmeHost host);
    }

    private ReservationReport() {}

    /** EDS of CDW11. */
    public static boolean extendedData(final int cdw11) {
        return (cdw11 & 1) != 0;
    }

    /** Bytes that a host asks for by NUMD, CDW10, a 0's based count of dwords. */
    public static long requestedBytes(final int cdw10) {
        return ((cdw10 & 0xFFFF_FFFFL) + 1) * 4;
    }

    /**
     * Whether a host may ask for this format.
     *
     * @return {@link NvmeAnswer#SUCCESS} or the refusal
     */
    public static NvmeAnswer check(final NvmeHost asker, final boolean extendedData) {
        return asker.extended() == extendedData
                ? NvmeAnswer.SUCCESS
                : NvmeAnswer.HOST_IDENTIFIER_INCONSISTENT_FORMAT;
    }

    /**
     * The whole structure; the caller sends as much as the host asked for, cut off at any byte, and
     * zeros beyond its end.
     */
    public static byte[] encode(
            final ReservationState state,
            final boolean extendedData,
            final Controllers controllers) {
        final int count = state.registrantCount();
        final int[][] ids = new int[count][];
        int entries = 0;
        for (int index = 0; index < count; index++) {
            ids[index] =
                    state.registrant(index) instanceof NvmeHost host
                            ? controllers.of(host)
                            : new int[0];
            if (ids[index].length == 0) {
                ids[index] = new int[] {NO_CONTROLLER};
            }
            entries += ids[index].length;
        }
        entries = Math.min(entries, MAX_ENTRIES);
        final int entryBytes = extendedData ? EXTENDED_BYTES : SHORT_BYTES;
        final ByteBuffer bytes =
                ByteBuffer.allocate(entryBytes * (entries + 1)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, state.generation());
        bytes.put(4, (byte) (state.type() == null ? 0 : state.type().nvmeCode()));
        bytes.putShort(5, (short) entries);
        bytes.put(9, (byte) (state.persistent() ? 1 : 0));
        int at = entryBytes;
        for (int index = 0; index < count; index++) {
            final Registrant registrant = state.registrant(index);
            final NvmeHost host =
                    registrant instanceof ItNexus nexus
                            ? HostIdentifiers.standingFor(nexus)
                            : (NvmeHost) registrant;
            final boolean holder = state.roleOf(registrant) == Role.HOLDER;
            for (final int cntlid : ids[index]) {
                if (at == bytes.capacity()) {
                    break;
                }
                bytes.putShort(at, (short) cntlid);
                bytes.put(at + 2, (byte) (holder ? 1 : 0));
                bytes.putLong(at + (extendedData ? 8 : 16), state.key(index));
                bytes.order(ByteOrder.BIG_ENDIAN);
                bytes.putLong(at + (extendedData ? 16 : 8), host.high());
                if (extendedData) {
                    bytes.putLong(at + 24, host.low());
                }
                bytes.order(ByteOrder.LITTLE_ENDIAN);
                at += entryBytes;
            }
        }
        return bytes.array();
    }
}
