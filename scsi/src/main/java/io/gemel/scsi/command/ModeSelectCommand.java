package io.gemel.scsi.command;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.core.lane.Task;
import io.gemel.core.volume.Volume;
import io.gemel.scsi.LogicalUnit;
import io.gemel.scsi.ScsiTask;
import io.gemel.scsi.Sense;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * MODE SELECT(6) and (10): SPC-4 sections 6.11 and 6.12. All or nothing: every page is checked
 * before one is changed. The other nexuses get MODE PARAMETERS CHANGED before GOOD is answered.
 */
final class ModeSelectCommand implements CommandHandler {
    private static final int PF_BIT = 4;
    private static final int SP_BIT = 0;
    private static final int MAX_PAGE_LENGTH = 64;

    private final DeviceServer server;
    private final boolean ten;

    ModeSelectCommand(final DeviceServer server, final boolean ten) {
        this.server = server;
        this.ten = ten;
    }

    @Override
    public void prepare(final ScsiTask task) {
        final int listLength = ten ? task.cdb().u16(7) : task.cdb().u8(4);
        if (!task.cdb().bit(1, PF_BIT)) {
            task.failField(1, PF_BIT);
        } else if (task.cdb().bit(1, SP_BIT)) {
            task.failField(1, SP_BIT);
        } else if (listLength > 0 && listLength < (ten ? 8 : 4)) {
            task.fail(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else {
            task.needsDataOut(listLength, 0);
        }
    }

    @Override
    public void execute(final ScsiTask task) {
        if (task.dataOutLength() == 0) {
            task.task().executed();
            return;
        }
        final int pagesAt = checkHeader(task);
        if (!task.failed()) {
            checkPages(task, pagesAt);
        }
        if (task.failed()) {
            task.task().executed();
            return;
        }
        if (!apply(task, pagesAt)) {
            task.task().executed();
            return;
        }
        final Task slot = task.task();
        final int generation = slot.generation();
        server.events()
                .modeParametersChanged(
                        task.logicalUnit(),
                        task.nexus(),
                        task.lane(),
                        () -> {
                            if (slot.generation() == generation) {
                                finish(task);
                            }
                        });
    }

    private static void finish(final ScsiTask task) {
        final Volume volume = task.logicalUnit().volume();
        if (volume.writeCache()) {
            task.task().executed();
        } else {
            task.task().command().flush(volume); // what the cache held must not outlive it
            task.submit();
        }
    }

    /** Mode parameter header and block descriptors; returns where the pages begin. */
    private int checkHeader(final ScsiTask task) {
        final DirectBuffer list = task.buffer();
        final int headerLength = ten ? 8 : 4;
        final boolean longLba = ten && (list.getByte(4) & 1) != 0;
        final int descriptorLength =
                ten ? list.getShort(6, BIG_ENDIAN) & 0xFFFF : list.getByte(3) & 0xFF;
        final int one = longLba ? 16 : 8;
        if (descriptorLength != 0 && descriptorLength != one) {
            task.failParameter(ten ? 6 : 3);
        } else if (headerLength + descriptorLength > task.dataOutLength()) {
            task.fail(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (descriptorLength != 0) {
            final Volume volume = task.logicalUnit().volume();
            final long blocks =
                    longLba
                            ? list.getLong(headerLength, BIG_ENDIAN)
                            : list.getInt(headerLength, BIG_ENDIAN) & 0xFFFF_FFFFL;
            final int lengthAt = headerLength + one - 4;
            final int blockLength =
                    longLba
                            ? list.getInt(lengthAt, BIG_ENDIAN)
                            : list.getInt(lengthAt, BIG_ENDIAN) & 0xFF_FFFF;
            final boolean sizeKept =
                    blocks == 0
                            || blocks == volume.blockCount()
                            || !longLba && blocks == Math.min(volume.blockCount(), 0xFFFF_FFFFL);
            if (!sizeKept) {
                task.failParameter(headerLength);
            } else if (blockLength != volume.blockSize()) {
                task.failParameter(lengthAt);
            }
        }
        return headerLength + descriptorLength;
    }

    private static void checkPages(final ScsiTask task, final int pagesAt) {
        final DirectBuffer list = task.buffer();
        final UnsafeBuffer current = new UnsafeBuffer(new byte[MAX_PAGE_LENGTH]);
        final UnsafeBuffer changeable = new UnsafeBuffer(new byte[MAX_PAGE_LENGTH]);
        int at = pagesAt;
        while (at < task.dataOutLength() && !task.failed()) {
            final int length = pageLength(list, at, task.dataOutLength());
            if (length < 0) {
                task.fail(Sense.PARAMETER_LIST_LENGTH_ERROR);
                return;
            }
            final int page = list.getByte(at) & 0x3F;
            final int subpage = (list.getByte(at) & 0x40) != 0 ? list.getByte(at + 1) & 0xFF : 0;
            final LogicalUnit unit = task.logicalUnit();
            final int known = ModePages.encode(current, 0, unit, page, subpage, ModePages.CURRENT);
            ModePages.encode(changeable, 0, unit, page, subpage, ModePages.CHANGEABLE);
            if (known == 0) {
                task.failParameter(at);
            } else if (known != length) {
                task.failParameter(at + 1);
            }
            for (int i = subpage == 0 ? 2 : 4; i < length && !task.failed(); i++) {
                final int changed = list.getByte(at + i) ^ current.getByte(i);
                if ((changed & ~changeable.getByte(i) & 0xFF) != 0) {
                    task.failParameter(at + i);
                }
            }
            at += length;
        }
    }

    /** Length of a page with its header, or -1 when it does not fit into the list. */
    private static int pageLength(final DirectBuffer list, final int at, final int end) {
        final boolean sub = (list.getByte(at) & 0x40) != 0;
        if (at + (sub ? 4 : 2) > end) {
            return -1;
        }
        final int length =
                sub
                        ? 4 + (list.getShort(at + 2, BIG_ENDIAN) & 0xFFFF)
                        : 2 + (list.getByte(at + 1) & 0xFF);
        return at + length > end ? -1 : length;
    }

    /** Returns whether anything is different now. */
    private static boolean apply(final ScsiTask task, final int pagesAt) {
        final DirectBuffer list = task.buffer();
        final LogicalUnit unit = task.logicalUnit();
        boolean changed = false;
        for (int at = pagesAt; at < task.dataOutLength(); ) {
            final int page = list.getByte(at) & 0x7F;
            if (page == ModePages.CACHING) {
                final boolean wce = (list.getByte(at + 2) & ModePages.WCE) != 0;
                changed |= wce != unit.volume().writeCache();
                unit.volume().writeCache(wce);
            } else if (page == ModePages.CONTROL) {
                final boolean dSense = (list.getByte(at + 2) & ModePages.D_SENSE) != 0;
                final boolean swp = (list.getByte(at + 4) & ModePages.SWP) != 0;
                final boolean tas = (list.getByte(at + 5) & ModePages.TAS) != 0;
                changed |=
                        dSense != unit.descriptorSense()
                                || swp != unit.softwareWriteProtect()
                                || tas != unit.taskAbortedStatus();
                unit.taskAbortedStatus(tas);
                unit.descriptorSense(dSense);
                unit.softwareWriteProtect(swp);
            }
            at += pageLength(list, at, task.dataOutLength());
        }
        return changed;
    }
}
