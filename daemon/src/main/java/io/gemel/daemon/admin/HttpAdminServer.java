package io.gemel.daemon.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the pages over TCP. Closed by the composition root. */
public final class HttpAdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpAdminServer.class);
    private static final int BACKLOG = 16;
    private static final int THREADS = 2;

    static {
        // Seconds; they keep a peer that stalls from holding a thread for ever. An operator's own
        // setting on the command line of the JVM wins.
        defaultProperty("sun.net.httpserver.maxReqTime", "5");
        defaultProperty("sun.net.httpserver.maxRspTime", "20");
        defaultProperty("jdk.httpserver.maxConnections", "64");
    }

    private final HttpServer server;
    private final ExecutorService threads;

    /**
     * Listens and serves.
     *
     * @throws IOException when the address cannot be bound
     */
    public HttpAdminServer(final InetSocketAddress address, final AdminPages pages)
            throws IOException {
        final AtomicInteger next = new AtomicInteger();
        server = HttpServer.create(address, BACKLOG);
        threads =
                Executors.newFixedThreadPool(
                        THREADS,
                        work -> {
                            final Thread thread =
                                    new Thread(work, "gemel-http-" + next.getAndIncrement());
                            thread.setDaemon(true);
                            return thread;
                        });
        server.setExecutor(threads);
        server.createContext("/", exchange -> serve(exchange, pages));
        server.start();
    }

    private static void defaultProperty(final String name, final String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** With the real port, when port 0 was asked for. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private static void serve(final HttpExchange exchange, final AdminPages pages)
            throws IOException {
        try (exchange) {
            final AdminAnswer answer = answer(exchange, pages);
            final Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.contentType());
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set(
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                            + " connect-src 'self'; frame-ancestors 'none'");
            if ("HEAD".equals(exchange.getRequestMethod())) {
                exchange.sendResponseHeaders(answer.status(), -1);
            } else {
                exchange.sendResponseHeaders(answer.status(), answer.body().length);
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(answer.body());
                }
            }
        }
    }

    private static AdminAnswer answer(final HttpExchange exchange, final AdminPages pages) {
        try {
            return pages.answer(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
        } catch (final RuntimeException e) {
            LOG.error("an admin page failed", e);
            return AdminAnswer.text(500, "internal failure, see the log\n");
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
