package io.gemel.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.Initiator;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.iscsi.IscsiInitiator;
import io.gemel.bench.iscsi.IscsiOptions;
import io.gemel.bench.nvme.NvmeController;
import io.gemel.bench.nvme.NvmeOptions;
import io.gemel.config.ConfigLoader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One volume, two faces: what is written through one is read through the other. */
@Timeout(60)
class BothFacesTest {
    private static final String IQN = "iqn.2026-11.io.gemel:t";
    private static final String NQN = "nqn.2026-11.io.gemel:t";
    private static final String KNOWN_IQN = "iqn.2026-11.io.gemel:known";
    private static final String KNOWN_NQN = "nqn.2026-11.io.gemel:known";
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int BLOCKS = 16;
    private static final long SEED = 20261120;

    @TempDir private Path folder;
    private ClientLoop loop;
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        loop = new ClientLoop(ClientLoop.Wait.PARK);
        serve("file, size: 8MiB, path: " + folder.resolve("v.img"), "512");
    }

    @AfterEach
    void stop() throws Exception {
        loop.close();
        if (daemon != null) {
            assertThat(daemon.stop()).isTrue();
        }
    }

    private void serve(final String backend, final String blockSize) throws Exception {
        serve(backend, blockSize, "lanes: 2");
    }

    private void serve(final String backend, final String blockSize, final String dataPath)
            throws Exception {
        daemon =
                Daemon.start(
                        new ConfigLoader()
                                .load(
                                        Path.of("test.yaml"),
                                        """
                                        node: {stateDir: "%1$s"}
                                        dataPath: {queueDepth: 64, %8$s}
                                        volumes:
                                          - {name: v, blockSize: %2$s, backend: {type: %3$s}}
                                          - {name: w, backend: {type: memory, size: 1MiB}}
                                        iscsi:
                                          portals: [{port: 0}]
                                          targets:
                                            - {iqn: "%4$s", luns: [{lun: 0, volume: v}, {lun: 7, volume: w}], initiators: any}
                                            - iqn: "%4$s2"
                                              luns: [{lun: 0, volume: v}, {lun: 7, volume: w}]
                                              initiators: [{iqn: "%6$s", luns: [7]}]
                                        nvme:
                                          portals: [{port: 0}]
                                          discovery: {port: 0}
                                          subsystems:
                                            - {nqn: "%5$s", namespaces: [{nsid: 1, volume: v}, {nsid: 7, volume: w}], hosts: any}
                                            - nqn: "%5$s2"
                                              namespaces: [{nsid: 1, volume: v}, {nsid: 7, volume: w}]
                                              hosts: [{nqn: "%7$s", namespaces: [7]}]
                                        admin: {socket: "%1$s/s", http: none}
                                        """
                                                .formatted(
                                                        folder, blockSize, backend, IQN, NQN,
                                                        KNOWN_IQN, KNOWN_NQN, dataPath)));
    }

    private InetSocketAddress portal(final String protocol) {
        return daemon.portals().stream()
                .filter(portal -> portal.protocol().equals(protocol))
                .findFirst()
                .orElseThrow()
                .address();
    }

    private IscsiInitiator iscsi() throws IOException {
        return IscsiInitiator.connect(loop, portal("iscsi"), IscsiOptions.to(IQN, 0));
    }

    private NvmeController nvme() throws IOException {
        return NvmeController.connect(loop, portal("nvme"), NvmeOptions.to(NQN, 1));
    }

    private static UnsafeBuffer buffer(final Initiator initiator) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(BLOCKS * initiator.blockSize()));
    }

    private static UnsafeBuffer noise(final Initiator initiator, final Random random) {
        final UnsafeBuffer buffer = buffer(initiator);
        final byte[] bytes = new byte[buffer.capacity()];
        random.nextBytes(bytes);
        buffer.putBytes(0, bytes);
        return buffer;
    }

    /** Once more where the target first has something to tell (unit attention). */
    private static void call(final Initiator initiator, final IoRequest request) throws Exception {
        for (int attempt = 0; attempt < 3; attempt++) {
            initiator.call(request, PATIENCE_NS);
            if (request.outcome != IoRequest.Outcome.RETRY) {
                break;
            }
        }
        assertThat(request.outcome).as(request.detail()).isEqualTo(IoRequest.Outcome.OK);
    }

    private static void writeHereReadThere(
            final Initiator here, final Initiator there, final Random random) throws Exception {
        final long lba = random.nextInt((int) here.blockCount() - BLOCKS);
        final UnsafeBuffer written = noise(here, random);
        final UnsafeBuffer read = buffer(there);
        call(here, new IoRequest().write(lba, BLOCKS, written, 0));
        call(there, new IoRequest().read(lba, BLOCKS, read, 0));
        assertThat(read).as("lba %d, seed %d", lba, SEED).isEqualTo(written);
    }

    @Test
    void shouldReadThroughOneFaceWhatWasWrittenThroughTheOther() throws Exception {
        final Random random = new Random(SEED);
        try (IscsiInitiator scsi = iscsi();
                NvmeController controller = nvme()) {
            final Initiator queue = controller.queue(0);
            assertThat(scsi.blockSize()).isEqualTo(queue.blockSize());
            assertThat(scsi.blockCount()).isEqualTo(queue.blockCount()).isEqualTo(8 << 20 >> 9);
            for (int round = 0; round < 50; round++) {
                writeHereReadThere(scsi, queue, random);
                writeHereReadThere(queue, scsi, random);
            }
            assertThat(daemon.report().sessions().get("sessions").toString())
                    .contains("protocol=iscsi, peer=" + IscsiOptions.DEFAULT_INITIATOR_NAME)
                    .contains("protocol=nvme, peer=" + NvmeOptions.DEFAULT_HOST_NQN);
        }
    }

    @Test
    void shouldHaveWhatItAcknowledgedAfterItWasStoppedUnderLoad() throws Exception {
        final Random random = new Random(SEED);
        final List<UnsafeBuffer> acknowledged = new ArrayList<>();
        final IscsiInitiator scsi = iscsi();
        final NvmeController controller = nvme();
        final Initiator queue = controller.queue(0);
        for (int i = 0; i < 40; i++) {
            final Initiator initiator = 0 == i % 2 ? scsi : queue;
            final UnsafeBuffer data = noise(initiator, random);
            call(initiator, new IoRequest().write((long) i * BLOCKS, BLOCKS, data, 0));
            acknowledged.add(data);
        }
        // More, which nobody waits for.
        for (int i = 0; i < 8; i++) {
            final IoRequest unawaited = new IoRequest();
            unawaited.write(1024, BLOCKS, noise(queue, random), 0);
            unawaited.listener = (request, nowNs) -> {};
            assertThat(queue.submit(unawaited)).isTrue();
        }
        loop.flush();
        assertThat(daemon.stop()).isTrue();
        daemon = null;
        loop.close();

        loop = new ClientLoop(ClientLoop.Wait.PARK);
        serve("file, path: " + folder.resolve("v.img"), "512");
        try (NvmeController again = nvme()) {
            for (int i = 0; i < acknowledged.size(); i++) {
                final UnsafeBuffer read = buffer(again.queue(0));
                call(again.queue(0), new IoRequest().read((long) i * BLOCKS, BLOCKS, read, 0));
                assertThat(read).as("write %d", i).isEqualTo(acknowledged.get(i));
            }
        }
    }

    @Test
    void shouldServeBlocksOf4096BytesAlike() throws Exception {
        assertThat(daemon.stop()).isTrue();
        serve("memory, size: 8MiB", "4096");
        final Random random = new Random(SEED);
        try (IscsiInitiator scsi = iscsi();
                NvmeController controller = nvme()) {
            assertThat(scsi.blockSize()).isEqualTo(4096);
            assertThat(controller.queue(0).blockSize()).isEqualTo(4096);
            writeHereReadThere(scsi, controller.queue(0), random);
            writeHereReadThere(controller.queue(0), scsi, random);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lanes: 1, agents: dedicated, wait: adaptive",
                "lanes: 2, agents: dedicated, wait: park",
                "lanes: 1, agents: dedicated, wait: busyPoll",
                "lanes: 1, cpus: auto, wait: busyPoll",
                "lanes: 2, cpus: auto, wait: park",
                "lanes: auto, cpus: [0], wait: adaptive"
            })
    void shouldServeAlikeHoweverTheDataPathIsSet(final String dataPath) throws Exception {
        assertThat(daemon.stop()).isTrue();
        serve("file, path: " + folder.resolve("v.img"), "512", dataPath);
        final Random random = new Random(SEED);
        try (IscsiInitiator scsi = iscsi();
                NvmeController controller = nvme()) {
            for (int round = 0; round < 5; round++) {
                writeHereReadThere(scsi, controller.queue(0), random);
                writeHereReadThere(controller.queue(0), scsi, random);
            }
        }
    }

    @Test
    void shouldLetInOnlyWhoIsListedAndShowOnlyWhatIsTheirs() throws Exception {
        final IscsiOptions stranger = IscsiOptions.to(IQN + "2", 7);
        assertThatThrownBy(() -> IscsiInitiator.connect(loop, portal("iscsi"), stranger))
                .isInstanceOf(IOException.class);
        final NvmeOptions strangeHost = NvmeOptions.to(NQN + "2", 7);
        assertThatThrownBy(() -> NvmeController.connect(loop, portal("nvme"), strangeHost))
                .isInstanceOf(IOException.class);

        try (IscsiInitiator known =
                        IscsiInitiator.connect(
                                loop, portal("iscsi"), stranger.withInitiatorName(KNOWN_IQN));
                NvmeController knownHost =
                        NvmeController.connect(
                                loop, portal("nvme"), strangeHost.withHost(KNOWN_NQN))) {
            assertThat(known.blockCount()).isEqualTo(2048);
            assertThat(knownHost.queue(0).blockCount()).isEqualTo(2048);
        }
        final IscsiOptions masked = IscsiOptions.to(IQN + "2", 0).withInitiatorName(KNOWN_IQN);
        assertThatThrownBy(() -> IscsiInitiator.connect(loop, portal("iscsi"), masked))
                .isInstanceOf(IOException.class);
        final NvmeOptions maskedHost = NvmeOptions.to(NQN + "2", 1).withHost(KNOWN_NQN);
        assertThatThrownBy(() -> NvmeController.connect(loop, portal("nvme"), maskedHost))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldBeDiscoveredWithThePortsThatAreReallyOpen() throws Exception {
        assertThat(
                        IscsiInitiator.sendTargets(
                                loop, portal("iscsi"), IscsiOptions.DEFAULT_INITIATOR_NAME))
                .singleElement()
                .satisfies(
                        target -> {
                            assertThat(target.name()).isEqualTo(IQN);
                            assertThat(target.addresses())
                                    .containsExactly(OpenPortal.text(portal("iscsi")) + ",1");
                        });
        for (final String service : List.of("discovery", "nvme")) {
            assertThat(NvmeController.discover(loop, portal(service), KNOWN_NQN))
                    .filteredOn(entry -> 2 == entry.subtype())
                    .extracting(entry -> entry.subnqn() + " " + entry.trsvcid())
                    .containsExactlyInAnyOrder(
                            NQN + " " + portal("nvme").getPort(),
                            NQN + "2 " + portal("nvme").getPort());
        }
    }
}
