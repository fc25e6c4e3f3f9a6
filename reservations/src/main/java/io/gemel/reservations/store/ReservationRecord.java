package io.gemel.reservations.store;

import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A reservation state as bytes: on disk, and between nodes. Big-endian.
 *
 * <pre>
 *   0  magic "GEMELRES"            8  format version, 1         12  length of the body, bytes
 *  16  volume UUID                32  body                      then CRC-32C of all before it
 *
 *  body  0 state version, 8 | generation, 4 | flags: 1 persistent, 2 lost | SCSI TYPE or 0
 *        | index of the holder or -1, 4 | count of registrants, 4 | registrants
 *  registrant  kind | key, 8 | kind 1: RTPI 2, ISID 8, name length 2, name (UTF-8)
 *                            | kind 2: Host Identifier 16 | kind 3: Host Identifier 8
 * </pre>
 *
 * <p>An SPC-2 reservation is not kept: it does not outlive a restart.
 */
public final class ReservationRecord {
    private static final long MAGIC = 0x47454D_454C_524553L;
    private static final int FORMAT_VERSION = 1;
    private static final int HEADER_BYTES = 32;
    private static final int CHECKSUM_BYTES = 4;
    private static final int PERSISTENT = 1;
    private static final int LOST = 2;
    private static final int KIND_IT_NEXUS = 1;
    private static final int KIND_HOST_128 = 2;
    private static final int KIND_HOST_64 = 3;
    private static final int REGISTRANT_BYTES = 21 + 4 * ItNexus.MAX_NAME_BYTES;
    private static final int BODY_BYTES = 22;

    /** A record that cannot be trusted; the message says why. */
    public static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedException(final String message) {
            super(message);
        }
    }

    private ReservationRecord() {}

    public static byte[] encode(final UUID volume, final ReservationState state) {
        final int count = state.registrantCount();
        final ByteBuffer bytes =
                ByteBuffer.allocate(
                                HEADER_BYTES
                                        + BODY_BYTES
                                        + count * REGISTRANT_BYTES
                                        + CHECKSUM_BYTES)
                        .order(ByteOrder.BIG_ENDIAN);
        bytes.position(HEADER_BYTES);
        bytes.putLong(state.version());
        bytes.putInt(state.generation());
        bytes.put((byte) ((state.persistent() ? PERSISTENT : 0) | (state.lost() ? LOST : 0)));
        bytes.put((byte) (state.type() == null ? 0 : state.type().scsiCode()));
        int holder = -1;
        for (int index = 0; index < count; index++) {
            holder = state.registrant(index).equals(state.holder()) ? index : holder;
        }
        bytes.putInt(holder);
        bytes.putInt(count);
        for (int index = 0; index < count; index++) {
            registrant(bytes, state.registrant(index), state.key(index));
        }
        final int end = bytes.position();
        bytes.putLong(0, MAGIC);
        bytes.putInt(8, FORMAT_VERSION);
        bytes.putInt(12, end - HEADER_BYTES);
        bytes.putLong(16, volume.getMostSignificantBits());
        bytes.putLong(24, volume.getLeastSignificantBits());
        bytes.putInt(checksum(bytes.array(), end));
        final byte[] record = new byte[bytes.position()];
        bytes.get(0, record);
        return record;
    }

    private static void registrant(
            final ByteBuffer bytes, final Registrant registrant, final long key) {
        if (registrant instanceof ItNexus nexus) {
            final byte[] name = nexus.initiatorName().getBytes(StandardCharsets.UTF_8);
            bytes.put((byte) KIND_IT_NEXUS).putLong(key).putShort((short) nexus.rtpi());
            bytes.putLong(nexus.isid()).putShort((short) name.length).put(name);
        } else {
            final NvmeHost host = (NvmeHost) registrant;
            bytes.put((byte) (host.extended() ? KIND_HOST_128 : KIND_HOST_64)).putLong(key);
            bytes.putLong(host.high());
            if (host.extended()) {
                bytes.putLong(host.low());
            }
        }
    }

    /**
     * @param volume whose record it must be
     * @throws DamagedException when any byte is not as it was written
     */
    public static ReservationState decode(final UUID volume, final byte[] record)
            throws DamagedException {
        final ByteBuffer bytes = ByteBuffer.wrap(record).order(ByteOrder.BIG_ENDIAN);
        check(record.length >= HEADER_BYTES + BODY_BYTES + CHECKSUM_BYTES, "cut off");
        check(bytes.getLong(0) == MAGIC, "not a reservation record");
        final int end = record.length - CHECKSUM_BYTES;
        check(bytes.getInt(12) == end - HEADER_BYTES, "of another length than it says");
        check(bytes.getInt(end) == checksum(record, end), "checksum differs");
        check(bytes.getInt(8) == FORMAT_VERSION, "format version " + bytes.getInt(8));
        check(
                bytes.getLong(16) == volume.getMostSignificantBits()
                        && bytes.getLong(24) == volume.getLeastSignificantBits(),
                "of another volume");
        try {
            return body(bytes.position(HEADER_BYTES).limit(end));
        } catch (final BufferUnderflowException | IllegalArgumentException inconsistent) {
            throw new DamagedException("inconsistent: " + inconsistent.getMessage());
        }
    }

    private static ReservationState body(final ByteBuffer bytes) throws DamagedException {
        final long version = bytes.getLong();
        final int generation = bytes.getInt();
        final int flags = bytes.get();
        final int typeCode = bytes.get();
        final int holderIndex = bytes.getInt();
        final int count = bytes.getInt();
        if ((flags & LOST) != 0) {
            return ReservationState.informationLost(version);
        }
        final ReservationType type = ReservationType.ofScsi(typeCode);
        check(type != null || typeCode == 0, "type " + typeCode);
        final Map<Registrant, Long> keys = new TreeMap<>();
        Registrant holder = null;
        for (int index = 0; index < count; index++) {
            final int kind = bytes.get();
            final long key = bytes.getLong();
            final Registrant registrant =
                    switch (kind) {
                        case KIND_IT_NEXUS -> nexus(bytes);
                        case KIND_HOST_128 -> NvmeHost.of128(bytes.getLong(), bytes.getLong());
                        case KIND_HOST_64 -> NvmeHost.of64(bytes.getLong());
                        default -> throw new DamagedException("registrant of kind " + kind);
                    };
            check(keys.put(registrant, key) == null, "a registrant twice");
            holder = index == holderIndex ? registrant : holder;
        }
        check(!bytes.hasRemaining(), "bytes after the last registrant");
        return ReservationState.of(
                version, generation, (flags & PERSISTENT) != 0, keys, type, holder);
    }

    private static ItNexus nexus(final ByteBuffer bytes) {
        final int rtpi = bytes.getShort() & 0xFFFF;
        final long isid = bytes.getLong();
        final byte[] name = new byte[bytes.getShort() & 0xFFFF];
        bytes.get(name);
        return new ItNexus(new String(name, StandardCharsets.UTF_8), isid, rtpi);
    }

    private static int checksum(final byte[] record, final int length) {
        final CRC32C crc = new CRC32C();
        crc.update(record, 0, length);
        return (int) crc.getValue();
    }

    private static void check(final boolean holds, final String what) throws DamagedException {
        if (!holds) {
            throw new DamagedException(what);
        }
    }
}
