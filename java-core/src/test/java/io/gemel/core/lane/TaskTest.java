package io.gemel.core.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.core.InvariantViolation;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.memory.Slab;
import io.gemel.core.status.Counter;
import io.gemel.core.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TaskTest {
    private static final int BLOCK = 512;

    private final Volume volume = TestVolumes.memory("v", BLOCK, 1 << 16);
    private final TestLane lane = new TestLane(volume);
    private final List<String> calls = new ArrayList<>();

    /** A protocol that notes what it is asked and runs a script at execute. */
    private class Ports implements TaskPorts {
        private final Consumer<Task> onExecute;
        private boolean room = true;
        private BlockStatus status;
        private AbortReason abort;

        Ports(final Consumer<Task> onExecute) {
            this.onExecute = onExecute;
        }

        @Override
        public void solicit(final Task task) {
            calls.add("solicit " + task.state());
        }

        @Override
        public void execute(final Task task) {
            calls.add("execute " + task.state());
            onExecute.accept(task);
        }

        @Override
        public boolean respond(final Task task) {
            calls.add(room ? "respond" : "full");
            status = task.command().status();
            abort = task.abortReason();
            return room;
        }

        @Override
        public void released(final Task task) {
            calls.add("released");
        }
    }

    @Test
    void shouldGoFromCommandToResponseThroughTheAgent() {
        final Ports ports =
                new Ports(
                        task -> {
                            task.command().read(volume, 0, 8);
                            task.submit();
                        });
        lane.lane().tasks().claim().start(ports, 8 * BLOCK, 0);
        assertThat(calls).containsExactly("execute EXECUTING");
        lane.runUntilIdle();
        assertThat(calls).containsExactly("execute EXECUTING", "respond", "released");
        assertThat(ports.status).isEqualTo(BlockStatus.OK);
        assertNothingOut();
    }

    @Test
    void shouldExecuteAgainWhenTheCommandHasASecondStep() {
        final boolean[] second = new boolean[1];
        final Ports ports =
                new Ports(
                        task -> {
                            task.command().write(volume, 0, 1, false);
                            task.submit();
                        }) {
                    @Override
                    public boolean respond(final Task task) {
                        if (!second[0]) {
                            second[0] = true;
                            task.command().compare(volume, 0, 1);
                            task.resubmit();
                            return false;
                        }
                        return super.respond(task);
                    }
                };
        lane.lane().tasks().claim().start(ports, BLOCK, 0);
        lane.runUntilIdle();
        assertThat(calls).containsExactly("execute EXECUTING", "respond", "released");
        assertThat(ports.status).isEqualTo(BlockStatus.OK);
        assertNothingOut();
    }

    @Test
    void shouldAwaitDataOutBeforeItExecutes() {
        final Ports ports = new Ports(Task::executed);
        final Task task = lane.lane().tasks().claim();
        task.start(ports, 1024, 1024);
        assertThat(task.state()).isEqualTo(TaskState.AWAIT_DATA_OUT);
        task.onDataOut(512);
        assertThat(task.state()).isEqualTo(TaskState.AWAIT_DATA_OUT);
        task.onDataOut(512);
        assertThat(calls)
                .containsExactly(
                        "solicit AWAIT_DATA_OUT", "execute EXECUTING", "respond", "released");
        assertNothingOut();
    }

    @Test
    void shouldWaitForRoomToRespond() {
        final Ports ports = new Ports(Task::executed);
        ports.room = false;
        final Task task = lane.lane().tasks().claim();
        task.start(ports, 0, 0);
        assertThat(task.state()).isEqualTo(TaskState.RESPONDING);
        ports.room = true;
        task.step();
        assertThat(calls).containsExactly("execute EXECUTING", "full", "respond", "released");
        assertNothingOut();
    }

    @Test
    void shouldWaitForABufferWhenTheSlabIsEmpty() {
        final Ports holding = new Ports(task -> {});
        final List<Task> holders = new ArrayList<>();
        Task waiting;
        do {
            waiting = lane.lane().tasks().claim();
            holders.add(waiting);
            waiting.start(holding, Slab.MAX_BUFFER_BYTES, 0);
        } while (TaskState.NEED_BUFFER != waiting.state());
        holders.remove(waiting);
        lane.runUntilIdle();
        lane.runUntilIdle();
        assertThat(lane.lane().counters().get(Counter.BUFFERS_EXHAUSTED)).isOne();
        holders.get(0).executed();
        lane.runUntilIdle();
        assertThat(waiting.state()).isEqualTo(TaskState.EXECUTING);
        waiting.executed();
        holders.stream().skip(1).forEach(Task::executed);
        lane.runUntilIdle();
        assertNothingOut();
    }

    @Test
    void shouldNotLoseASlotThatIsAbortedWhileItWaitsForABuffer() {
        final Ports holding = new Ports(task -> {});
        final List<Task> holders = new ArrayList<>();
        Task waiting;
        do {
            waiting = lane.lane().tasks().claim();
            holders.add(waiting);
            waiting.start(holding, Slab.MAX_BUFFER_BYTES, 0);
        } while (TaskState.NEED_BUFFER != waiting.state());
        holders.remove(waiting);
        waiting.abort(AbortReason.ABORTED_BY_HOST);
        assertThat(waiting.state()).isEqualTo(TaskState.FREE);
        holders.forEach(Task::executed);
        lane.runUntilIdle();
        assertNothingOut();
    }

    @Test
    void shouldTellTheReasonWhenAbortedInAnyState() {
        final Ports ports = new Ports(task -> {});
        final Task awaiting = lane.lane().tasks().claim();
        awaiting.start(ports, 512, 512);
        awaiting.abort(AbortReason.LOGICAL_UNIT_RESET);
        assertThat(ports.abort).isEqualTo(AbortReason.LOGICAL_UNIT_RESET);

        final Task executing = lane.lane().tasks().claim();
        executing.start(ports, 512, 0);
        executing.abort(AbortReason.ABORTED_BY_HOST);
        executing.abort(AbortReason.SHUTDOWN);
        assertThat(executing.state()).isEqualTo(TaskState.EXECUTING);
        executing.executed();
        assertThat(ports.abort).isEqualTo(AbortReason.ABORTED_BY_HOST);

        final Task lost = lane.lane().tasks().claim();
        lost.start(ports, 512, 0);
        lost.abort(AbortReason.ABORTED_BY_HOST);
        lost.abort(AbortReason.CONNECTION_LOST);
        lost.executed();
        assertThat(ports.abort).isEqualTo(AbortReason.CONNECTION_LOST);
        assertNothingOut();
    }

    @Test
    void shouldRefuseIllegalArrows() {
        final Task task = lane.lane().tasks().claim();
        assertThatThrownBy(() -> task.onDataOut(1)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(task::submit).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(task::executed).isInstanceOf(InvariantViolation.class);
        task.unclaim();
        assertThatThrownBy(() -> task.abort(AbortReason.SHUTDOWN))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void shouldHandOutEachSlotOnceAndThenNone() {
        final TaskPool pool = lane.lane().tasks();
        final List<Task> claimed = new ArrayList<>();
        for (int i = 0; i < pool.capacity(); i++) {
            claimed.add(pool.claim());
        }
        assertThat(claimed).doesNotContainNull().doesNotHaveDuplicates();
        assertThat(pool.claim()).isNull();
        final int[] told = new int[1];
        lane.lane().awaitTask(() -> told[0]++);
        lane.runUntilIdle();
        assertThat(told[0]).isZero();
        claimed.get(0).unclaim();
        lane.runUntilIdle();
        assertThat(told[0]).isOne();
    }

    private void assertNothingOut() {
        assertThat(lane.lane().tasks().inUse()).isZero();
        assertThat(lane.lane().slab().inUse()).isZero();
        assertThat(lane.lane().agent().active()).isZero();
    }

    @Test
    void shouldEndByAnAbortAfterItsProtocolHasThrown() {
        final List<Object> failed = new ArrayList<>();
        lane.lane().onFailure((engine, failure) -> failed.add(engine));
        final Ports ports =
                new Ports(
                        task -> {
                            task.command().read(volume, 0, 1);
                            task.submit();
                        }) {
                    @Override
                    public boolean respond(final Task task) {
                        if (!task.isAborted()) {
                            throw new InvariantViolation("a bug of the protocol");
                        }
                        return true;
                    }

                    @Override
                    public Object engine() {
                        return "its connection";
                    }
                };
        final Task task = lane.lane().tasks().claim();
        task.start(ports, BLOCK, 0);
        lane.runUntilIdle();
        assertThat(failed).containsExactly("its connection");
        task.abort(AbortReason.CONNECTION_LOST);
        assertNothingOut();
    }
}
