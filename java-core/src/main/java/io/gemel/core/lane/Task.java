package io.gemel.core.lane;

import io.gemel.core.InvariantViolation;
import io.gemel.core.block.BlockCommand;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.memory.SlabBuffer;
import io.gemel.core.status.Counter;
import io.gemel.core.volume.Volume;

/**
 * One slot from command to response, the same for both protocols; each keeps its own part of it in
 * an array by {@link #index()}. Owner: the lane; while {@link TaskState#EXECUTING} in the I/O agent
 * only the agent touches {@link #command()}.
 *
 * <p>Events change data and then call {@link #step()}, which is never re-entered.
 */
public final class Task {
    private final Lane lane;
    private final int index;
    private final BlockCommand command = new BlockCommand();
    private TaskState state = TaskState.FREE;
    private int generation;
    private TaskPorts ports;
    private Object issuer;
    private Volume volume;
    private SlabBuffer buffer;
    private int bufferBytes;
    private int bytesAwaited;
    private AbortReason abortReason;
    private boolean stepping;
    private boolean withAgent;
    private boolean executed;
    private boolean awaitsBuffer;
    private long startNs;

    Task(final Lane lane, final int index) {
        this.lane = lane;
        this.index = index;
    }

    /** 0 to capacity - 1 in its lane. */
    public int index() {
        return index;
    }

    /** Changes with every use of the slot. */
    public int generation() {
        return generation;
    }

    public TaskState state() {
        return state;
    }

    public BlockCommand command() {
        return command;
    }

    /** The data buffer, or null when none was asked for or it is not there yet. */
    public SlabBuffer buffer() {
        return buffer;
    }

    /** Whose task it is. */
    public Object context() {
        return ports;
    }

    /** Whose connection ends when its protocol has thrown; null when it is over. */
    Object engine() {
        return null == ports ? null : ports.engine();
    }

    /**
     * Who sent the command, and to which volume: what a fence asks for. To be said before {@link
     * #start} by every command that may reach a medium.
     *
     * @param issuer a value with equals, or null
     */
    public void issuedBy(final Object issuer, final Volume volume) {
        this.issuer = issuer;
        this.volume = volume;
    }

    public Object issuer() {
        return issuer;
    }

    public Volume volume() {
        return volume;
    }

    /** The lane's time at {@link #start}. */
    public long startNs() {
        return startNs;
    }

    /** Payload bytes that the peer still has to send. */
    public int bytesAwaited() {
        return bytesAwaited;
    }

    public boolean isAborted() {
        return null != abortReason;
    }

    public AbortReason abortReason() {
        return abortReason;
    }

    /** Whether the I/O agent has it. */
    public boolean isWithAgent() {
        return withAgent;
    }

    /**
     * Begins.
     *
     * @param bufferBytes size of the data buffer to claim, 0 for none
     * @param dataOutBytes payload bytes to await from the peer, at most bufferBytes
     */
    public void start(final TaskPorts ports, final int bufferBytes, final int dataOutBytes) {
        if (TaskState.NEW != state || dataOutBytes > bufferBytes) {
            throw new InvariantViolation(
                    "start in " + state + ", " + dataOutBytes + " of " + bufferBytes);
        }
        this.ports = ports;
        this.bufferBytes = bufferBytes;
        this.bytesAwaited = dataOutBytes;
        this.startNs = lane.nowNs();
        lane.counters().increment(Counter.TASKS_STARTED);
        step();
    }

    /** So many more payload bytes are in the buffer. */
    public void onDataOut(final int bytes) {
        if (TaskState.AWAIT_DATA_OUT != state || bytes > bytesAwaited) {
            throw new InvariantViolation(
                    bytes + " bytes of data-out in " + state + ", awaited " + bytesAwaited);
        }
        bytesAwaited -= bytes;
        if (0 == bytesAwaited && !stepping) {
            step();
        }
    }

    /**
     * Hands {@link #command()} to the I/O agent. An aborted task never gets there: it ends with
     * {@link BlockStatus#ABORTED}, so that what was fenced never writes.
     */
    public void submit() {
        if (TaskState.EXECUTING != state || withAgent) {
            throw new InvariantViolation("submit in " + state);
        }
        if (isAborted()) {
            command.ended(BlockStatus.ABORTED, 0);
            executed();
            return;
        }
        withAgent = true;
        command.data(buffer);
        lane.submit(this);
    }

    /**
     * From {@link TaskPorts#respond}, which then answers false: the command has a second step,
     * {@link #command()} goes to the I/O agent again (WRITE AND VERIFY).
     */
    public void resubmit() {
        state(TaskState.EXECUTING);
        executed = false;
        submit();
    }

