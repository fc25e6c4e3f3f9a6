package io.gemel.bench.rude;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Counts a target's end of its connections, where it runs on this machine: from /proc/net/tcp. */
final class ServerSockets {
    private static final List<Path> TABLES =
            List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int ESTABLISHED = 0x01;
    private static final int CLOSE_WAIT = 0x08;

    private ServerSockets() {}

    /** Sockets bound to the port that are connected, or wait for their owner to close them. */
    static int open(final int port) throws IOException {
        int count = 0;
        for (final Path table : TABLES) {
            if (!Files.isReadable(table)) {
                continue;
            }
            for (final String line : Files.readAllLines(table)) {
                final String[] fields = line.trim().split("\\s+");
                if (fields.length > 3 && fields[1].indexOf(':') > 0) {
                    final int colon = fields[1].indexOf(':');
                    final int local = Integer.parseInt(fields[1].substring(colon + 1), 16);
                    final int state = Integer.parseInt(fields[3], 16);
                    count += local == port && (ESTABLISHED == state || CLOSE_WAIT == state) ? 1 : 0;
                }
            }
        }
        return count;
    }
}
