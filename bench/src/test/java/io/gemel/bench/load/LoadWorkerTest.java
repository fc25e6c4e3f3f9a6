package io.gemel.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.IoRequest.Outcome;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadWorkerTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ClientLoop loop = new ClientLoop(ClientLoop.Wait.PARK);
    private final MemoryInitiator target = new MemoryInitiator(loop, 1024, 8);

    @AfterEach
    void close() {
        loop.close();
    }

    @ParameterizedTest
    @EnumSource(Workload.Op.class)
    void shouldFindNothingWrongWithASoundTarget(final Workload.Op op) {
        final LoadResult result = run(workload(op, 0, true, 20 * MS));
        assertThat(result.problems).isEmpty();
        assertThat(result.isSound()).isTrue();
        assertThat(result.all().count()).isPositive();
        if (Workload.Op.READ != op) {
            assertThat(result.blocksChecked).isPositive();
        }
        if (Workload.Op.MIXED == op) {
            assertThat(result.reads.count()).isPositive();
            assertThat(result.writes.count()).isPositive();
        }
    }

    @Test
    void shouldNoticeWritesThatGotLost() {
        target.loseWrites = true;
        final LoadResult result = run(workload(Workload.Op.WRITE, 0, true, 20 * MS));
        assertThat(result.blocksWrong).isPositive();
        assertThat(result.isSound()).isFalse();
    }

    @Test
    void shouldRepeatWhatTheTargetAsksToRepeatAndCountIt() {
        target.nextOutcome = Outcome.RETRY;
        final LoadResult result = run(workload(Workload.Op.READ, 0, false, 20 * MS));
        assertThat(result.retries).isEqualTo(1);
        assertThat(result.isSound()).isTrue();
    }

    @Test
    void shouldReportAFailedCommand() {
        target.nextOutcome = Outcome.FAILED;
        final LoadResult result = run(workload(Workload.Op.READ, 0, false, 20 * MS));
        assertThat(result.errors).isEqualTo(1);
        assertThat(result.problems).singleElement().asString().contains("READ").contains("FAILED");
    }

    @Test
    void shouldStopWhenTheTargetLacksTheCommand() {
        target.nextOutcome = Outcome.UNSUPPORTED;
        final LoadResult result = run(workload(Workload.Op.CAW, 0, false, 20 * MS));
        assertThat(result.problems).singleElement().asString().contains("the target lacks it");
    }

    @Test
    void shouldCountTheWaitOfCommandsThatWereDueWhileTheTargetStalled() {
        // At 10,000 a second a stall of 50 ms holds up 500 commands, not the one that met it.
        target.stallAtCommand = 200;
        target.stallNs = 50 * MS;
        final LoadResult result = run(workload(Workload.Op.READ, 10_000, false, 200 * MS));
        final long held = result.reads.latency().getCountBetweenValues(5 * MS, Long.MAX_VALUE / 2);
        assertThat(held).isGreaterThanOrEqualTo(400);
        assertThat(result.reads.latency().getMaxValue()).isGreaterThanOrEqualTo(49 * MS);
    }

    @Test
    void shouldKeepTheRate() {
        final LoadResult result = run(workload(Workload.Op.READ, 5_000, false, 200 * MS));
        final double seconds = result.measuredNs / 1e9;
        assertThat((result.reads.count() + result.late) / seconds).isBetween(4_500.0, 5_500.0);
    }

    @Test
    void shouldRefuseASizeThatIsNoMultipleOfTheBlockSize() {
        final Workload odd =
                new Workload(Workload.Op.READ, 1000, false, 0, 50, 0, 0, MS, false, false, 1);
        assertThatThrownBy(() -> run(odd))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("512");
    }

    @Test
    void shouldStayWithinItsPartOfTheVolume() {
        final Workload writes =
                new Workload(Workload.Op.WRITE, 1024, true, 0, 0, 0, 0, 10 * MS, true, false, 1);
        final LoadResult result = new LoadWorker(loop, List.of(target), writes, 1, 2).run();
        assertThat(result.isSound()).isTrue();
        for (int at = 0; at < target.medium.capacity() / 2; at += 8) {
            assertThat(target.medium.getLong(at)).isZero();
        }
    }

    private static Workload workload(
            final Workload.Op op, final double rate, final boolean verify, final long measureNs) {
        return new Workload(op, 1024, false, 0, 50, rate, 5 * MS, measureNs, verify, false, 7);
    }

    private LoadResult run(final Workload workload) {
        return new LoadWorker(loop, List.of(target), workload, 0, 1).run();
    }
}
