package io.gemel.scsi.command;

import io.gemel.scsi.LogicalUnit;
import java.util.function.Predicate;

/**
 * One row of the table of commands: everything that is known about a command apart from what it
 * does. Immutable.
 *
 * @param serviceAction {@link #NO_SERVICE_ACTION} when the operation code says it all
 * @param usage CDB usage data: one byte per CDB byte, a 1 for each bit that is evaluated; the first
 *     is the operation code, the second holds the service action where there is one; its length is
 *     that of the CDB
 * @param changesMedium whether it is refused on a write-protected medium
 * @param recommendedTimeoutSeconds for REPORT SUPPORTED OPERATION CODES with RCTD
 * @param supportedBy which logical units support it
 */
public record CommandDescriptor(
        String name,
        int opcode,
        int serviceAction,
        byte[] usage,
        boolean changesMedium,
        int recommendedTimeoutSeconds,
        Predicate<LogicalUnit> supportedBy,
        CommandHandler handler) {
    /** No service action. */
    public static final int NO_SERVICE_ACTION = -1;

    public boolean hasServiceAction() {
        return serviceAction != NO_SERVICE_ACTION;
    }

    /** Length of the CDB in bytes. */
    public int cdbLength() {
        return usage.length;
    }

    /** Offset of the CONTROL byte: the last one. */
    public int controlOffset() {
        return usage.length - 1;
    }

    @Override
    public String toString() {
        return name;
    }
}
