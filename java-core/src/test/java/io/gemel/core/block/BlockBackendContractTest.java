package io.gemel.core.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo.Kind;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend must do. A subclass says how one is opened, or skips with the reason. */
@Timeout(120)
abstract class BlockBackendContractTest {
    static final long MIB = 1024L * 1024;
    static final long TIB = MIB * MIB;
    private static final int STRIPES = 16;

    TestAgent agent;
    BlockBackend backend;
    BackendQueue queue;
    private long openFds;

    /** A new backend of that size, all zero, for a volume with that block size. */
    abstract BlockBackend open(long sizeBytes, int blockSize) throws Exception;

    /** As open, for a size that not every place can hold. */
    BlockBackend openLarge(final long sizeBytes, final int blockSize) throws Exception {
        return open(sizeBytes, blockSize);
    }

    /** Takes away what open has set up beside the backend. */
    void cleanUp() throws Exception {}

    @BeforeEach
    void makeAgent() throws Exception {
        agent = new TestAgent();
        openFds = openFds();
    }

    @AfterEach
    void closeAll() throws Exception {
        try {
            if (null != queue) {
                queue.close();
                queue.close();
            }
            agent.closePollers();
            if (null != backend) {
                backend.close();
                backend.close();
            }
            agent.assertBalanced();
            assertThat(openFds()).as("open descriptors").isEqualTo(openFds);
        } finally {
            agent.close();
            cleanUp();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldDescribeItself(final int blockSize) throws Exception {
        use(open(MIB, blockSize));
        assertThat(backend.sizeBytes()).isEqualTo(MIB);
        assertThat(backend.describe()).isNotBlank();
        assertThat(backend.physicalBlockBytes()).isGreaterThanOrEqualTo(512);
        assertThat(Integer.bitCount(backend.physicalBlockBytes())).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldReadZeroesWhereNothingWasWritten(final int blockSize) throws Exception {
        use(open(MIB, blockSize));
        fill(0, 0, TestAgent.BUFFER_BYTES, 7);
        assertThat(agent.run(queue, Kind.READ, 0, 0, TestAgent.BUFFER_BYTES, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(agent.buffer(0)).isEqualTo(zeroes(TestAgent.BUFFER_BYTES));
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldKeepFirstAndLastBlock(final int blockSize) throws Exception {
        use(open(MIB, blockSize));
        final long last = MIB - blockSize;
        fill(0, 0, blockSize, 1);
        fill(1, 0, blockSize, 2);
        agent.start(queue, Kind.WRITE, 0, 0, blockSize, false);
        agent.start(queue, Kind.WRITE, 1, last, blockSize, false);
        agent.awaitAll();
        agent.start(queue, Kind.READ, 2, last, blockSize, false);
        agent.start(queue, Kind.READ, 3, 0, blockSize, false);
        agent.awaitAll();
        assertThat(Arrays.copyOf(agent.status, 4)).containsOnly(BlockStatus.OK);
        assertThat(bytes(2, blockSize)).isEqualTo(bytes(1, blockSize));
        assertThat(bytes(3, blockSize)).isEqualTo(bytes(0, blockSize));
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldReach64TiB(final int blockSize) throws Exception {
        use(openLarge(64 * TIB, blockSize));
        assertThat(backend.sizeBytes()).isEqualTo(64 * TIB);
        final long last = 64 * TIB - 2L * blockSize;
        fill(0, 0, 2 * blockSize, 3);
        assertThat(agent.run(queue, Kind.WRITE, 0, last, 2L * blockSize, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(agent.run(queue, Kind.READ, 1, last, 2L * blockSize, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(bytes(1, 2 * blockSize)).isEqualTo(bytes(0, 2 * blockSize));
        fill(1, 0, blockSize, 4);
        assertThat(agent.run(queue, Kind.READ, 1, last - blockSize, blockSize, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(bytes(1, blockSize)).containsOnly(0);
    }

    /** Random operations, sixteen at a time, against an array of bytes. */
    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldAgreeWithAnArrayOfBytes(final int blockSize) throws Exception {
        final long seed = System.nanoTime();
        System.out.println("seed " + seed);
        final Random random = new Random(seed);
        final int stripeBytes = 128 * 1024;
        use(open((long) STRIPES * stripeBytes, blockSize));
        final byte[] model = new byte[STRIPES * stripeBytes];
        final int[] from = new int[STRIPES];
        final int[] length = new int[STRIPES];
        final byte[] data = new byte[stripeBytes];
        for (int round = 0; round < 60; round++) {
            for (int i = 0; i < STRIPES; i++) {
                final int blocks = stripeBytes / blockSize;
                final int lba = random.nextInt(blocks);
                from[i] = i * stripeBytes + lba * blockSize;
                length[i] = (1 + random.nextInt(blocks - lba)) * blockSize;
                final Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
                if (Kind.WRITE == kind) {
                    random.nextBytes(data);
                    agent.buffer(i).putBytes(0, data, 0, length[i]);
                }
                agent.start(queue, kind, i, from[i], length[i], random.nextInt(8) == 0);
            }
            agent.awaitAll();
            for (int i = 0; i < STRIPES; i++) {
                check(i, seed, model, from[i], length[i]);
            }
        }
        for (int i = 0; i < STRIPES; i++) {
            agent.start(queue, Kind.READ, i, (long) i * stripeBytes, stripeBytes, false);
        }
        agent.awaitAll();
        for (int i = 0; i < STRIPES; i++) {
            check(i, seed, model, i * stripeBytes, stripeBytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldFlushAndForceUnitAccess(final int blockSize) throws Exception {
        use(open(MIB, blockSize));
        assertThat(agent.run(queue, Kind.FLUSH, 0, 0, 0, false)).isEqualTo(BlockStatus.OK);
        fill(1, 0, blockSize, 5);
        assertThat(agent.run(queue, Kind.WRITE, 1, blockSize, blockSize, true))
                .isEqualTo(BlockStatus.OK);
        assertThat(agent.run(queue, Kind.FLUSH, 0, 0, 0, false)).isEqualTo(BlockStatus.OK);
        assertThat(agent.run(queue, Kind.READ, 2, blockSize, blockSize, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(bytes(2, blockSize)).isEqualTo(bytes(1, blockSize));
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldZeroARangeAndNothingBesideIt(final int blockSize) throws Exception {
        use(open(MIB, blockSize));
        for (final Kind kind : new Kind[] {Kind.WRITE_ZEROES, Kind.DEALLOCATE}) {
            fill(0, 0, 64 * blockSize, 6);
            assertThat(agent.run(queue, Kind.WRITE, 0, 0, 64L * blockSize, false))
                    .isEqualTo(BlockStatus.OK);
            final BlockStatus status =
                    agent.run(queue, kind, 1, 3L * blockSize, 37L * blockSize, false);
            assertThat(agent.run(queue, Kind.READ, 2, 0, 64L * blockSize, false))
                    .isEqualTo(BlockStatus.OK);
            if (BlockStatus.OK == status) {
                agent.buffer(0).setMemory(3 * blockSize, 37 * blockSize, (byte) 0);
            } else {
                assertThat(status).isEqualTo(BlockStatus.UNSUPPORTED);
                assertThat(Kind.DEALLOCATE == kind && backend.canDeallocate())
                        .as("says that it can, and cannot")
                        .isFalse();
            }
            assertThat(bytes(2, 64 * blockSize)).isEqualTo(bytes(0, 64 * blockSize));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldCompleteWhatIsCancelled(final int blockSize) throws Exception {
        use(open(16 * MIB, blockSize));
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < TestAgent.SLOTS; i++) {
                final boolean write = 0 == (i & 1);
                agent.start(
                        queue,
                        write ? Kind.WRITE : Kind.READ,
                        i,
                        (long) i * TestAgent.BUFFER_BYTES,
                        TestAgent.BUFFER_BYTES,
                        false);
            }
            for (int i = 0; i < TestAgent.SLOTS; i++) {
                if (agent.inFlight(i)) {
                    queue.cancel(agent.io(i));
                }
                if (agent.inFlight(i)) {
                    queue.cancel(agent.io(i));
                }
            }
            agent.awaitAll();
            assertThat(agent.status).containsAnyOf(BlockStatus.OK, BlockStatus.ABORTED);
            assertThat(agent.status).doesNotContainNull();
            assertThat(agent.status).allMatch(s -> s == BlockStatus.OK || s == BlockStatus.ABORTED);
        }
        // What was cancelled is over: the same place can be used again.
        fill(0, 0, blockSize, 9);
        assertThat(agent.run(queue, Kind.WRITE, 0, 0, blockSize, false)).isEqualTo(BlockStatus.OK);
        assertThat(agent.run(queue, Kind.READ, 1, 0, blockSize, false)).isEqualTo(BlockStatus.OK);
        assertThat(bytes(1, blockSize)).isEqualTo(bytes(0, blockSize));
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldTearDownWithIoInFlight(final int blockSize) throws Exception {
        use(open(16 * MIB, blockSize));
        for (int i = 0; i < TestAgent.SLOTS; i++) {
            agent.start(
                    queue,
                    0 == (i & 1) ? Kind.WRITE : Kind.READ,
                    i,
                    (long) i * TestAgent.BUFFER_BYTES,
                    TestAgent.BUFFER_BYTES,
                    0 == (i & 3));
        }
        agent.closePollers();
        agent.assertBalanced();
        assertThat(agent.status).allMatch(s -> s == BlockStatus.OK || s == BlockStatus.ABORTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldServeTwoQueuesOfOneAgent(final int blockSize) throws Exception {
        use(open(MIB, blockSize));
        try (BackendQueue second = backend.openQueue(agent)) {
            fill(0, 0, blockSize, 11);
            assertThat(agent.run(second, Kind.WRITE, 0, 0, blockSize, false))
                    .isEqualTo(BlockStatus.OK);
        }
        assertThat(agent.run(queue, Kind.READ, 1, 0, blockSize, false)).isEqualTo(BlockStatus.OK);
        assertThat(bytes(1, blockSize)).isEqualTo(bytes(0, blockSize));
    }

    final void use(final BlockBackend opened) throws Exception {
        backend = opened;
        queue = opened.openQueue(agent);
    }

    final void fill(final int slot, final int from, final int length, final int seed) {
        final byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        agent.buffer(slot).putBytes(from, data);
    }

    final byte[] bytes(final int slot, final int length) {
        final byte[] data = new byte[length];
        agent.buffer(slot).getBytes(0, data);
        return data;
    }

    private static UnsafeBuffer zeroes(final int length) {
        return new UnsafeBuffer(new byte[length]);
    }

    private void check(
            final int slot, final long seed, final byte[] model, final int from, final int length) {
        final Kind kind = agent.io(slot).kind();
        final String what = kind + " at " + from + " length " + length + " seed " + seed;
        final boolean zeroing = Kind.DEALLOCATE == kind || Kind.WRITE_ZEROES == kind;
        if (zeroing && BlockStatus.UNSUPPORTED == agent.status[slot]) {
            return;
        }
        assertThat(agent.status[slot]).as(what).isEqualTo(BlockStatus.OK);
        if (zeroing) {
            Arrays.fill(model, from, from + length, (byte) 0);
        } else if (Kind.WRITE == kind) {
            agent.buffer(slot).getBytes(0, model, from, length);
        } else if (Kind.READ == kind) {
            assertThat(bytes(slot, length))
                    .as(what)
                    .isEqualTo(Arrays.copyOfRange(model, from, from + length));
        }
    }

    /** Rings and volumes that are open; what the JVM opens for itself does not count. */
    private static long openFds() throws Exception {
        long count = 0;
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            for (final Path fd : (Iterable<Path>) fds::iterator) {
                try {
                    final String target = Files.readSymbolicLink(fd).toString();
                    final boolean ours =
                            target.contains("io_uring")
                                    || target.startsWith("/dev/loop")
                                    || target.endsWith("volume");
                    count += ours ? 1 : 0;
                } catch (final NoSuchFileException e) {
                    // the descriptor that lists the folder
                }
            }
        }
        return count;
    }
}
