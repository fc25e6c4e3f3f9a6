package io.gemel.daemon.admin;

import java.nio.charset.StandardCharsets;

/**
 * What is answered to one request.
 *
 * @param status HTTP status code
 * @param contentType MIME type, with charset for text
 */
public record AdminAnswer(int status, String contentType, byte[] body) {

    static AdminAnswer text(final int status, final String text) {
        return new AdminAnswer(
                status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static AdminAnswer json(final Object tree) {
        return new AdminAnswer(200, "application/json", JsonText.write(tree, false));
    }

    /** The reason phrase of {@link #status()}. */
    String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
