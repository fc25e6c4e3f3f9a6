package io.gemel.nvme.admin;

import static io.gemel.nvme.wire.NvmeStructure.bit;
import static io.gemel.nvme.wire.NvmeStructure.bits;

import io.gemel.core.lane.Task;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.wire.Feature;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import org.agrona.MutableDirectBuffer;

/**
 * Get Features and Set Features of one controller. Owner: its home lane. Nothing is saveable: after
 * a controller reset every feature has its default again, except the volumes' write cache, which is
 * the volumes' own.
 */
public final class Features {
    private static final int SELECT_CURRENT = 0;
    private static final int SELECT_SUPPORTED_CAPABILITIES = 3;
    private static final int CAPABILITY_NAMESPACE_SPECIFIC = 0x02;
    private static final int CAPABILITY_CHANGEABLE = 0x04;
    private static final int HOST_ID_LENGTH = 16;
    private static final int OVER_TEMPERATURE_K = 343;
    private static final int TEMPERATURE_SENSORS = 9;
    private static final int ALL_SENSORS = 15;

    private final NvmeController controller;
    private final AsynchronousEvents events;
    private final boolean discovery;
    private final int[] overThreshold = new int[TEMPERATURE_SENSORS];
    private final int[] underThreshold = new int[TEMPERATURE_SENSORS];
    private final byte[] hostBehavior = new byte[Feature.HOST_BEHAVIOR_LENGTH];
    private int arbitration;
    private int errorRecovery;
    private int interruptCoalescing;
    private int writeAtomicity;

    public Features(final NvmeController controller, final AsynchronousEvents events) {
        this.controller = controller;
        this.events = events;
        this.discovery = controller.subsystem().isDiscovery();
        reset();
    }

    /** Everything at its default. */
    public void reset() {
        arbitration = 0;
        errorRecovery = 0;
        interruptCoalescing = 0;
        writeAtomicity = 0;
        java.util.Arrays.fill(overThreshold, 0xFFFF);
        java.util.Arrays.fill(underThreshold, 0);
        java.util.Arrays.fill(hostBehavior, (byte) 0);
        overThreshold[0] = OVER_TEMPERATURE_K;
    }

    private boolean isKnown(final int fid) {
        return switch (fid) {
            case Feature.ASYNCHRONOUS_EVENT_CONFIGURATION, Feature.KEEP_ALIVE_TIMER -> true;
            case Feature.ARBITRATION,
                    Feature.POWER_MANAGEMENT,
                    Feature.TEMPERATURE_THRESHOLD,
                    Feature.ERROR_RECOVERY,
                    Feature.NUMBER_OF_QUEUES,
                    Feature.INTERRUPT_COALESCING,
                    Feature.WRITE_ATOMICITY_NORMAL,
                    Feature.HOST_BEHAVIOR_SUPPORT,
                    Feature.IO_COMMAND_SET_PROFILE,
                    Feature.HOST_IDENTIFIER ->
                    !discovery;
            case Feature.VOLATILE_WRITE_CACHE -> !discovery && hasVolumes();
            default -> false;
        };
    }

    private boolean hasVolumes() {
        return !controller.namespaces().ascending().isEmpty();
    }

    private static boolean isChangeable(final int fid) {
        return Feature.HOST_IDENTIFIER != fid;
    }

    // Get Features

    /** Checks a Get Features command and sets the data it expects. */
    public void admitGet(final NvmeCommand command) {
        final NvmeSqe sqe = command.sqe();
        final int fid = bits(sqe.cdw(10), 7, 0);
        final int select = bits(sqe.cdw(10), 10, 8);
        if (!isKnown(fid) || select > SELECT_SUPPORTED_CAPABILITIES) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else if (SELECT_SUPPORTED_CAPABILITIES != select) {
            if (Feature.HOST_BEHAVIOR_SUPPORT == fid) {
                command.expect(DataDirection.TO_HOST, Feature.HOST_BEHAVIOR_LENGTH);
            } else if (Feature.HOST_IDENTIFIER == fid) {
                if (bit(sqe.cdw(11), 0)) {
                    command.expect(DataDirection.TO_HOST, HOST_ID_LENGTH);
                } else {
                    command.status(NvmeStatus.HOST_IDENTIFIER_INCONSISTENT_FORMAT);
                }
            }
        }
    }

    /** Executes Get Features. */
    public void get(final NvmeCommand command, final Task task) {
        final NvmeSqe sqe = command.sqe();
        final int fid = bits(sqe.cdw(10), 7, 0);
        final int select = bits(sqe.cdw(10), 10, 8);
        if (SELECT_SUPPORTED_CAPABILITIES == select) {
            command.result(
                    (isChangeable(fid) ? CAPABILITY_CHANGEABLE : 0)
                            | (Feature.ERROR_RECOVERY == fid ? CAPABILITY_NAMESPACE_SPECIFIC : 0));
            return;
        }
        final boolean current = SELECT_CURRENT == select;
        if (Feature.HOST_BEHAVIOR_SUPPORT == fid) {
            final MutableDirectBuffer data = task.buffer().buffer();
            data.setMemory(0, Feature.HOST_BEHAVIOR_LENGTH, (byte) 0);
            if (current) {
                data.putBytes(0, hostBehavior);
            }
        } else if (Feature.HOST_IDENTIFIER == fid) {
            task.buffer().buffer().putBytes(0, controller.hostId());
        } else {
            command.result(value(fid, sqe, current) & 0xFFFF_FFFFL);
        }
    }

