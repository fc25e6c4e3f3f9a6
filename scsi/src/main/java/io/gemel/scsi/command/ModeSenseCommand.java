package io.gemel.scsi.command;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.core.volume.Volume;
import io.gemel.scsi.ScsiTask;
import io.gemel.scsi.Sense;
import io.gemel.scsi.wire.Cdb;
import org.agrona.MutableDirectBuffer;

/** MODE SENSE(6) and (10): SPC-4 sections 6.13 and 6.14. Big-endian. */
final class ModeSenseCommand implements CommandHandler {
    private static final int DBD_BIT = 3;
    private static final int LLBAA_BIT = 4;
    private static final int WRITE_PROTECTED = 0x80;
    private static final int DPOFUA = 0x10;

    private final boolean ten;

    ModeSenseCommand(final boolean ten) {
        this.ten = ten;
    }

    @Override
    public void prepare(final ScsiTask task) {
        final Cdb cdb = task.cdb();
        boolean found = false;
        for (final int[] page : ModePages.PAGES) {
            found |= ModePages.isAsked(page[0], page[1], cdb.bits(2, 5, 0), cdb.u8(3));
        }
        if (!found) {
            task.failField(2, 5);
        } else if (cdb.bits(2, 7, 6) == ModePages.SAVED) {
            task.fail(Sense.SAVING_PARAMETERS_NOT_SUPPORTED);
        } else {
            task.needsBuffer(BasicCommands.PARAMETER_BUFFER_BYTES);
        }
    }

    @Override
    public void execute(final ScsiTask task) {
        final Cdb cdb = task.cdb();
        final MutableDirectBuffer data = task.buffer();
        final int headerLength = ten ? 8 : 4;
        data.setMemory(0, headerLength, (byte) 0);
        int length = headerLength;
        int descriptorLength = 0;
        if (!cdb.bit(1, DBD_BIT)) {
            final boolean longLba = ten && cdb.bit(1, LLBAA_BIT);
            descriptorLength =
                    encodeBlockDescriptor(data, length, task.logicalUnit().volume(), longLba);
            if (longLba) {
                data.putByte(4, (byte) 1);
            }
            length += descriptorLength;
        }
        for (final int[] page : ModePages.PAGES) {
            if (ModePages.isAsked(page[0], page[1], cdb.bits(2, 5, 0), cdb.u8(3))) {
                length +=
                        ModePages.encode(
                                data,
                                length,
                                task.logicalUnit(),
                                page[0],
                                page[1],
                                cdb.bits(2, 7, 6));
            }
        }
        final byte deviceSpecific =
                (byte) (DPOFUA | (task.logicalUnit().writeProtected() ? WRITE_PROTECTED : 0));
        if (ten) {
            data.putShort(0, (short) (length - 2), BIG_ENDIAN);
            data.putByte(3, deviceSpecific);
            data.putShort(6, (short) descriptorLength, BIG_ENDIAN);
        } else {
            data.putByte(0, (byte) (length - 1));
            data.putByte(2, deviceSpecific);
            data.putByte(3, (byte) descriptorLength);
        }
        task.dataInLength(Math.min(length, ten ? cdb.u16(7) : cdb.u8(4)));
        task.task().executed();
    }

    /**
     * Short form: blocks 4, reserved, block length 3. Long form: blocks 8, reserved 4, block length
     * 4.
     */
    private static int encodeBlockDescriptor(
            final MutableDirectBuffer data,
            final int at,
            final Volume volume,
            final boolean longLba) {
        if (longLba) {
            data.putLong(at, volume.blockCount(), BIG_ENDIAN);
            data.putLong(at + 8, volume.blockSize(), BIG_ENDIAN);
            return 16;
        }
        data.putInt(at, (int) Math.min(volume.blockCount(), 0xFFFF_FFFFL), BIG_ENDIAN);
        data.putInt(at + 4, volume.blockSize(), BIG_ENDIAN);
        return 8;
    }
}
