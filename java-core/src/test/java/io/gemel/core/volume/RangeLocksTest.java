package io.gemel.core.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BlockStatus;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeLocksTest {
    private static final int BLOCKS = 24;
    private final RangeLocks locks = new RangeLocks();

    @Test
    void shouldLetSharedHoldersOverlap() {
        final RangeLocks.Party one = locks.join(4);
        final RangeLocks.Party two = locks.join(4);
        assertThat(one.enterShared(0, 10, 10)).isTrue();
        assertThat(two.enterShared(0, 15, 10)).isTrue();
        assertThat(locks.exclusiveCount()).isZero();
    }

    @Test
    void shouldMakeAnExclusiveWaitForOverlapsOnly() {
        final RangeLocks.Party one = locks.join(4);
        final RangeLocks.Party two = locks.join(4);
        one.enterShared(0, 10, 10);
        final int neighbour = two.requestExclusive(20, 5);
        assertThat(two.isGranted(neighbour)).isTrue();
        final int overlapping = two.requestExclusive(19, 1);
        assertThat(two.isGranted(overlapping)).isFalse();
        one.leaveShared(0);
        assertThat(two.isGranted(overlapping)).isTrue();
        assertThat(one.enterShared(1, 19, 1)).isFalse();
        assertThat(one.enterShared(1, 18, 1)).isTrue();
        two.releaseExclusive(overlapping);
        assertThat(one.enterShared(2, 19, 1)).isTrue();
    }

    @Test
    void shouldGrantOverlappingExclusivesInTheOrderOfTheirTickets() {
        final RangeLocks.Party party = locks.join(4);
        final int first = party.requestExclusive(0, 4);
        final int second = party.requestExclusive(3, 4);
        final int third = party.requestExclusive(6, 4);
        assertThat(party.isGranted(third)).isFalse();
        assertThat(party.isGranted(second)).isFalse();
        assertThat(party.isGranted(first)).isTrue();
        party.releaseExclusive(first);
        assertThat(party.isGranted(third)).isFalse();
        assertThat(party.isGranted(second)).isTrue();
        party.releaseExclusive(second);
        assertThat(party.isGranted(third)).isTrue();
    }

    @Test
    void shouldSaySoWhenTheTableIsFull() {
        final RangeLocks.Party party = locks.join(1);
        for (int i = 0; i < RangeLocks.MAX_EXCLUSIVE; i++) {
            assertThat(party.requestExclusive(i, 1)).isNotNegative();
        }
        assertThat(party.requestExclusive(5000, 1)).isEqualTo(-1);
        party.releaseExclusive(17);
        assertThat(party.requestExclusive(5000, 1)).isEqualTo(17);
        assertThat(locks.exclusiveCount()).isEqualTo(RangeLocks.MAX_EXCLUSIVE);
    }

    /** Three threads take random ranges; a table of their own knows what must never meet. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void shouldNeverLetAnExclusiveMeetAnyone(final long seed) throws InterruptedException {
        final AtomicIntegerArray users = new AtomicIntegerArray(BLOCKS);
        final AtomicReference<String> violation = new AtomicReference<>();
        final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
        final List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            final Random random = new Random(seed * 31 + t);
            final RangeLocks.Party party = locks.join(2);
            threads.add(
                    new Thread(
                            () -> {
                                final RangeHold hold = new RangeHold(random.nextInt(2));
                                while (System.nanoTime() - deadline < 0
                                        && null == violation.get()) {
                                    takeAndCheck(random, party, hold, users, violation);
                                }
                            }));
        }
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(violation.get()).as("seed %d", seed).isNull();
        assertThat(locks.exclusiveCount()).isZero();
    }

    private static void takeAndCheck(
            final Random random,
            final RangeLocks.Party party,
            final RangeHold hold,
            final AtomicIntegerArray users,
            final AtomicReference<String> violation) {
        final int lba = random.nextInt(BLOCKS - 4);
        final int count = 1 + random.nextInt(4);
        final boolean exclusive = 0 == random.nextInt(3);
        while (!hold.acquire(party, lba, count, exclusive)) {
            Thread.onSpinWait();
        }
        for (int i = lba; i < lba + count; i++) {
            final int before = exclusive ? users.getAndAdd(i, -1000) : users.getAndIncrement(i);
            if (exclusive ? 0 != before : before < 0) {
                violation.set("block " + i + " had " + before + ", exclusive " + exclusive);
            }
        }
        for (int i = lba; i < lba + count; i++) {
            users.addAndGet(i, exclusive ? 1000 : -1);
        }
        hold.release();
    }

    /**
     * Lanes increment counters in shared blocks; the sum must be exact when compare-and-write is
     * one command.
     */
    @Test
    void shouldCountExactlyByCompareAndWrite() throws InterruptedException {
        assertThat(countLost(true)).isZero();
    }

    /** The canary: the same torture notices when compare and write are two commands. */
    @Test
    void shouldNoticeLostIncrementsWithoutAtomicity() throws InterruptedException {
        assertThat(countLost(false)).isPositive();
    }

    private static long countLost(final boolean atomic) throws InterruptedException {
        final Volume volume = TestVolumes.memory("counters", 512, 64);
        final List<Thread> threads = new ArrayList<>();
        final List<Incrementer> incrementers = new ArrayList<>();
        final List<TestLane> lanes =
                List.of(
                        new TestLane(volume),
                        new TestLane(1, 64, volume),
                        new TestLane(2, 64, volume));
        for (final TestLane lane : lanes) {
            final Incrementer incrementer = new Incrementer(lane, volume, atomic);
            incrementers.add(incrementer);
            threads.add(new Thread(incrementer));
        }
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }
        final long done = incrementers.stream().mapToLong(incrementer -> incrementer.done).sum();
        final long counted = new Incrementer(new TestLane(3, 64, volume), volume, atomic).read();
        assertThat(volume.rangeLocks().exclusiveCount()).isZero();
        assertThat(done).isPositive();
        return done - counted;
    }

    /**
     * One lane that increments block 5 as fast as it can, with plain writes to the neighbours in
     * between.
     */
    private static final class Incrementer implements Runnable, TaskPorts {
        private static final long NS = TimeUnit.MILLISECONDS.toNanos(1200);
        private final TestLane lane;
        private final Volume volume;
        private final boolean atomic;
        private int step;
        private long value;
        private BlockStatus status;
        private long done;

        Incrementer(final TestLane lane, final Volume volume, final boolean atomic) {
            this.lane = lane;
            this.volume = volume;
            this.atomic = atomic;
        }

        @Override
        public void run() {
            final long deadline = System.nanoTime() + NS;
            while (System.nanoTime() - deadline < 0) {
                value = read();
                if (atomic) {
                    command(1);
                } else {
                    command(2);
                    if (BlockStatus.OK == status) {
                        command(3);
                    }
                }
                if (BlockStatus.OK == status) {
                    done++;
                }
                command(4);
            }
        }

        long read() {
            command(0);
            return value;
        }

        private void command(final int what) {
            step = what;
            status = null;
            lane.lane().tasks().claim().start(this, 4096, 0);
            while (null == status) {
                lane.lane().doWork(1);
            }
        }

        @Override
        public void solicit(final Task task) {}

        @Override
        public void execute(final Task task) {
            final var data = task.buffer().buffer();
            data.setMemory(0, 2048, (byte) 0);
            switch (step) {
                case 0 -> task.command().read(volume, 5, 1);
                case 1 -> {
                    data.putLong(0, value);
                    data.putLong(512, value + 1);
                    task.command().compareAndWrite(volume, 5, 1, false);
                }
                case 2 -> {
                    data.putLong(0, value);
                    task.command().compare(volume, 5, 1);
                }
                case 3 -> {
                    data.putLong(0, value + 1);
                    task.command().write(volume, 5, 1, false);
                }
                default -> task.command().write(volume, 6, 1, false);
            }
            task.submit();
        }

        @Override
        public boolean respond(final Task task) {
            status = task.command().status();
            if (0 == step) {
                value = task.buffer().buffer().getLong(0);
            }
            return true;
        }

        @Override
        public void released(final Task task) {}
    }
}