    private int value(final int fid, final NvmeSqe sqe, final boolean current) {
        return switch (fid) {
            case Feature.ARBITRATION -> current ? arbitration : 0;
            case Feature.TEMPERATURE_THRESHOLD -> temperature(sqe.cdw(11), current);
            case Feature.ERROR_RECOVERY -> current ? errorRecovery : 0;
            case Feature.VOLATILE_WRITE_CACHE ->
                    IdentifyPages.hasWriteCache(controller.namespaces()) ? 1 : 0;
            case Feature.NUMBER_OF_QUEUES -> numberOfQueues();
            case Feature.INTERRUPT_COALESCING -> current ? interruptCoalescing : 0;
            case Feature.WRITE_ATOMICITY_NORMAL -> current ? writeAtomicity : 0;
            case Feature.ASYNCHRONOUS_EVENT_CONFIGURATION ->
                    current ? events.configuration() : events.supported();
            case Feature.KEEP_ALIVE_TIMER -> (int) controller.katoMs();
            default -> 0; // power state 0, I/O command set combination 0
        };
    }

    private int temperature(final int cdw11, final boolean current) {
        final int sensor = bits(cdw11, 19, 16);
        final boolean under = 1 == bits(cdw11, 21, 20);
        if (sensor >= TEMPERATURE_SENSORS) {
            return 0;
        }
        if (current) {
            return under ? underThreshold[sensor] : overThreshold[sensor];
        }
        return under ? 0 : 0 == sensor ? OVER_TEMPERATURE_K : 0xFFFF;
    }

    private int numberOfQueues() {
        final int queues = controller.subsystem().limits().ioQueuesPerController() - 1;
        return queues << 16 | queues; // NCQA 31:16, NSQA 15:0, 0's based
    }

    // Set Features

    /** Checks a Set Features command and sets the data it expects. */
    public void admitSet(final NvmeCommand command) {
        final NvmeSqe sqe = command.sqe();
        final int fid = bits(sqe.cdw(10), 7, 0);
        if (!isKnown(fid)) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else if (bit(sqe.cdw(10), 31)) {
            command.status(NvmeStatus.FEATURE_IDENTIFIER_NOT_SAVEABLE);
        } else if (Feature.HOST_IDENTIFIER == fid) {
            command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR); // Connect has set it
        } else if (Feature.HOST_BEHAVIOR_SUPPORT == fid) {
            command.expect(DataDirection.FROM_HOST, Feature.HOST_BEHAVIOR_LENGTH);
        }
    }

    /** Executes Set Features. */
    public void set(final NvmeCommand command, final Task task) {
        final NvmeSqe sqe = command.sqe();
        final int cdw11 = sqe.cdw(11);
        switch (bits(sqe.cdw(10), 7, 0)) {
            case Feature.ARBITRATION -> arbitration = cdw11;
            case Feature.POWER_MANAGEMENT -> {
                if (0 != bits(cdw11, 4, 0)) {
                    command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
                }
            }
            case Feature.TEMPERATURE_THRESHOLD -> setTemperature(command, cdw11);
            case Feature.ERROR_RECOVERY -> {
                if (bit(cdw11, 16)) { // DULBE: no deallocated block error
                    command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
                } else {
                    errorRecovery = cdw11;
                }
            }
            case Feature.VOLATILE_WRITE_CACHE -> {
                for (final Namespace namespace : controller.namespaces().ascending()) {
                    namespace.volume().writeCache(bit(cdw11, 0));
                }
            }
            case Feature.NUMBER_OF_QUEUES -> setNumberOfQueues(command, cdw11);
            case Feature.INTERRUPT_COALESCING -> interruptCoalescing = bits(cdw11, 15, 0);
            case Feature.WRITE_ATOMICITY_NORMAL -> writeAtomicity = bits(cdw11, 0, 0);
            case Feature.ASYNCHRONOUS_EVENT_CONFIGURATION -> events.configuration(cdw11);
            case Feature.KEEP_ALIVE_TIMER -> controller.kato(cdw11 & 0xFFFF_FFFFL);
            case Feature.HOST_BEHAVIOR_SUPPORT -> setHostBehavior(command, task);
            case Feature.IO_COMMAND_SET_PROFILE -> {
                if (0 != bits(cdw11, 8, 0)) {
                    command.status(NvmeStatus.IO_COMMAND_SET_COMBINATION_REJECTED);
                }
            }
            default -> command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        }
    }

    private void setTemperature(final NvmeCommand command, final int cdw11) {
        final int sensor = bits(cdw11, 19, 16);
        final int type = bits(cdw11, 21, 20);
        if (type > 1 || (sensor >= TEMPERATURE_SENSORS && ALL_SENSORS != sensor)) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
            return;
        }
        final int[] thresholds = 1 == type ? underThreshold : overThreshold;
        for (int i = 0; i < TEMPERATURE_SENSORS; i++) {
            if (i == sensor || ALL_SENSORS == sensor) {
                thresholds[i] = bits(cdw11, 15, 0);
            }
        }
    }

    private void setNumberOfQueues(final NvmeCommand command, final int cdw11) {
        if (0xFFFF == bits(cdw11, 31, 16) || 0xFFFF == bits(cdw11, 15, 0)) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else if (controller.hasIoQueues()) {
            command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR);
        } else {
            command.result(numberOfQueues() & 0xFFFF_FFFFL);
        }
    }

    private void setHostBehavior(final NvmeCommand command, final Task task) {
        final MutableDirectBuffer data = task.buffer().buffer();
        final int acre = data.getByte(0);
        final int etdas = data.getByte(1);
        final int lbafee = data.getByte(2);
        if (0 != (acre & ~1) || 0 != etdas || 0 != (lbafee & ~1)) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
        } else {
            data.getBytes(0, hostBehavior);
        }
    }
}
