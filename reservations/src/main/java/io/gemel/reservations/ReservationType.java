package io.gemel.reservations;

/**
 * The six types of a reservation that both protocols know. The codes 3, 5 and 6 mean different
 * types in the two protocols, so a type is never passed as a number (SPC-4 PERSISTENT RESERVE TYPE
 * codes; NVMe Base 2.0 Reservation Type Encoding).
 */
public enum ReservationType {
    WRITE_EXCLUSIVE(1, 1, false, false),
    EXCLUSIVE_ACCESS(3, 2, false, false),
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY(5, 3, true, false),
    EXCLUSIVE_ACCESS_REGISTRANTS_ONLY(6, 4, true, false),
    WRITE_EXCLUSIVE_ALL_REGISTRANTS(7, 5, true, true),
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS(8, 6, true, true);

    private static final ReservationType[] BY_SCSI_CODE = new ReservationType[16];
    private static final ReservationType[] BY_NVME_CODE = new ReservationType[16];

    static {
        for (final ReservationType type : values()) {
            BY_SCSI_CODE[type.scsiCode] = type;
            BY_NVME_CODE[type.nvmeCode] = type;
        }
    }

    private final int scsiCode;
    private final int nvmeCode;
    private final boolean registrantsShare;
    private final boolean allRegistrants;

    ReservationType(
            final int scsiCode,
            final int nvmeCode,
            final boolean registrantsShare,
            final boolean allRegistrants) {
        this.scsiCode = scsiCode;
        this.nvmeCode = nvmeCode;
        this.registrantsShare = registrantsShare;
        this.allRegistrants = allRegistrants;
    }

    /** TYPE of a PERSISTENT RESERVE command, 1 to 8. */
    public int scsiCode() {
        return scsiCode;
    }

    /** RTYPE of a reservation command, 1 to 6. */
    public int nvmeCode() {
        return nvmeCode;
    }

    /** Whether every registrant reads and writes like the holder (both RO and both AR types). */
    public boolean registrantsShare() {
        return registrantsShare;
    }

    /** Whether every registrant is a holder (both AR types). */
    public boolean allRegistrants() {
        return allRegistrants;
    }

    /** Whether hosts that are not registered may read. */
    public boolean othersRead() {
        return this == WRITE_EXCLUSIVE
                || this == WRITE_EXCLUSIVE_REGISTRANTS_ONLY
                || this == WRITE_EXCLUSIVE_ALL_REGISTRANTS;
    }

    /** The type with a SCSI TYPE code, or null for a code that is obsolete or reserved. */
    public static ReservationType ofScsi(final int code) {
        return code < 0 || code >= BY_SCSI_CODE.length ? null : BY_SCSI_CODE[code];
    }

    /** The type with an NVMe RTYPE code, or null for 0 and the reserved codes. */
    public static ReservationType ofNvme(final int code) {
        return code < 0 || code >= BY_NVME_CODE.length ? null : BY_NVME_CODE[code];
    }
}
