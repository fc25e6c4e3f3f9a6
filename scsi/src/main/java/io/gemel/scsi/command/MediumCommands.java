package io.gemel.scsi.command;

import io.gemel.core.volume.Volume;
import io.gemel.scsi.LogicalUnit;
import io.gemel.scsi.ScsiTask;
import io.gemel.scsi.Sense;
import io.gemel.scsi.wire.Cdb;

/** The commands that read and write logical blocks: SBC-3 section 5. */
final class MediumCommands {
    private static final int FLAGS_OFFSET = 1;
    private static final int FUA_BIT = 3;
    private static final int NO_COMPARE = 0;
    private static final int COMPARE_ALL = 1;
    private static final int COMPARE_ONE_BLOCK = 3;

    private MediumCommands() {}

    /**
     * Checks the three protection bits: there is no protection information, so anything but 0 is
     * refused.
     */
    private static boolean checkProtect(final ScsiTask task) {
        if (task.cdb().bits(FLAGS_OFFSET, 7, 5) != 0) {
            task.failField(FLAGS_OFFSET, 7);
            return false;
        }
        return true;
    }

    /**
     * Takes LBA and length from the CDB; fails when they are not on the medium, or when writing is
     * not allowed.
     */
    private static boolean checkRange(
            final ScsiTask task, final CdbFormat format, final boolean changesMedium) {
        final Cdb cdb = task.cdb();
        final LogicalUnit unit = task.logicalUnit();
        task.range(format.lba(cdb), format.blockCount(cdb));
        if (!unit.volume().contains(task.lba(), task.blockCount())) {
            task.fail(Sense.LBA_OUT_OF_RANGE);
            return false;
        }
        if (changesMedium && unit.writeProtected()) {
            task.fail(Sense.WRITE_PROTECTED);
            return false;
        }
        return true;
    }

    /** As {@link #checkRange}; also fails when one transfer may not be that long. */
    private static boolean checkTransfer(
            final ScsiTask task, final CdbFormat format, final boolean changesMedium) {
        if (!checkRange(task, format, changesMedium)) {
            return false;
        }
        if (task.blockCount() > task.logicalUnit().volume().maxTransferBlocks()) {
            task.failField(format.lengthOffset(), -1);
            return false;
        }
        return true;
    }

    /** Writes the whole blocks that come; a part of a block cannot be written. */
    private static boolean truncateWrite(final ScsiTask task, final int lengthBytes) {
        final int blockSize = task.logicalUnit().volume().blockSize();
        if (lengthBytes % blockSize != 0) {
            return false;
        }
        task.range(task.lba(), lengthBytes / blockSize);
        task.needsDataOut(lengthBytes, 0);
        return true;
    }

    private static int lengthBytes(final ScsiTask task) {
        return (int) task.blockCount() * task.logicalUnit().volume().blockSize();
    }

    /** READ(6), (10), (12), (16). */
    static final class Read implements CommandHandler {
        private final CdbFormat format;

        Read(final CdbFormat format) {
            this.format = format;
        }

        @Override
        public void prepare(final ScsiTask task) {
            if ((format == CdbFormat.SIX || checkProtect(task))
                    && checkTransfer(task, format, false)) {
                task.needsBuffer(lengthBytes(task));
                task.dataInLength(lengthBytes(task));
            }
        }

        @Override
        public void execute(final ScsiTask task) {
            if (task.blockCount() == 0) {
                task.task().executed();
                return;
            }
            task.task().command().read(task.logicalUnit().volume(), task.lba(), task.blockCount());
            task.submit();
        }
    }

    /** WRITE(6), (10), (12), (16). */
    static final class Write implements CommandHandler {
        private final CdbFormat format;

        Write(final CdbFormat format) {
            this.format = format;
        }

        @Override
        public void prepare(final ScsiTask task) {
            if ((format == CdbFormat.SIX || checkProtect(task))
                    && checkTransfer(task, format, true)) {
                task.needsDataOut(lengthBytes(task), 0);
            }
        }

        @Override
        public boolean truncate(final ScsiTask task, final int lengthBytes) {
            return truncateWrite(task, lengthBytes);
        }

