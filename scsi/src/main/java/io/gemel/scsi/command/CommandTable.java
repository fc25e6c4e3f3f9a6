package io.gemel.scsi.command;

import static io.gemel.scsi.command.CommandDescriptor.NO_SERVICE_ACTION;

import io.gemel.scsi.LogicalUnit;
import io.gemel.scsi.wire.Cdb;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;

/**
 * The table of all commands: dispatch, REPORT SUPPORTED OPERATION CODES and the reservation gate
 * read the same rows. Immutable.
 */
public final class CommandTable {
    private static final int OPCODES = 256;
    private static final int SERVICE_ACTIONS = 32;
    private static final int MEDIUM_TIMEOUT_SECONDS = 30;
    private static final int OTHER_TIMEOUT_SECONDS = 10;
    private static final Predicate<LogicalUnit> EVERY_UNIT = unit -> true;
    private static final Predicate<LogicalUnit> RESERVABLE = unit -> unit.reservations() != null;
    private static final Predicate<LogicalUnit> THIN = unit -> unit.volume().thin();

    private final DeviceServer server;
    private final List<CommandDescriptor> all = new ArrayList<>();
    private final CommandDescriptor[] byOpcode = new CommandDescriptor[OPCODES];
    private final CommandDescriptor[][] byServiceAction = new CommandDescriptor[OPCODES][];

