package io.gemel.nvme.admin;

import static io.gemel.nvme.wire.NvmeStructure.bits;

import io.gemel.core.lane.Task;
import io.gemel.core.status.Counter;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NamespaceMap;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.QueueConnection;
import io.gemel.nvme.subsystem.QueueCounters;
import io.gemel.nvme.wire.AnaGroupDescriptor;
import io.gemel.nvme.wire.AsynchronousEvent;
import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SmartLog;
import io.gemel.reservations.agreement.NodeReservations;
import io.gemel.reservations.agreement.VolumeReservations;
import io.gemel.reservations.nvme.ReservationRequest;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.TreeSet;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The Admin Queue of an I/O controller. Owner: the controller's home lane. */
public final class AdminQueue extends ControllerQueue {
    private static final int CSI_NVM = 0;
    private static final int CHANGED_NAMESPACES_LIMIT = 1024;
    private static final int ANA_OPTIMIZED = 1;
    private static final int ANA_RETURN_GROUPS_ONLY = 1;
    private static final int TEMPERATURE_K = 300;
    private static final int DATA_UNIT_BYTES = 512_000;
    private static final int NOT_ABORTED = 1;

    private static final int[] LOG_PAGES = {
        LogPage.SUPPORTED_LOG_PAGES,
        LogPage.ERROR_INFORMATION,
        LogPage.SMART,
        LogPage.FIRMWARE_SLOT,
        LogPage.CHANGED_NAMESPACE_LIST,
        LogPage.COMMANDS_SUPPORTED_AND_EFFECTS,
        LogPage.ANA
    };

    private final NodeReservations reservations;
    private final Features features;
    private final TreeSet<Integer> changedNamespaces = new TreeSet<>(Integer::compareUnsigned);
    private final long startNs;
    private int abortsUnderWay;

    /**
     * @param reservations null when this node keeps none
     */
    public AdminQueue(final NvmeController controller, final NodeReservations reservations) {
        super(controller, IdentifyPages.IO_EVENTS);
        this.reservations = reservations;
        this.features = new Features(controller, events());
        this.startNs = lane().nowNs();
    }

    @Override
    protected void admitOther(final NvmeCommand command) {
        switch (command.opcode()) {
            case Opcode.GET_FEATURES -> features.admitGet(command);
            case Opcode.SET_FEATURES -> features.admitSet(command);
            case Opcode.ABORT -> {
                if (abortsUnderWay == controller().subsystem().limits().aborts()) {
                    lane().counters().increment(Counter.NVME_ABORT_LIMIT);
                    command.status(NvmeStatus.ABORT_COMMAND_LIMIT_EXCEEDED);
                }
            }
            default -> command.status(NvmeStatus.INVALID_COMMAND_OPCODE);
        }
    }

    @Override
    protected boolean executeOther(final NvmeCommand command, final Task task) {
        switch (command.opcode()) {
            case Opcode.GET_FEATURES -> features.get(command, task);
            case Opcode.SET_FEATURES -> features.set(command, task);
            case Opcode.ABORT -> {
                return abort(command, task);
            }
            default -> command.status(NvmeStatus.INVALID_COMMAND_OPCODE);
        }
        return true;
    }

    // Abort: CDW10 SQID 15:0, CID 31:16

    private boolean abort(final NvmeCommand command, final Task task) {
        final int sqid = bits(command.sqe().cdw(10), 15, 0);
        final int commandId = bits(command.sqe().cdw(10), 31, 16);
        command.result(NOT_ABORTED);
        final QueueConnection queue = controller().queue(sqid);
        if (null == queue) {
            command.status(NvmeStatus.INVALID_FIELD_IN_COMMAND);
            return true;
        }
        if (0 == sqid && events().abort(commandId)) {
            controller()
                    .adminConnection()
                    .completeHeld(commandId, NvmeStatus.COMMAND_ABORT_REQUESTED, 0);
            command.result(0);
            return true;
        }
        abortsUnderWay++;
        if (queue.lane() == lane()) {
            // From a fresh stack: a task may not be stepped from within another one's call.
            lane().execute(
                            () ->
                                    queue.abortCommand(
                                            commandId,
                                            aborted -> onAborted(command, task, aborted)));
        } else {
            queue.lane()
                    .execute(
                            () ->
                                    queue.abortCommand(
                                            commandId,
                                            aborted ->
                                                    lane().execute(
                                                                    () ->
                                                                            onAborted(
                                                                                    command, task,
                                                                                    aborted))));
        }
        return false;
    }

    /**
     * The task waits for this in EXECUTING, even when its connection is gone, so its slot is still
     * ours.
     */
    private void onAborted(final NvmeCommand command, final Task task, final boolean aborted) {
        abortsUnderWay--;
        command.result(aborted ? 0 : NOT_ABORTED);
        task.executed();
    }

    // Identify

