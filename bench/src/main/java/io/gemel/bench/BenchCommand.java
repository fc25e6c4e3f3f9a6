package io.gemel.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.Initiator;
import io.gemel.bench.iscsi.IscsiInitiator;
import io.gemel.bench.iscsi.IscsiOptions;
import io.gemel.bench.load.LoadResult;
import io.gemel.bench.load.LoadWorker;
import io.gemel.bench.load.Workload;
import io.gemel.bench.nvme.NvmeController;
import io.gemel.bench.nvme.NvmeOptions;
import io.gemel.bench.rude.RudeCommand;
import io.gemel.core.uring.NativeThread;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code gemel bench}: the load generator. Exit status 0 when nothing failed and every checked
 * block was right, else 1.
 */
@Command(
        name = "bench",
        description = "Loads a target, ours or any other, and tells IOPS and latency.",
        mixinStandardHelpOptions = true,
        subcommands = RudeCommand.class,
        sortOptions = false)
public final class BenchCommand implements Callable<Integer> {
    /** Which protocol to speak. */
    public enum Protocol {
        ISCSI,
        NVME
    }

    private static final class ProtocolName extends LowerCase<Protocol> {
        private ProtocolName() {
            super(Protocol.class);
        }
    }

    private static final class OpName extends LowerCase<Workload.Op> {
        private OpName() {
            super(Workload.Op.class);
        }
    }

    private static final class WaitName extends LowerCase<ClientLoop.Wait> {
        private WaitName() {
            super(ClientLoop.Wait.class);
        }
    }

    /** Names of an enum's values as options spell them, whatever the root command's settings. */
    private abstract static class LowerCase<E extends Enum<E>> implements ITypeConverter<E> {
        private final Class<E> type;

        private LowerCase(final Class<E> type) {
            this.type = type;
        }

        @Override
        public E convert(final String value) {
            final List<String> names = new ArrayList<>();
            for (final E constant : type.getEnumConstants()) {
                final String spelled = constant.name().toLowerCase(Locale.ROOT).replace("_", "");
                if (spelled.equals(value.toLowerCase(Locale.ROOT))) {
                    return constant;
                }
                names.add(spelled);
            }
            throw new TypeConversionException("'" + value + "': one of " + names);
        }
    }

    private static final int MAX_DEPTH = 1024;
    private static final int MAX_CONNECTIONS = 256;

    @Option(names = "--protocol", paramLabel = "iscsi|nvme", converter = ProtocolName.class)
    private Protocol protocol;

    @Option(names = "--target", paramLabel = "HOST:PORT")
    private String target;

    @Option(
            names = "--name",
            paramLabel = "IQN|NQN",
            description = "Target name, or subsystem NQN.")
    private String name;

    @Option(names = "--discover", description = "List what the target offers, and stop.")
    private boolean discover;

