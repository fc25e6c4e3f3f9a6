package io.gemel.core.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo;
import io.gemel.core.block.BackendIo.Kind;
import io.gemel.core.block.BlockCommand;
import io.gemel.core.block.BlockStatus;
import io.gemel.core.block.DelayBackend;
import io.gemel.core.block.FaultBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.testing.HoldingBackend;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.status.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockExecutorTest {
    private static final int BLOCK = 512;
    private static final int BLOCKS = 4096;

    private final List<BackendIo.Kind> kinds = new ArrayList<>();
    private final List<Boolean> fuas = new ArrayList<>();
    private BlockStatus fault;
    private Kind faulty;

    private final FaultBackend backend =
            new FaultBackend(
                    new MemoryBackend((long) BLOCK * BLOCKS),
                    io -> {
                        kinds.add(io.kind());
                        fuas.add(io.fua());
                        return io.kind() == faulty ? fault : null;
                    },
                    5);
    private final Volume volume = TestVolumes.of(0, "v", BLOCK, backend);
    private final TestLane lane = new TestLane(volume);

    /** What a command ended with. */
    private record Outcome(BlockStatus status, long miscompareOffset, byte[] data, int errno) {}

    private Outcome run(final byte[] data, final Consumer<BlockCommand> fill) {
        return run(lane, Math.max(data.length, 1), data, fill, (task, outcome) -> {});
    }

    private static Outcome run(
            final TestLane lane,
            final int bufferBytes,
            final byte[] data,
            final Consumer<BlockCommand> fill,
            final BiConsumer<Task, Outcome[]> started) {
        final Outcome[] outcome = new Outcome[1];
        final Task task = lane.lane().tasks().claim();
        task.start(
                new TaskPorts() {
                    @Override
                    public void solicit(final Task solicited) {}

                    @Override
                    public void execute(final Task executing) {
                        executing.buffer().buffer().putBytes(0, data);
                        fill.accept(executing.command());
                        executing.submit();
                    }

                    @Override
                    public boolean respond(final Task responding) {
                        final byte[] bytes = new byte[bufferBytes];
                        responding.buffer().buffer().getBytes(0, bytes);
                        final BlockCommand command = responding.command();
                        outcome[0] =
                                new Outcome(
                                        command.status(),
                                        command.miscompareOffset(),
                                        bytes,
                                        command.errno());
                        return true;
                    }

                    @Override
                    public void released(final Task released) {}
                },
                bufferBytes,
                0);
        started.accept(task, outcome);
        lane.runUntilIdle();
        assertThat(lane.lane().tasks().inUse()).isZero();
        assertThat(lane.lane().agent().active()).isZero();
        return outcome[0];
    }

    @Test
    void shouldFlushZeroesAllTheSameWhenTheBackendWasFullForTheFlush() {
        final HoldingBackend full = new HoldingBackend(backend);
        final Volume its = TestVolumes.of(0, "full", BLOCK, full);
        full.fullFor(Kind.FLUSH);
        final Outcome outcome =
                run(
                        new TestLane(its),
                        BLOCK,
                        new byte[BLOCK],
                        command -> command.writeZeroes(its, 0, 8, false, true),
                        (task, ended) -> {});
        assertThat(outcome.status()).isEqualTo(BlockStatus.OK);
        assertThat(kinds).containsExactly(Kind.WRITE_ZEROES, Kind.FLUSH);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldDoTheSameAsANaiveModel(final long seed) {
        final Random random = new Random(seed);
        final byte[] model = new byte[BLOCK * BLOCKS];
        for (int i = 0; i < 2000; i++) {
            final int count = 1 + random.nextInt(0 == i % 10 ? 700 : 9);
            final int lba = random.nextInt(BLOCKS - count);
            final int at = lba * BLOCK;
            final byte[] data = new byte[count * BLOCK];
            random.nextBytes(data);
            switch (random.nextInt(7)) {
                case 0 -> {
                    assertThat(run(data, c -> c.write(volume, lba, count, false)).status)
                            .isEqualTo(BlockStatus.OK);
                    System.arraycopy(data, 0, model, at, data.length);
                }
                case 1 -> {
                    final Outcome read =
                            run(new byte[data.length], c -> c.read(volume, lba, count));
                    assertThat(read.data)
                            .isEqualTo(Arrays.copyOfRange(model, at, at + data.length));
                }
                case 2 -> {
                    run(
                            data,
                            c ->
                                    c.writeZeroes(
                                            volume,
                                            lba,
                                            count,
                                            random.nextBoolean(),
                                            random.nextBoolean()));
                    Arrays.fill(model, at, at + data.length, (byte) 0);
                }
                case 3 -> {
                    final byte[] block = Arrays.copyOf(data, BLOCK);
                    run(block, c -> c.writeSame(volume, lba, count, true, false));
                    for (int k = 0; k < count; k++) {
                        System.arraycopy(block, 0, model, at + k * BLOCK, BLOCK);
                    }
                }
                case 4 -> {
                    final byte[] expected = Arrays.copyOfRange(model, at, at + data.length);
                    final int wrong = random.nextBoolean() ? -1 : random.nextInt(expected.length);
                    if (wrong >= 0) {
                        expected[wrong] ^= 1;
                    }
                    final Outcome compared = run(expected, c -> c.compare(volume, lba, count));
                    assertThat(compared.miscompareOffset).isEqualTo(wrong);
                    assertThat(compared.status)
                            .isEqualTo(wrong < 0 ? BlockStatus.OK : BlockStatus.MISCOMPARE);
                }
                case 5 -> {
                    run(new byte[0], c -> c.unmap(volume).extents().add(lba, count));
                    Arrays.fill(model, at, at + data.length, (byte) 0);
                }
                default ->
                        assertThat(run(new byte[0], c -> c.verify(volume, lba, count)).status)
                                .isEqualTo(BlockStatus.OK);
            }
        }
    }

    @Test
    void shouldRefuseWhatLiesBeyondTheEndAndNotTouchTheBackend() {
        final long[][] ranges = {
            {BLOCKS, 1},
            {BLOCKS - 1, 2},
            {0, BLOCKS + 1L},
            {-1, 1},
            {Long.MAX_VALUE, 1},
            {1, Long.MAX_VALUE}
        };
        for (final long[] range : ranges) {
            assertThat(run(new byte[BLOCK], c -> c.read(volume, range[0], range[1])).status)
                    .isEqualTo(BlockStatus.LBA_OUT_OF_RANGE);
            assertThat(
                            run(
                                            new byte[BLOCK],
                                            c -> c.unmap(volume).extents().add(range[0], range[1]))
                                    .status)
                    .isEqualTo(BlockStatus.LBA_OUT_OF_RANGE);
        }
        assertThat(kinds).isEmpty();
        assertThat(lane.lane().counters().get(Counter.BLOCK_REFUSED)).isEqualTo(2L * ranges.length);
        assertThat(lane.lane().counters().get(Counter.BLOCK_FAILED)).isZero();
    }

    @Test
    void shouldAcceptZeroBlocksAnywhereOnTheVolume() {
        assertThat(run(new byte[0], c -> c.read(volume, BLOCKS, 0)).status)
                .isEqualTo(BlockStatus.OK);
        assertThat(run(new byte[0], c -> c.write(volume, 0, 0, false)).status)
                .isEqualTo(BlockStatus.OK);
        assertThat(run(new byte[0], c -> c.verify(volume, 7, 0)).status).isEqualTo(BlockStatus.OK);
        assertThat(kinds).isEmpty();
    }

    @Test
    void shouldNotChangeAReadOnlyVolume() {
        volume.readOnly(true);
        assertThat(run(new byte[BLOCK], c -> c.write(volume, 0, 1, false)).status)
                .isEqualTo(BlockStatus.WRITE_PROTECTED);
        assertThat(run(new byte[0], c -> c.writeZeroes(volume, 0, 1, true, false)).status)
                .isEqualTo(BlockStatus.WRITE_PROTECTED);
        assertThat(run(new byte[0], c -> c.unmap(volume).extents().add(0, 1)).status)
                .isEqualTo(BlockStatus.WRITE_PROTECTED);
        assertThat(run(new byte[BLOCK], c -> c.read(volume, 0, 1)).status)
                .isEqualTo(BlockStatus.OK);
        assertThat(run(new byte[0], c -> c.flush(volume)).status).isEqualTo(BlockStatus.OK);
    }

    @Test
    void shouldMakeEveryWriteDurableWhenTheCacheIsOff() {
        run(new byte[BLOCK], c -> c.write(volume, 0, 1, false));
        run(new byte[BLOCK], c -> c.write(volume, 0, 1, true));
        volume.writeCache(false);
        run(new byte[BLOCK], c -> c.write(volume, 0, 1, false));
        run(new byte[0], c -> c.writeZeroes(volume, 0, 1, true, false));
        assertThat(kinds)
                .containsExactly(Kind.WRITE, Kind.WRITE, Kind.WRITE, Kind.DEALLOCATE, Kind.FLUSH);
        assertThat(fuas).containsExactly(false, true, true, false, false);
    }

    @Test
    void shouldWriteZeroesAsDataWhenTheBackendCannot() {
        final byte[] ones = new byte[300 * BLOCK];
        Arrays.fill(ones, (byte) 1);
        run(ones, c -> c.write(volume, 0, 300, false));
        faulty = Kind.WRITE_ZEROES;
        fault = BlockStatus.UNSUPPORTED;
        assertThat(run(new byte[0], c -> c.writeZeroes(volume, 10, 290, false, false)).status)
                .isEqualTo(BlockStatus.OK);
        assertThat(kinds)
                .containsExactly(Kind.WRITE, Kind.WRITE_ZEROES, Kind.WRITE, Kind.WRITE, Kind.WRITE);
        final byte[] read = run(new byte[300 * BLOCK], c -> c.read(volume, 0, 300)).data;
        assertThat(Arrays.copyOf(read, 10 * BLOCK)).containsOnly(1);
        assertThat(Arrays.copyOfRange(read, 10 * BLOCK, 300 * BLOCK)).containsOnly(0);
    }

    @Test
    void shouldReportWhatTheBackendReports() {
        for (final BlockStatus status :
                List.of(BlockStatus.READ_ERROR, BlockStatus.NO_SPACE, BlockStatus.WRITE_ERROR)) {
            fault = status;
            faulty = Kind.READ;
            final Outcome read = run(new byte[BLOCK], c -> c.read(volume, 0, 1));
            assertThat(read.status).isEqualTo(status);
            assertThat(read.errno).isEqualTo(5);
            assertThat(run(new byte[BLOCK], c -> c.compare(volume, 0, 1)).status).isEqualTo(status);
            faulty = Kind.FLUSH;
            assertThat(run(new byte[0], c -> c.flush(volume)).status).isEqualTo(status);
            assertThat(run(new byte[0], c -> c.writeZeroes(volume, 0, 1, true, true)).status)
                    .isEqualTo(status);
        }
        assertThat(volume.counters().get(0).errors()).isEqualTo(12);
    }

    @Test
    void shouldEndACancelledCommandWhenItsOperationEnds() {
        final DelayBackend slow =
                new DelayBackend(new MemoryBackend(BLOCK * 64L), System::nanoTime, 1L << 60);
        final Volume slowVolume = TestVolumes.of(0, "slow", BLOCK, slow);
        final TestLane slowLane = new TestLane(slowVolume);
        final Outcome outcome =
                run(
                        slowLane,
                        BLOCK,
                        new byte[BLOCK],
                        c -> c.read(slowVolume, 0, 1),
                        (task, none) -> {
                            slowLane.step();
                            assertThat(slowLane.lane().agent().active()).isOne();
                            task.abort(AbortReason.ABORTED_BY_HOST);
                            assertThat(none[0]).isNull();
                        });
        assertThat(outcome.status).isEqualTo(BlockStatus.ABORTED);
    }

    @Test
    void shouldLetComparesWaitForScratchMemory() {
        final DelayBackend slow =
                new DelayBackend(new MemoryBackend(BLOCK * 64L), System::nanoTime, 1_000_000);
        final Volume slowVolume = TestVolumes.of(0, "slow", BLOCK, slow);
        final TestLane slowLane = new TestLane(slowVolume);
        final int[] done = new int[1];
        for (int i = 0; i < 100; i++) {
            slowLane.lane()
                    .tasks()
                    .claim()
                    .start(
                            new TaskPorts() {
                                @Override
                                public void solicit(final Task task) {}

                                @Override
                                public void execute(final Task task) {
                                    task.command().verify(slowVolume, 0, 64);
                                    task.submit();
                                }

                                @Override
                                public boolean respond(final Task task) {
                                    done[0]++;
                                    return true;
                                }

                                @Override
                                public void released(final Task task) {}
                            },
                            0,
                            0);
        }
        final long deadline = System.nanoTime() + 10_000_000_000L;
        while (done[0] < 100 && System.nanoTime() - deadline < 0) {
            slowLane.step();
        }
        assertThat(done[0]).isEqualTo(100);
        assertThat(slowLane.lane().counters().get(Counter.SCRATCH_EXHAUSTED)).isPositive();
    }
}
