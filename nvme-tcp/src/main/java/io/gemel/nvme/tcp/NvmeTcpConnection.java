package io.gemel.nvme.tcp;

import io.gemel.core.InvariantViolation;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.Lane;
import io.gemel.core.status.Counter;
import io.gemel.nvme.admin.ControllerQueue;
import io.gemel.nvme.io.IoQueue;
import io.gemel.nvme.subsystem.AbortObserver;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.QueueConnection;
import io.gemel.nvme.subsystem.QueueCounters;
import io.gemel.nvme.tcp.wire.IcReq;
import io.gemel.nvme.wire.NvmeStatus;
import java.net.SocketAddress;
import org.agrona.DirectBuffer;

/**
 * One NVMe/TCP connection and its life: made, ICReq, Connect, drained or terminated, closed.
 * NVMe/TCP Transport Specification. Owner: its lane.
 *
 * <p>A command's way: {@link PduReceiver} takes the capsule, {@link CommandQueue} makes a task of
 * it and asks for its data, its processor executes it, {@link PduSender} answers. What the host
 * does wrong on the transport ends the connection with C2HTermReq; what it does wrong in a command
 * ends the command with a status.
 */
final class NvmeTcpConnection implements ConnectionEngine, QueueConnection {
    private static final int DISABLE_SQ_FLOW_CONTROL = 0x04;

    private final NvmeTcpLane nvmeLane;
    private final Lane lane;
    private final Connection socket;
    private final SocketAddress localAddress;
    private final SocketAddress remoteAddress;
    private final QueueCounters counters = new QueueCounters();
    private final PduSender sender;
    private final CommandQueue commands;
    private final PduReceiver receiver;
    private ConnectionState state = ConnectionState.AWAIT_ICREQ;
    private boolean connectTimerArmed;
    private long connectTimer;
    private volatile int digests;
    private NvmeController controller;
    private boolean isAdmin;
    private int qid;
    private boolean queueGone;

    NvmeTcpConnection(
            final NvmeTcpServer server,
            final NvmeTcpLane nvmeLane,
            final Connection socket,
            final boolean discoveryOnly) {
        this.nvmeLane = nvmeLane;
        this.lane = nvmeLane.lane;
        this.socket = socket;
        this.localAddress = socket.localAddress();
        this.remoteAddress = socket.remoteAddress();
        this.sender = new PduSender(nvmeLane, socket.transmit());
        this.commands =
                new CommandQueue(
                        this,
                        nvmeLane,
                        sender,
                        counters,
                        new ConnectProcessor(server, this, discoveryOnly));
        this.receiver = new PduReceiver(this, nvmeLane, socket, sender, commands);
        commands.receiver(receiver);
        connectTimer =
                lane.schedule(
                        lane.nowNs() + server.limits().connectTimeoutNs(), this::onConnectTimeout);
        connectTimerArmed = true;
    }

    private void state(final ConnectionState to) {
        if (!state.canGoTo(to)) {
            throw new InvariantViolation("connection " + state + " -> " + to);
        }
        state = to;
    }

    @Override
    public int onReceive(final DirectBuffer buffer, final int offset, final int length) {
        return receiver.receive(buffer, offset, length);
    }

    @Override
    public void onTransmitReady() {
        commands.onTransmitReady();
    }

    boolean awaitsIcReq() {
        return ConnectionState.AWAIT_ICREQ == state;
    }

    /** Commands are still answered. */
    boolean isAnswering() {
        return ConnectionState.CONNECTED == state
                || ConnectionState.AWAIT_CONNECT == state
                || ConnectionState.DRAINING == state;
    }

    /** The host has begun as it should. */
    void onIcReq(final IcReq icReq) {
        digests = icReq.dgst();
        sender.negotiated(icReq);
        if (sender.icResp(icReq)) {
            state(ConnectionState.AWAIT_CONNECT);
        } else {
            terminateNow(); // the socket has gone meanwhile
        }
    }

    /** A Connect command for the Admin Queue has succeeded. */
    void connectedAdmin(
            final NvmeController itsController,
            final ControllerQueue queue,
            final int sqsize,
            final int cattr) {
        isAdmin = true;
        commands.connectedAdmin(
                itsController, queue, sqsize, 0 == (cattr & DISABLE_SQ_FLOW_CONTROL));
        connected(itsController);
    }