    @Override
    protected boolean isIdentifySupported(final NvmeSqe sqe) {
        return switch (cns(sqe)) {
            case Cns.NAMESPACE,
                    Cns.CONTROLLER,
                    Cns.ACTIVE_NAMESPACE_LIST,
                    Cns.NAMESPACE_DESCRIPTORS,
                    Cns.NAMESPACE_INDEPENDENT,
                    Cns.IO_COMMAND_SETS ->
                    true;
            case Cns.NAMESPACE_OF_COMMAND_SET,
                    Cns.CONTROLLER_OF_COMMAND_SET,
                    Cns.ACTIVE_NAMESPACE_LIST_OF_COMMAND_SET ->
                    CSI_NVM == csi(sqe);
            default -> false;
        };
    }

    private static int cns(final NvmeSqe sqe) {
        return bits(sqe.cdw(10), 7, 0);
    }

    private static int csi(final NvmeSqe sqe) {
        return bits(sqe.cdw(11), 31, 24);
    }

    @Override
    protected NvmeStatus identify(final NvmeSqe sqe, final MutableDirectBuffer data) {
        final NamespaceMap namespaces = controller().namespaces();
        final int nsid = sqe.nsid();
        final Namespace namespace = namespaces.find(nsid);
        switch (cns(sqe)) {
            case Cns.CONTROLLER ->
                    IdentifyPages.controller(
                            controller(), IdentifyPages.IO_EVENTS, null != reservations, data);
            case Cns.CONTROLLER_OF_COMMAND_SET -> IdentifyPages.controllerNvm(data);
            case Cns.ACTIVE_NAMESPACE_LIST, Cns.ACTIVE_NAMESPACE_LIST_OF_COMMAND_SET -> {
                if (Integer.compareUnsigned(nsid, 0xFFFF_FFFE) >= 0) {
                    return NvmeStatus.INVALID_NAMESPACE_OR_FORMAT;
                }
                IdentifyPages.namespaceList(namespaces, nsid, data);
            }
            case Cns.IO_COMMAND_SETS -> {
                return IdentifyPages.ioCommandSets(controller(), bits(sqe.cdw(10), 31, 16), data);
            }
            case Cns.NAMESPACE_DESCRIPTORS -> {
                if (null == namespace) {
                    return NvmeStatus.INVALID_NAMESPACE_OR_FORMAT;
                }
                IdentifyPages.descriptors(namespace, data);
            }
            default -> {
                if (!isValidNsid(nsid)) {
                    return NvmeStatus.INVALID_NAMESPACE_OR_FORMAT;
                }
                if (null != namespace) { // an inactive one reads as zeroes
                    switch (cns(sqe)) {
                        case Cns.NAMESPACE ->
                                IdentifyPages.namespace(namespace, rescap(namespace), data);
                        case Cns.NAMESPACE_INDEPENDENT ->
                                IdentifyPages.namespaceIndependent(
                                        namespace, rescap(namespace), data);
                        default -> {} // CNS 05h, NVM command set: no protection information
                    }
                }
            }
        }
        return NvmeStatus.SUCCESS;
    }

    private int rescap(final Namespace namespace) {
        final VolumeReservations its =
                null == reservations ? null : reservations.of(namespace.volume());
        return null == its ? 0 : ReservationRequest.rescap(its.canPersist());
    }

    private boolean isValidNsid(final int nsid) {
        return 0 != nsid && (nsid & 0xFFFF_FFFFL) <= controller().subsystem().largestNsid();
    }

    // log pages

    @Override
    protected NvmeStatus checkLogPage(final NvmeSqe sqe) {
        for (final int lid : LOG_PAGES) {
            if (lid == LogPage.lid(sqe)) {
                return checkLogNamespace(lid, sqe);
            }
        }
        return NvmeStatus.INVALID_LOG_PAGE;
    }

    private NvmeStatus checkLogNamespace(final int lid, final NvmeSqe sqe) {
        if (LogPage.SMART == lid && 0 != sqe.nsid() && Namespace.BROADCAST_NSID != sqe.nsid()) {
            return NvmeStatus.INVALID_FIELD_IN_COMMAND; // not kept per namespace (LPA bit 0)
        }
        if (LogPage.COMMANDS_SUPPORTED_AND_EFFECTS == lid && CSI_NVM != LogPage.csi(sqe)) {
            return NvmeStatus.INVALID_FIELD_IN_COMMAND;
        }
        return NvmeStatus.SUCCESS;
    }

    @Override
    protected byte[] logPage(final NvmeSqe sqe) {
        return switch (LogPage.lid(sqe)) {
            case LogPage.SUPPORTED_LOG_PAGES -> supportedLogPages(LOG_PAGES);
            case LogPage.ERROR_INFORMATION -> errorLog().page();
            case LogPage.SMART -> smart();
            case LogPage.FIRMWARE_SLOT -> firmwareSlot();
            case LogPage.CHANGED_NAMESPACE_LIST -> changedNamespaceList();
            case LogPage.COMMANDS_SUPPORTED_AND_EFFECTS -> EffectsLog.page(null != reservations);
            case LogPage.ANA -> ana(ANA_RETURN_GROUPS_ONLY == LogPage.lsp(sqe));
            default -> throw new IllegalStateException("log page " + LogPage.lid(sqe));
        };
    }

