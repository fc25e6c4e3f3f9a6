package io.gemel.scsi.command;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.core.volume.Volume;
import io.gemel.scsi.ScsiTask;
import io.gemel.scsi.Sense;
import io.gemel.scsi.wire.SenseDataEncoder;
import org.agrona.MutableDirectBuffer;

/** Small commands of SPC-4 and SBC-3. Stateless. */
final class BasicCommands {
    /** Size of the buffer that parameter data is built in. */
    static final int PARAMETER_BUFFER_BYTES = 4096;

    private BasicCommands() {}

    /** SPC-4 section 6.47. */
    static final CommandHandler TEST_UNIT_READY =
            new CommandHandler() {
                @Override
                public void prepare(final ScsiTask task) {}

                @Override
                public void execute(final ScsiTask task) {
                    task.task().executed();
                }
            };

    /**
     * SPC-4 section 6.39: a pending unit attention condition is reported as data, and so is over.
     */
    static final CommandHandler REQUEST_SENSE =
            new CommandHandler() {
                @Override
                public void prepare(final ScsiTask task) {
                    task.needsBuffer(PARAMETER_BUFFER_BYTES);
                }

                @Override
                public void execute(final ScsiTask task) {
                    Sense sense = Sense.NO_SENSE;
                    if (task.logicalUnit() == null) {
                        sense = Sense.LOGICAL_UNIT_NOT_SUPPORTED;
                    } else {
                        final Sense pending = task.nexus().unitAttentions(task.lun()).poll();
                        sense = pending == null ? sense : pending;
                    }
                    final boolean descriptorFormat = task.cdb().bit(1, 0);
                    final int length =
                            SenseDataEncoder.encode(
                                    task.buffer(),
                                    0,
                                    descriptorFormat,
                                    sense.key(),
                                    sense.asc(),
                                    sense.ascq(),
                                    false,
                                    0,
                                    -1,
                                    false,
                                    -1);
                    task.dataInLength(Math.min(length, task.cdb().u8(4)));
                    task.task().executed();
                }
            };

    /**
     * SBC-3 section 5.25. There is nothing to spin; stopping writes the cache back unless NO_FLUSH
     * says not to.
     */
    static final CommandHandler START_STOP_UNIT =
            new CommandHandler() {
                @Override
                public void prepare(final ScsiTask task) {
                    final int powerCondition = task.cdb().bits(4, 7, 4);
                    if (powerCondition != 0) {
                        task.failField(4, 7);
                    } else if (task.cdb().bit(4, 1)) { // LOEJ: the medium cannot be removed
                        task.failField(4, 1);
                    }
                }

                @Override
                public void execute(final ScsiTask task) {
                    final boolean start = task.cdb().bit(4, 0);
                    final boolean noFlush = task.cdb().bit(4, 2);
                    if (start || noFlush) {
                        task.task().executed();
                    } else {
                        task.task().command().flush(task.logicalUnit().volume());
                        task.submit();
                    }
                }
            };

    /** SBC-3 section 5.14. The medium cannot be removed, so there is nothing to prevent. */
    static final CommandHandler PREVENT_ALLOW =
            new CommandHandler() {
                @Override
                public void prepare(final ScsiTask task) {
                    if (task.cdb().bits(4, 1, 0) > 1) { // obsolete values
                        task.failField(4, 1);
                    }
                }

                @Override
                public void execute(final ScsiTask task) {
                    task.task().executed();
                }
            };

    /** SBC-3 section 5.15. */
    static final CommandHandler READ_CAPACITY_10 =
            new CommandHandler() {
                @Override
                public void prepare(final ScsiTask task) {
                    final boolean pmi = task.cdb().bit(8, 0);
                    if (!pmi && task.cdb().u32(2) != 0) {
                        task.failField(2, -1);
                    } else {
                        task.needsBuffer(PARAMETER_BUFFER_BYTES);
                    }
                }

                @Override
                public void execute(final ScsiTask task) {
                    final Volume volume = task.logicalUnit().volume();
                    final long last = Math.min(volume.blockCount() - 1, 0xFFFF_FFFFL);
                    task.buffer().putInt(0, (int) last, BIG_ENDIAN);
                    task.buffer().putInt(4, volume.blockSize(), BIG_ENDIAN);
                    task.dataInLength(8);
                    task.task().executed();
                }
            };

    /** SBC-3 section 5.16. */
    static final CommandHandler READ_CAPACITY_16 =
            new CommandHandler() {
                private static final int LENGTH = 32;
                private static final int LBPME = 0x80;
                private static final int LBPRZ = 0x40;

                @Override
                public void prepare(final ScsiTask task) {
                    task.needsBuffer(PARAMETER_BUFFER_BYTES);
                }

                @Override
                public void execute(final ScsiTask task) {
                    final Volume volume = task.logicalUnit().volume();
                    final MutableDirectBuffer data = task.buffer();
                    data.setMemory(0, LENGTH, (byte) 0);
                    data.putLong(0, volume.blockCount() - 1, BIG_ENDIAN);
                    data.putInt(8, volume.blockSize(), BIG_ENDIAN);
                    data.putByte(13, (byte) volume.physicalBlockExponent());
                    if (volume.thin()) {
                        data.putByte(14, (byte) (LBPME | LBPRZ));
                    }
                    task.dataInLength((int) Math.min(LENGTH, task.cdb().u32(10)));
                    task.task().executed();
                }
            };
}
