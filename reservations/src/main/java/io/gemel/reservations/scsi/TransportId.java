package io.gemel.reservations.scsi;

import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Registrant;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * An iSCSI TransportID (SPC-4, TransportID identifiers; big-endian).
 *
 * <pre>
 *  byte 0     FORMAT CODE (7:6)  00b name, 01b name,i,0xISID | 5 (3:0) protocol identifier iSCSI
 *  byte 2-3   ADDITIONAL LENGTH  bytes from byte 4 on, multiple of 4, at least 20
 *  byte 4-    text, UTF-8, ended by NUL, padded with NUL to a multiple of 4
 * </pre>
 *
 * <p>An NVMe host has one, too, so that SCSI tools can name it: format 00b with a name under our
 * own naming authority that carries the Host Identifier. {@link #resolve} takes it back.
 *
 * @param name iSCSI name as it was written
 * @param isid 48 bits, or {@link #NO_ISID} in format 00b
 * @param length bytes that the TransportID occupies, header included
 */
public record TransportId(String name, long isid, int length) {
    /** {@link #isid} of format 00b: an initiator device, not a port. */
    public static final long NO_ISID = -1;

    /** The names of NVMe hosts begin with this; 32 or 16 hexadecimal digits follow. */
    public static final String NVME_HOST_PREFIX = "iqn.2026-11.io.gemel:nvme-host.";

    private static final int HEADER_BYTES = 4;
    private static final int MIN_ADDITIONAL_BYTES = 20;
    private static final int PROTOCOL_ISCSI = 5;
    private static final int FORMAT_NAME = 0;
    private static final int FORMAT_NAME_ISID = 1;
    private static final String ISID_SEPARATOR = ",i,0x";
    private static final int ISID_DIGITS = 12;

    /** The TransportID of a registrant, padded. */
    public static byte[] encode(final Registrant registrant) {
        final boolean nexus = registrant instanceof ItNexus;
        final String text =
                registrant instanceof ItNexus port
                        ? port.initiatorPortName()
                        : NVME_HOST_PREFIX + ((NvmeHost) registrant).hex();
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        final int additional = Math.max(MIN_ADDITIONAL_BYTES, utf8.length + 1 + 3 & ~3);
        final ByteBuffer bytes =
                ByteBuffer.allocate(HEADER_BYTES + additional).order(ByteOrder.BIG_ENDIAN);
        bytes.put(0, (byte) ((nexus ? FORMAT_NAME_ISID : FORMAT_NAME) << 6 | PROTOCOL_ISCSI));
        bytes.putShort(2, (short) additional);
        bytes.position(HEADER_BYTES).put(utf8);
        return bytes.array();
    }

    /**
     * Reads one.
     *
     * @param limit bytes of the buffer that may be read, from its start
     * @return null when it is cut off or malformed, or not of iSCSI: to the peer INVALID FIELD IN
     *     PARAMETER LIST
     */
    public static TransportId parse(final DirectBuffer buffer, final int offset, final int limit) {
        if (limit - offset < HEADER_BYTES + MIN_ADDITIONAL_BYTES) {
            return null;
        }
        final int first = buffer.getByte(offset) & 0xFF;
        final int format = first >> 6;
        final int additional = buffer.getShort(offset + 2, ByteOrder.BIG_ENDIAN) & 0xFFFF;
        if ((first & 0x0F) != PROTOCOL_ISCSI
                || format > FORMAT_NAME_ISID
                || additional < MIN_ADDITIONAL_BYTES
                || additional % 4 != 0
                || additional > limit - offset - HEADER_BYTES) {
            return null;
        }
        final String text = text(buffer, offset + HEADER_BYTES, additional);
        if (text == null) {
            return null;
        }
        final int length = HEADER_BYTES + additional;
        final String name;
        final long isid;
        if (format == FORMAT_NAME) {
            name = text;
            isid = NO_ISID;
        } else {
            final int separator = text.indexOf(ISID_SEPARATOR);
            if (separator < 0) {
                return null;
            }
            name = text.substring(0, separator);
            isid = isid(text, separator + ISID_SEPARATOR.length());
            if (isid == NO_ISID) {
                return null;
            }
        }
        if (name.isEmpty()
                || name.indexOf(',') >= 0
                || name.getBytes(StandardCharsets.UTF_8).length > ItNexus.MAX_NAME_BYTES) {
            return null;
        }
        return new TransportId(name, isid, length);
    }

    /**
     * Whether it names one port (or one NVMe host), rather than all ports of an initiator device.
     */
    public boolean namesOne() {
        return isid != NO_ISID || nvmeHost() != null;
    }

    /**
     * Whom it names at a target port.
     *
     * @return null when it names an initiator device with any number of ports
     */
    public Registrant resolve(final int rtpi) {
        return isid == NO_ISID ? nvmeHost() : new ItNexus(name, isid, rtpi);
    }

    private NvmeHost nvmeHost() {
        if (isid != NO_ISID
                || !name.regionMatches(true, 0, NVME_HOST_PREFIX, 0, NVME_HOST_PREFIX.length())) {
            return null;
        }
        final String hex = name.substring(NVME_HOST_PREFIX.length());
        if (hex.length() != 16 && hex.length() != 32) {
            return null;
        }
        for (int index = 0; index < hex.length(); index++) {
            if (digit(hex.charAt(index)) < 0) {
                return null;
            }
        }
        final long high = Long.parseUnsignedLong(hex.substring(0, 16), 16);
        return hex.length() == 16
                ? NvmeHost.of64(high)
                : NvmeHost.of128(high, Long.parseUnsignedLong(hex.substring(16), 16));
    }

    /** The text up to its NUL; null without one, with bytes after it, or when it is no UTF-8. */
    private static String text(final DirectBuffer buffer, final int offset, final int bytes) {
        int length = 0;
        while (length < bytes && buffer.getByte(offset + length) != 0) {
            length++;
        }
        if (length == bytes) {
            return null;
        }
        for (int index = length; index < bytes; index++) {
            if (buffer.getByte(offset + index) != 0) {
                return null;
            }
        }
        final byte[] utf8 = new byte[length];
        buffer.getBytes(offset, utf8);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (final CharacterCodingException malformed) {
            return null;
        }
    }

    private static long isid(final String text, final int from) {
        if (text.length() - from < 1 || text.length() - from > ISID_DIGITS) {
            return NO_ISID;
        }
        long isid = 0;
        for (int index = from; index < text.length(); index++) {
            final int digit = digit(text.charAt(index));
            if (digit < 0) {
                return NO_ISID;
            }
            isid = isid << 4 | digit;
        }
        return isid;
    }

    /** Of ASCII digits only: {@link Character#digit} knows more. */
    private static int digit(final char character) {
        return character < 128 ? Character.digit(character, 16) : -1;
    }
}
