package io.gemel.daemon.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The page {@code /metrics}. Its registry is made at the first scrape, so that a start does not
 * wait for it; each scrape reads one snapshot of the daemon.
 */
final class PrometheusMetrics {
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final double MICROSECONDS_PER_SECOND = 1e6;

    private final StatusSource source;
    private PrometheusMeterRegistry registry;

    // Key of a meter to its value in the snapshot of this scrape.
    private final Map<String, Double> values = new HashMap<>();

    PrometheusMetrics(final StatusSource source) {
        this.source = source;
    }

    /** Admin threads only, one at a time: a scrape is rare and short. */
    synchronized AdminAnswer scrape() {
        if (registry == null) {
            registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new JvmMemoryMetrics().bindTo(registry);
            bindGarbageCollection();
        }
        values.replaceAll((key, value) -> Double.NaN);
        snapshot();
        return new AdminAnswer(
                200, CONTENT_TYPE, registry.scrape().getBytes(StandardCharsets.UTF_8));
    }

    @SuppressWarnings("resource") // lives as long as the process
    private void bindGarbageCollection() {
        new JvmGcMetrics().bindTo(registry);
    }

    private void snapshot() {
        gauge("gemel.serving", "1 while ports are open", Tags.empty(), source.serving() ? 1 : 0);
        for (final Map<String, Object> counter : list(source.counters(), "counters")) {
            final List<?> lanes = (List<?>) counter.get("lanes");
            for (int lane = 0; lane < lanes.size(); lane++) {
                counter(
                        "gemel." + counter.get("label"),
                        (String) counter.get("meaning"),
                        Tags.of("lane", Integer.toString(lane)),
                        number(lanes.get(lane)));
            }
        }
        for (final Map<String, Object> volume : list(source.volumes(), "volumes")) {
            final Tags tags = Tags.of("volume", (String) volume.get("name"));
            gauge("gemel.volume.size.bytes", "Size", tags, number(volume.get("sizeBytes")));
            volumeCounter(volume, tags, "reads", "gemel.volume.reads");
            volumeCounter(volume, tags, "readBytes", "gemel.volume.read.bytes");
            volumeCounter(volume, tags, "writes", "gemel.volume.writes");
            volumeCounter(volume, tags, "writtenBytes", "gemel.volume.written.bytes");
            volumeCounter(volume, tags, "others", "gemel.volume.other.commands");
            volumeCounter(volume, tags, "errors", "gemel.volume.errors");
        }
        final Map<String, Integer> sessions = new HashMap<>(Map.of("iscsi", 0, "nvme", 0));
        for (final Map<String, Object> session : list(source.sessions(), "sessions")) {
            sessions.merge((String) session.get("protocol"), 1, Integer::sum);
        }
        sessions.forEach(
                (protocol, count) ->
                        gauge(
                                "gemel.sessions",
                                "iSCSI sessions and NVMe associations",
                                Tags.of("protocol", protocol),
                                count));
        for (final Map<String, Object> latency : list(source.latency(), "latency")) {
            final Tags operation = Tags.of("operation", (String) latency.get("operation"));
            counter(
                    "gemel.commands",
                    "Commands whose latency was taken",
                    operation,
                    number(latency.get("count")));
            for (final String quantile : List.of("p50", "p99", "p99.9", "max")) {
                gauge(
                        "gemel.latency.seconds",
                        "Latency since the start, from command to queued response",
                        operation.and("quantile", quantile),
                        number(latency.get(quantile + "Us")) / MICROSECONDS_PER_SECOND);
            }
        }
    }

    private void volumeCounter(
            final Map<String, Object> volume,
            final Tags tags,
            final String key,
            final String meter) {
        counter(meter, "Of a volume: " + key, tags, number(volume.get(key)));
    }

    private void counter(
            final String name, final String meaning, final Tags tags, final double value) {
        final String key = name + tags;
        if (values.put(key, value) == null) {
            FunctionCounter.builder(name, values, current(key))
                    .description(meaning)
                    .tags(tags)
                    .register(registry);
        }
    }

    private void gauge(
            final String name, final String meaning, final Tags tags, final double value) {
        final String key = name + tags;
        if (values.put(key, value) == null) {
            Gauge.builder(name, values, current(key))
                    .description(meaning)
                    .tags(tags)
                    .register(registry);
        }
    }

    private static ToDoubleFunction<Map<String, Double>> current(final String key) {
        return snapshot -> snapshot.get(key);
    }

    private static double number(final Object value) {
        return ((Number) value).doubleValue();
    }

    @SuppressWarnings("unchecked") // the trees of StatusSource have lists of mappings there
    private static List<Map<String, Object>> list(
            final Map<String, Object> tree, final String name) {
        return (List<Map<String, Object>>) tree.get(name);
    }
}
