package io.gemel.bench.rude;

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
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code gemel bench rude}: misbehaves on both ports from a seed, while polite connections write
 * and check all the time. Exit status 1 when a polite one was hurt, the target kept connections, or
 * it does not serve afterwards; else 0, with a table of what was answered.
 */
@Command(
        name = "rude",
        hidden = true,
        description = "Sends broken PDUs; shows that others are not hurt.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class RudeCommand implements Callable<Integer> {
    private static final double POLITE_RATE = 200;
    private static final int POLITE_DEPTH = 4;
    private static final int POLITE_BYTES = 4096;
    private static final long POLITE_RANGE_BYTES = 4L << 20;
    private static final long LEAK_TIMEOUT_NS =
            TimeUnit.SECONDS.toNanos(40); // TermReq: 30 s to close
    private static final long LEAK_POLL_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MAX_PROBLEMS = 20;

    @Option(names = "--iscsi", paramLabel = "HOST:PORT")
    private String iscsi;

    @Option(names = "--iqn", paramLabel = "IQN")
    private String iqn;

    @Option(names = "--lun", defaultValue = "0")
    private int lun;

    @Option(names = "--nvme", paramLabel = "HOST:PORT")
    private String nvme;

    @Option(names = "--nqn", paramLabel = "NQN")
    private String nqn;

    @Option(names = "--nsid", defaultValue = "1")
    private int nsid;

    @Option(names = "--count", defaultValue = "400", description = "Attacks at most.")
    private int count;

    @Option(names = "--seconds", defaultValue = "30", description = "Attack no longer than this.")
    private int seconds;

    @Option(
            names = "--quiet-ms",
            defaultValue = "40",
            description = "How long to listen for an answer, milliseconds.")
    private int quietMs;

    @Option(names = "--seed", description = "Default: random, printed.")
    private Long seed;

    @Option(names = "--json")
    private boolean json;

    @Spec private CommandSpec spec;

    private final Map<String, Map<String, Integer>> answers = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private volatile boolean attacking = true;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (null == iscsi && null == nvme
                || null != iscsi && null == iqn
                || null != nvme && null == nqn) {
            throw new ParameterException(
                    spec.commandLine(), "--iscsi with --iqn, --nvme with --nqn, or both pairs");
        }
        final long usedSeed = null == seed ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
        final Map<String, Attack> attacks = new LinkedHashMap<>();
        final List<Polite> polite = new ArrayList<>();
        final List<InetSocketAddress> addresses = new ArrayList<>();
        if (null != iscsi) {
            addresses.add(address(iscsi));
            attacks.put("iscsi", new IscsiAttack(address(iscsi), iqn, lun, quietMs));
            polite.add(new Polite("iscsi", polite.size(), usedSeed));
        }
        if (null != nvme) {
            addresses.add(address(nvme));
            attacks.put("nvme", new NvmeAttack(address(nvme), nqn, nsid, quietMs));
            polite.add(new Polite("nvme", polite.size(), usedSeed));
        }
        final int before = openSockets(addresses);
        polite.forEach(Thread::start);
        final int done = attack(attacks, new Random(usedSeed));
        attacking = false;
        for (final Polite one : polite) {
            one.join();
            one.judge();
        }
        final int after = awaitSockets(addresses, before);
        if (after > before) {
            problem("the target kept " + (after - before) + " connections");
        }
        for (final String protocol : attacks.keySet()) {
            checkServes(protocol);
        }
        report(usedSeed, done, polite);
        return problems.isEmpty() ? 0 : 1;
    }

    private int attack(final Map<String, Attack> attacks, final Random random) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        final List<String> protocols = List.copyOf(attacks.keySet());
        final Attack.Kind[] kinds = Attack.Kind.values();
        int done = 0;
        while (done < count && System.nanoTime() - deadlineNs < 0) {
            final String protocol = protocols.get(done % protocols.size());
            final Attack.Kind kind = kinds[done / protocols.size() % kinds.length];
            String answer;
            try {
                answer = attacks.get(protocol).carryOut(kind, random);
            } catch (final IOException e) {
                answer = "trouble";
                problem(protocol + " " + kind + ", attack " + done + ": " + e.getMessage());
            }
            answers.computeIfAbsent(protocol + " " + kind, key -> new TreeMap<>())
                    .merge(answer, 1, Integer::sum);
            done++;
        }
        return done;
    }

    /** Once more from the beginning: log in, read. */
    private void checkServes(final String protocol) {
        try (ClientLoop loop = new ClientLoop(ClientLoop.Wait.PARK)) {
            final LoadResult result = run(protocol, loop, workload(1, 0, 1));
            if (!result.isSound()) {
                problem(protocol + " afterwards: " + result.problems);
            }
        } catch (final IOException e) {
            problem(protocol + " afterwards: " + e.getMessage());
        }
    }

    private static Workload workload(final long forSeed, final double rate, final long forSeconds) {
        return new Workload(
                rate > 0 ? Workload.Op.MIXED : Workload.Op.READ,
                POLITE_BYTES,
                false,
                POLITE_RANGE_BYTES,
                50,
                rate,
                0,
                TimeUnit.SECONDS.toNanos(forSeconds) / 4,
                rate > 0,
                false,
                forSeed);
    }

    private LoadResult run(final String protocol, final ClientLoop loop, final Workload workload)
            throws IOException {
        return run(protocol, loop, workload, 0, 1);
    }

    private LoadResult run(
            final String protocol,
            final ClientLoop loop,
            final Workload workload,
            final int part,
            final int parts)
            throws IOException {
        if ("iscsi".equals(protocol)) {
            final IscsiOptions options = IscsiOptions.to(iqn, lun).withDepth(POLITE_DEPTH);
            try (Initiator session = IscsiInitiator.connect(loop, address(iscsi), options)) {
                return new LoadWorker(loop, List.of(session), workload, part, parts).run();
            }
        }
        final NvmeOptions options = NvmeOptions.to(nqn, nsid).withQueues(1, POLITE_DEPTH);
        try (NvmeController controller = NvmeController.connect(loop, address(nvme), options)) {
            return new LoadWorker(loop, controller.initiators(), workload, part, parts).run();
        }
    }

    /** A connection with manners, again and again while the attack lasts. Owner: itself. */
    private final class Polite extends Thread {
        private final String protocol;
        private final int part;
        private final long politeSeed;
        private final LoadResult result = new LoadResult();
        private IOException failure;

        private Polite(final String protocol, final int part, final long politeSeed) {
            super("polite-" + protocol);
            this.protocol = protocol;
            this.part = part;
            this.politeSeed = politeSeed;
        }

        @Override
        public void run() {
            try (ClientLoop loop = new ClientLoop(ClientLoop.Wait.PARK)) {
                long round = 0;
                do {
                    final Workload workload = workload(politeSeed + round++, POLITE_RATE, 8);
                    result.add(RudeCommand.this.run(protocol, loop, workload, part, 2));
                } while (attacking && result.isSound());
            } catch (final IOException e) {
                failure = e;
            }
        }

        private void judge() {
            if (null != failure) {
                problem("polite " + protocol + " connection: " + failure.getMessage());
            }
            result.problems.forEach(text -> problem("polite " + protocol + " connection: " + text));
            if (0 == result.blocksChecked) {
                problem("polite " + protocol + " connection: checked nothing");
            }
        }
    }

    private static int openSockets(final List<InetSocketAddress> addresses) throws IOException {
        int open = 0;
        for (final InetSocketAddress address : addresses) {
            if (address.getAddress().isLoopbackAddress()) {
                open += ServerSockets.open(address.getPort());
            }
        }
        return open;
    }

    private static int awaitSockets(final List<InetSocketAddress> addresses, final int wanted)
            throws IOException {
        final long deadlineNs = System.nanoTime() + LEAK_TIMEOUT_NS;
        int open = openSockets(addresses);
        while (open > wanted && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(LEAK_POLL_NS);
            open = openSockets(addresses);
        }
        return open;
    }

    private void problem(final String text) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(text);
        }
    }

    private void report(final long usedSeed, final int done, final List<Polite> polite) {
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            final Map<String, Object> root = new LinkedHashMap<>();
            root.put("seed", usedSeed);
            root.put("attacks", done);
            root.put("answers", answers);
            polite.forEach(
                    one ->
                            root.put(
                                    "politeBlocksChecked." + one.protocol,
                                    one.result.blocksChecked));
            root.put("problems", problems);
            try {
                out.println(
                        new ObjectMapper()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(root));
            } catch (final JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        } else {
            out.println("seed " + usedSeed + ", " + done + " attacks");
            answers.forEach(
                    (attack, counts) ->
                            counts.forEach(
                                    (answer, times) ->
                                            out.printf("%-24s %5d  %s%n", attack, times, answer)));
            polite.forEach(
                    one ->
                            out.printf(
                                    "polite %s: %d blocks right, %d wrong%n",
                                    one.protocol,
                                    one.result.blocksChecked,
                                    one.result.blocksWrong));
            problems.forEach(text -> out.println("problem: " + text));
        }
        out.flush();
    }

    private InetSocketAddress address(final String text) throws IOException {
        final int colon = text.lastIndexOf(':');
        try {
            final InetSocketAddress address =
                    new InetSocketAddress(
                            text.substring(0, Math.max(0, colon)),
                            Integer.parseInt(text.substring(colon + 1)));
            if (!address.isUnresolved()) {
                return address;
            }
        } catch (final IllegalArgumentException e) {
            throw new IOException(text + ": HOST:PORT", e);
        }
        throw new IOException(text + ": host not known");
    }
}