    CommandTable(final DeviceServer server) {
        this.server = server;
        // Usage data: SPC-4 clause 6, SBC-3 clause 5. 04 at the end: NACA is looked at (and
        // refused).
        add("TEST UNIT READY", "00 00 00 00 00 04", BasicCommands.TEST_UNIT_READY);
        add("REQUEST SENSE", "03 01 00 00 FF 04", BasicCommands.REQUEST_SENSE);
        add("INQUIRY", "12 01 FF FF FF 04", new InquiryCommand());
        add("MODE SELECT(6)", "15 11 00 00 FF 04", new ModeSelectCommand(server, false));
        add("MODE SENSE(6)", "1A 08 FF FF FF 04", new ModeSenseCommand(false));
        add("START STOP UNIT", "1B 01 00 00 F7 04", BasicCommands.START_STOP_UNIT);
        add("PREVENT ALLOW MEDIUM REMOVAL", "1E 00 00 00 03 04", BasicCommands.PREVENT_ALLOW);
        add("READ CAPACITY(10)", "25 00 FF FF FF FF 00 00 01 04", BasicCommands.READ_CAPACITY_10);
        add(
                "MODE SELECT(10)",
                "55 11 00 00 00 00 00 FF FF 04",
                new ModeSelectCommand(server, true));
        add("MODE SENSE(10)", "5A 18 FF FF 00 00 00 FF FF 04", new ModeSenseCommand(true));
        addAction(
                "READ CAPACITY(16)",
                "9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 04",
                BasicCommands.READ_CAPACITY_16);
        add("REPORT LUNS", "A0 00 FF 00 00 00 FF FF FF FF 00 04", ReportCommands.REPORT_LUNS);
        addAction(
                "REPORT SUPPORTED OPERATION CODES",
                "A3 0C 87 FF FF FF FF FF FF FF 00 04",
                new ReportCommands.SupportedOperationCodes(this));
        addAction(
                "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS",
                "A3 0D 80 00 00 00 FF FF FF FF 00 04",
                ReportCommands.SUPPORTED_TASK_MANAGEMENT_FUNCTIONS);

        final String lba4Length2 = " FF FF FF FF 00 FF FF 04";
        final String lba4Length4 = " FF FF FF FF FF FF FF FF 00 04";
        final String lba8Length4 = " FF FF FF FF FF FF FF FF FF FF FF FF 00 04";
        final String six = " 1F FF FF FF 04";

        add("READ(6)", "08" + six, new MediumCommands.Read(CdbFormat.SIX));
        add("READ(10)", "28 F8" + lba4Length2, new MediumCommands.Read(CdbFormat.TEN));
        add("READ(12)", "A8 F8" + lba4Length4, new MediumCommands.Read(CdbFormat.TWELVE));
        add("READ(16)", "88 F8" + lba8Length4, new MediumCommands.Read(CdbFormat.SIXTEEN));
        addWrite("WRITE(6)", "0A" + six, new MediumCommands.Write(CdbFormat.SIX));
        addWrite("WRITE(10)", "2A F8" + lba4Length2, new MediumCommands.Write(CdbFormat.TEN));
        addWrite("WRITE(12)", "AA F8" + lba4Length4, new MediumCommands.Write(CdbFormat.TWELVE));
        addWrite("WRITE(16)", "8A F8" + lba8Length4, new MediumCommands.Write(CdbFormat.SIXTEEN));
        addWrite(
                "WRITE AND VERIFY(10)",
                "2E F6" + lba4Length2,
                new MediumCommands.WriteAndVerify(CdbFormat.TEN));
        addWrite(
                "WRITE AND VERIFY(12)",
                "AE F6" + lba4Length4,
                new MediumCommands.WriteAndVerify(CdbFormat.TWELVE));
        addWrite(
                "WRITE AND VERIFY(16)",
                "8E F6" + lba8Length4,
                new MediumCommands.WriteAndVerify(CdbFormat.SIXTEEN));
        add("VERIFY(10)", "2F F6" + lba4Length2, new MediumCommands.Verify(CdbFormat.TEN));
        add("VERIFY(12)", "AF F6" + lba4Length4, new MediumCommands.Verify(CdbFormat.TWELVE));
        add("VERIFY(16)", "8F F6" + lba8Length4, new MediumCommands.Verify(CdbFormat.SIXTEEN));
        add(
                "SYNCHRONIZE CACHE(10)",
                "35 02" + lba4Length2,
                new MediumCommands.SynchronizeCache(CdbFormat.TEN));
        add(
                "SYNCHRONIZE CACHE(16)",
                "91 02" + lba8Length4,
                new MediumCommands.SynchronizeCache(CdbFormat.SIXTEEN));
        addWrite(
                "WRITE SAME(10)",
                "41 F8" + lba4Length2,
                new MediumCommands.WriteSame(CdbFormat.TEN));
        addWrite(
                "WRITE SAME(16)",
                "93 F9" + lba8Length4,
                new MediumCommands.WriteSame(CdbFormat.SIXTEEN));
        addReservations();
        addWrite(
                "COMPARE AND WRITE",
                "89 F8 FF FF FF FF FF FF FF FF 00 00 00 FF 00 04",
                new MediumCommands.CompareAndWrite());
        add(
                "UNMAP",
                "42 01 00 00 00 00 00 FF FF 04",
                NO_SERVICE_ACTION,
                true,
                MEDIUM_TIMEOUT_SECONDS,
                THIN,
                new UnmapCommand());
        all.sort(
                (a, b) ->
                        a.opcode() != b.opcode()
                                ? a.opcode() - b.opcode()
                                : a.serviceAction() - b.serviceAction());
    }

