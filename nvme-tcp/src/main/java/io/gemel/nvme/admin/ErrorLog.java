package io.gemel.nvme.admin;

import io.gemel.nvme.wire.ErrorLogEntry;
import io.gemel.nvme.wire.NvmeStatus;
import org.agrona.concurrent.UnsafeBuffer;

/** The newest errors of a controller, for log page 01h. Owner: the controller's home lane. */
public final class ErrorLog {
    /** Entries kept: ELPE + 1. */
    public static final int ENTRIES = 64;

    private static final int TRTYPE_TCP = 3;
    private static final int NO_PARAMETER_LOCATION = 0xFFFF;

    private final UnsafeBuffer ring = new UnsafeBuffer(new byte[ENTRIES * ErrorLogEntry.LENGTH]);
    private final ErrorLogEntry entry = new ErrorLogEntry();
    private long count;

    /** Overwrites the oldest entry when the log is full. */
    public void add(
            final int qid, final int commandId, final int status, final int nsid, final long lba) {
        entry.encode(ring, (int) (count % ENTRIES) * ErrorLogEntry.LENGTH)
                .errorCount(++count)
                .sqid(qid)
                .commandId(commandId)
                .status(status)
                .parameterErrorLocation(NO_PARAMETER_LOCATION)
                .nsid(nsid)
                .lba(lba)
                .trtype(isTransportError(status) ? TRTYPE_TCP : 0);
    }

    private static boolean isTransportError(final int status) {
        return NvmeStatus.TRANSIENT_TRANSPORT_ERROR.field() == status;
    }

    /** Errors since the controller was made. */
    public long count() {
        return count;
    }

    /** The log page: newest first, unused entries zero. */
    public byte[] page() {
        final byte[] page = new byte[ENTRIES * ErrorLogEntry.LENGTH];
        for (int i = 0; i < Math.min(count, ENTRIES); i++) {
            final int slot = (int) ((count - 1 - i) % ENTRIES);
            ring.getBytes(
                    slot * ErrorLogEntry.LENGTH,
                    page,
                    i * ErrorLogEntry.LENGTH,
                    ErrorLogEntry.LENGTH);
        }
        return page;
    }
}