    @Option(names = "--lun", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private int lun;

    @Option(names = "--nsid", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int nsid;

    @Option(
            names = "--op",
            defaultValue = "read",
            paramLabel = "read|write|caw|mixed",
            converter = OpName.class,
            description = "Default: ${DEFAULT-VALUE}. caw: compare and write, fused over NVMe.")
    private Workload.Op op;

    @Option(
            names = "--size",
            defaultValue = "4KiB",
            converter = ByteSize.class,
            description = "Bytes of one command. Default: ${DEFAULT-VALUE}.")
    private long size;

    @Option(
            names = "--depth",
            defaultValue = "32",
            description = "Commands in flight per connection. Default: ${DEFAULT-VALUE}.")
    private int depth;

    @Option(
            names = "--connections",
            defaultValue = "1",
            description = "Sessions, or I/O queues. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--threads",
            defaultValue = "1",
            description = "Connections are shared out among them. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--seconds", defaultValue = "10", description = "Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "2",
            paramLabel = "SECONDS",
            description = "Before measuring. Default: ${DEFAULT-VALUE}.")
    private double warmUp;

    @Option(
            names = "--rate",
            defaultValue = "0",
            paramLabel = "PER_SECOND",
            description =
                    "Commands per second, started on time whatever the target does; latency is"
                            + " counted from then. 0: as fast as they end.")
    private double rate;

    @Option(names = "--sequential", description = "Ascending addresses.")
    private boolean sequential;

    @Option(names = "--random", description = "Random addresses; the default.")
    private boolean random;

    @Option(
            names = "--range",
            defaultValue = "0",
            converter = ByteSize.class,
            description = "Use only this much of the volume. Default: all.")
    private long range;

    @Option(
            names = "--read-percent",
            defaultValue = "70",
            description = "Of a mixed load. Default: ${DEFAULT-VALUE}.")
    private int readPercent;

    @Option(
            names = "--verify",
            description = "Stamp each block written, check each block read, read all back.")
    private boolean verify;

    @Option(names = "--fua", description = "Write with Force Unit Access.")
    private boolean fua;

    @Option(names = "--seed", description = "Of addresses and stamps. Default: random, printed.")
    private Long seed;

    @Option(names = "--header-digest", description = "CRC32C over headers.")
    private boolean headerDigest;

    @Option(names = "--data-digest", description = "CRC32C over data.")
    private boolean dataDigest;

    @Option(names = "--host", paramLabel = "IQN|NQN", description = "Name of this side.")
    private String host;

    @Option(
            names = "--wait",
            defaultValue = "adaptive",
            paramLabel = "adaptive|busypoll|park",
            converter = WaitName.class,
            description = "What the client does when idle. Default: ${DEFAULT-VALUE}.")
    private ClientLoop.Wait wait;

    @Option(
            names = "--cpus",
            split = ",",
            paramLabel = "N",
            description = "Pin the threads to these cores, in order and round and round.")
    private List<Integer> cpus = List.of();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    /** The command alone, without the daemon's: for scripts and tests. */
    public static void main(final String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** A command line with this command as its root. */
    public static CommandLine commandLine() {
        return new CommandLine(new BenchCommand());
    }

    @Override
    public Integer call() {
        check();
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        try {
            if (discover) {
                discover(out);
                return 0;
            }
            final Workload workload = workload();
            final LoadResult result = run(workload);
            final BenchReport report = new BenchReport(settings(), workload, result);
            out.println(json ? report.json() : report.text().stripTrailing());
            out.flush();
            return result.isSound() ? 0 : 1;
        } catch (final IOException | IllegalArgumentException e) {
            err.println("bench: " + e.getMessage());
            return 1;
        }
    }

    private void check() {
        require(null != protocol, "--protocol is missing");
        require(null != target, "--target is missing");
        if (null == name && !discover) {
            throw new ParameterException(spec.commandLine(), "--name is missing");
        }
        if (random && sequential) {
            throw new ParameterException(spec.commandLine(), "--random or --sequential, not both");
        }
        require(depth >= 1 && depth <= MAX_DEPTH, "--depth: 1 to " + MAX_DEPTH);
        require(
                connections >= 1 && connections <= MAX_CONNECTIONS,
                "--connections: 1 to " + MAX_CONNECTIONS);
        require(threads >= 1 && threads <= connections, "--threads: 1 to --connections");
        require(size >= 512 && size <= 1 << 24, "--size: 512 to 16MiB");
        require(seconds > 0 && warmUp >= 0, "--seconds and --warm-up: not negative");
        require(readPercent >= 0 && readPercent <= 100, "--read-percent: 0 to 100");
        require(rate >= 0, "--rate: not negative");
    }

    private void require(final boolean fine, final String message) {
        if (!fine) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private Workload workload() {
        return new Workload(
                op,
                (int) size,
                sequential,
                range,
                readPercent,
                rate / threads,
                (long) (warmUp * TimeUnit.SECONDS.toNanos(1)),
                (long) (seconds * TimeUnit.SECONDS.toNanos(1)),
                verify,
                fua,
                null == seed ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed);
    }

    private Map<String, Object> settings() {
        final Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("protocol", protocol.name().toLowerCase(Locale.ROOT));
        settings.put("target", target);
        settings.put("name", name);
        settings.put("op", op.name().toLowerCase(Locale.ROOT));
        settings.put("pattern", sequential ? "sequential" : "random");
        settings.put("size", ByteSize.format(size));
        settings.put("depth", depth);
        settings.put("connections", connections);
        settings.put("threads", threads);
        settings.put("rate", rate);
        settings.put("headerDigest", headerDigest);
        settings.put("dataDigest", dataDigest);
        return settings;
    }

    private LoadResult run(final Workload workload) throws IOException {
        final List<WorkerThread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(new WorkerThread(i, workload));
        }
        workers.forEach(Thread::start);
        final LoadResult all = new LoadResult();
        IOException failure = null;
        for (final WorkerThread worker : workers) {
            try {
                worker.join();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (null != worker.failure) {
                failure = new IOException(worker.failure.getMessage(), worker.failure);
            } else {
                all.add(worker.result);
            }
        }
        if (null != failure) {
            throw failure;
        }
        return all;
    }

    /** One worker with a loop and connections of its own. */
    private final class WorkerThread extends Thread {
        private final int index;
        private final Workload workload;
        private LoadResult result;
        private Exception failure;

        private WorkerThread(final int index, final Workload workload) {
            super("bench-" + index);
            this.index = index;
            this.workload = workload;
        }

        @Override
        public void run() {
            final int share = connections / threads + (index < connections % threads ? 1 : 0);
            try (ClientLoop loop = new ClientLoop(wait)) {
                if (!cpus.isEmpty()) {
                    NativeThread.pinTo(cpus.get(index % cpus.size()));
                }
                result =
                        Protocol.ISCSI == protocol ? overIscsi(loop, share) : overNvme(loop, share);
            } catch (final IOException | RuntimeException e) {
                failure = e;
            }
        }

        private LoadResult overIscsi(final ClientLoop loop, final int count) throws IOException {
            final List<Initiator> sessions = new ArrayList<>();
            try {
                for (int i = 0; i < count; i++) {
                    sessions.add(IscsiInitiator.connect(loop, address(), iscsiOptions(i)));
                }
                return new LoadWorker(loop, sessions, workload, index, threads).run();
            } finally {
                sessions.forEach(Initiator::close);
            }
        }

        private IscsiOptions iscsiOptions(final int i) {
            final int isidQualifier = 1 + index + i * threads;
            final IscsiOptions options =
                    IscsiOptions.to(name, lun)
                            .withDepth(depth)
                            .withIsidQualifier(isidQualifier)
                            .withDigests(headerDigest, dataDigest);
            return null == host ? options : options.withInitiatorName(host);
        }

        private LoadResult overNvme(final ClientLoop loop, final int count) throws IOException {
            try (NvmeController controller =
                    NvmeController.connect(loop, address(), nvmeOptions(count))) {
                if (Workload.Op.CAW == workload.op()
                        && !controller.supportsFusedCompareAndWrite()) {
                    throw new IOException(
                            "the target lacks it: FUSES says no fused Compare and Write");
                }
                return new LoadWorker(loop, controller.initiators(), workload, index, threads)
                        .run();
            }
        }

        private NvmeOptions nvmeOptions(final int count) {
            final NvmeOptions options =
                    NvmeOptions.to(name, nsid)
                            .withQueues(count, depth)
                            .withDigests(headerDigest, dataDigest);
            return null == host ? options : options.withHost(host);
        }
    }

    private void discover(final PrintWriter out) throws IOException {
        try (ClientLoop loop = new ClientLoop(wait)) {
            final Object found =
                    Protocol.ISCSI == protocol
                            ? IscsiInitiator.sendTargets(
                                    loop,
                                    address(),
                                    null == host ? IscsiOptions.DEFAULT_INITIATOR_NAME : host)
                            : NvmeController.discover(
                                    loop,
                                    address(),
                                    null == host ? NvmeOptions.DEFAULT_HOST_NQN : host);
            if (json) {
                out.println(new ObjectMapper().writeValueAsString(found));
            } else {
                ((List<?>) found).forEach(out::println);
            }
            out.flush();
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private InetSocketAddress address() throws IOException {
        final int colon = target.lastIndexOf(':');
        final String hostPart = colon < 0 ? target : target.substring(0, colon);
        final int port;
        try {
            port = Integer.parseInt(target.substring(colon + 1));
        } catch (final NumberFormatException e) {
            throw new IOException("--target " + target + ": HOST:PORT", e);
        }
        if (colon <= 0 || port < 1 || port > 65535) {
            throw new IOException("--target " + target + ": HOST:PORT");
        }
        final InetSocketAddress address =
                new InetSocketAddress(hostPart.replaceAll("^\\[|]$", ""), port);
        if (address.isUnresolved()) {
            throw new IOException("--target " + target + ": host not known");
        }
        return address;
    }
}
