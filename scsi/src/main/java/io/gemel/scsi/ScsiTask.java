package io.gemel.scsi;

import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.scsi.command.CommandDescriptor;
import io.gemel.scsi.command.CommandHandler;
import io.gemel.scsi.wire.Cdb;
import io.gemel.scsi.wire.SenseDataEncoder;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The SCSI part of a task: what was asked, what it needs, how it ended. One per task slot, reused.
 * Owner: the lane.
 *
 * <p>The transport fills in nexus, LUN and CDB; {@link io.gemel.scsi.command.DeviceServer} does the
 * rest.
 */
public class ScsiTask {
    private static final int NO_FIELD = -1;

    private final Cdb cdb = new Cdb();
    private Task task;
    private Lane lane;
    private ItNexus nexus;
    private int lun;
    private LogicalUnit logicalUnit;
    private CommandDescriptor descriptor;
    private int bufferBytes;
    private int dataOutLength;
    private int dataInLength;
    private long lba;
    private long blockCount;
    private int phase;
    private boolean withBlockCommand;
    private int status;
    private Sense sense;
    private boolean informationValid;
    private long information;
    private int fieldPointer;
    private boolean fieldInCdb;
    private int bitPointer;

    /** Begins with a new command; the CDB is to be filled in before. */
    public final void begin(
            final Task newTask, final Lane newLane, final ItNexus newNexus, final int newLun) {
        task = newTask;
        lane = newLane;
        nexus = newNexus;
        lun = newLun;
        logicalUnit = newNexus.luns().unit(newLun);
        descriptor = null;
        bufferBytes = 0;
        dataOutLength = 0;
        dataInLength = 0;
        lba = 0;
        blockCount = 0;
        phase = 0;
        withBlockCommand = false;
        status = ScsiStatus.GOOD;
        sense = null;
        informationValid = false;
        fieldPointer = NO_FIELD;
    }

    /** Drops references between two uses. */
    public final void end() {
        task = null;
        nexus = null;
        logicalUnit = null;
        descriptor = null;
    }

    public final Cdb cdb() {
        return cdb;
    }

    /** Null between two uses. */
    public final Task task() {
        return task;
    }

    /** The lane whose task it is. */
    public final Lane lane() {
        return lane;
    }

    public final ItNexus nexus() {
        return nexus;
    }

    /** 0 to {@link LunMap#MAX_LUN}, or -1 when the eight bytes were none that we understand. */
    public final int lun() {
        return lun;
    }

    /** Null when no logical unit is mapped there. */
    public final LogicalUnit logicalUnit() {
        return logicalUnit;
    }

    /** Null when the command is none that we support. */
    public final CommandDescriptor descriptor() {
        return descriptor;
    }

    public final void descriptor(final CommandDescriptor value) {
        descriptor = value;
    }

    /** The payload. */
    public final UnsafeBuffer buffer() {
        return task.buffer().buffer();
    }

    /** Bytes of buffer it needs; 0: none. */
    public final int bufferBytes() {
        return bufferBytes;
    }

    /** Bytes the command takes from the initiator by its CDB. */
    public final int dataOutLength() {
        return dataOutLength;
    }

    /** The command takes so many bytes from the initiator, into a buffer of at least that size. */
    public final void needsDataOut(final int lengthBytes, final int minBufferBytes) {
        dataOutLength = lengthBytes;
        bufferBytes = Math.max(lengthBytes, minBufferBytes);
    }

    public final void needsBuffer(final int lengthBytes) {
        bufferBytes = lengthBytes;
    }

    /** Bytes in the buffer, from its start, that the initiator is to get. */
    public final int dataInLength() {
        return dataInLength;
    }

    public final void dataInLength(final int lengthBytes) {
        dataInLength = lengthBytes;
    }

    public final long lba() {
        return lba;
    }

    public final long blockCount() {
        return blockCount;
    }

    public final void range(final long newLba, final long newBlockCount) {
        lba = newLba;
        blockCount = newBlockCount;
    }

    /** Which step of a command with several block commands is under way, from 0. */
    public final int phase() {
        return phase;
    }

    public final void phase(final int value) {
        phase = value;
    }

    /** Hands the task's block command to the I/O agent. */
    public final void submit() {
        withBlockCommand = true;
        task.submit();
    }

    /** Hands another block command to the I/O agent, from {@link CommandHandler#completed}. */
    public final void resubmit() {
        withBlockCommand = true;
        task.resubmit();
    }

    /** Whether a block command's result has not been looked at; asking takes it. */
    public final boolean takeBlockCommand() {
        final boolean taken = withBlockCommand;
        withBlockCommand = false;
        return taken;
    }

    /** As in {@link ScsiStatus}. */
    public final int status() {
        return status;
    }

    public final void status(final int value) {
        status = value;
    }

    public final boolean failed() {
        return status != ScsiStatus.GOOD;
    }

    /** With CHECK CONDITION only. */
    public final Sense sense() {
        return sense;
    }

    /** Ends in CHECK CONDITION. No data goes to the initiator. */
    public final void fail(final Sense reason) {
        status = ScsiStatus.CHECK_CONDITION;
        sense = reason;
        dataInLength = 0;
    }

    /** Ends in CHECK CONDITION with INFORMATION. */
    public final void fail(final Sense reason, final long info) {
        fail(reason);
        informationValid = true;
        information = info;
    }

    /** Ends in a status without sense data and without data. */
    public final void refuse(final int refusal) {
        status = refusal;
        sense = null;
        dataInLength = 0;
    }

    /** INVALID FIELD IN CDB at that byte and bit. */
    public final void failField(final int byteOffset, final int bit) {
        fail(Sense.INVALID_FIELD_IN_CDB);
        fieldPointer = byteOffset;
        fieldInCdb = true;
        bitPointer = bit;
    }

    /** INVALID FIELD IN PARAMETER LIST at that byte. */
    public final void failParameter(final int byteOffset) {
        fail(Sense.INVALID_FIELD_IN_PARAMETER_LIST);
        fieldPointer = byteOffset;
        fieldInCdb = false;
        bitPointer = -1;
    }

    /**
     * Writes the sense data of a CHECK CONDITION.
     *
     * @return its length in bytes, at most {@link SenseDataEncoder#MAX_LENGTH}
     */
    public final int encodeSense(final MutableDirectBuffer target, final int offset) {
        return SenseDataEncoder.encode(
                target,
                offset,
                logicalUnit != null && logicalUnit.descriptorSense(),
                sense.key(),
                sense.asc(),
                sense.ascq(),
                informationValid,
                information,
                fieldPointer,
                fieldInCdb,
                bitPointer);
    }
}
