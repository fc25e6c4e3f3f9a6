package io.gemel.reservations.scsi;

import io.gemel.reservations.AccessClass;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * What each SCSI operation code is to a reservation (SPC-4 and SBC-3, the clauses on reservations).
 * RESERVE and RELEASE of SPC-2 pass here: the state machine has their rules. A code or service
 * action that is not listed is a write.
 */
public final class ScsiAccessClass {
    private static final AccessClass[] BY_OPCODE = new AccessClass[256];
    private static final AccessClass[] BY_SERVICE_ACTION_IN_16 = new AccessClass[32];
    private static final AccessClass[] BY_MAINTENANCE_IN = new AccessClass[32];
    private static final int READ_32 = 0x0009;
    private static final int VERIFY_32 = 0x000A;
    private static final int GET_LBA_STATUS_32 = 0x0012;

    static {
        fill(BY_OPCODE, AccessClass.WRITE);
        fill(BY_SERVICE_ACTION_IN_16, AccessClass.WRITE);
        fill(BY_MAINTENANCE_IN, AccessClass.WRITE);
        // TEST UNIT READY, REQUEST SENSE, INQUIRY, READ CAPACITY(10), LOG SENSE, RECEIVE COPY
        // RESULTS, ACCESS CONTROL IN and OUT, REPORT LUNS; RESERVE and RELEASE (6) and (10)
        set(BY_OPCODE, AccessClass.ALWAYS, 0x00, 0x03, 0x12, 0x25, 0x4D, 0x84, 0x86, 0x87, 0xA0);
        set(BY_OPCODE, AccessClass.ALWAYS, 0x16, 0x17, 0x56, 0x57);
        // PERSISTENT RESERVE IN and OUT
        set(BY_OPCODE, AccessClass.RESERVATION, 0x5E, 0x5F);
        // READ (6) (10) (12) (16), READ LONG(10), VERIFY (10) (12) (16), PRE-FETCH (10) (16)
        set(BY_OPCODE, AccessClass.READ, 0x08, 0x28, 0xA8, 0x88, 0x3E, 0x2F, 0xAF, 0x8F);
        set(BY_OPCODE, AccessClass.READ, 0x34, 0x90);
        // READ DEFECT DATA (10) (12), MODE SENSE (6) (10), READ BUFFER (10) (16), RECEIVE
        // DIAGNOSTIC RESULTS, SECURITY PROTOCOL IN
        set(BY_OPCODE, AccessClass.READ, 0x37, 0xB7, 0x1A, 0x5A, 0x3C, 0x9B, 0x1C, 0xA2);
        // READ CAPACITY(16), REPORT REFERRALS
        set(BY_SERVICE_ACTION_IN_16, AccessClass.ALWAYS, 0x10, 0x13);
        // READ LONG(16), GET LBA STATUS(16)
        set(BY_SERVICE_ACTION_IN_16, AccessClass.READ, 0x11, 0x12);
        // REPORT IDENTIFYING INFORMATION, TARGET PORT GROUPS, ALIASES, PRIORITY, TIMESTAMP
        set(BY_MAINTENANCE_IN, AccessClass.ALWAYS, 0x05, 0x0A, 0x0B, 0x0E, 0x0F);
        // REPORT SUPPORTED OPERATION CODES, REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS
        set(BY_MAINTENANCE_IN, AccessClass.READ, 0x0C, 0x0D);
    }

    private ScsiAccessClass() {}

    /**
     * The class of a CDB. Allocates nothing; any thread.
     *
     * @param offset of a CDB of at least 16 bytes, padded with zeros where it is shorter
     */
    public static AccessClass of(final DirectBuffer cdb, final int offset) {
        final int opcode = cdb.getByte(offset) & 0xFF;
        return switch (opcode) {
            case 0x9E -> BY_SERVICE_ACTION_IN_16[cdb.getByte(offset + 1) & 0x1F];
            case 0xA3 -> BY_MAINTENANCE_IN[cdb.getByte(offset + 1) & 0x1F];
            // READ MEDIA SERIAL NUMBER
            case 0xAB -> always((cdb.getByte(offset + 1) & 0x1F) == 0x01);
            // START STOP UNIT: START 1, POWER CONDITION 0
            case 0x1B -> always((cdb.getByte(offset + 4) & 0xF1) == 0x01);
            // PREVENT ALLOW MEDIUM REMOVAL: PREVENT 0
            case 0x1E -> always((cdb.getByte(offset + 4) & 0x03) == 0);
            case 0x7F -> variableLength(cdb.getShort(offset + 8, ByteOrder.BIG_ENDIAN) & 0xFFFF);
            default -> BY_OPCODE[opcode];
        };
    }

    private static AccessClass always(final boolean harmless) {
        return harmless ? AccessClass.ALWAYS : AccessClass.WRITE;
    }

    private static AccessClass variableLength(final int serviceAction) {
        return serviceAction == READ_32
                        || serviceAction == VERIFY_32
                        || serviceAction == GET_LBA_STATUS_32
                ? AccessClass.READ
                : AccessClass.WRITE;
    }

    private static void fill(final AccessClass[] table, final AccessClass access) {
        Arrays.fill(table, access);
    }

    private static void set(
            final AccessClass[] table, final AccessClass access, final int... codes) {
        for (final int code : codes) {
            table[code] = access;
        }
    }
}