    /** A Connect command for an I/O queue has succeeded. */
    void connectedIo(
            final NvmeController itsController,
            final IoQueue queue,
            final int itsQid,
            final int sqsize,
            final int cattr) {
        lane.counters().increment(Counter.NVME_IO_QUEUES_CONNECTED);
        qid = itsQid;
        commands.connectedIo(itsController, queue, sqsize, 0 == (cattr & DISABLE_SQ_FLOW_CONTROL));
        connected(itsController);
    }

    private void connected(final NvmeController itsController) {
        state(ConnectionState.CONNECTED);
        disarmConnectTimer();
        controller = itsController;
    }

    /** A Disconnect command was answered: the queue is gone. */
    void disconnected() {
        if (ConnectionState.CONNECTED == state) {
            state(ConnectionState.DRAINING);
            receiver.discard();
            commands.abortTasks(AbortReason.SHUTDOWN); // the last one released closes
        }
    }

    private void onConnectTimeout() {
        connectTimerArmed = false;
        lane.counters().increment(Counter.NVME_CONNECT_TIMEOUTS);
        terminateNow();
    }

    private void disarmConnectTimer() {
        if (connectTimerArmed) {
            connectTimerArmed = false;
            lane.cancelTimer(connectTimer);
        }
    }

    @Override
    public void completeHeld(final int commandId, final NvmeStatus status, final long result) {
        commands.completeHeld(commandId, status, result);
    }

    @Override
    public void dropHeld(final int commandId) {
        commands.dropHeld(commandId);
    }

    @Override
    public void abortCommand(final int commandId, final AbortObserver observer) {
        commands.abortCommand(commandId, observer);
    }

    /** Nothing is received or answered any more; what is queued is sent, then the socket closes. */
    void terminateNow() {
        if (ConnectionState.TERMINATING == state || ConnectionState.CLOSED == state) {
            return;
        }
        state(ConnectionState.TERMINATING);
        receiver.discard();
        disarmConnectTimer();
        commands.abortTasks(AbortReason.CONTROLLER_RESET);
        socket.close();
        endQueue();
    }

    @Override
    public void terminate() {
        lane.execute(this::terminateNow);
    }

    /**
     * Answers what is there, then closes; takes no more commands. An Admin Queue stays until the
     * last of its I/O queues has gone, since its end is the end of them all. Lane thread.
     */
    void drain() {
        if (ConnectionState.CONNECTED != state) {
            terminateNow();
            return;
        }
        state(ConnectionState.DRAINING);
        receiver.discard();
        commands.abortUnexecuted(AbortReason.SHUTDOWN);
        closeWhenDrained();
    }

    /** Closes when the last command of a draining connection is answered. */
    void closeWhenDrained() {
        if (ConnectionState.DRAINING == state
                && 0 == commands.activeTasks()
                && (!isAdmin || !controller.hasIoQueues())) {
            terminateNow();
        }
    }

    @Override
    public void ioQueuesGone() {
        closeWhenDrained();
    }

    @Override
    public void onClosed() {
        if (ConnectionState.CLOSED == state) {
            return;
        }
        state(ConnectionState.CLOSED);
        receiver.discard();
        disarmConnectTimer();
        commands.abortTasks(AbortReason.CONNECTION_LOST);
        nvmeLane.connections.remove(this);
        endQueue();
        if (isAdmin) {
            controller.close();
        }
    }

    /**
     * An I/O queue is there until its last command is over, even when the host does not see it any
     * more: a reset or a new association of that host waits for it, so that a write that the medium
     * still has cannot overtake what comes after.
     */
    private void endQueue() {
        final boolean over =
                ConnectionState.TERMINATING == state || ConnectionState.CLOSED == state;
        if (over && !queueGone && !isAdmin && null != controller && 0 == commands.activeTasks()) {
            queueGone = true;
            controller.removeIoQueue(qid, this);
        }
    }

    /** A command has been released. */
    void onReleased() {
        closeWhenDrained();
        endQueue();
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public SocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public QueueCounters counters() {
        return counters;
    }

    @Override
    public int digests() {
        return digests;
    }
}