        @Override
        public void execute(final ScsiTask task) {
            if (task.blockCount() == 0) {
                task.task().executed();
                return;
            }
            final boolean fua = format != CdbFormat.SIX && task.cdb().bit(FLAGS_OFFSET, FUA_BIT);
            task.task()
                    .command()
                    .write(task.logicalUnit().volume(), task.lba(), task.blockCount(), fua);
            task.submit();
        }
    }

    /**
     * WRITE AND VERIFY(10), (12), (16): a write to stable media, then a read of it, compared when
     * BYTCHK is 01b.
     */
    static final class WriteAndVerify implements CommandHandler {
        private static final int WRITING = 0;
        private static final int VERIFYING = 1;

        private final CdbFormat format;

        WriteAndVerify(final CdbFormat format) {
            this.format = format;
        }

        @Override
        public void prepare(final ScsiTask task) {
            if (!checkProtect(task)) {
                return;
            }
            if (task.cdb().bits(FLAGS_OFFSET, 2, 1) > COMPARE_ALL) {
                task.failField(FLAGS_OFFSET, 2);
            } else if (checkTransfer(task, format, true)) {
                task.needsDataOut(lengthBytes(task), 0);
            }
        }

        @Override
        public boolean truncate(final ScsiTask task, final int lengthBytes) {
            return truncateWrite(task, lengthBytes);
        }

        @Override
        public void execute(final ScsiTask task) {
            if (task.blockCount() == 0) {
                task.task().executed();
                return;
            }
            task.phase(WRITING);
            task.task()
                    .command()
                    .write(task.logicalUnit().volume(), task.lba(), task.blockCount(), true);
            task.submit();
        }

        @Override
        public boolean completed(final ScsiTask task) {
            if (task.phase() == VERIFYING) {
                return true;
            }
            task.phase(VERIFYING);
            final Volume volume = task.logicalUnit().volume();
            if (task.cdb().bits(FLAGS_OFFSET, 2, 1) == COMPARE_ALL) {
                task.task().command().compare(volume, task.lba(), task.blockCount());
            } else {
                task.task().command().verify(volume, task.lba(), task.blockCount());
            }
            task.resubmit();
            return false;
        }
    }

    /**
     * VERIFY(10), (12), (16) with BYTCHK 00b (read only), 01b (compare all) and 11b (compare with
     * one block).
     */
    static final class Verify implements CommandHandler {
        private final CdbFormat format;

        Verify(final CdbFormat format) {
            this.format = format;
        }

        @Override
        public void prepare(final ScsiTask task) {
            if (!checkProtect(task)) {
                return;
            }
            switch (task.cdb().bits(FLAGS_OFFSET, 2, 1)) {
                case NO_COMPARE -> checkRange(task, format, false);
                case COMPARE_ALL -> {
                    if (checkTransfer(task, format, false)) {
                        task.needsDataOut(lengthBytes(task), 0);
                    }
                }
                case COMPARE_ONE_BLOCK -> {
                    if (checkTransfer(task, format, false) && task.blockCount() > 0) {
                        task.needsDataOut(
                                task.logicalUnit().volume().blockSize(), lengthBytes(task));
                    }
                }
                default -> task.failField(FLAGS_OFFSET, 2);
            }
        }

        @Override
        public void execute(final ScsiTask task) {
            if (task.blockCount() == 0) {
                task.task().executed();
                return;
            }
            final Volume volume = task.logicalUnit().volume();
            final int byteCheck = task.cdb().bits(FLAGS_OFFSET, 2, 1);
            if (byteCheck == NO_COMPARE) {
                task.task().command().verify(volume, task.lba(), task.blockCount());
            } else {
                if (byteCheck == COMPARE_ONE_BLOCK) {
                    final int blockSize = volume.blockSize();
                    for (int at = blockSize; at < lengthBytes(task); at += blockSize) {
                        task.buffer().putBytes(at, task.buffer(), 0, blockSize);
                    }
                }
                task.task().command().compare(volume, task.lba(), task.blockCount());
            }
            task.submit();
        }
    }

