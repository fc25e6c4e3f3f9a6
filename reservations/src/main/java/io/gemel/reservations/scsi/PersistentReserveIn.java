package io.gemel.reservations.scsi;

import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationLimits;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationType;
import io.gemel.reservations.Role;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/**
 * PERSISTENT RESERVE IN: the model as parameter data (SPC-4, PERSISTENT RESERVE IN; big-endian).
 * Data is cut off at the allocation length, at any byte; the lengths inside always tell of the
 * whole.
 *
 * <pre>
 *  READ KEYS            0-3 PRGENERATION | 4-7 ADDITIONAL LENGTH | keys, 8 each
 *  READ RESERVATION     0-3, 4-7 (0 or 16) | 8-15 key, 0 for the AR types | 21 scope, TYPE
 *  REPORT CAPABILITIES  0-1 LENGTH 8 | 2, 3 flags | 4-5 type mask
 *  READ FULL STATUS     0-3, 4-7 | descriptors: 0-7 key | 12 ALL_TG_PT 02h R_HOLDER 01h
 *                       | 13 scope, TYPE | 18-19 RTPI | 20-23 length | TransportID
 * </pre>
 */
public final class PersistentReserveIn {
    /** {@link #write} of a service action that is not defined: INVALID FIELD IN CDB. */
    public static final int INVALID_SERVICE_ACTION = -1;

    private static final int HEADER_BYTES = 8;
    private static final int DESCRIPTOR_BYTES = 24;
    private static final int ALL_TG_PT = 0x02;
    private static final int R_HOLDER = 0x01;

    private final MutableDirectBuffer buffer;
    private final int start;
    private final int limit;
    private long position;

    private PersistentReserveIn(
            final MutableDirectBuffer buffer, final int offset, final int limit) {
        this.buffer = buffer;
        this.start = offset;
        this.limit = limit;
    }

    /** SERVICE ACTION of a CDB. */
    public static int serviceAction(final byte byte1) {
        return byte1 & 0x1F;
    }

    /**
     * Writes parameter data.
     *
     * @param allocationLength bytes at most; not more than the buffer has from the offset on
     * @return bytes written, or {@link #INVALID_SERVICE_ACTION}
     */
    public static int write(
            final int serviceAction,
            final ReservationState state,
            final ReservationLimits limits,
            final MutableDirectBuffer buffer,
            final int offset,
            final int allocationLength) {
        final PersistentReserveIn data = new PersistentReserveIn(buffer, offset, allocationLength);
        switch (serviceAction) {
            case 0 -> data.readKeys(state);
            case 1 -> data.readReservation(state);
            case 2 -> data.reportCapabilities(state, limits);
            case 3 -> data.readFullStatus(state);
            default -> {
                return INVALID_SERVICE_ACTION;
            }
        }
        return (int) Math.min(data.position, allocationLength);
    }

    /** Bytes that a service action has to say in this state, however short the allocation. */
    public static long length(final int serviceAction, final ReservationState state) {
        return switch (serviceAction) {
            case 0 -> HEADER_BYTES + 8L * state.registrantCount();
            case 1 -> state.type() == null ? HEADER_BYTES : HEADER_BYTES + 16;
            case 2 -> HEADER_BYTES;
            case 3 -> HEADER_BYTES + fullStatusBytes(state);
            default -> 0;
        };
    }

    private void readKeys(final ReservationState state) {
        u32(state.generation());
        u32(8 * state.registrantCount());
        for (int index = 0; index < state.registrantCount() && position < limit; index++) {
            u64(state.key(index));
        }
    }

    private void readReservation(final ReservationState state) {
        u32(state.generation());
        if (state.type() == null) {
            u32(0);
            return;
        }
        u32(16);
        u64(state.holderKey());
        u32(0);
        u8(0);
        u8(state.type().scsiCode());
        u16(0);
    }

    private void reportCapabilities(final ReservationState state, final ReservationLimits limits) {
        final boolean persistence = limits.persistenceSupported();
        u16(HEADER_BYTES);
        // RLR_C, CRH, SIP_C, ATP_C, PTPL_C
        u8(0x80 | 0x10 | 0x08 | 0x04 | (persistence ? 0x01 : 0));
        // TMV; ALLOW COMMANDS 000b: no claim beyond the standard; PTPL_A
        u8(0x80 | (state.persistent() ? 0x01 : 0));
        // WR_EX_AR EX_AC_RO WR_EX_RO - EX_AC - WR_EX - | EX_AC_AR
        u8(0xEA);
        u8(0x01);
        u16(0);
    }

    private void readFullStatus(final ReservationState state) {
        u32(state.generation());
        u32((int) fullStatusBytes(state));
        final ReservationType type = state.type();
        for (int index = 0; index < state.registrantCount() && position < limit; index++) {
            final Registrant registrant = state.registrant(index);
            final boolean holder = state.roleOf(registrant) == Role.HOLDER;
            final byte[] transportId = TransportId.encode(registrant);
            u64(state.key(index));
            u32(0);
            u8((registrant instanceof NvmeHost ? ALL_TG_PT : 0) | (holder ? R_HOLDER : 0));
            u8(holder ? type.scsiCode() : 0);
            u32(0);
            u16(registrant instanceof ItNexus nexus ? nexus.rtpi() : 0);
            u32(transportId.length);
            for (final byte each : transportId) {
                u8(each);
            }
        }
    }

    private static long fullStatusBytes(final ReservationState state) {
        long bytes = 0;
        for (int index = 0; index < state.registrantCount(); index++) {
            bytes += DESCRIPTOR_BYTES + TransportId.encode(state.registrant(index)).length;
        }
        return bytes;
    }

    private void u64(final long value) {
        u32((int) (value >>> 32));
        u32((int) value);
    }

    private void u32(final int value) {
        if (position + 4 <= limit) {
            buffer.putInt(start + (int) position, value, ByteOrder.BIG_ENDIAN);
            position += 4;
        } else {
            u16(value >>> 16);
            u16(value);
        }
    }

    private void u16(final int value) {
        u8(value >>> 8);
        u8(value);
    }

    private void u8(final int value) {
        if (position < limit) {
            buffer.putByte(start + (int) position, (byte) value);
        }
        position++;
    }
}
