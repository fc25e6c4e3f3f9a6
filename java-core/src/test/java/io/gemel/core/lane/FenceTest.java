package io.gemel.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo.Kind;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.block.DelayBackend;
import io.gemel.core.block.FaultBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FenceTest {
    private long nowNs = 1;
    private int writes;
    private final FaultBackend medium =
            new FaultBackend(
                    new MemoryBackend(512 * 1024L),
                    io -> {
                        writes += Kind.WRITE == io.kind() ? 1 : 0;
                        return null;
                    },
                    0);
    private final Volume volume =
            TestVolumes.of(0, "v", 512, new DelayBackend(medium, () -> nowNs, 1000));
    private final TestLane lane = new TestLane(volume);
    private final List<BlockStatus> ended = new ArrayList<>();

    private class Host implements TaskPorts {
        private boolean holdsBack;

        @Override
        public void solicit(final Task task) {}

        @Override
        public void execute(final Task task) {
            task.command().write(volume, 0, 1, false);
            if (!holdsBack) {
                task.submit();
            }
        }

        @Override
        public boolean respond(final Task task) {
            ended.add(task.command().status());
            return true;
        }

        @Override
        public void released(final Task task) {}
    }

    private Task write(final Host host, final int dataOutBytes) {
        final Task task = lane.lane().tasks().claim();
        task.start(host, 512, dataOutBytes);
        return task;
    }

    @Test
    void shouldBeOverOnlyWhenNothingOfTheVictimIsWithTheKernel() {
        final Host victim = new Host();
        final Host other = new Host();
        for (int i = 0; i < 4; i++) {
            write(victim, 0);
            write(other, 0);
        }
        lane.step();
        medium.plan(io -> null); // what follows is counted by the outcome alone
        final int[] over = new int[1];
        lane.lane().fence(task -> task.context() == victim, AbortReason.FENCED, () -> over[0]++);
        assertThat(over[0]).isZero();
        lane.runUntilIdle();
        assertThat(over[0]).isOne();
        assertThat(ended)
                .containsExactly(
                        BlockStatus.ABORTED,
                        BlockStatus.ABORTED,
                        BlockStatus.ABORTED,
                        BlockStatus.ABORTED);
        nowNs += 2000;
        lane.runUntilIdle();
        assertThat(ended.subList(4, 8)).containsOnly(BlockStatus.OK);
        assertThat(lane.lane().tasks().inUse()).isZero();
    }

    @Test
    void shouldNotSubmitWhatIsFencedBeforeItIsSubmitted() {
        final Host victim = new Host();
        victim.holdsBack = true;
        final Task task = write(victim, 0);
        final int[] over = new int[1];
        lane.lane().fence(any -> true, AbortReason.FENCED, () -> over[0]++);
        assertThat(over[0]).isOne();
        task.submit();
        nowNs += 2000;
        lane.runUntilIdle();
        assertThat(ended).containsExactly(BlockStatus.ABORTED);
        assertThat(writes).isZero();
        assertThat(lane.lane().tasks().inUse()).isZero();
    }

    @Test
    void shouldEndAtOnceWhatAwaitsDataOrNothingAtAll() {
        final int[] over = new int[1];
        lane.lane().fence(any -> true, AbortReason.FENCED, () -> over[0]++);
        assertThat(over[0]).isOne();
        write(new Host(), 512);
        lane.lane().fence(any -> true, AbortReason.LOGICAL_UNIT_RESET, () -> over[0]++);
        assertThat(over[0]).isEqualTo(2);
        assertThat(writes).isZero();
        assertThat(lane.lane().tasks().inUse()).isZero();
    }

    /** As the halves of a fused pair do. */
    @Test
    void shouldGoOnWhenOneVictimEndsAnother() {
        final Task[] held = new Task[1];
        final Host host =
                new Host() {
                    @Override
                    public void released(final Task task) {
                        if (task != held[0]) {
                            held[0].executed();
                        }
                    }
                };
        write(host, 512);
        host.holdsBack = true;
        held[0] = write(host, 0);
        final int[] over = new int[1];
        lane.lane().fence(any -> true, AbortReason.FENCED, () -> over[0]++);
        assertThat(over[0]).isOne();
        assertThat(writes).isZero();
        assertThat(lane.lane().tasks().inUse()).isZero();
    }
}