    /** The protocol has done the work itself. */
    public void executed() {
        if (TaskState.EXECUTING != state || withAgent) {
            throw new InvariantViolation("executed in " + state);
        }
        executed = true;
        if (!stepping) {
            step();
        }
    }

    /**
     * Ends it early. Before execution it responds (or not) at once; with the agent, when the agent
     * gives it back; with the protocol, when that calls {@link #executed}. The first reason stays,
     * but a lost connection overrides.
     */
    public void abort(final AbortReason reason) {
        if (TaskState.FREE == state) {
            throw new InvariantViolation("abort of a free task");
        }
        final boolean first = null == abortReason;
        if (first || AbortReason.CONNECTION_LOST == reason) {
            abortReason = reason;
        }
        if (first) {
            lane.counters().increment(Counter.TASKS_ABORTED);
            if (withAgent) {
                lane.cancel(this);
            }
        }
        if (!stepping && TaskState.NEW != state) {
            step();
        }
    }

    /** Loops until the state stops changing. Returns how many arrows it took. */
    public int step() {
        if (stepping) {
            throw new InvariantViolation("step within step");
        }
        stepping = true;
        try {
            return takeArrows();
        } finally {
            stepping = false; // also when the protocol has thrown: an abort must still end it
        }
    }

    private int takeArrows() {
        int arrows = 0;
        TaskState before;
        do {
            before = state;
            switch (before) {
                case NEW -> state(TaskState.NEED_BUFFER);
                case NEED_BUFFER -> stepNeedBuffer();
                case AWAIT_DATA_OUT -> stepAwaitDataOut();
                case EXECUTING -> {
                    if (executed) {
                        state(TaskState.RESPONDING);
                    }
                }
                case RESPONDING -> {
                    if (ports.respond(this)) {
                        free();
                    }
                }
                case FREE -> {}
            }
            arrows += before == state ? 0 : 1;
        } while (before != state && TaskState.FREE != state);
        return arrows;
    }

    private void stepNeedBuffer() {
        if (isAborted()) {
            state(TaskState.RESPONDING);
        } else if (claimBuffer()) {
            if (bytesAwaited > 0) {
                state(TaskState.AWAIT_DATA_OUT);
                ports.solicit(this);
            } else {
                execute();
            }
        }
    }

    private void stepAwaitDataOut() {
        if (isAborted()) {
            state(TaskState.RESPONDING);
        } else if (0 == bytesAwaited) {
            execute();
        }
    }

    private void execute() {
        state(TaskState.EXECUTING);
        ports.execute(this);
    }

    private boolean claimBuffer() {
        if (0 == bufferBytes || null != buffer) {
            return true;
        }
        buffer = lane.slab().claim(bufferBytes);
        if (null == buffer && !awaitsBuffer) {
            awaitsBuffer = true;
            lane.awaitBuffer(this);
        }
        return null != buffer;
    }

    /** Whether a buffer is there for it, or it does not want one any more. */
    boolean canLeaveBufferQueue() {
        return TaskState.NEED_BUFFER != state || lane.slab().canClaim(bufferBytes);
    }

    /** The lane has taken it from the list of those that wait for a buffer. */
    void retryBuffer() {
        awaitsBuffer = false;
        if (TaskState.NEED_BUFFER == state) {
            step();
        } else if (TaskState.FREE == state) {
            lane.tasks().giveBack(this);
        }
    }

    void claimed() {
        state(TaskState.NEW);
        generation++;
    }

    /** A claimed task that was never started goes back. */
    public void unclaim() {
        if (TaskState.NEW != state || null != ports) {
            throw new InvariantViolation("unclaim in " + state);
        }
        state(TaskState.FREE);
        lane.tasks().giveBack(this);
    }

    /** The agent has given it back. */
    void onAgentDone() {
        if (!withAgent) {
            throw new InvariantViolation("the agent gave back a task that it did not have");
        }
        withAgent = false;
        executed = true;
        step();
    }

    private void free() {
        lane.latency().record(command.op(), lane.nowNs() - startNs);
        ports.released(this);
        if (null != buffer) {
            buffer.release();
            buffer = null;
        }
        command.clear();
        ports = null;
        issuer = null;
        volume = null;
        abortReason = null;
        executed = false;
        bufferBytes = 0;
        bytesAwaited = 0;
        state(TaskState.FREE);
        if (!awaitsBuffer) {
            lane.tasks().giveBack(this);
        }
    }

    private void state(final TaskState to) {
        if (!state.canGoTo(to)) {
            throw new InvariantViolation(state + " -> " + to);
        }
        state = to;
    }
}