    /**
     * SYNCHRONIZE CACHE(10), (16): all of the volume, whatever the range; IMMED is answered late,
     * which it allows.
     */
    static final class SynchronizeCache implements CommandHandler {
        private final CdbFormat format;

        SynchronizeCache(final CdbFormat format) {
            this.format = format;
        }

        @Override
        public void prepare(final ScsiTask task) {
            checkRange(task, format, false);
        }

        @Override
        public void execute(final ScsiTask task) {
            task.task().command().flush(task.logicalUnit().volume());
            task.submit();
        }
    }

    /**
     * WRITE SAME(10), (16) with UNMAP, ANCHOR and NDOB. A length of 0 is refused, as WSNZ in VPD
     * page B0h says.
     */
    static final class WriteSame implements CommandHandler {
        private static final int ANCHOR_BIT = 4;
        private static final int UNMAP_BIT = 3;
        private static final int NDOB_BIT = 0;

        private final CdbFormat format;

        WriteSame(final CdbFormat format) {
            this.format = format;
        }

        private boolean noDataOut(final Cdb cdb) {
            return format == CdbFormat.SIXTEEN && cdb.bit(FLAGS_OFFSET, NDOB_BIT);
        }

        @Override
        public void prepare(final ScsiTask task) {
            if (!checkProtect(task)) {
                return;
            }
            final Cdb cdb = task.cdb();
            final Volume volume = task.logicalUnit().volume();
            if (cdb.bit(FLAGS_OFFSET, ANCHOR_BIT)) {
                task.failField(FLAGS_OFFSET, ANCHOR_BIT);
            } else if (checkRange(task, format, true)) {
                if (cdb.bit(FLAGS_OFFSET, UNMAP_BIT) && !volume.thin()) {
                    task.failField(FLAGS_OFFSET, UNMAP_BIT);
                } else if (task.blockCount() == 0
                        || task.blockCount() > volume.maxWriteSameBlocks()) {
                    task.failField(format.lengthOffset(), -1);
                } else if (!noDataOut(cdb)) {
                    task.needsDataOut(volume.blockSize(), 0);
                }
            }
        }

        @Override
        public boolean wantsExactDataOut() {
            return true;
        }

        @Override
        public void execute(final ScsiTask task) {
            final Cdb cdb = task.cdb();
            final Volume volume = task.logicalUnit().volume();
            final boolean unmap = cdb.bit(FLAGS_OFFSET, UNMAP_BIT);
            if (noDataOut(cdb)) {
                task.task()
                        .command()
                        .writeZeroes(volume, task.lba(), task.blockCount(), unmap, false);
            } else {
                task.task()
                        .command()
                        .writeSame(volume, task.lba(), task.blockCount(), unmap, false);
            }
            task.submit();
        }
    }

    /**
     * COMPARE AND WRITE: the data to compare with, then the data to write, for up to 255 blocks;
     * atomic.
     */
    static final class CompareAndWrite implements CommandHandler {
        private static final int BLOCKS_OFFSET = 13;

        @Override
        public void prepare(final ScsiTask task) {
            if (!checkProtect(task)) {
                return;
            }
            final LogicalUnit unit = task.logicalUnit();
            task.range(task.cdb().i64(2), task.cdb().u8(BLOCKS_OFFSET));
            if (!unit.volume().contains(task.lba(), task.blockCount())) {
                task.fail(Sense.LBA_OUT_OF_RANGE);
            } else if (unit.writeProtected()) {
                task.fail(Sense.WRITE_PROTECTED);
            } else if (task.blockCount() > unit.volume().compareAndWriteBlocks()) {
                task.failField(BLOCKS_OFFSET, -1);
            } else {
                task.needsDataOut(2 * lengthBytes(task), 0);
            }
        }

        @Override
        public boolean wantsExactDataOut() {
            return true;
        }

        @Override
        public void execute(final ScsiTask task) {
            if (task.blockCount() == 0) {
                task.task().executed();
                return;
            }
            task.task()
                    .command()
                    .compareAndWrite(
                            task.logicalUnit().volume(),
                            task.lba(),
                            task.blockCount(),
                            task.cdb().bit(FLAGS_OFFSET, FUA_BIT));
            task.submit();
        }
    }
}
