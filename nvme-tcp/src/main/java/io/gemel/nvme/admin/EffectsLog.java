package io.gemel.nvme.admin;

import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.Opcode;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The Commands Supported and Effects log page (LID 05h): a dword per admin opcode, then one per I/O
 * opcode.
 */
final class EffectsLog {
    private static final int CSUPP = 0x01;

    /** LBCC: the command changes logical block content. */
    private static final int LBCC = 0x02;

    private static final int IO_OFFSET = 1024;

    private static final int[] ADMIN = {
        Opcode.GET_LOG_PAGE,
        Opcode.IDENTIFY,
        Opcode.ABORT,
        Opcode.SET_FEATURES,
        Opcode.GET_FEATURES,
        Opcode.ASYNCHRONOUS_EVENT_REQUEST,
        Opcode.KEEP_ALIVE
    };
    private static final int[] IO_READING = {
        Opcode.FLUSH, Opcode.READ, Opcode.COMPARE, Opcode.VERIFY
    };
    private static final int[] IO_RESERVATION = {
        Opcode.RESERVATION_REGISTER,
        Opcode.RESERVATION_REPORT,
        Opcode.RESERVATION_ACQUIRE,
        Opcode.RESERVATION_RELEASE
    };
    private static final int[] IO_WRITING = {
        Opcode.WRITE, Opcode.WRITE_ZEROES, Opcode.DATASET_MANAGEMENT
    };

    private EffectsLog() {}

    /**
     * @param reservations whether there are reservation commands
     */
    static byte[] page(final boolean reservations) {
        final UnsafeBuffer page = new UnsafeBuffer(new byte[LogPage.COMMANDS_SUPPORTED_LENGTH]);
        put(page, 0, ADMIN, CSUPP);
        put(page, IO_OFFSET, IO_READING, CSUPP);
        put(page, IO_OFFSET, IO_WRITING, CSUPP | LBCC);
        if (reservations) {
            put(page, IO_OFFSET, IO_RESERVATION, CSUPP);
        }
        return page.byteArray();
    }

    private static void put(
            final UnsafeBuffer page, final int offset, final int[] opcodes, final int effects) {
        for (final int opcode : opcodes) {
            page.putInt(offset + 4 * opcode, effects, ByteOrder.LITTLE_ENDIAN);
        }
    }
}
