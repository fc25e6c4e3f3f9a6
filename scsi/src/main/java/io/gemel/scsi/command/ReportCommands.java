package io.gemel.scsi.command;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.scsi.LunMap;
import io.gemel.scsi.ScsiTask;
import org.agrona.MutableDirectBuffer;

/** The REPORT commands of SPC-4. Big-endian. */
final class ReportCommands {
    private ReportCommands() {}

    /** SPC-4 section 6.33. There are no well known logical units. */
    static final CommandHandler REPORT_LUNS =
            new CommandHandler() {
                private static final int HEADER_LENGTH = 8;
                private static final int WELL_KNOWN_ONLY = 1;
                private static final int ALL = 2;

                @Override
                public void prepare(final ScsiTask task) {
                    if (task.cdb().u8(2) > ALL) {
                        task.failField(2, -1);
                    } else {
                        task.needsBuffer(length(task));
                    }
                }

                private int length(final ScsiTask task) {
                    return HEADER_LENGTH + task.nexus().luns().luns().length * Long.BYTES;
                }

                @Override
                public void execute(final ScsiTask task) {
                    final MutableDirectBuffer data = task.buffer();
                    int length = HEADER_LENGTH;
                    if (task.cdb().u8(2) != WELL_KNOWN_ONLY) {
                        for (final int lun : task.nexus().luns().luns()) {
                            data.putLong(length, LunMap.encode(lun), BIG_ENDIAN);
                            length += Long.BYTES;
                        }
                    }
                    data.putLong(0, 0, BIG_ENDIAN);
                    data.putInt(0, length - HEADER_LENGTH, BIG_ENDIAN);
                    task.dataInLength((int) Math.min(length, task.cdb().u32(6)));
                    task.task().executed();
                }
            };

    /** SPC-4 section 6.36. */
    static final CommandHandler SUPPORTED_TASK_MANAGEMENT_FUNCTIONS =
            new CommandHandler() {
                private static final int ABORT_TASK = 0x80;
                private static final int ABORT_TASK_SET = 0x40;
                private static final int CLEAR_TASK_SET = 0x10;
                private static final int LOGICAL_UNIT_RESET = 0x08;
                private static final int TARGET_RESET = 0x02;

                @Override
                public void prepare(final ScsiTask task) {
                    task.needsBuffer(BasicCommands.PARAMETER_BUFFER_BYTES);
                }

                @Override
                public void execute(final ScsiTask task) {
                    final boolean extended = task.cdb().bit(2, 7);
                    final MutableDirectBuffer data = task.buffer();
                    data.setMemory(0, 16, (byte) 0);
                    data.putByte(
                            0,
                            (byte)
                                    (ABORT_TASK
                                            | ABORT_TASK_SET
                                            | CLEAR_TASK_SET
                                            | LOGICAL_UNIT_RESET
                                            | TARGET_RESET));
                    if (extended) {
                        data.putByte(3, (byte) 12); // additional length; TMFTMOV 0: no timeouts
                    }
                    task.dataInLength((int) Math.min(extended ? 16 : 4, task.cdb().u32(6)));
                    task.task().executed();
                }
            };

    /** SPC-4 section 6.35: the whole table, or one row of it. */
    static final class SupportedOperationCodes implements CommandHandler {
        private static final int ALL_COMMANDS = 0;
        private static final int ONE_WITHOUT_SERVICE_ACTION = 1;
        private static final int ONE_WITH_SERVICE_ACTION = 2;
        private static final int ONE_OF_EITHER_KIND = 3;
        private static final int TIMEOUTS_LENGTH = 12;
        private static final int NOT_SUPPORTED = 0x01;
        private static final int SUPPORTED = 0x03;
        private static final int CTDP_ONE = 0x80;
        private static final int CTDP_ALL = 0x02;
        private static final int SERVACTV = 0x01;

        private final CommandTable table;

        SupportedOperationCodes(final CommandTable table) {
            this.table = table;
        }

        @Override
        public void prepare(final ScsiTask task) {
            final int options = task.cdb().bits(2, 2, 0);
            final boolean hasActions = table.hasServiceActions(task.cdb().u8(3));
            if (options > ONE_OF_EITHER_KIND
                    || options == ONE_WITHOUT_SERVICE_ACTION && hasActions
                    || options == ONE_WITH_SERVICE_ACTION
                            && !hasActions
                            && table.find(task.cdb().u8(3)) != null) {
                task.failField(2, 2);
            } else {
                task.needsBuffer(BasicCommands.PARAMETER_BUFFER_BYTES);
            }
        }

        @Override
        public void execute(final ScsiTask task) {
            final boolean timeouts = task.cdb().bit(2, 7);
            final int length =
                    task.cdb().bits(2, 2, 0) == ALL_COMMANDS
                            ? encodeAll(task, timeouts)
                            : encodeOne(task, timeouts);
            task.dataInLength((int) Math.min(length, task.cdb().u32(6)));
            task.task().executed();
        }

        private int encodeAll(final ScsiTask task, final boolean timeouts) {
            final MutableDirectBuffer data = task.buffer();
            int at = 4;
            for (final CommandDescriptor command : table.all()) {
                if (!command.supportedBy().test(task.logicalUnit())) {
                    continue;
                }
                data.putLong(at, 0, BIG_ENDIAN);
                data.putByte(at, (byte) command.opcode());
                if (command.hasServiceAction()) {
                    data.putShort(at + 2, (short) command.serviceAction(), BIG_ENDIAN);
                }
                data.putByte(
                        at + 5,
                        (byte)
                                ((timeouts ? CTDP_ALL : 0)
                                        | (command.hasServiceAction() ? SERVACTV : 0)));
                data.putShort(at + 6, (short) command.cdbLength(), BIG_ENDIAN);
                at += 8;
                at += timeouts ? encodeTimeouts(data, at, command) : 0;
            }
            data.putInt(0, at - 4, BIG_ENDIAN);
            return at;
        }

        private int encodeOne(final ScsiTask task, final boolean timeouts) {
            final MutableDirectBuffer data = task.buffer();
            final int opcode = task.cdb().u8(3);
            final CommandDescriptor found =
                    table.hasServiceActions(opcode)
                            ? table.find(opcode, task.cdb().u16(4))
                            : table.find(opcode);
            data.putInt(0, 0, BIG_ENDIAN);
            if (found == null || !found.supportedBy().test(task.logicalUnit())) {
                data.putByte(1, (byte) NOT_SUPPORTED);
                return 4;
            }
            data.putByte(1, (byte) (SUPPORTED | (timeouts ? CTDP_ONE : 0)));
            data.putShort(2, (short) found.cdbLength(), BIG_ENDIAN);
            data.putBytes(4, found.usage());
            final int length = 4 + found.cdbLength();
            return length + (timeouts ? encodeTimeouts(data, length, found) : 0);
        }

        /** DESCRIPTOR LENGTH Ah, nominal time not given, recommended time in seconds. */
        private static int encodeTimeouts(
                final MutableDirectBuffer data, final int at, final CommandDescriptor command) {
            data.setMemory(at, TIMEOUTS_LENGTH, (byte) 0);
            data.putShort(at, (short) (TIMEOUTS_LENGTH - 2), BIG_ENDIAN);
            data.putInt(at + 8, command.recommendedTimeoutSeconds(), BIG_ENDIAN);
            return TIMEOUTS_LENGTH;
        }
    }
}
