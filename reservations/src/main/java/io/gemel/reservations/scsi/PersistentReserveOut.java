package io.gemel.reservations.scsi;

import io.gemel.reservations.ItNexus;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationType;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;

/**
 * PERSISTENT RESERVE OUT: CDB and parameter list to a command of the model (SPC-4, PERSISTENT
 * RESERVE OUT; big-endian). What is wrong whatever the state is answered here, all else by the
 * model.
 *
 * <pre>
 *  CDB          1 SERVICE ACTION (4:0) | 2 SCOPE (7:4) TYPE (3:0) | 5-8 PARAMETER LIST LENGTH
 *  basic list   0-7 RESERVATION KEY | 8-15 SERVICE ACTION RESERVATION KEY | 16-19 obsolete
 *               20 SPEC_I_PT 08h ALL_TG_PT 04h APTPL 01h | 24- length (4), TransportIDs
 *  move list    0-7, 8-15 as above | 17 UNREG 02h APTPL 01h | 18-19 RTPI | 20-23 length | TransportID
 * </pre>
 *
 * @param command null when refused
 * @param refusal null when there is a command
 */
public record PersistentReserveOut(ReservationCommand command, ScsiAnswer refusal) {
    /** Most bytes of a parameter list; longer ones are refused with PARAMETER LIST LENGTH ERROR. */
    public static final int MAX_LIST_BYTES = 64 * 1024;

    public static final int CDB_BYTES = 10;

    private static final int BASIC_LIST_BYTES = 24;
    private static final int SPEC_I_PT_HEADER_BYTES = 28;
    private static final int SPEC_I_PT = 0x08;
    private static final int ALL_TG_PT = 0x04;
    private static final int APTPL = 0x01;
    private static final int UNREG = 0x02;

    private static final int REGISTER = 0;
    private static final int RESERVE = 1;
    private static final int RELEASE = 2;
    private static final int CLEAR = 3;
    private static final int PREEMPT = 4;
    private static final int PREEMPT_AND_ABORT = 5;
    private static final int REGISTER_AND_IGNORE_EXISTING_KEY = 6;
    private static final int REGISTER_AND_MOVE = 7;
    private static final int REPLACE_LOST_RESERVATION = 8;

