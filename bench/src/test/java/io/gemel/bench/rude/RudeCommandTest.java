package io.gemel.bench.rude;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bench.BenchCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RudeCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldFailWhenThePoliteOneIsHurt() throws IOException {
        try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            final Thread closing = new Thread(() -> closeEach(target), "closing");
            closing.setDaemon(true);
            closing.start();
            final int status =
                    rude("--nvme 127.0.0.1:" + target.getLocalPort() + " --nqn nqn.x --count 4");
            assertThat(status).isEqualTo(1);
            assertThat(out.toString())
                    .contains("seed 5,")
                    .contains("problem: polite nvme connection:")
                    .contains("problem: nvme afterwards:");
        }
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThat(rude("--iscsi 127.0.0.1:1")).isEqualTo(2);
        assertThat(err.toString()).contains("--iscsi with --iqn");
    }

    @Test
    void shouldCountTheServersEndOfConnections() throws IOException {
        final List<Socket> both = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            final int port = server.getLocalPort();
            assertThat(ServerSockets.open(port)).isZero();
            both.add(new Socket(InetAddress.getLoopbackAddress(), port));
            both.add(server.accept());
            assertThat(ServerSockets.open(port)).isEqualTo(1);
            both.get(0).close(); // the server's end is in CLOSE_WAIT now: still counted
            assertThat(both.get(1).getInputStream().read()).isEqualTo(-1);
            assertThat(ServerSockets.open(port)).isEqualTo(1);
            both.get(1).close();
            assertThat(ServerSockets.open(port)).isZero();
        }
    }

    private static void closeEach(final ServerSocket target) {
        while (!target.isClosed()) {
            try {
                target.accept().close();
            } catch (final IOException e) {
                return; // the test has closed it
            }
        }
    }

    private int rude(final String arguments) {
        final CommandLine command =
                BenchCommand.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));
        return command.execute(("rude --seed 5 --quiet-ms 10 " + arguments).split(" "));
    }
}
