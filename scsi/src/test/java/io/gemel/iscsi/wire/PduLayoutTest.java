package io.gemel.iscsi.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of every PDU against its place in RFC 7143 section 11: byte, bits, and nothing beside
 * it.
 */
class PduLayoutTest {
    private static final int GUARD = 16;
    private static final UnsafeBuffer BUFFER =
            new UnsafeBuffer(new byte[GUARD + BhsFlyweight.BHS_LENGTH + GUARD]);

    /**
     * One field: bits high..low of the big-endian number of {@code width} bytes at {@code offset}.
     */
    private record Field(
            String name,
            Runnable clear,
            int offset,
            int width,
            int high,
            int low,
            LongConsumer set,
            LongSupplier get) {
        long max() {
            return high - low == 63 ? -1L : (1L << high - low + 1) - 1;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Field> fields() {
        final List<Field> fields = new ArrayList<>();
        final ScsiCommandFlyweight scsiCommand = new ScsiCommandFlyweight();
        final Runnable clearScsiCommand = () -> scsiCommand.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "ScsiCommand.isImmediate",
                        clearScsiCommand,
                        0,
                        1,
                        6,
                        6,
                        value -> scsiCommand.isImmediate(value != 0),
                        () -> scsiCommand.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiCommand.dataSegmentLength",
                        clearScsiCommand,
                        4,
                        4,
                        23,
                        0,
                        value -> scsiCommand.dataSegmentLength((int) value),
                        () -> scsiCommand.dataSegmentLength()));
        fields.add(
                new Field(
                        "ScsiCommand.totalAhsLength",
                        clearScsiCommand,
                        4,
                        1,
                        7,
                        0,
                        value -> scsiCommand.totalAhsLength((int) value * 4),
                        () -> scsiCommand.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "ScsiCommand.initiatorTaskTag",
                        clearScsiCommand,
                        16,
                        4,
                        31,
                        0,
                        value -> scsiCommand.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(scsiCommand.initiatorTaskTag())));
        fields.add(
                new Field(
                        "ScsiCommand.lun",
                        clearScsiCommand,
                        8,
                        8,
                        63,
                        0,
                        value -> scsiCommand.lun(value),
                        () -> scsiCommand.lun()));
        fields.add(
                new Field(
                        "ScsiCommand.isFinal",
                        clearScsiCommand,
                        1,
                        1,
                        7,
                        7,
                        value -> scsiCommand.isFinal(value != 0),
                        () -> scsiCommand.isFinal() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiCommand.isRead",
                        clearScsiCommand,
                        1,
                        1,
                        6,
                        6,
                        value -> scsiCommand.isRead(value != 0),
                        () -> scsiCommand.isRead() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiCommand.isWrite",
                        clearScsiCommand,
                        1,
                        1,
                        5,
                        5,
                        value -> scsiCommand.isWrite(value != 0),
                        () -> scsiCommand.isWrite() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiCommand.taskAttribute",
                        clearScsiCommand,
                        1,
                        1,
                        2,
                        0,
                        value -> scsiCommand.taskAttribute((int) value),
                        () -> scsiCommand.taskAttribute()));
        fields.add(
                new Field(
                        "ScsiCommand.expectedDataTransferLength",
                        clearScsiCommand,
                        20,
                        4,
                        31,
                        0,
                        value -> scsiCommand.expectedDataTransferLength(value),
                        () -> scsiCommand.expectedDataTransferLength()));
        fields.add(
                new Field(
                        "ScsiCommand.cmdSn",
                        clearScsiCommand,
                        24,
                        4,
                        31,
                        0,
                        value -> scsiCommand.cmdSn((int) value),
                        () -> Integer.toUnsignedLong(scsiCommand.cmdSn())));
        fields.add(
                new Field(
                        "ScsiCommand.expStatSn",
                        clearScsiCommand,
                        28,
                        4,
                        31,
                        0,
                        value -> scsiCommand.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(scsiCommand.expStatSn())));
        final ScsiResponseFlyweight scsiResponse = new ScsiResponseFlyweight();
        final Runnable clearScsiResponse = () -> scsiResponse.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "ScsiResponse.isImmediate",
                        clearScsiResponse,
                        0,
                        1,
                        6,
                        6,
                        value -> scsiResponse.isImmediate(value != 0),
                        () -> scsiResponse.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiResponse.dataSegmentLength",
                        clearScsiResponse,
                        4,
                        4,
                        23,
                        0,
                        value -> scsiResponse.dataSegmentLength((int) value),
                        () -> scsiResponse.dataSegmentLength()));
        fields.add(
                new Field(
                        "ScsiResponse.totalAhsLength",
                        clearScsiResponse,
                        4,
                        1,
                        7,
                        0,
                        value -> scsiResponse.totalAhsLength((int) value * 4),
                        () -> scsiResponse.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "ScsiResponse.initiatorTaskTag",
                        clearScsiResponse,
                        16,
                        4,
                        31,
                        0,
                        value -> scsiResponse.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(scsiResponse.initiatorTaskTag())));
        fields.add(
                new Field(
                        "ScsiResponse.lun",
                        clearScsiResponse,
                        8,
                        8,
                        63,
                        0,
                        value -> scsiResponse.lun(value),
                        () -> scsiResponse.lun()));
        fields.add(
                new Field(
                        "ScsiResponse.isBidirectionalReadOverflow",
                        clearScsiResponse,
                        1,
                        1,
                        4,
                        4,
                        value -> scsiResponse.isBidirectionalReadOverflow(value != 0),
                        () -> scsiResponse.isBidirectionalReadOverflow() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiResponse.isBidirectionalReadUnderflow",
                        clearScsiResponse,
                        1,
                        1,
                        3,
                        3,
                        value -> scsiResponse.isBidirectionalReadUnderflow(value != 0),
                        () -> scsiResponse.isBidirectionalReadUnderflow() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiResponse.isOverflow",
                        clearScsiResponse,
                        1,
                        1,
                        2,
                        2,
                        value -> scsiResponse.isOverflow(value != 0),
                        () -> scsiResponse.isOverflow() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiResponse.isUnderflow",
                        clearScsiResponse,
                        1,
                        1,
                        1,
                        1,
                        value -> scsiResponse.isUnderflow(value != 0),
                        () -> scsiResponse.isUnderflow() ? 1 : 0));
        fields.add(
                new Field(
                        "ScsiResponse.response",
                        clearScsiResponse,
                        2,
                        1,
                        7,
                        0,
                        value -> scsiResponse.response((int) value),
                        () -> scsiResponse.response()));
        fields.add(
                new Field(
                        "ScsiResponse.status",
                        clearScsiResponse,
                        3,
                        1,
                        7,
                        0,
                        value -> scsiResponse.status((int) value),
                        () -> scsiResponse.status()));
        fields.add(
                new Field(
                        "ScsiResponse.snackTag",
                        clearScsiResponse,
                        20,
                        4,
                        31,
                        0,
                        value -> scsiResponse.snackTag((int) value),
                        () -> Integer.toUnsignedLong(scsiResponse.snackTag())));
        fields.add(
                new Field(
                        "ScsiResponse.statSn",
                        clearScsiResponse,
                        24,
                        4,
                        31,
                        0,
                        value -> scsiResponse.statSn((int) value),
                        () -> Integer.toUnsignedLong(scsiResponse.statSn())));
        fields.add(
                new Field(
                        "ScsiResponse.expCmdSn",
                        clearScsiResponse,
                        28,
                        4,
                        31,
                        0,
                        value -> scsiResponse.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(scsiResponse.expCmdSn())));
        fields.add(
                new Field(
                        "ScsiResponse.maxCmdSn",
                        clearScsiResponse,
                        32,
                        4,
                        31,
                        0,
                        value -> scsiResponse.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(scsiResponse.maxCmdSn())));
        fields.add(
                new Field(
                        "ScsiResponse.expDataSn",
                        clearScsiResponse,
                        36,
                        4,
                        31,
                        0,
                        value -> scsiResponse.expDataSn((int) value),
                        () -> Integer.toUnsignedLong(scsiResponse.expDataSn())));
        fields.add(
                new Field(
                        "ScsiResponse.bidirectionalReadResidualCount",
                        clearScsiResponse,
                        40,
                        4,
                        31,
                        0,
                        value -> scsiResponse.bidirectionalReadResidualCount(value),
                        () -> scsiResponse.bidirectionalReadResidualCount()));
        fields.add(
                new Field(
                        "ScsiResponse.residualCount",
                        clearScsiResponse,
                        44,
                        4,
                        31,
                        0,
                        value -> scsiResponse.residualCount(value),
                        () -> scsiResponse.residualCount()));
        final TaskManagementRequestFlyweight taskManagementRequest =
                new TaskManagementRequestFlyweight();
        final Runnable clearTaskManagementRequest =
                () -> taskManagementRequest.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "TaskManagementRequest.isImmediate",
                        clearTaskManagementRequest,
                        0,
                        1,
                        6,
                        6,
                        value -> taskManagementRequest.isImmediate(value != 0),
                        () -> taskManagementRequest.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "TaskManagementRequest.dataSegmentLength",
                        clearTaskManagementRequest,
                        4,
                        4,
                        23,
                        0,
                        value -> taskManagementRequest.dataSegmentLength((int) value),
                        () -> taskManagementRequest.dataSegmentLength()));
        fields.add(
                new Field(
                        "TaskManagementRequest.totalAhsLength",
                        clearTaskManagementRequest,
                        4,
                        1,
                        7,
                        0,
                        value -> taskManagementRequest.totalAhsLength((int) value * 4),
                        () -> taskManagementRequest.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "TaskManagementRequest.initiatorTaskTag",
                        clearTaskManagementRequest,
                        16,
                        4,
                        31,
                        0,
                        value -> taskManagementRequest.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(taskManagementRequest.initiatorTaskTag())));
        fields.add(
                new Field(
                        "TaskManagementRequest.lun",
                        clearTaskManagementRequest,
                        8,
                        8,
                        63,
                        0,
                        value -> taskManagementRequest.lun(value),
                        () -> taskManagementRequest.lun()));
        fields.add(
                new Field(
                        "TaskManagementRequest.function",
                        clearTaskManagementRequest,
                        1,
                        1,
                        6,
                        0,
                        value -> taskManagementRequest.function((int) value),
                        () -> taskManagementRequest.function()));
        fields.add(
                new Field(
                        "TaskManagementRequest.referencedTaskTag",
                        clearTaskManagementRequest,
                        20,
                        4,
                        31,
                        0,
                        value -> taskManagementRequest.referencedTaskTag((int) value),
                        () -> Integer.toUnsignedLong(taskManagementRequest.referencedTaskTag())));
        fields.add(
                new Field(
                        "TaskManagementRequest.cmdSn",
                        clearTaskManagementRequest,
                        24,
                        4,
                        31,
                        0,
                        value -> taskManagementRequest.cmdSn((int) value),
                        () -> Integer.toUnsignedLong(taskManagementRequest.cmdSn())));
        fields.add(
                new Field(
                        "TaskManagementRequest.expStatSn",
                        clearTaskManagementRequest,
                        28,
                        4,
                        31,
                        0,
                        value -> taskManagementRequest.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(taskManagementRequest.expStatSn())));
        fields.add(
                new Field(
                        "TaskManagementRequest.refCmdSn",
                        clearTaskManagementRequest,
                        32,
                        4,
                        31,
                        0,
                        value -> taskManagementRequest.refCmdSn((int) value),
                        () -> Integer.toUnsignedLong(taskManagementRequest.refCmdSn())));
        fields.add(
                new Field(
                        "TaskManagementRequest.expDataSn",
                        clearTaskManagementRequest,
                        36,
                        4,
                        31,
                        0,
                        value -> taskManagementRequest.expDataSn((int) value),
                        () -> Integer.toUnsignedLong(taskManagementRequest.expDataSn())));
        final TaskManagementResponseFlyweight taskManagementResponse =
                new TaskManagementResponseFlyweight();
        final Runnable clearTaskManagementResponse =
                () -> taskManagementResponse.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "TaskManagementResponse.isImmediate",
                        clearTaskManagementResponse,
                        0,
                        1,
                        6,
                        6,
                        value -> taskManagementResponse.isImmediate(value != 0),
                        () -> taskManagementResponse.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "TaskManagementResponse.dataSegmentLength",
                        clearTaskManagementResponse,
                        4,
                        4,
                        23,
                        0,
                        value -> taskManagementResponse.dataSegmentLength((int) value),
                        () -> taskManagementResponse.dataSegmentLength()));
        fields.add(
                new Field(
                        "TaskManagementResponse.totalAhsLength",
                        clearTaskManagementResponse,
                        4,
                        1,
                        7,
                        0,
                        value -> taskManagementResponse.totalAhsLength((int) value * 4),
                        () -> taskManagementResponse.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "TaskManagementResponse.initiatorTaskTag",
                        clearTaskManagementResponse,
                        16,
                        4,
                        31,
                        0,
                        value -> taskManagementResponse.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(taskManagementResponse.initiatorTaskTag())));
        fields.add(
                new Field(
                        "TaskManagementResponse.lun",
                        clearTaskManagementResponse,
                        8,
                        8,
                        63,
                        0,
                        value -> taskManagementResponse.lun(value),
                        () -> taskManagementResponse.lun()));
        fields.add(
                new Field(
                        "TaskManagementResponse.response",
                        clearTaskManagementResponse,
                        2,
                        1,
                        7,
                        0,
                        value -> taskManagementResponse.response((int) value),
                        () -> taskManagementResponse.response()));
        fields.add(
                new Field(
                        "TaskManagementResponse.statSn",
                        clearTaskManagementResponse,
                        24,
                        4,
                        31,
                        0,
                        value -> taskManagementResponse.statSn((int) value),
                        () -> Integer.toUnsignedLong(taskManagementResponse.statSn())));
        fields.add(
                new Field(
                        "TaskManagementResponse.expCmdSn",
                        clearTaskManagementResponse,
                        28,
                        4,
                        31,
                        0,
                        value -> taskManagementResponse.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(taskManagementResponse.expCmdSn())));
        fields.add(
                new Field(
                        "TaskManagementResponse.maxCmdSn",
                        clearTaskManagementResponse,
                        32,
                        4,
                        31,
                        0,
                        value -> taskManagementResponse.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(taskManagementResponse.maxCmdSn())));
        final DataOutFlyweight dataOut = new DataOutFlyweight();
        final Runnable clearDataOut = () -> dataOut.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "DataOut.isImmediate",
                        clearDataOut,
                        0,
                        1,
                        6,
                        6,
                        value -> dataOut.isImmediate(value != 0),
                        () -> dataOut.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "DataOut.dataSegmentLength",
                        clearDataOut,
                        4,
                        4,
                        23,
                        0,
                        value -> dataOut.dataSegmentLength((int) value),
                        () -> dataOut.dataSegmentLength()));
        fields.add(
                new Field(
                        "DataOut.totalAhsLength",
                        clearDataOut,
                        4,
                        1,
                        7,
                        0,
                        value -> dataOut.totalAhsLength((int) value * 4),
                        () -> dataOut.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "DataOut.initiatorTaskTag",
                        clearDataOut,
                        16,
                        4,
                        31,
                        0,
                        value -> dataOut.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(dataOut.initiatorTaskTag())));
        fields.add(
                new Field(
                        "DataOut.lun",
                        clearDataOut,
                        8,
                        8,
                        63,
                        0,
                        value -> dataOut.lun(value),
                        () -> dataOut.lun()));
        fields.add(
                new Field(
                        "DataOut.isFinal",
                        clearDataOut,
                        1,
                        1,
                        7,
                        7,
                        value -> dataOut.isFinal(value != 0),
                        () -> dataOut.isFinal() ? 1 : 0));
        fields.add(
                new Field(
                        "DataOut.targetTransferTag",
                        clearDataOut,
                        20,
                        4,
                        31,
                        0,
                        value -> dataOut.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(dataOut.targetTransferTag())));
        fields.add(
                new Field(
                        "DataOut.expStatSn",
                        clearDataOut,
                        28,
                        4,
                        31,
                        0,
                        value -> dataOut.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(dataOut.expStatSn())));
        fields.add(
                new Field(
                        "DataOut.dataSn",
                        clearDataOut,
                        36,
                        4,
                        31,
                        0,
                        value -> dataOut.dataSn((int) value),
                        () -> Integer.toUnsignedLong(dataOut.dataSn())));
        fields.add(
                new Field(
                        "DataOut.bufferOffset",
                        clearDataOut,
                        40,
                        4,
                        31,
                        0,
                        value -> dataOut.bufferOffset(value),
                        () -> dataOut.bufferOffset()));
        final DataInFlyweight dataIn = new DataInFlyweight();
        final Runnable clearDataIn = () -> dataIn.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "DataIn.isImmediate",
                        clearDataIn,
                        0,
                        1,
                        6,
                        6,
                        value -> dataIn.isImmediate(value != 0),
                        () -> dataIn.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "DataIn.dataSegmentLength",
                        clearDataIn,
                        4,
                        4,
                        23,
                        0,
                        value -> dataIn.dataSegmentLength((int) value),
                        () -> dataIn.dataSegmentLength()));
        fields.add(
                new Field(
                        "DataIn.totalAhsLength",
                        clearDataIn,
                        4,
                        1,
                        7,
                        0,
                        value -> dataIn.totalAhsLength((int) value * 4),
                        () -> dataIn.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "DataIn.initiatorTaskTag",
                        clearDataIn,
                        16,
                        4,
                        31,
                        0,
                        value -> dataIn.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(dataIn.initiatorTaskTag())));
        fields.add(
                new Field(
                        "DataIn.lun",
                        clearDataIn,
                        8,
                        8,
                        63,
                        0,
                        value -> dataIn.lun(value),
                        () -> dataIn.lun()));
        fields.add(
                new Field(
                        "DataIn.isFinal",
                        clearDataIn,
                        1,
                        1,
                        7,
                        7,
                        value -> dataIn.isFinal(value != 0),
                        () -> dataIn.isFinal() ? 1 : 0));
        fields.add(
                new Field(
                        "DataIn.isAcknowledge",
                        clearDataIn,
                        1,
                        1,
                        6,
                        6,
                        value -> dataIn.isAcknowledge(value != 0),
                        () -> dataIn.isAcknowledge() ? 1 : 0));
        fields.add(
                new Field(
                        "DataIn.isOverflow",
                        clearDataIn,
                        1,
                        1,
                        2,
                        2,
                        value -> dataIn.isOverflow(value != 0),
                        () -> dataIn.isOverflow() ? 1 : 0));
        fields.add(
                new Field(
                        "DataIn.isUnderflow",
                        clearDataIn,
                        1,
                        1,
                        1,
                        1,
                        value -> dataIn.isUnderflow(value != 0),
                        () -> dataIn.isUnderflow() ? 1 : 0));
        fields.add(
                new Field(
                        "DataIn.hasStatus",
                        clearDataIn,
                        1,
                        1,
                        0,
                        0,
                        value -> dataIn.hasStatus(value != 0),
                        () -> dataIn.hasStatus() ? 1 : 0));
        fields.add(
                new Field(
                        "DataIn.status",
                        clearDataIn,
                        3,
                        1,
                        7,
                        0,
                        value -> dataIn.status((int) value),
                        () -> dataIn.status()));
        fields.add(
                new Field(
                        "DataIn.targetTransferTag",
                        clearDataIn,
                        20,
                        4,
                        31,
                        0,
                        value -> dataIn.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(dataIn.targetTransferTag())));
        fields.add(
                new Field(
                        "DataIn.statSn",
                        clearDataIn,
                        24,
                        4,
                        31,
                        0,
                        value -> dataIn.statSn((int) value),
                        () -> Integer.toUnsignedLong(dataIn.statSn())));
        fields.add(
                new Field(
                        "DataIn.expCmdSn",
                        clearDataIn,
                        28,
                        4,
                        31,
                        0,
                        value -> dataIn.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(dataIn.expCmdSn())));
        fields.add(
                new Field(
                        "DataIn.maxCmdSn",
                        clearDataIn,
                        32,
                        4,
                        31,
                        0,
                        value -> dataIn.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(dataIn.maxCmdSn())));
        fields.add(
                new Field(
                        "DataIn.dataSn",
                        clearDataIn,
                        36,
                        4,
                        31,
                        0,
                        value -> dataIn.dataSn((int) value),
                        () -> Integer.toUnsignedLong(dataIn.dataSn())));
        fields.add(
                new Field(
                        "DataIn.bufferOffset",
                        clearDataIn,
                        40,
                        4,
                        31,
                        0,
                        value -> dataIn.bufferOffset(value),
                        () -> dataIn.bufferOffset()));
        fields.add(
                new Field(
                        "DataIn.residualCount",
                        clearDataIn,
                        44,
                        4,
                        31,
                        0,
                        value -> dataIn.residualCount(value),
                        () -> dataIn.residualCount()));
        final ReadyToTransferFlyweight readyToTransfer = new ReadyToTransferFlyweight();
        final Runnable clearReadyToTransfer = () -> readyToTransfer.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "ReadyToTransfer.isImmediate",
                        clearReadyToTransfer,
                        0,
                        1,
                        6,
                        6,
                        value -> readyToTransfer.isImmediate(value != 0),
                        () -> readyToTransfer.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "ReadyToTransfer.dataSegmentLength",
                        clearReadyToTransfer,
                        4,
                        4,
                        23,
                        0,
                        value -> readyToTransfer.dataSegmentLength((int) value),
                        () -> readyToTransfer.dataSegmentLength()));
        fields.add(
                new Field(
                        "ReadyToTransfer.totalAhsLength",
                        clearReadyToTransfer,
                        4,
                        1,
                        7,
                        0,
                        value -> readyToTransfer.totalAhsLength((int) value * 4),
                        () -> readyToTransfer.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "ReadyToTransfer.initiatorTaskTag",
                        clearReadyToTransfer,
                        16,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(readyToTransfer.initiatorTaskTag())));
        fields.add(
                new Field(
                        "ReadyToTransfer.lun",
                        clearReadyToTransfer,
                        8,
                        8,
                        63,
                        0,
                        value -> readyToTransfer.lun(value),
                        () -> readyToTransfer.lun()));
        fields.add(
                new Field(
                        "ReadyToTransfer.targetTransferTag",
                        clearReadyToTransfer,
                        20,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(readyToTransfer.targetTransferTag())));
        fields.add(
                new Field(
                        "ReadyToTransfer.statSn",
                        clearReadyToTransfer,
                        24,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.statSn((int) value),
                        () -> Integer.toUnsignedLong(readyToTransfer.statSn())));
        fields.add(
                new Field(
                        "ReadyToTransfer.expCmdSn",
                        clearReadyToTransfer,
                        28,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(readyToTransfer.expCmdSn())));
        fields.add(
                new Field(
                        "ReadyToTransfer.maxCmdSn",
                        clearReadyToTransfer,
                        32,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(readyToTransfer.maxCmdSn())));
        fields.add(
                new Field(
                        "ReadyToTransfer.r2tSn",
                        clearReadyToTransfer,
                        36,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.r2tSn((int) value),
                        () -> Integer.toUnsignedLong(readyToTransfer.r2tSn())));
        fields.add(
                new Field(
                        "ReadyToTransfer.bufferOffset",
                        clearReadyToTransfer,
                        40,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.bufferOffset(value),
                        () -> readyToTransfer.bufferOffset()));
        fields.add(
                new Field(
                        "ReadyToTransfer.desiredDataTransferLength",
                        clearReadyToTransfer,
                        44,
                        4,
                        31,
                        0,
                        value -> readyToTransfer.desiredDataTransferLength(value),
                        () -> readyToTransfer.desiredDataTransferLength()));
        final AsyncMessageFlyweight asyncMessage = new AsyncMessageFlyweight();
        final Runnable clearAsyncMessage = () -> asyncMessage.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "AsyncMessage.isImmediate",
                        clearAsyncMessage,
                        0,
                        1,
                        6,
                        6,
                        value -> asyncMessage.isImmediate(value != 0),
                        () -> asyncMessage.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "AsyncMessage.dataSegmentLength",
                        clearAsyncMessage,
                        4,
                        4,
                        23,
                        0,
                        value -> asyncMessage.dataSegmentLength((int) value),
                        () -> asyncMessage.dataSegmentLength()));
        fields.add(
                new Field(
                        "AsyncMessage.totalAhsLength",
                        clearAsyncMessage,
                        4,
                        1,
                        7,
                        0,
                        value -> asyncMessage.totalAhsLength((int) value * 4),
                        () -> asyncMessage.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "AsyncMessage.initiatorTaskTag",
                        clearAsyncMessage,
                        16,
                        4,
                        31,
                        0,
                        value -> asyncMessage.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(asyncMessage.initiatorTaskTag())));
        fields.add(
                new Field(
                        "AsyncMessage.lun",
                        clearAsyncMessage,
                        8,
                        8,
                        63,
                        0,
                        value -> asyncMessage.lun(value),
                        () -> asyncMessage.lun()));
        fields.add(
                new Field(
                        "AsyncMessage.statSn",
                        clearAsyncMessage,
                        24,
                        4,
                        31,
                        0,
                        value -> asyncMessage.statSn((int) value),
                        () -> Integer.toUnsignedLong(asyncMessage.statSn())));
        fields.add(
                new Field(
                        "AsyncMessage.expCmdSn",
                        clearAsyncMessage,
                        28,
                        4,
                        31,
                        0,
                        value -> asyncMessage.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(asyncMessage.expCmdSn())));
        fields.add(
                new Field(
                        "AsyncMessage.maxCmdSn",
                        clearAsyncMessage,
                        32,
                        4,
                        31,
                        0,
                        value -> asyncMessage.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(asyncMessage.maxCmdSn())));
        fields.add(
                new Field(
                        "AsyncMessage.asyncEvent",
                        clearAsyncMessage,
                        36,
                        1,
                        7,
                        0,
                        value -> asyncMessage.asyncEvent((int) value),
                        () -> asyncMessage.asyncEvent()));
        fields.add(
                new Field(
                        "AsyncMessage.asyncVCode",
                        clearAsyncMessage,
                        37,
                        1,
                        7,
                        0,
                        value -> asyncMessage.asyncVCode((int) value),
                        () -> asyncMessage.asyncVCode()));
        fields.add(
                new Field(
                        "AsyncMessage.parameter1",
                        clearAsyncMessage,
                        38,
                        2,
                        15,
                        0,
                        value -> asyncMessage.parameter1((int) value),
                        () -> asyncMessage.parameter1()));
        fields.add(
                new Field(
                        "AsyncMessage.parameter2",
                        clearAsyncMessage,
                        40,
                        2,
                        15,
                        0,
                        value -> asyncMessage.parameter2((int) value),
                        () -> asyncMessage.parameter2()));
        fields.add(
                new Field(
                        "AsyncMessage.parameter3",
                        clearAsyncMessage,
                        42,
                        2,
                        15,
                        0,
                        value -> asyncMessage.parameter3((int) value),
                        () -> asyncMessage.parameter3()));
        final TextRequestFlyweight textRequest = new TextRequestFlyweight();
        final Runnable clearTextRequest = () -> textRequest.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "TextRequest.isImmediate",
                        clearTextRequest,
                        0,
                        1,
                        6,
                        6,
                        value -> textRequest.isImmediate(value != 0),
                        () -> textRequest.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "TextRequest.dataSegmentLength",
                        clearTextRequest,
                        4,
                        4,
                        23,
                        0,
                        value -> textRequest.dataSegmentLength((int) value),
                        () -> textRequest.dataSegmentLength()));
        fields.add(
                new Field(
                        "TextRequest.totalAhsLength",
                        clearTextRequest,
                        4,
                        1,
                        7,
                        0,
                        value -> textRequest.totalAhsLength((int) value * 4),
                        () -> textRequest.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "TextRequest.initiatorTaskTag",
                        clearTextRequest,
                        16,
                        4,
                        31,
                        0,
                        value -> textRequest.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(textRequest.initiatorTaskTag())));
        fields.add(
                new Field(
                        "TextRequest.lun",
                        clearTextRequest,
                        8,
                        8,
                        63,
                        0,
                        value -> textRequest.lun(value),
                        () -> textRequest.lun()));
        fields.add(
                new Field(
                        "TextRequest.isFinal",
                        clearTextRequest,
                        1,
                        1,
                        7,
                        7,
                        value -> textRequest.isFinal(value != 0),
                        () -> textRequest.isFinal() ? 1 : 0));
        fields.add(
                new Field(
                        "TextRequest.isContinue",
                        clearTextRequest,
                        1,
                        1,
                        6,
                        6,
                        value -> textRequest.isContinue(value != 0),
                        () -> textRequest.isContinue() ? 1 : 0));
        fields.add(
                new Field(
                        "TextRequest.targetTransferTag",
                        clearTextRequest,
                        20,
                        4,
                        31,
                        0,
                        value -> textRequest.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(textRequest.targetTransferTag())));
        fields.add(
                new Field(
                        "TextRequest.cmdSn",
                        clearTextRequest,
                        24,
                        4,
                        31,
                        0,
                        value -> textRequest.cmdSn((int) value),
                        () -> Integer.toUnsignedLong(textRequest.cmdSn())));
        fields.add(
                new Field(
                        "TextRequest.expStatSn",
                        clearTextRequest,
                        28,
                        4,
                        31,
                        0,
                        value -> textRequest.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(textRequest.expStatSn())));
        final TextResponseFlyweight textResponse = new TextResponseFlyweight();
        final Runnable clearTextResponse = () -> textResponse.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "TextResponse.isImmediate",
                        clearTextResponse,
                        0,
                        1,
                        6,
                        6,
                        value -> textResponse.isImmediate(value != 0),
                        () -> textResponse.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "TextResponse.dataSegmentLength",
                        clearTextResponse,
                        4,
                        4,
                        23,
                        0,
                        value -> textResponse.dataSegmentLength((int) value),
                        () -> textResponse.dataSegmentLength()));
        fields.add(
                new Field(
                        "TextResponse.totalAhsLength",
                        clearTextResponse,
                        4,
                        1,
                        7,
                        0,
                        value -> textResponse.totalAhsLength((int) value * 4),
                        () -> textResponse.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "TextResponse.initiatorTaskTag",
                        clearTextResponse,
                        16,
                        4,
                        31,
                        0,
                        value -> textResponse.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(textResponse.initiatorTaskTag())));
        fields.add(
                new Field(
                        "TextResponse.lun",
                        clearTextResponse,
                        8,
                        8,
                        63,
                        0,
                        value -> textResponse.lun(value),
                        () -> textResponse.lun()));
        fields.add(
                new Field(
                        "TextResponse.isFinal",
                        clearTextResponse,
                        1,
                        1,
                        7,
                        7,
                        value -> textResponse.isFinal(value != 0),
                        () -> textResponse.isFinal() ? 1 : 0));
        fields.add(
                new Field(
                        "TextResponse.isContinue",
                        clearTextResponse,
                        1,
                        1,
                        6,
                        6,
                        value -> textResponse.isContinue(value != 0),
                        () -> textResponse.isContinue() ? 1 : 0));
        fields.add(
                new Field(
                        "TextResponse.targetTransferTag",
                        clearTextResponse,
                        20,
                        4,
                        31,
                        0,
                        value -> textResponse.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(textResponse.targetTransferTag())));
        fields.add(
                new Field(
                        "TextResponse.statSn",
                        clearTextResponse,
                        24,
                        4,
                        31,
                        0,
                        value -> textResponse.statSn((int) value),
                        () -> Integer.toUnsignedLong(textResponse.statSn())));
        fields.add(
                new Field(
                        "TextResponse.expCmdSn",
                        clearTextResponse,
                        28,
                        4,
                        31,
                        0,
                        value -> textResponse.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(textResponse.expCmdSn())));
        fields.add(
                new Field(
                        "TextResponse.maxCmdSn",
                        clearTextResponse,
                        32,
                        4,
                        31,
                        0,
                        value -> textResponse.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(textResponse.maxCmdSn())));
        final LoginRequestFlyweight loginRequest = new LoginRequestFlyweight();
        final Runnable clearLoginRequest = () -> loginRequest.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "LoginRequest.isImmediate",
                        clearLoginRequest,
                        0,
                        1,
                        6,
                        6,
                        value -> loginRequest.isImmediate(value != 0),
                        () -> loginRequest.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "LoginRequest.dataSegmentLength",
                        clearLoginRequest,
                        4,
                        4,
                        23,
                        0,
                        value -> loginRequest.dataSegmentLength((int) value),
                        () -> loginRequest.dataSegmentLength()));
        fields.add(
                new Field(
                        "LoginRequest.totalAhsLength",
                        clearLoginRequest,
                        4,
                        1,
                        7,
                        0,
                        value -> loginRequest.totalAhsLength((int) value * 4),
                        () -> loginRequest.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "LoginRequest.initiatorTaskTag",
                        clearLoginRequest,
                        16,
                        4,
                        31,
                        0,
                        value -> loginRequest.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(loginRequest.initiatorTaskTag())));
        fields.add(
                new Field(
                        "LoginRequest.isid",
                        clearLoginRequest,
                        8,
                        6,
                        47,
                        0,
                        value -> loginRequest.isid(value),
                        () -> loginRequest.isid()));
        fields.add(
                new Field(
                        "LoginRequest.isTransit",
                        clearLoginRequest,
                        1,
                        1,
                        7,
                        7,
                        value -> loginRequest.isTransit(value != 0),
                        () -> loginRequest.isTransit() ? 1 : 0));
        fields.add(
                new Field(
                        "LoginRequest.isContinue",
                        clearLoginRequest,
                        1,
                        1,
                        6,
                        6,
                        value -> loginRequest.isContinue(value != 0),
                        () -> loginRequest.isContinue() ? 1 : 0));
        fields.add(
                new Field(
                        "LoginRequest.currentStage",
                        clearLoginRequest,
                        1,
                        1,
                        3,
                        2,
                        value -> loginRequest.currentStage((int) value),
                        () -> loginRequest.currentStage()));
        fields.add(
                new Field(
                        "LoginRequest.nextStage",
                        clearLoginRequest,
                        1,
                        1,
                        1,
                        0,
                        value -> loginRequest.nextStage((int) value),
                        () -> loginRequest.nextStage()));
        fields.add(
                new Field(
                        "LoginRequest.versionMax",
                        clearLoginRequest,
                        2,
                        1,
                        7,
                        0,
                        value -> loginRequest.versionMax((int) value),
                        () -> loginRequest.versionMax()));
        fields.add(
                new Field(
                        "LoginRequest.versionMin",
                        clearLoginRequest,
                        3,
                        1,
                        7,
                        0,
                        value -> loginRequest.versionMin((int) value),
                        () -> loginRequest.versionMin()));
        fields.add(
                new Field(
                        "LoginRequest.tsih",
                        clearLoginRequest,
                        14,
                        2,
                        15,
                        0,
                        value -> loginRequest.tsih((int) value),
                        () -> loginRequest.tsih()));
        fields.add(
                new Field(
                        "LoginRequest.connectionId",
                        clearLoginRequest,
                        20,
                        2,
                        15,
                        0,
                        value -> loginRequest.connectionId((int) value),
                        () -> loginRequest.connectionId()));
        fields.add(
                new Field(
                        "LoginRequest.cmdSn",
                        clearLoginRequest,
                        24,
                        4,
                        31,
                        0,
                        value -> loginRequest.cmdSn((int) value),
                        () -> Integer.toUnsignedLong(loginRequest.cmdSn())));
        fields.add(
                new Field(
                        "LoginRequest.expStatSn",
                        clearLoginRequest,
                        28,
                        4,
                        31,
                        0,
                        value -> loginRequest.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(loginRequest.expStatSn())));
        final LoginResponseFlyweight loginResponse = new LoginResponseFlyweight();
        final Runnable clearLoginResponse = () -> loginResponse.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "LoginResponse.isImmediate",
                        clearLoginResponse,
                        0,
                        1,
                        6,
                        6,
                        value -> loginResponse.isImmediate(value != 0),
                        () -> loginResponse.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "LoginResponse.dataSegmentLength",
                        clearLoginResponse,
                        4,
                        4,
                        23,
                        0,
                        value -> loginResponse.dataSegmentLength((int) value),
                        () -> loginResponse.dataSegmentLength()));
        fields.add(
                new Field(
                        "LoginResponse.totalAhsLength",
                        clearLoginResponse,
                        4,
                        1,
                        7,
                        0,
                        value -> loginResponse.totalAhsLength((int) value * 4),
                        () -> loginResponse.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "LoginResponse.initiatorTaskTag",
                        clearLoginResponse,
                        16,
                        4,
                        31,
                        0,
                        value -> loginResponse.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(loginResponse.initiatorTaskTag())));
        fields.add(
                new Field(
                        "LoginResponse.isid",
                        clearLoginResponse,
                        8,
                        6,
                        47,
                        0,
                        value -> loginResponse.isid(value),
                        () -> loginResponse.isid()));
        fields.add(
                new Field(
                        "LoginResponse.isTransit",
                        clearLoginResponse,
                        1,
                        1,
                        7,
                        7,
                        value -> loginResponse.isTransit(value != 0),
                        () -> loginResponse.isTransit() ? 1 : 0));
        fields.add(
                new Field(
                        "LoginResponse.isContinue",
                        clearLoginResponse,
                        1,
                        1,
                        6,
                        6,
                        value -> loginResponse.isContinue(value != 0),
                        () -> loginResponse.isContinue() ? 1 : 0));
        fields.add(
                new Field(
                        "LoginResponse.currentStage",
                        clearLoginResponse,
                        1,
                        1,
                        3,
                        2,
                        value -> loginResponse.currentStage((int) value),
                        () -> loginResponse.currentStage()));
        fields.add(
                new Field(
                        "LoginResponse.nextStage",
                        clearLoginResponse,
                        1,
                        1,
                        1,
                        0,
                        value -> loginResponse.nextStage((int) value),
                        () -> loginResponse.nextStage()));
        fields.add(
                new Field(
                        "LoginResponse.versionMax",
                        clearLoginResponse,
                        2,
                        1,
                        7,
                        0,
                        value -> loginResponse.versionMax((int) value),
                        () -> loginResponse.versionMax()));
        fields.add(
                new Field(
                        "LoginResponse.versionActive",
                        clearLoginResponse,
                        3,
                        1,
                        7,
                        0,
                        value -> loginResponse.versionActive((int) value),
                        () -> loginResponse.versionActive()));
        fields.add(
                new Field(
                        "LoginResponse.tsih",
                        clearLoginResponse,
                        14,
                        2,
                        15,
                        0,
                        value -> loginResponse.tsih((int) value),
                        () -> loginResponse.tsih()));
        fields.add(
                new Field(
                        "LoginResponse.statSn",
                        clearLoginResponse,
                        24,
                        4,
                        31,
                        0,
                        value -> loginResponse.statSn((int) value),
                        () -> Integer.toUnsignedLong(loginResponse.statSn())));
        fields.add(
                new Field(
                        "LoginResponse.expCmdSn",
                        clearLoginResponse,
                        28,
                        4,
                        31,
                        0,
                        value -> loginResponse.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(loginResponse.expCmdSn())));
        fields.add(
                new Field(
                        "LoginResponse.maxCmdSn",
                        clearLoginResponse,
                        32,
                        4,
                        31,
                        0,
                        value -> loginResponse.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(loginResponse.maxCmdSn())));
        fields.add(
                new Field(
                        "LoginResponse.statusClass",
                        clearLoginResponse,
                        36,
                        1,
                        7,
                        0,
                        value -> loginResponse.statusClass((int) value),
                        () -> loginResponse.statusClass()));
        fields.add(
                new Field(
                        "LoginResponse.statusDetail",
                        clearLoginResponse,
                        37,
                        1,
                        7,
                        0,
                        value -> loginResponse.statusDetail((int) value),
                        () -> loginResponse.statusDetail()));
        final LogoutRequestFlyweight logoutRequest = new LogoutRequestFlyweight();
        final Runnable clearLogoutRequest = () -> logoutRequest.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "LogoutRequest.isImmediate",
                        clearLogoutRequest,
                        0,
                        1,
                        6,
                        6,
                        value -> logoutRequest.isImmediate(value != 0),
                        () -> logoutRequest.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "LogoutRequest.dataSegmentLength",
                        clearLogoutRequest,
                        4,
                        4,
                        23,
                        0,
                        value -> logoutRequest.dataSegmentLength((int) value),
                        () -> logoutRequest.dataSegmentLength()));
        fields.add(
                new Field(
                        "LogoutRequest.totalAhsLength",
                        clearLogoutRequest,
                        4,
                        1,
                        7,
                        0,
                        value -> logoutRequest.totalAhsLength((int) value * 4),
                        () -> logoutRequest.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "LogoutRequest.initiatorTaskTag",
                        clearLogoutRequest,
                        16,
                        4,
                        31,
                        0,
                        value -> logoutRequest.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(logoutRequest.initiatorTaskTag())));
        fields.add(
                new Field(
                        "LogoutRequest.reason",
                        clearLogoutRequest,
                        1,
                        1,
                        6,
                        0,
                        value -> logoutRequest.reason((int) value),
                        () -> logoutRequest.reason()));
        fields.add(
                new Field(
                        "LogoutRequest.connectionId",
                        clearLogoutRequest,
                        20,
                        2,
                        15,
                        0,
                        value -> logoutRequest.connectionId((int) value),
                        () -> logoutRequest.connectionId()));
        fields.add(
                new Field(
                        "LogoutRequest.cmdSn",
                        clearLogoutRequest,
                        24,
                        4,
                        31,
                        0,
                        value -> logoutRequest.cmdSn((int) value),
                        () -> Integer.toUnsignedLong(logoutRequest.cmdSn())));
        fields.add(
                new Field(
                        "LogoutRequest.expStatSn",
                        clearLogoutRequest,
                        28,
                        4,
                        31,
                        0,
                        value -> logoutRequest.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(logoutRequest.expStatSn())));
        final LogoutResponseFlyweight logoutResponse = new LogoutResponseFlyweight();
        final Runnable clearLogoutResponse = () -> logoutResponse.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "LogoutResponse.isImmediate",
                        clearLogoutResponse,
                        0,
                        1,
                        6,
                        6,
                        value -> logoutResponse.isImmediate(value != 0),
                        () -> logoutResponse.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "LogoutResponse.dataSegmentLength",
                        clearLogoutResponse,
                        4,
                        4,
                        23,
                        0,
                        value -> logoutResponse.dataSegmentLength((int) value),
                        () -> logoutResponse.dataSegmentLength()));
        fields.add(
                new Field(
                        "LogoutResponse.totalAhsLength",
                        clearLogoutResponse,
                        4,
                        1,
                        7,
                        0,
                        value -> logoutResponse.totalAhsLength((int) value * 4),
                        () -> logoutResponse.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "LogoutResponse.initiatorTaskTag",
                        clearLogoutResponse,
                        16,
                        4,
                        31,
                        0,
                        value -> logoutResponse.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(logoutResponse.initiatorTaskTag())));
        fields.add(
                new Field(
                        "LogoutResponse.response",
                        clearLogoutResponse,
                        2,
                        1,
                        7,
                        0,
                        value -> logoutResponse.response((int) value),
                        () -> logoutResponse.response()));
        fields.add(
                new Field(
                        "LogoutResponse.statSn",
                        clearLogoutResponse,
                        24,
                        4,
                        31,
                        0,
                        value -> logoutResponse.statSn((int) value),
                        () -> Integer.toUnsignedLong(logoutResponse.statSn())));
        fields.add(
                new Field(
                        "LogoutResponse.expCmdSn",
                        clearLogoutResponse,
                        28,
                        4,
                        31,
                        0,
                        value -> logoutResponse.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(logoutResponse.expCmdSn())));
        fields.add(
                new Field(
                        "LogoutResponse.maxCmdSn",
                        clearLogoutResponse,
                        32,
                        4,
                        31,
                        0,
                        value -> logoutResponse.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(logoutResponse.maxCmdSn())));
        fields.add(
                new Field(
                        "LogoutResponse.time2Wait",
                        clearLogoutResponse,
                        40,
                        2,
                        15,
                        0,
                        value -> logoutResponse.time2Wait((int) value),
                        () -> logoutResponse.time2Wait()));
        fields.add(
                new Field(
                        "LogoutResponse.time2Retain",
                        clearLogoutResponse,
                        42,
                        2,
                        15,
                        0,
                        value -> logoutResponse.time2Retain((int) value),
                        () -> logoutResponse.time2Retain()));
        final SnackFlyweight snack = new SnackFlyweight();
        final Runnable clearSnack = () -> snack.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "Snack.isImmediate",
                        clearSnack,
                        0,
                        1,
                        6,
                        6,
                        value -> snack.isImmediate(value != 0),
                        () -> snack.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "Snack.dataSegmentLength",
                        clearSnack,
                        4,
                        4,
                        23,
                        0,
                        value -> snack.dataSegmentLength((int) value),
                        () -> snack.dataSegmentLength()));
        fields.add(
                new Field(
                        "Snack.totalAhsLength",
                        clearSnack,
                        4,
                        1,
                        7,
                        0,
                        value -> snack.totalAhsLength((int) value * 4),
                        () -> snack.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "Snack.initiatorTaskTag",
                        clearSnack,
                        16,
                        4,
                        31,
                        0,
                        value -> snack.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(snack.initiatorTaskTag())));
        fields.add(
                new Field(
                        "Snack.lun",
                        clearSnack,
                        8,
                        8,
                        63,
                        0,
                        value -> snack.lun(value),
                        () -> snack.lun()));
        fields.add(
                new Field(
                        "Snack.type",
                        clearSnack,
                        1,
                        1,
                        3,
                        0,
                        value -> snack.type((int) value),
                        () -> snack.type()));
        fields.add(
                new Field(
                        "Snack.targetTransferTag",
                        clearSnack,
                        20,
                        4,
                        31,
                        0,
                        value -> snack.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(snack.targetTransferTag())));
        fields.add(
                new Field(
                        "Snack.expStatSn",
                        clearSnack,
                        28,
                        4,
                        31,
                        0,
                        value -> snack.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(snack.expStatSn())));
        fields.add(
                new Field(
                        "Snack.begRun",
                        clearSnack,
                        40,
                        4,
                        31,
                        0,
                        value -> snack.begRun(value),
                        () -> snack.begRun()));
        fields.add(
                new Field(
                        "Snack.runLength",
                        clearSnack,
                        44,
                        4,
                        31,
                        0,
                        value -> snack.runLength(value),
                        () -> snack.runLength()));
        final RejectFlyweight reject = new RejectFlyweight();
        final Runnable clearReject = () -> reject.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "Reject.isImmediate",
                        clearReject,
                        0,
                        1,
                        6,
                        6,
                        value -> reject.isImmediate(value != 0),
                        () -> reject.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "Reject.dataSegmentLength",
                        clearReject,
                        4,
                        4,
                        23,
                        0,
                        value -> reject.dataSegmentLength((int) value),
                        () -> reject.dataSegmentLength()));
        fields.add(
                new Field(
                        "Reject.totalAhsLength",
                        clearReject,
                        4,
                        1,
                        7,
                        0,
                        value -> reject.totalAhsLength((int) value * 4),
                        () -> reject.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "Reject.initiatorTaskTag",
                        clearReject,
                        16,
                        4,
                        31,
                        0,
                        value -> reject.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(reject.initiatorTaskTag())));
        fields.add(
                new Field(
                        "Reject.lun",
                        clearReject,
                        8,
                        8,
                        63,
                        0,
                        value -> reject.lun(value),
                        () -> reject.lun()));
        fields.add(
                new Field(
                        "Reject.reason",
                        clearReject,
                        2,
                        1,
                        7,
                        0,
                        value -> reject.reason((int) value),
                        () -> reject.reason()));
        fields.add(
                new Field(
                        "Reject.statSn",
                        clearReject,
                        24,
                        4,
                        31,
                        0,
                        value -> reject.statSn((int) value),
                        () -> Integer.toUnsignedLong(reject.statSn())));
        fields.add(
                new Field(
                        "Reject.expCmdSn",
                        clearReject,
                        28,
                        4,
                        31,
                        0,
                        value -> reject.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(reject.expCmdSn())));
        fields.add(
                new Field(
                        "Reject.maxCmdSn",
                        clearReject,
                        32,
                        4,
                        31,
                        0,
                        value -> reject.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(reject.maxCmdSn())));
        fields.add(
                new Field(
                        "Reject.dataSn",
                        clearReject,
                        36,
                        4,
                        31,
                        0,
                        value -> reject.dataSn((int) value),
                        () -> Integer.toUnsignedLong(reject.dataSn())));
        final NopOutFlyweight nopOut = new NopOutFlyweight();
        final Runnable clearNopOut = () -> nopOut.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "NopOut.isImmediate",
                        clearNopOut,
                        0,
                        1,
                        6,
                        6,
                        value -> nopOut.isImmediate(value != 0),
                        () -> nopOut.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "NopOut.dataSegmentLength",
                        clearNopOut,
                        4,
                        4,
                        23,
                        0,
                        value -> nopOut.dataSegmentLength((int) value),
                        () -> nopOut.dataSegmentLength()));
        fields.add(
                new Field(
                        "NopOut.totalAhsLength",
                        clearNopOut,
                        4,
                        1,
                        7,
                        0,
                        value -> nopOut.totalAhsLength((int) value * 4),
                        () -> nopOut.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "NopOut.initiatorTaskTag",
                        clearNopOut,
                        16,
                        4,
                        31,
                        0,
                        value -> nopOut.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(nopOut.initiatorTaskTag())));
        fields.add(
                new Field(
                        "NopOut.lun",
                        clearNopOut,
                        8,
                        8,
                        63,
                        0,
                        value -> nopOut.lun(value),
                        () -> nopOut.lun()));
        fields.add(
                new Field(
                        "NopOut.targetTransferTag",
                        clearNopOut,
                        20,
                        4,
                        31,
                        0,
                        value -> nopOut.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(nopOut.targetTransferTag())));
        fields.add(
                new Field(
                        "NopOut.cmdSn",
                        clearNopOut,
                        24,
                        4,
                        31,
                        0,
                        value -> nopOut.cmdSn((int) value),
                        () -> Integer.toUnsignedLong(nopOut.cmdSn())));
        fields.add(
                new Field(
                        "NopOut.expStatSn",
                        clearNopOut,
                        28,
                        4,
                        31,
                        0,
                        value -> nopOut.expStatSn((int) value),
                        () -> Integer.toUnsignedLong(nopOut.expStatSn())));
        final NopInFlyweight nopIn = new NopInFlyweight();
        final Runnable clearNopIn = () -> nopIn.wrapAndClear(BUFFER, GUARD);
        fields.add(
                new Field(
                        "NopIn.isImmediate",
                        clearNopIn,
                        0,
                        1,
                        6,
                        6,
                        value -> nopIn.isImmediate(value != 0),
                        () -> nopIn.isImmediate() ? 1 : 0));
        fields.add(
                new Field(
                        "NopIn.dataSegmentLength",
                        clearNopIn,
                        4,
                        4,
                        23,
                        0,
                        value -> nopIn.dataSegmentLength((int) value),
                        () -> nopIn.dataSegmentLength()));
        fields.add(
                new Field(
                        "NopIn.totalAhsLength",
                        clearNopIn,
                        4,
                        1,
                        7,
                        0,
                        value -> nopIn.totalAhsLength((int) value * 4),
                        () -> nopIn.totalAhsLength() / 4));
        fields.add(
                new Field(
                        "NopIn.initiatorTaskTag",
                        clearNopIn,
                        16,
                        4,
                        31,
                        0,
                        value -> nopIn.initiatorTaskTag((int) value),
                        () -> Integer.toUnsignedLong(nopIn.initiatorTaskTag())));
        fields.add(
                new Field(
                        "NopIn.lun",
                        clearNopIn,
                        8,
                        8,
                        63,
                        0,
                        value -> nopIn.lun(value),
                        () -> nopIn.lun()));
        fields.add(
                new Field(
                        "NopIn.targetTransferTag",
                        clearNopIn,
                        20,
                        4,
                        31,
                        0,
                        value -> nopIn.targetTransferTag((int) value),
                        () -> Integer.toUnsignedLong(nopIn.targetTransferTag())));
        fields.add(
                new Field(
                        "NopIn.statSn",
                        clearNopIn,
                        24,
                        4,
                        31,
                        0,
                        value -> nopIn.statSn((int) value),
                        () -> Integer.toUnsignedLong(nopIn.statSn())));
        fields.add(
                new Field(
                        "NopIn.expCmdSn",
                        clearNopIn,
                        28,
                        4,
                        31,
                        0,
                        value -> nopIn.expCmdSn((int) value),
                        () -> Integer.toUnsignedLong(nopIn.expCmdSn())));
        fields.add(
                new Field(
                        "NopIn.maxCmdSn",
                        clearNopIn,
                        32,
                        4,
                        31,
                        0,
                        value -> nopIn.maxCmdSn((int) value),
                        () -> Integer.toUnsignedLong(nopIn.maxCmdSn())));
        return fields;
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldTouchItsBitsOnlyWhenSet(final Field field) {
        for (final long value : new long[] {0, 1, field.max()}) {
            BUFFER.setMemory(0, BUFFER.capacity(), (byte) 0x5A);
            field.clear().run();
            final byte[] expected = BUFFER.byteArray().clone();
            for (int bit = 0; bit <= field.high() - field.low(); bit++) {
                final int place = bit + field.low();
                final int index = GUARD + field.offset() + field.width() - 1 - place / 8;
                final boolean one = (value >>> bit & 1) != 0;
                expected[index] =
                        (byte) (expected[index] & ~(1 << place % 8) | (one ? 1 << place % 8 : 0));
            }
            field.set().accept(value);
            assertThat(BUFFER.byteArray()).as("%s = %x", field, value).isEqualTo(expected);
            assertThat(field.get().getAsLong()).as("%s", field).isEqualTo(value);
        }
    }

    @Property(tries = 200)
    void shouldReadBackEveryValueWhenWritten(
            @ForAll final long random, @ForAll @LongRange(max = 1000) final long pick) {
        final List<Field> fields = fields();
        final Field field = fields.get((int) (pick % fields.size()));
        field.clear().run();
        field.set().accept(random & field.max());
        assertThat(field.get().getAsLong()).isEqualTo(random & field.max());
    }

    static List<BhsFlyweight> flyweights() {
        return List.of(
                new ScsiCommandFlyweight(),
                new ScsiResponseFlyweight(),
                new TaskManagementRequestFlyweight(),
                new TaskManagementResponseFlyweight(),
                new DataOutFlyweight(),
                new DataInFlyweight(),
                new ReadyToTransferFlyweight(),
                new AsyncMessageFlyweight(),
                new TextRequestFlyweight(),
                new TextResponseFlyweight(),
                new LoginRequestFlyweight(),
                new LoginResponseFlyweight(),
                new LogoutRequestFlyweight(),
                new LogoutResponseFlyweight(),
                new SnackFlyweight(),
                new RejectFlyweight(),
                new NopOutFlyweight(),
                new NopInFlyweight());
    }

    @ParameterizedTest
    @MethodSource("flyweights")
    void shouldRefuseToWrapWhenTruncatedAtAnyByte(final BhsFlyweight flyweight) {
        for (int length = 0; length < BhsFlyweight.BHS_LENGTH; length++) {
            final UnsafeBuffer truncated = new UnsafeBuffer(new byte[length]);
            assertThatThrownBy(() -> flyweight.wrapBhs(truncated, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldCarryItsOpcodeAndTheConstantBitWhenCleared() {
        assertHeader(new ScsiCommandFlyweight().wrapAndClear(BUFFER, GUARD), 0x01, 0);
        assertHeader(new ScsiResponseFlyweight().wrapAndClear(BUFFER, GUARD), 0x21, 0x80);
        assertHeader(new TaskManagementRequestFlyweight().wrapAndClear(BUFFER, GUARD), 0x02, 0x80);
        assertHeader(new TaskManagementResponseFlyweight().wrapAndClear(BUFFER, GUARD), 0x22, 0x80);
        assertHeader(new DataOutFlyweight().wrapAndClear(BUFFER, GUARD), 0x05, 0);
        assertHeader(new DataInFlyweight().wrapAndClear(BUFFER, GUARD), 0x25, 0);
        assertHeader(new ReadyToTransferFlyweight().wrapAndClear(BUFFER, GUARD), 0x31, 0x80);
        assertHeader(new AsyncMessageFlyweight().wrapAndClear(BUFFER, GUARD), 0x32, 0x80);
        assertHeader(new TextRequestFlyweight().wrapAndClear(BUFFER, GUARD), 0x04, 0);
        assertHeader(new TextResponseFlyweight().wrapAndClear(BUFFER, GUARD), 0x24, 0);
        assertHeader(new LoginRequestFlyweight().wrapAndClear(BUFFER, GUARD), 0x03, 0);
        assertHeader(new LoginResponseFlyweight().wrapAndClear(BUFFER, GUARD), 0x23, 0);
        assertHeader(new LogoutRequestFlyweight().wrapAndClear(BUFFER, GUARD), 0x06, 0x80);
        assertHeader(new LogoutResponseFlyweight().wrapAndClear(BUFFER, GUARD), 0x26, 0x80);
        assertHeader(new SnackFlyweight().wrapAndClear(BUFFER, GUARD), 0x10, 0x80);
        assertHeader(new RejectFlyweight().wrapAndClear(BUFFER, GUARD), 0x3F, 0x80);
        assertHeader(new NopOutFlyweight().wrapAndClear(BUFFER, GUARD), 0x00, 0x80);
        assertHeader(new NopInFlyweight().wrapAndClear(BUFFER, GUARD), 0x20, 0x80);
    }

    private static void assertHeader(final BhsFlyweight pdu, final int opcode, final int flags) {
        assertThat(pdu.opcode()).isEqualTo(opcode);
        assertThat(pdu.flags()).isEqualTo(flags);
    }
}