    /** PARAMETER LIST LENGTH of a CDB, bytes, as unsigned 32 bits. */
    public static long parameterListLength(final DirectBuffer cdb, final int cdbOffset) {
        return cdb.getInt(cdbOffset + 5, ByteOrder.BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /**
     * @param cdb at least {@link #CDB_BYTES} from the offset
     * @param dataLength bytes of Data-Out that have arrived; fewer than the CDB says is an error
     * @param issuer the nexus that the command came through
     */
    public static PersistentReserveOut parse(
            final DirectBuffer cdb,
            final int cdbOffset,
            final DirectBuffer data,
            final int dataOffset,
            final int dataLength,
            final ItNexus issuer,
            final TargetPorts ports) {
        final int action = cdb.getByte(cdbOffset + 1) & 0x1F;
        final int scopeAndType = cdb.getByte(cdbOffset + 2) & 0xFF;
        final ReservationType type = ReservationType.ofScsi(scopeAndType & 0x0F);
        if (action > REPLACE_LOST_RESERVATION) {
            return refuse(ScsiAnswer.INVALID_FIELD_IN_CDB);
        }
        if (usesType(action) && (scopeAndType >> 4 != 0 || type == null)) {
            return refuse(ScsiAnswer.INVALID_FIELD_IN_CDB);
        }
        final long listLength = parameterListLength(cdb, cdbOffset);
        if (listLength < BASIC_LIST_BYTES
                || listLength > MAX_LIST_BYTES
                || listLength > dataLength) {
            return refuse(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
        }
        final int length = (int) listLength;
        final long key = data.getLong(dataOffset, ByteOrder.BIG_ENDIAN);
        final long newKey = data.getLong(dataOffset + 8, ByteOrder.BIG_ENDIAN);
        if (action == REGISTER_AND_MOVE) {
            return move(data, dataOffset, length, issuer, ports);
        }
        final int flags = data.getByte(dataOffset + 20) & 0xFF;
        final Persistence persistence = (flags & APTPL) != 0 ? Persistence.SET : Persistence.CLEAR;
        if (action == REGISTER && (flags & SPEC_I_PT) != 0) {
            return registerOthers(data, dataOffset, length, issuer, ports);
        }
        if (action == REGISTER_AND_IGNORE_EXISTING_KEY && (flags & SPEC_I_PT) != 0) {
            return refuse(ScsiAnswer.INVALID_FIELD_IN_PARAMETER_LIST);
        }
        if (length != BASIC_LIST_BYTES) {
            return refuse(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
        }
        return accept(
                switch (action) {
                    case REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY ->
                            new ReservationCommand.Register(
                                    issuer,
                                    key,
                                    newKey,
                                    action == REGISTER_AND_IGNORE_EXISTING_KEY,
                                    persistence,
                                    otherPorts(flags, issuer, ports),
                                    false,
                                    List.of());
                    case RESERVE -> new ReservationCommand.Reserve(issuer, key, type);
                    case RELEASE -> new ReservationCommand.Release(issuer, key, type, false);
                    case CLEAR -> new ReservationCommand.Clear(issuer, key, false);
                    case PREEMPT, PREEMPT_AND_ABORT ->
                            new ReservationCommand.Preempt(
                                    issuer, key, newKey, type, action == PREEMPT_AND_ABORT);
                    default ->
                            new ReservationCommand.ReplaceLost(
                                    issuer, key, newKey, type, persistence);
                });
    }

    private static PersistentReserveOut registerOthers(
            final DirectBuffer data,
            final int dataOffset,
            final int length,
            final ItNexus issuer,
            final TargetPorts ports) {
        if (length < SPEC_I_PT_HEADER_BYTES) {
            return refuse(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
        }
        final long idsLength =
                data.getInt(dataOffset + BASIC_LIST_BYTES, ByteOrder.BIG_ENDIAN) & 0xFFFF_FFFFL;
        if (idsLength != length - SPEC_I_PT_HEADER_BYTES) {
            return refuse(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
        }
        final int flags = data.getByte(dataOffset + 20) & 0xFF;
        final List<Integer> targets =
                (flags & ALL_TG_PT) != 0 ? ports.rtpis() : List.of(issuer.rtpi());
        final Set<Registrant> also = new LinkedHashSet<>();
        final int end = dataOffset + length;
        int at = dataOffset + SPEC_I_PT_HEADER_BYTES;
        while (at < end) {
            final TransportId id = TransportId.parse(data, at, end);
            if (id == null || !addAll(also, id, targets, ports)) {
                return refuse(ScsiAnswer.INVALID_FIELD_IN_PARAMETER_LIST);
            }
            at += id.length();
        }
        return accept(
                new ReservationCommand.Register(
                        issuer,
                        data.getLong(dataOffset, ByteOrder.BIG_ENDIAN),
                        data.getLong(dataOffset + 8, ByteOrder.BIG_ENDIAN),
                        false,
                        (flags & APTPL) != 0 ? Persistence.SET : Persistence.CLEAR,
                        otherPorts(flags, issuer, ports),
                        true,
                        List.copyOf(also)));
    }

    /** False when a TransportID names nobody, or somebody who has been named before. */
    private static boolean addAll(
            final Set<Registrant> also,
            final TransportId id,
            final List<Integer> targets,
            final TargetPorts ports) {
        if (id.resolve(0) != null) {
            final Set<Registrant> named = new LinkedHashSet<>();
            for (final int rtpi : targets) {
                named.add(id.resolve(rtpi));
            }
            return also.addAll(named) && !named.isEmpty();
        }
        final List<ItNexus> known = ports.knownPorts(id.name());
        boolean anyNew = false;
        for (final ItNexus port : known) {
            for (final int rtpi : targets) {
                anyNew |= also.add(port.atPort(rtpi));
            }
        }
        return anyNew;
    }

    private static PersistentReserveOut move(
            final DirectBuffer data,
            final int dataOffset,
            final int length,
            final ItNexus issuer,
            final TargetPorts ports) {
        final long idLength = data.getInt(dataOffset + 20, ByteOrder.BIG_ENDIAN) & 0xFFFF_FFFFL;
        if (idLength != length - BASIC_LIST_BYTES) {
            return refuse(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
        }
        final int flags = data.getByte(dataOffset + 17) & 0xFF;
        final int rtpi = data.getShort(dataOffset + 18, ByteOrder.BIG_ENDIAN) & 0xFFFF;
        final TransportId id =
                TransportId.parse(data, dataOffset + BASIC_LIST_BYTES, dataOffset + length);
        Registrant to = null;
        if (id != null && id.length() == idLength) {
            to = id.resolve(rtpi);
            if (to instanceof ItNexus && !ports.rtpis().contains(rtpi)) {
                to = null;
            }
        }
        return accept(
                new ReservationCommand.Move(
                        issuer,
                        data.getLong(dataOffset, ByteOrder.BIG_ENDIAN),
                        data.getLong(dataOffset + 8, ByteOrder.BIG_ENDIAN),
                        to,
                        (flags & UNREG) != 0,
                        (flags & APTPL) != 0 ? Persistence.SET : Persistence.CLEAR));
    }

    private static List<ItNexus> otherPorts(
            final int flags, final ItNexus issuer, final TargetPorts ports) {
        if ((flags & ALL_TG_PT) == 0) {
            return List.of();
        }
        final List<ItNexus> others = new ArrayList<>();
        for (final int rtpi : ports.rtpis()) {
            if (rtpi != issuer.rtpi()) {
                others.add(issuer.atPort(rtpi));
            }
        }
        return others;
    }

    private static boolean usesType(final int action) {
        return switch (action) {
            case RESERVE, RELEASE, PREEMPT, PREEMPT_AND_ABORT, REPLACE_LOST_RESERVATION -> true;
            default -> false;
        };
    }

    private static PersistentReserveOut accept(final ReservationCommand command) {
        return new PersistentReserveOut(command, null);
    }

    private static PersistentReserveOut refuse(final ScsiAnswer answer) {
        return new PersistentReserveOut(null, answer);
    }
}
