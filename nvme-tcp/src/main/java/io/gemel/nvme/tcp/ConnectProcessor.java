package io.gemel.nvme.tcp;

import io.gemel.core.lane.Task;
import io.gemel.core.status.Counter;
import io.gemel.nvme.admin.AdminQueue;
import io.gemel.nvme.admin.ControllerQueue;
import io.gemel.nvme.discovery.DiscoveryQueue;
import io.gemel.nvme.io.IoQueue;
import io.gemel.nvme.subsystem.CommandProcessor;
import io.gemel.nvme.subsystem.DataDirection;
import io.gemel.nvme.subsystem.NvmeCommand;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.NvmeSubsystem;
import io.gemel.nvme.wire.ConnectData;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.Opcode;
import java.util.Arrays;

/**
 * The only command of a connection that carries no queue yet: Connect. An invalid parameter is told
 * by its offset (IPO) and by whether it lies in the SQE or in the data (IATTR). Owner: the
 * connection's lane.
 */
final class ConnectProcessor implements CommandProcessor {
    private static final int IPO_RECFMT = 40;
    private static final int IPO_QID = 42;
    private static final int IPO_SQSIZE = 44;
    private static final int IATTR_DATA = 1 << 16;

    private final NvmeTcpServer server;
    private final NvmeTcpConnection connection;
    private final boolean discoveryOnly;

    ConnectProcessor(
            final NvmeTcpServer server,
            final NvmeTcpConnection connection,
            final boolean discoveryOnly) {
        this.server = server;
        this.connection = connection;
        this.discoveryOnly = discoveryOnly;
    }

    @Override
    public void admit(final NvmeCommand command) {
        final NvmeSqe sqe = command.sqe();
        if (Opcode.FABRICS != command.opcode() || Opcode.FCTYPE_CONNECT != sqe.fctype()) {
            command.status(NvmeStatus.COMMAND_SEQUENCE_ERROR);
        } else if (0 != sqe.recfmt()) {
            command.status(NvmeStatus.CONNECT_INCOMPATIBLE_FORMAT);
            command.result(IPO_RECFMT);
        } else {
            command.expect(DataDirection.FROM_HOST, ConnectData.LENGTH);
        }
    }

    @Override
    public void execute(final NvmeCommand command, final Task task) {
        final ConnectData data = new ConnectData().wrap(task.buffer().buffer(), 0);
        if (!connect(command, data)) {
            connection.lane().counters().increment(Counter.NVME_CONNECT_REFUSED);
        }
        task.executed();
    }

    @Override
    public void ended(final NvmeCommand command, final Task task) {
        throw new IllegalStateException("Connect submits no block command");
    }

    private boolean connect(final NvmeCommand command, final ConnectData data) {
        final NvmeSqe sqe = command.sqe();
        if (!data.isNqn(ConnectData.SUBNQN_OFFSET)) {
            return invalid(command, IATTR_DATA | ConnectData.SUBNQN_OFFSET);
        }
        // A host's name need not be an NQN: SPDK's perf sends an empty one. Whether it may connect
        // is for the access list to say.
        if (!data.isTerminated(ConnectData.HOSTNQN_OFFSET)) {
            return invalid(command, IATTR_DATA | ConnectData.HOSTNQN_OFFSET);
        }
        final NvmeSubsystem subsystem = server.subsystem(data.subnqn());
        if (null == subsystem || (discoveryOnly && !subsystem.isDiscovery())) {
            return invalid(command, IATTR_DATA | ConnectData.SUBNQN_OFFSET);
        }
        final byte[] hostId = data.hostId();
        if (!subsystem.isDiscovery() && Arrays.equals(hostId, new byte[hostId.length])) {
            return invalid(command, IATTR_DATA | ConnectData.HOSTID_OFFSET);
        }
        if (!subsystem.access().isAllowed(data.hostnqn())) {
            command.status(NvmeStatus.CONNECT_INVALID_HOST);
            return false;
        }
        if (0 == sqe.sqsize() || sqe.sqsize() >= subsystem.limits().queueEntries()) {
            return invalid(command, IPO_SQSIZE);
        }
        return 0 == sqe.qid()
                ? connectAdmin(command, data, subsystem)
                : connectIo(command, data, subsystem);
    }

    private boolean connectAdmin(
            final NvmeCommand command, final ConnectData data, final NvmeSubsystem subsystem) {
        final NvmeSqe sqe = command.sqe();
        if (ConnectData.DYNAMIC_CNTLID != data.cntlid()) {
            return invalid(command, IATTR_DATA | ConnectData.CNTLID_OFFSET);
        }
        if (server.isTakenHostId(data.hostId())) {
            return invalid(command, IATTR_DATA | ConnectData.HOSTID_OFFSET);
        }
        final NvmeController controller =
                subsystem.createController(
                        data.hostnqn(), data.hostId(), connection, sqe.sqsize(), sqe.kato());
        if (null == controller) {
            connection.lane().counters().increment(Counter.NVME_CONTROLLERS_FULL);
            command.status(NvmeStatus.CONNECT_CONTROLLER_BUSY);
            return false;
        }
        final ControllerQueue queue =
                subsystem.isDiscovery()
                        ? new DiscoveryQueue(controller, server.discovery())
                        : new AdminQueue(controller, server.reservations());
        controller.start(queue);
        connection.lane().counters().increment(Counter.NVME_CONTROLLERS_CREATED);
        connection.connectedAdmin(controller, queue, sqe.sqsize(), sqe.cattr());
        command.result(controller.cntlid());
        return true;
    }

    private boolean connectIo(
            final NvmeCommand command, final ConnectData data, final NvmeSubsystem subsystem) {
        final NvmeSqe sqe = command.sqe();
        if (subsystem.isDiscovery() || sqe.qid() > subsystem.limits().ioQueuesPerController()) {
            return invalid(command, IPO_QID);
        }
        final NvmeController controller = subsystem.findController(data.cntlid());
        if (null == controller) {
            return invalid(command, IATTR_DATA | ConnectData.CNTLID_OFFSET);
        }
        if (!controller.hostNqn().equals(data.hostnqn())) {
            return invalid(command, IATTR_DATA | ConnectData.HOSTNQN_OFFSET);
        }
        if (!Arrays.equals(controller.hostId(), data.hostId())) {
            return invalid(command, IATTR_DATA | ConnectData.HOSTID_OFFSET);
        }
        final NvmeStatus added = controller.addIoQueue(sqe.qid(), connection);
        if (NvmeStatus.SUCCESS != added) {
            command.status(added);
            return false;
        }
        connection.connectedIo(
                controller,
                new IoQueue(
                        controller,
                        connection.lane(),
                        sqe.qid(),
                        connection.counters(),
                        server.reservations()),
                sqe.qid(),
                sqe.sqsize(),
                sqe.cattr());
        command.result(controller.cntlid());
        return true;
    }

    private static boolean invalid(final NvmeCommand command, final int ipoAndIattr) {
        command.status(NvmeStatus.CONNECT_INVALID_PARAMETERS);
        command.result(ipoAndIattr);
        return false;
    }
}