    /** LID 00h: one dword per identifier, bit 0 supported. */
    public static byte[] supportedLogPages(final int[] lids) {
        final UnsafeBuffer page = new UnsafeBuffer(new byte[LogPage.SUPPORTED_LOG_PAGES_LENGTH]);
        for (final int lid : lids) {
            page.putInt(4 * lid, 1, ByteOrder.LITTLE_ENDIAN);
        }
        return page.byteArray();
    }

    private byte[] smart() {
        long reads = 0;
        long writes = 0;
        long bytesRead = 0;
        long bytesWritten = 0;
        for (final QueueConnection queue : controller().ioQueues().values()) {
            final QueueCounters counters = queue.counters();
            reads += counters.reads();
            writes += counters.writes();
            bytesRead += counters.bytesRead();
            bytesWritten += counters.bytesWritten();
        }
        final UnsafeBuffer page = new UnsafeBuffer(new byte[SmartLog.LENGTH]);
        new SmartLog()
                .encode(page, 0)
                .compositeTemperature(TEMPERATURE_K)
                .availableSpare(100)
                .availableSpareThreshold(10)
                .hostReadCommands(reads)
                .hostWriteCommands(writes)
                .dataUnitsRead((bytesRead + DATA_UNIT_BYTES - 1) / DATA_UNIT_BYTES)
                .dataUnitsWritten((bytesWritten + DATA_UNIT_BYTES - 1) / DATA_UNIT_BYTES)
                .powerCycles(1)
                .powerOnHours(
                        java.util.concurrent.TimeUnit.NANOSECONDS.toHours(lane().nowNs() - startNs))
                .errorLogEntries(errorLog().count());
        return page.byteArray();
    }

    /** LID 03h: AFI = slot 1 active, FRS1. */
    private static byte[] firmwareSlot() {
        final byte[] page = new byte[LogPage.FIRMWARE_SLOT_LENGTH];
        page[0] = 1;
        final byte[] revision =
                String.format("%-8s", IdentifyPages.FIRMWARE).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(revision, 0, page, 8, 8);
        return page;
    }

    private byte[] changedNamespaceList() {
        final UnsafeBuffer page = new UnsafeBuffer(new byte[LogPage.CHANGED_NAMESPACE_LIST_LENGTH]);
        if (changedNamespaces.size() > CHANGED_NAMESPACES_LIMIT) {
            page.putInt(0, Namespace.BROADCAST_NSID, ByteOrder.LITTLE_ENDIAN);
        } else {
            int at = 0;
            for (final int nsid : changedNamespaces) {
                page.putInt(at, nsid, ByteOrder.LITTLE_ENDIAN);
                at += 4;
            }
        }
        return page.byteArray();
    }

    /** LID 0Ch: one group, optimized, with all namespaces. */
    private byte[] ana(final boolean groupsOnly) {
        final var namespaces = controller().namespaces().ascending();
        final int count = groupsOnly ? 0 : namespaces.size();
        final UnsafeBuffer page =
                new UnsafeBuffer(
                        new byte
                                [LogPage.ANA_HEADER_LENGTH
                                        + AnaGroupDescriptor.LENGTH
                                        + 4 * count]);
        page.putLong(0, 1, ByteOrder.LITTLE_ENDIAN); // change count: it has not changed
        page.putShort(8, (short) 1, ByteOrder.LITTLE_ENDIAN);
        new AnaGroupDescriptor()
                .encode(page, LogPage.ANA_HEADER_LENGTH)
                .anagrpid(IdentifyPages.ANA_GROUP)
                .nnsids(count)
                .changeCount(1)
                .state(ANA_OPTIMIZED);
        int at = LogPage.ANA_HEADER_LENGTH + AnaGroupDescriptor.LENGTH;
        for (int i = 0; i < count; i++) {
            page.putInt(at, namespaces.get(i).nsid(), ByteOrder.LITTLE_ENDIAN);
            at += 4;
        }
        return page.byteArray();
    }

    @Override
    protected void onLogRead(final int lid) {
        if (LogPage.CHANGED_NAMESPACE_LIST == lid) {
            changedNamespaces.clear();
        }
    }

    // what the controller tells

    @Override
    public void onNamespacesChanged(final Collection<Integer> nsids) {
        changedNamespaces.addAll(nsids);
        events().raise(AsynchronousEvent.NAMESPACE_ATTRIBUTE_CHANGED);
    }

    @Override
    public void onDiscoveryLogChanged() {
        // not a discovery controller
    }

    @Override
    public void onReset() {
        super.onReset();
        features.reset();
        changedNamespaces.clear();
    }
}