    private void addReservations() {
        final ReservationCommands.In in = new ReservationCommands.In();
        final ReservationCommands.Out out = new ReservationCommands.Out(server);
        final String[] inNames = {
            "READ KEYS", "READ RESERVATION", "REPORT CAPABILITIES", "READ FULL STATUS"
        };
        for (int action = 0; action < inNames.length; action++) {
            addReservation(
                    "PERSISTENT RESERVE IN " + inNames[action],
                    String.format("5E %02X 00 00 00 00 00 FF FF 04", action),
                    action,
                    in);
        }
        final String[] outNames = {
            "REGISTER",
            "RESERVE",
            "RELEASE",
            "CLEAR",
            "PREEMPT",
            "PREEMPT AND ABORT",
            "REGISTER AND IGNORE EXISTING KEY",
            "REGISTER AND MOVE",
            "REPLACE LOST RESERVATION"
        };
        for (int action = 0; action < outNames.length; action++) {
            addReservation(
                    "PERSISTENT RESERVE OUT " + outNames[action],
                    String.format("5F %02X FF 00 00 FF FF FF FF 04", action),
                    action,
                    out);
        }
        final CommandHandler reserve = new ReservationCommands.Spc2(true);
        final CommandHandler release = new ReservationCommands.Spc2(false);
        addReservation("RESERVE(6)", "16 00 00 00 00 04", NO_SERVICE_ACTION, reserve);
        addReservation("RELEASE(6)", "17 00 00 00 00 04", NO_SERVICE_ACTION, release);
        addReservation("RESERVE(10)", "56 00 00 00 00 00 00 00 00 04", NO_SERVICE_ACTION, reserve);
        addReservation("RELEASE(10)", "57 00 00 00 00 00 00 00 00 04", NO_SERVICE_ACTION, release);
    }

    private void addReservation(
            final String name, final String usage, final int action, final CommandHandler handler) {
        add(name, usage, action, false, OTHER_TIMEOUT_SECONDS, RESERVABLE, handler);
    }

    /** All rows, by operation code and service action. */
    public List<CommandDescriptor> all() {
        return all;
    }

    /** The row of a CDB, or null. */
    public CommandDescriptor find(final Cdb cdb) {
        final int opcode = cdb.opcode();
        final CommandDescriptor descriptor = byOpcode[opcode];
        if (descriptor != null || byServiceAction[opcode] == null) {
            return descriptor;
        }
        return byServiceAction[opcode][cdb.serviceAction()];
    }

    /** The row of an operation code that has no service actions, or null. */
    public CommandDescriptor find(final int opcode) {
        return byOpcode[opcode];
    }

    /** The row of an operation code and a service action, or null. */
    public CommandDescriptor find(final int opcode, final int serviceAction) {
        return byServiceAction[opcode] == null || serviceAction >= SERVICE_ACTIONS
                ? null
                : byServiceAction[opcode][serviceAction];
    }

    /** Whether an operation code goes on in a service action. */
    public boolean hasServiceActions(final int opcode) {
        return byServiceAction[opcode] != null;
    }

    private void add(final String name, final String usage, final CommandHandler handler) {
        add(name, usage, NO_SERVICE_ACTION, false, OTHER_TIMEOUT_SECONDS, EVERY_UNIT, handler);
    }

    private void addAction(final String name, final String usage, final CommandHandler handler) {
        final int action = HexFormat.fromHexDigits(usage.substring(3, 5));
        add(name, usage, action, false, OTHER_TIMEOUT_SECONDS, EVERY_UNIT, handler);
    }

    private void addWrite(final String name, final String usage, final CommandHandler handler) {
        add(name, usage, NO_SERVICE_ACTION, true, MEDIUM_TIMEOUT_SECONDS, EVERY_UNIT, handler);
    }

    private void add(
            final String name,
            final String usage,
            final int serviceAction,
            final boolean changesMedium,
            final int timeoutSeconds,
            final Predicate<LogicalUnit> supportedBy,
            final CommandHandler handler) {
        final byte[] bytes = HexFormat.of().parseHex(usage.replace(" ", ""));
        final int opcode = bytes[0] & 0xFF;
        final CommandDescriptor descriptor =
                new CommandDescriptor(
                        name,
                        opcode,
                        serviceAction,
                        bytes,
                        changesMedium,
                        timeoutSeconds,
                        supportedBy,
                        handler);
        if (serviceAction == NO_SERVICE_ACTION) {
            byOpcode[opcode] = descriptor;
        } else {
            if (byServiceAction[opcode] == null) {
                byServiceAction[opcode] = new CommandDescriptor[SERVICE_ACTIONS];
            }
            byServiceAction[opcode][serviceAction] = descriptor;
        }
        all.add(descriptor);
    }
}
