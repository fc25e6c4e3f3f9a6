package io.gemel.bench.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gemel.bench.BenchCommand;
import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.client.IoRequest.Outcome;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Against a target that others wrote: Debian's tgt. Skipped, visibly, where it is not installed.
 */
class TgtTest {
    private static final String IQN = "iqn.2026-11.io.gemel:peer";
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int VOLUME_BYTES = 16 << 20;

    @TempDir static Path folder;

    private static Process tgtd;
    private static int port;
    private static String control;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin/tgtd")), "tgt is not installed: not tested");
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        control = Integer.toString(port % 30_000);
        final Path volume = folder.resolve("volume");
        try (RandomAccessFile file = new RandomAccessFile(volume.toFile(), "rw")) {
            file.setLength(VOLUME_BYTES);
        }
        tgtd =
                new ProcessBuilder(
                                "/usr/sbin/tgtd",
                                "-f",
                                "-C",
                                control,
                                "--iscsi",
                                "portal=127.0.0.1:" + port)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("tgtd.log").toFile())
                        .start();
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (0 != admin("--mode", "sys", "--op", "show")) {
            assumeTrue(tgtd.isAlive(), "tgtd does not start here: not tested");
            assertThat(System.nanoTime()).as("tgtd answers in time").isLessThan(deadlineNs);
        }
        assertThat(admin("--mode", "target", "--op", "new", "--tid", "1", "--targetname", IQN))
                .isZero();
        assertThat(
                        admin(
                                "--mode",
                                "logicalunit",
                                "--op",
                                "new",
                                "--tid",
                                "1",
                                "--lun",
                                "1",
                                "--backing-store",
                                volume.toString()))
                .isZero();
        for (final String digest : List.of("HeaderDigest", "DataDigest")) {
            admin(
                    "--mode",
                    "target",
                    "--op",
                    "update",
                    "--tid",
                    "1",
                    "-n",
                    digest,
                    "-v",
                    "CRC32C,None");
        }
        assertThat(admin("--mode", "target", "--op", "bind", "--tid", "1", "-I", "ALL")).isZero();
    }

    @AfterAll
    static void stop() throws Exception {
        if (null != tgtd) {
            tgtd.destroyForcibly(); // our own child, by its process handle
            assertThat(tgtd.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldFindTheTargetByDiscovery() throws Exception {
        try (ClientLoop loop = new ClientLoop(ClientLoop.Wait.PARK)) {
            final List<IscsiInitiator.Target> targets =
                    IscsiInitiator.sendTargets(
                            loop, address(), IscsiOptions.DEFAULT_INITIATOR_NAME);
            assertThat(targets).extracting(IscsiInitiator.Target::name).containsExactly(IQN);
            assertThat(targets.get(0).addresses()).contains("127.0.0.1:" + port + ",1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--op write --size 512 --depth 4",
                "--op mixed --size 4KiB --depth 16 --connections 2",
                "--op mixed --size 256KiB --depth 4",
                "--op mixed --size 1MiB --depth 2 --sequential",
                "--op mixed --rate 500"
            })
    void shouldReadBackWhatItWrote(final String arguments) {
        final String output = bench(0, arguments + " --verify --json");
        assertThat(output).contains("\"blocksWrong\" : 0").doesNotContain("\"blocksChecked\" : 0");
    }

    @Test
    void shouldReadBackWhatItWroteUnderDigests() {
        final String output =
                bench(0, "--op mixed --verify --size 64KiB --header-digest --data-digest --json");
        assertThat(output).contains("\"blocksWrong\" : 0").doesNotContain("\"blocksChecked\" : 0");
    }

    @Test
    void shouldSayThatTheTargetLacksCompareAndWrite() {
        assertThat(bench(1, "--op caw --size 512")).contains("the target lacks it");
    }

    @Test
    void shouldSayWhatIsWrongWithAName() {
        final StringWriter err = new StringWriter();
        final CommandLine command = BenchCommand.commandLine().setErr(new PrintWriter(err, true));
        final int status =
                command.execute(
                        "--protocol", "iscsi", "--target", "127.0.0.1:" + port, "--name", "iqn.no");
        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("login failed");
    }

    @Test
    void shouldCarryCompareFlushAndTaskManagement() throws Exception {
        final UnsafeBuffer data = new UnsafeBuffer(ByteBuffer.allocateDirect(4096));
        data.setMemory(0, 4096, (byte) 0x77);
        final IoRequest request = new IoRequest();
        try (ClientLoop loop = new ClientLoop(ClientLoop.Wait.PARK);
                IscsiInitiator session =
                        IscsiInitiator.connect(
                                loop, address(), IscsiOptions.to(IQN, 1).withIsidQualifier(99))) {
            assertThat(session.blockCount()).isEqualTo(VOLUME_BYTES / 512);
            session.call(request.write(8, 8, data, 0), TIMEOUT_NS);
            assertThat(request.outcome).isEqualTo(Outcome.OK);
            session.call(request.flush(), TIMEOUT_NS);
            assertThat(request.outcome).isEqualTo(Outcome.OK);
            session.call(request.compare(8, 8, data, 0), TIMEOUT_NS);
            assertThat(request.outcome).isEqualTo(Outcome.OK);
            data.putByte(1000, (byte) 0);
            session.call(request.compare(8, 8, data, 0), TIMEOUT_NS);
            assertThat(request.outcome).isEqualTo(Outcome.MISCOMPARE);
            assertThat(session.manageTask(TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET, null))
                    .isZero();
        }
    }

    @Test
    void shouldNotHurtOthersByBeingRude() {
        final StringWriter out = new StringWriter();
        final CommandLine command = BenchCommand.commandLine().setOut(new PrintWriter(out, true));
        final String arguments =
                "rude --lun 1 --count 16 --seed 7143 --quiet-ms 20 --iscsi 127.0.0.1:" + port;
        assertThat(command.execute((arguments + " --iqn " + IQN).split(" ")))
                .as(out.toString())
                .isZero();
        assertThat(out.toString()).contains("seed 7143, 16 attacks").contains("0 wrong");
    }

    private static String bench(final int expectedStatus, final String arguments) {
        final String all =
                "--protocol iscsi --lun 1 --seconds 0.2 --warm-up 0.05 --wait park --target"
                        + " 127.0.0.1:"
                        + port
                        + " --name "
                        + IQN
                        + " "
                        + arguments;
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final CommandLine command =
                BenchCommand.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));
        assertThat(command.execute(all.split(" "))).as(out + " " + err).isEqualTo(expectedStatus);
        return out.toString();
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static int admin(final String... arguments) throws IOException, InterruptedException {
        final List<String> command = new java.util.ArrayList<>();
        command.addAll(List.of("/usr/sbin/tgtadm", "-C", control, "--lld", "iscsi"));
        command.addAll(List.of(arguments));
        final Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
