package io.gemel.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gemel.bench.load.LoadResult;
import io.gemel.bench.load.Tally;
import io.gemel.bench.load.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** One run of the load generator, for a person or as JSON. */
final class BenchReport {
    private static final double NS_PER_SECOND = 1e9;
    private static final double NS_PER_US = 1e3;
    private static final double BYTES_PER_MB = 1e6;

    private final Map<String, Object> settings;
    private final Workload workload;
    private final LoadResult result;

    /** Settings are shown in their order. */
    BenchReport(
            final Map<String, Object> settings, final Workload workload, final LoadResult result) {
        this.settings = settings;
        this.workload = workload;
        this.result = result;
    }

    String json() {
        final Map<String, Object> root = new LinkedHashMap<>(settings);
        final double seconds = result.measuredNs / NS_PER_SECOND;
        root.put("measuredSeconds", seconds);
        root.putAll(figures(result.all(), seconds));
        if (Workload.Op.MIXED == workload.op()) {
            root.put("read", figures(result.reads, seconds));
            root.put("write", figures(result.writes, seconds));
        }
        root.put("cpuPercent", cpuPercent());
        root.put("errors", result.errors);
        root.put("retries", result.retries);
        root.put("late", result.late);
        if (workload.verify()) {
            final Map<String, Object> verify = new LinkedHashMap<>();
            verify.put("blocksChecked", result.blocksChecked);
            verify.put("blocksUnstamped", result.blocksUnstamped);
            verify.put("blocksWrong", result.blocksWrong);
            root.put("verify", verify);
        }
        root.put("seed", workload.seed());
        root.put("problems", result.problems);
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    String text() {
        final StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key).append('=').append(value).append(' '));
        text.append("seed=").append(workload.seed()).append('\n');
        text.append(
                String.format(
                        "%-6s %12s %10s %10s %10s %10s %10s%n",
                        "", "IOPS", "MB/s", "p50 us", "p99 us", "p99.9 us", "max us"));
        for (final Tally tally : rows()) {
            final double seconds = result.measuredNs / NS_PER_SECOND;
            final Histogram latency = tally.latency();
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-6s %12.0f %10.1f %10.1f %10.1f %10.1f %10.1f%n",
                            tally.name(),
                            tally.count() / seconds,
                            tally.bytes() / seconds / BYTES_PER_MB,
                            latency.getValueAtPercentile(50) / NS_PER_US,
                            latency.getValueAtPercentile(99) / NS_PER_US,
                            latency.getValueAtPercentile(99.9) / NS_PER_US,
                            latency.getMaxValue() / NS_PER_US));
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "%.2f s measured, client cpu %.0f %%, errors %d, retries %d%n",
                        result.measuredNs / NS_PER_SECOND,
                        cpuPercent(),
                        result.errors,
                        result.retries));
        if (result.late > 0) {
            text.append(
                    "the target fell behind the rate: "
                            + result.late
                            + " commands were due and could not be sent\n");
        }
        if (workload.verify()) {
            text.append(
                    String.format(
                            "verify: %d blocks right, %d wrong, %d never stamped%n",
                            result.blocksChecked, result.blocksWrong, result.blocksUnstamped));
        }
        result.problems.forEach(problem -> text.append("problem: ").append(problem).append('\n'));
        return text.toString();
    }

    private List<Tally> rows() {
        final List<Tally> rows = new ArrayList<>();
        for (final Tally tally : List.of(result.reads, result.writes, result.caws)) {
            if (tally.latency().getTotalCount() > 0) {
                rows.add(tally);
            }
        }
        if (1 != rows.size()) {
            rows.add(result.all());
        }
        return rows;
    }

    /** Of one core. */
    private double cpuPercent() {
        return 0 == result.measuredNs ? 0 : 100.0 * result.cpuNs / result.measuredNs;
    }

    private static Map<String, Object> figures(final Tally tally, final double seconds) {
        final Map<String, Object> figures = new LinkedHashMap<>();
        final Histogram latency = tally.latency();
        figures.put("count", tally.count());
        figures.put("iops", 0 == seconds ? 0 : tally.count() / seconds);
        figures.put("mbPerSecond", 0 == seconds ? 0 : tally.bytes() / seconds / BYTES_PER_MB);
        final Map<String, Object> us = new LinkedHashMap<>();
        us.put("mean", 0 == tally.count() ? 0 : latency.getMean() / NS_PER_US);
        us.put("p50", latency.getValueAtPercentile(50) / NS_PER_US);
        us.put("p99", latency.getValueAtPercentile(99) / NS_PER_US);
        us.put("p99.9", latency.getValueAtPercentile(99.9) / NS_PER_US);
        us.put("max", latency.getMaxValue() / NS_PER_US);
        figures.put("latencyUs", us);
        return figures;
    }
}
