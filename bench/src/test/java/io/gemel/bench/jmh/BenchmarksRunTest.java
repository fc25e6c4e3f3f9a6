package io.gemel.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gemel.core.uring.UringFeatures;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each benchmark runs, in a fork of its own, and gives a figure; how good, nobody asks here. */
class BenchmarksRunTest {
    @ParameterizedTest
    @CsvSource({
        "RingHandOverBenchmark,3",
        "FlyweightBenchmark,8",
        "TaskMachineBenchmark,3",
        "Crc32cBenchmark,3",
        "CounterBenchmark,4"
    })
    void shouldRun(final String name, final int arms) throws RunnerException {
        assertThat(run(name)).hasSize(arms);
    }

    @Test
    void shouldRunWithUring() throws RunnerException {
        assumeTrue(UringFeatures.get().available(), "no io_uring here: not tested");
        assertThat(run("UringBenchmark")).hasSize(4);
    }

    private static Collection<RunResult> run(final String name) throws RunnerException {
        final Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include("\\." + name + "\\.")
                                        .param("lengthBytes", "4096")
                                        .forks(1)
                                        .warmupIterations(0)
                                        .measurementIterations(1)
                                        .measurementTime(TimeValue.milliseconds(20))
                                        .jvmArgsAppend("-XX:TieredStopAtLevel=1")
                                        .shouldFailOnError(true)
                                        .build())
                        .run();
        assertThat(results)
                .allSatisfy(
                        result -> assertThat(result.getPrimaryResult().getScore()).isPositive());
        return results;
    }
}
