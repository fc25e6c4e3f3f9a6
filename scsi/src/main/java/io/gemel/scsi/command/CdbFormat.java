package io.gemel.scsi.command;

import io.gemel.scsi.wire.Cdb;

/** Where LBA and transfer length are in the CDBs of the medium access commands: SBC-3 section 5. */
enum CdbFormat {
    SIX(1, 4) {
        @Override
        long lba(final Cdb cdb) {
            return cdb.u24(1) & 0x1F_FFFF;
        }

        /** Here, and only here, 0 means 256 blocks. */
        @Override
        long blockCount(final Cdb cdb) {
            final int count = cdb.u8(4);
            return count == 0 ? 256 : count;
        }
    },
    TEN(2, 7) {
        @Override
        long lba(final Cdb cdb) {
            return cdb.u32(2);
        }

        @Override
        long blockCount(final Cdb cdb) {
            return cdb.u16(7);
        }
    },
    TWELVE(2, 6) {
        @Override
        long lba(final Cdb cdb) {
            return cdb.u32(2);
        }

        @Override
        long blockCount(final Cdb cdb) {
            return cdb.u32(6);
        }
    },
    SIXTEEN(2, 10) {
        @Override
        long lba(final Cdb cdb) {
            return cdb.i64(2);
        }

        @Override
        long blockCount(final Cdb cdb) {
            return cdb.u32(10);
        }
    };

    private final int lbaOffset;
    private final int lengthOffset;

    CdbFormat(final int lbaOffset, final int lengthOffset) {
        this.lbaOffset = lbaOffset;
        this.lengthOffset = lengthOffset;
    }

    /** LOGICAL BLOCK ADDRESS; from 2^63 on negative. */
    abstract long lba(Cdb cdb);

    /** TRANSFER LENGTH, VERIFICATION LENGTH or NUMBER OF LOGICAL BLOCKS, in blocks. */
    abstract long blockCount(Cdb cdb);

    int lbaOffset() {
        return lbaOffset;
    }

    int lengthOffset() {
        return lengthOffset;
    }
}
