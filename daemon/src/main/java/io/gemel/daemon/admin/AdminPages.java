package io.gemel.daemon.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Supplier;

/** Pages by path; the same for both ways in. Thread-safe: pages are read-only snapshots. */
public final class AdminPages {
    /** Where the command line finds what it lists. */
    public static final String PREFIX = "/v1/";

    private final Map<String, Supplier<AdminAnswer>> pages;

    public AdminPages(final StatusSource source) {
        final PrometheusMetrics metrics = new PrometheusMetrics(source);
        this.pages =
                Map.of(
                        PREFIX + "status",
                        () -> AdminAnswer.json(source.status()),
                        PREFIX + "volumes",
                        () -> AdminAnswer.json(source.volumes()),
                        PREFIX + "sessions",
                        () -> AdminAnswer.json(source.sessions()),
                        PREFIX + "reservations",
                        () -> AdminAnswer.json(source.reservations()),
                        PREFIX + "counters",
                        () -> AdminAnswer.json(source.counters()),
                        PREFIX + "latency",
                        () -> AdminAnswer.json(source.latency()),
                        "/metrics",
                        metrics::scrape,
                        "/healthz",
                        () -> health(source),
                        "/",
                        AdminPages::statusPage);
    }

    private static AdminAnswer health(final StatusSource source) {
        return source.serving()
                ? AdminAnswer.text(200, "ok\n")
                : AdminAnswer.text(503, "not serving\n");
    }

    private static AdminAnswer statusPage() {
        try (InputStream page = AdminPages.class.getResourceAsStream("status.html")) {
            return new AdminAnswer(200, "text/html; charset=utf-8", page.readAllBytes());
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /**
     * @param path as in the request line; what follows a question mark is ignored
     */
    AdminAnswer answer(final String method, final String path) {
        if (!"GET".equals(method) && !"HEAD".equals(method)) {
            return AdminAnswer.text(405, "only GET\n");
        }
        final int query = path.indexOf('?');
        final Supplier<AdminAnswer> page = pages.get(query < 0 ? path : path.substring(0, query));
        return page == null ? AdminAnswer.text(404, "no such page\n") : page.get();
    }
}
