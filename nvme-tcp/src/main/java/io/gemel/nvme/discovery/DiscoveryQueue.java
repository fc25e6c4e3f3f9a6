package io.gemel.nvme.discovery;

import static io.gemel.nvme.wire.NvmeStructure.bits;

import io.gemel.core.lane.Task;
import io.gemel.nvme.admin.AdminQueue;
import io.gemel.nvme.admin.ControllerQueue;
import io.gemel.nvme.admin.Features;
import io.gemel.nvme.admin.IdentifyPages;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.wire.AsynchronousEvent;
import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.LogPage;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import java.util.Collection;
import org.agrona.MutableDirectBuffer;

/**
 * The Admin Queue of a discovery controller; persistent when the host gives a keep alive timeout.
 * Owner: its home lane.
 */
public final class DiscoveryQueue extends ControllerQueue {
    private static final int EVENTS = AsynchronousEvent.DISCOVERY_LOG_CHANGE.mask();
    private static final int[] LOG_PAGES = {
        LogPage.SUPPORTED_LOG_PAGES, LogPage.ERROR_INFORMATION, LogPage.DISCOVERY
    };

    private final DiscoveryService service;
    private final Features features;

    public DiscoveryQueue(final NvmeController controller, final DiscoveryService service) {
        super(controller, EVENTS);
        this.service = service;
        this.features = new Features(controller, events());
    }

    @Override
    protected void admitOther(final NvmeCommand command) {
        switch (command.opcode()) {
            case Opcode.GET_FEATURES -> features.admitGet(command);
            case Opcode.SET_FEATURES -> features.admitSet(command);
            default -> command.status(NvmeStatus.INVALID_COMMAND_OPCODE);
        }
    }

    @Override
    protected boolean executeOther(final NvmeCommand command, final Task task) {
        if (Opcode.GET_FEATURES == command.opcode()) {
            features.get(command, task);
        } else {
            features.set(command, task);
        }
        return true;
    }

    @Override
    protected boolean isIdentifySupported(final NvmeSqe sqe) {
        return Cns.CONTROLLER == bits(sqe.cdw(10), 7, 0);
    }

    @Override
    protected NvmeStatus identify(final NvmeSqe sqe, final MutableDirectBuffer data) {
        IdentifyPages.controller(controller(), EVENTS, false, data);
        return NvmeStatus.SUCCESS;
    }

    @Override
    protected NvmeStatus checkLogPage(final NvmeSqe sqe) {
        return switch (LogPage.lid(sqe)) {
            case LogPage.SUPPORTED_LOG_PAGES, LogPage.ERROR_INFORMATION, LogPage.DISCOVERY ->
                    NvmeStatus.SUCCESS;
            default -> NvmeStatus.INVALID_LOG_PAGE;
        };
    }

    @Override
    protected byte[] logPage(final NvmeSqe sqe) {
        return switch (LogPage.lid(sqe)) {
            case LogPage.SUPPORTED_LOG_PAGES -> AdminQueue.supportedLogPages(LOG_PAGES);
            case LogPage.ERROR_INFORMATION -> errorLog().page();
            default ->
                    service.page(
                            controller().hostNqn(), controller().adminConnection().localAddress());
        };
    }

    @Override
    protected void onLogRead(final int lid) {
        // events are cleared by the base class; there is nothing else to forget
    }

    @Override
    public void onNamespacesChanged(final Collection<Integer> nsids) {
        // a discovery subsystem has none
    }

    @Override
    public void onDiscoveryLogChanged() {
        events().raise(AsynchronousEvent.DISCOVERY_LOG_CHANGE);
    }

    @Override
    public void onReset() {
        super.onReset();
        features.reset();
    }
}
