package io.gemel.reservations.nvme;

import io.gemel.reservations.AccessClass;
import java.util.Arrays;

/**
 * What each NVMe opcode is to a reservation (NVMe Base 2.0 and NVM Command Set 1.0, the clauses on
 * reservations). An opcode that is not listed is a write.
 */
public final class NvmeAccessClass {
    private static final AccessClass[] IO = new AccessClass[256];
    private static final AccessClass[] ADMIN = new AccessClass[256];

    static {
        // Flush, Write, Write Uncorrectable, Write Zeroes, Dataset Management, Copy (destination)
        // and all that nobody knows
        Arrays.fill(IO, AccessClass.WRITE);
        // Read, Compare, Verify
        IO[0x02] = AccessClass.READ;
        IO[0x05] = AccessClass.READ;
        IO[0x0C] = AccessClass.READ;
        // Reservation Report; Fabrics commands
        IO[0x0E] = AccessClass.ALWAYS;
        IO[0x7F] = AccessClass.ALWAYS;
        // Reservation Register, Acquire, Release
        IO[0x0D] = AccessClass.RESERVATION;
        IO[0x11] = AccessClass.RESERVATION;
        IO[0x15] = AccessClass.RESERVATION;

        // Format NVM, Sanitize, Security Send and all that nobody knows
        Arrays.fill(ADMIN, AccessClass.WRITE);
        // Delete and Create I/O SQ, Get Log Page, Delete and Create I/O CQ, Identify, Abort, Set
        // and
        // Get Features, Asynchronous Event Request, Keep Alive, Fabrics commands
        for (final int opcode :
                new int[] {
                    0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0A, 0x0C, 0x18, 0x7F
                }) {
            ADMIN[opcode] = AccessClass.ALWAYS;
        }
        // Security Receive
        ADMIN[0x82] = AccessClass.READ;
    }

    private NvmeAccessClass() {}

    /**
     * Of an I/O command.
     *
     * @param fused whether it is half of a fused pair, both halves of which are a write
     */
    public static AccessClass ofIo(final int opcode, final boolean fused) {
        final AccessClass access = IO[opcode & 0xFF];
        return fused && access == AccessClass.READ ? AccessClass.WRITE : access;
    }

    /** Of each namespace that a Copy reads from; the one it writes to is {@link #ofIo}. */
    public static AccessClass ofCopySource() {
        return AccessClass.READ;
    }

    /** Of an admin command. */
    public static AccessClass ofAdmin(final int opcode) {
        return ADMIN[opcode & 0xFF];
    }
}
