package io.gemel.scsi.command;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.core.block.BlockCommand;
import io.gemel.core.volume.Volume;
import io.gemel.scsi.ScsiTask;
import io.gemel.scsi.Sense;
import org.agrona.DirectBuffer;

/**
 * UNMAP: SBC-3 section 5.28. Parameter list, big-endian:
 *
 * <pre>
 * 0-1 UNMAP DATA LENGTH · 2-3 UNMAP BLOCK DESCRIPTOR DATA LENGTH · 8.. descriptors: LBA 8, NUMBER OF LOGICAL BLOCKS 4, 4
 * </pre>
 */
final class UnmapCommand implements CommandHandler {
    private static final int HEADER_LENGTH = 8;
    private static final int DESCRIPTOR_LENGTH = 16;
    private static final int ANCHOR_BIT = 0;

    @Override
    public void prepare(final ScsiTask task) {
        final int listLength = task.cdb().u16(7);
        if (task.cdb().bit(1, ANCHOR_BIT)) {
            task.failField(1, ANCHOR_BIT);
        } else if (task.logicalUnit().writeProtected()) {
            task.fail(Sense.WRITE_PROTECTED);
        } else if (listLength > 0 && listLength < HEADER_LENGTH) {
            task.fail(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else {
            task.needsDataOut(listLength, 0);
        }
    }

    @Override
    public void execute(final ScsiTask task) {
        final int listLength = task.dataOutLength();
        if (listLength == 0) {
            task.task().executed();
            return;
        }
        final Volume volume = task.logicalUnit().volume();
        final DirectBuffer list = task.buffer();
        final int descriptorBytes =
                Math.min(list.getShort(2, BIG_ENDIAN) & 0xFFFF, listLength - HEADER_LENGTH);
        final int count = descriptorBytes / DESCRIPTOR_LENGTH;
        final BlockCommand command = task.task().command().unmap(volume);
        long total = 0;
        if (count > volume.maxUnmapExtents()) {
            task.failParameter(2);
        }
        for (int i = 0; i < count && !task.failed(); i++) {
            final int at = HEADER_LENGTH + i * DESCRIPTOR_LENGTH;
            final long lba = list.getLong(at, BIG_ENDIAN);
            final long blockCount = list.getInt(at + 8, BIG_ENDIAN) & 0xFFFF_FFFFL;
            total += blockCount;
            if (!volume.contains(lba, blockCount)) {
                task.fail(Sense.LBA_OUT_OF_RANGE);
            } else if (total > volume.maxUnmapBlocks()) {
                task.failParameter(at + 8);
            } else {
                command.extents().add(lba, blockCount);
            }
        }
        if (task.failed()) {
            task.task().executed();
        } else {
            task.submit();
        }
    }
}
