package io.gemel.core.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.gemel.core.block.BackendIo.Kind;
import io.gemel.core.status.Counter;
import io.gemel.core.uring.Errno;
import io.gemel.core.uring.NativeFile;
import io.gemel.core.uring.UringFeatures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file backend past the page cache. */
class FileBackendTest extends BlockBackendContractTest {
    @TempDir private Path folder;
    private Path elsewhere;

    @BeforeEach
    void requireUring() {
        assumeTrue(UringFeatures.get().available(), UringFeatures.get().line());
    }

    boolean direct() {
        return true;
    }

    @Override
    BlockBackend open(final long sizeBytes, final int blockSize) throws Exception {
        return open(options(path(), sizeBytes, blockSize));
    }

    /** Few file systems hold a file of 64 TiB: ext4 does not, xfs and tmpfs do. */
    @Override
    BlockBackend openLarge(final long sizeBytes, final int blockSize) throws Exception {
        IOException last = null;
        for (final Path place : List.of(folder, Path.of("/dev/shm"))) {
            elsewhere = Files.createTempDirectory(place, "gemel-large-");
            try {
                return FileBackend.open(options(elsewhere.resolve("volume"), sizeBytes, blockSize));
            } catch (final IOException e) {
                last = e;
                cleanUp();
            }
        }
        return abort("no file system here holds it: " + last.getMessage());
    }

    @Override
    void cleanUp() throws Exception {
        if (null != elsewhere) {
            Files.deleteIfExists(elsewhere.resolve("volume"));
            Files.delete(elsewhere);
            elsewhere = null;
        }
    }

    @Test
    void shouldKeepDataWhenReopened() throws Exception {
        use(open(MIB, 512));
        fill(0, 0, 512, 1);
        assertThat(agent.run(queue, Kind.WRITE, 0, 512, 512, true)).isEqualTo(BlockStatus.OK);
        assertThat(agent.counters().get(Counter.URING_ENTERS)).isEqualTo(1);
        assertThat(agent.counters().get(Counter.URING_OPERATIONS)).isEqualTo(1);
        queue.close();
        backend.close();
        use(open(options(path(), 0, 512)));
        assertThat(backend.sizeBytes()).isEqualTo(MIB);
        assertThat(agent.run(queue, Kind.READ, 1, 512, 512, false)).isEqualTo(BlockStatus.OK);
        assertThat(bytes(1, 512)).isEqualTo(bytes(0, 512));
    }

    @Test
    void shouldBeSparseAndGiveSpaceBack() throws Exception {
        use(open(16 * MIB, 4096));
        assertThat(allocated()).isLessThan(65536);
        assumeTrue(backend.canDeallocate(), "no holes can be punched here");
        assertThat(agent.run(queue, Kind.WRITE, 0, 0, TestAgent.BUFFER_BYTES, true))
                .isEqualTo(BlockStatus.OK);
        assertThat(allocated()).isGreaterThanOrEqualTo(TestAgent.BUFFER_BYTES);
        assertThat(agent.run(queue, Kind.DEALLOCATE, 0, 0, 16 * MIB, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(allocated()).isLessThan(65536);
        assertThat(Files.size(path())).isEqualTo(16 * MIB);
    }

    @Test
    void shouldAllocateInFullWhenNotSparse() throws Exception {
        use(open(new FileOptions(path(), 4 * MIB, 512, direct(), false, false, false)));
        assertThat(allocated()).isGreaterThanOrEqualTo(4 * MIB);
        assertThat(backend.canDeallocate()).isFalse();
        assertThat(agent.run(queue, Kind.DEALLOCATE, 0, 0, MIB, false))
                .isEqualTo(BlockStatus.UNSUPPORTED);
        assertThat(agent.run(queue, Kind.WRITE_ZEROES, 0, 0, MIB, false))
                .isIn(BlockStatus.OK, BlockStatus.UNSUPPORTED);
        assertThat(allocated()).isGreaterThanOrEqualTo(4 * MIB);
    }

    @Test
    void shouldGrowAndNeverShrink() throws Exception {
        open(MIB, 512).close();
        open(2 * MIB, 512).close();
        assertThat(Files.size(path())).isEqualTo(2 * MIB);
        assertThatThrownBy(() -> open(MIB, 512))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2097152")
                .hasMessageContaining("not made smaller");
        assertThat(Files.size(path())).isEqualTo(2 * MIB);
    }

    @Test
    void shouldRefuseWhatMakesNoVolume() throws Exception {
        refused(options(path(), 0, 512), "does not exist, and no size is configured");
        refused(options(path(), 1000, 512), "no multiple of blockSize 512");
        assertThat(path()).doesNotExist();
        refused(
                new FileOptions(path(), MIB, 512, direct(), true, true, false),
                "does not exist, and is to be read only");
        refused(options(folder.resolve("no/such"), MIB, 512), "ENOENT");
        refused(options(Path.of("/dev/null"), MIB, 512), "");
        Files.createFile(path());
        refused(options(path(), 0, 512), "is empty");
        assertThat(path()).exists();
    }

    @Test
    void shouldRefuseFileSystemWithoutDirectIo() throws Exception {
        final FileOptions options = options(Path.of("/proc/self/comm"), MIB, 512);
        refused(options, direct() ? "refuses O_DIRECT" : "");
        if (direct()) {
            refused(options, "direct: false");
        }
    }

    @Test
    void shouldLeaveNothingBehindWhereDirectIoIsRefused() throws Exception {
        final Path mount = Files.createDirectory(folder.resolve("ram"));
        assumeTrue(
                command("mount", "-t", "ramfs", "gemel-test", mount.toString()),
                "no ramfs could be mounted (root only)");
        try {
            final FileOptions options = options(mount.resolve("volume"), MIB, 512);
            if (direct()) {
                refused(options, "direct: false");
            } else {
                open(options).close();
            }
            assertThat(Files.exists(options.path())).isEqualTo(!direct());
        } finally {
            assertThat(command("umount", mount.toString())).isTrue();
        }
    }

    @Test
    void shouldLockAgainstASecondUser() throws Exception {
        use(open(MIB, 512));
        refused(options(path(), MIB, 512), "is locked by another");
        refused(new FileOptions(path(), MIB, 512, direct(), true, true, false), "is locked");
        queue.close();
        backend.close();
        final FileOptions shared = new FileOptions(path(), MIB, 512, direct(), true, false, true);
        try (BlockBackend first = open(shared);
                BlockBackend second = open(shared)) {
            assertThat(first.sizeBytes()).isEqualTo(second.sizeBytes());
            refused(options(path(), MIB, 512), "is locked by another");
        }
        use(open(MIB, 512));
    }

    @Test
    void shouldWaitForWhatAKilledProcessHasLeftBehind() throws Exception {
        final BlockBackend before = open(MIB, 512);
        final CountDownLatch begun = new CountDownLatch(1);
        final CompletableFuture<BlockBackend> after =
                CompletableFuture.supplyAsync(
                        () -> {
                            begun.countDown();
                            try {
                                return FileBackend.open(options(path(), MIB, 512));
                            } catch (final IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> after.get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        before.close();
        after.get(10, TimeUnit.SECONDS).close();
    }

    @Test
    void shouldServeReadOnly() throws Exception {
        open(MIB, 512).close();
        use(open(new FileOptions(path(), MIB, 512, direct(), true, true, false)));
        assertThat(agent.run(queue, Kind.READ, 0, 0, 512, false)).isEqualTo(BlockStatus.OK);
        assertThat(agent.run(queue, Kind.DEALLOCATE, 0, 0, 512, false))
                .isEqualTo(BlockStatus.UNSUPPORTED);
        assertThat(agent.run(queue, Kind.WRITE, 0, 0, 512, false)).isNotEqualTo(BlockStatus.OK);
        assertThat(backend.describe()).contains("read-only");
    }

    @Test
    void shouldGoOnWithMemoryThatCannotBeRegistered() throws Exception {
        agent.refuseRegistration();
        use(open(MIB, 512));
        fill(0, 0, 512, 1);
        assertThat(agent.run(queue, Kind.WRITE, 0, 512, 512, false)).isEqualTo(BlockStatus.OK);
        assertThat(agent.run(queue, Kind.READ, 1, 512, 512, false)).isEqualTo(BlockStatus.OK);
        assertThat(bytes(1, 512)).isEqualTo(bytes(0, 512));
    }

    @Test
    void shouldReportAFileThatWasCut() throws Exception {
        use(open(MIB, 512));
        try (RandomAccessFile file = new RandomAccessFile(path().toFile(), "rw")) {
            file.setLength(8192);
        }
        assertThat(agent.run(queue, Kind.READ, 0, 65536, 4096, false))
                .isEqualTo(BlockStatus.READ_ERROR);
        assertThat(agent.errno[0]).isEqualTo(Errno.EIO);
        assertThat(agent.run(queue, Kind.READ, 0, 4096, 8192, false))
                .as("begins before the end")
                .isEqualTo(BlockStatus.READ_ERROR);
        assertThat(agent.counters().get(Counter.URING_TRANSFERS_SHORT)).isEqualTo(3);
    }

    @Test
    void shouldReportAFullFileSystem() throws Exception {
        final Path mount = Files.createDirectory(folder.resolve("small"));
        final String size = "size=512k";
        assumeTrue(
                command("mount", "-t", "tmpfs", "-o", size, "gemel-test", mount.toString()),
                "no small file system could be mounted (root only)");
        try {
            final FileOptions options =
                    new FileOptions(
                            mount.resolve("volume"), 4 * MIB, 4096, direct(), true, false, false);
            use(open(options));
            BlockStatus status = BlockStatus.OK;
            long offset = 0;
            while (BlockStatus.OK == status && offset < 4 * MIB) {
                status = agent.run(queue, Kind.WRITE, 0, offset, TestAgent.BUFFER_BYTES, false);
                offset += TestAgent.BUFFER_BYTES;
            }
            assertThat(status).isEqualTo(BlockStatus.NO_SPACE);
            assertThat(agent.errno[0]).isEqualTo(Errno.ENOSPC);
            queue.close();
            agent.closePollers();
            backend.close();
            refused(
                    new FileOptions(
                            mount.resolve("thick"), 4 * MIB, 4096, direct(), false, false, false),
                    "ENOSPC");
            assertThat(mount.resolve("thick")).doesNotExist();
        } finally {
            assertThat(command("umount", mount.toString())).isTrue();
        }
    }

    @Test
    void shouldAllocateNothingPerOperation() throws Exception {
        use(open(MIB, 512));
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The first rounds pay for class loading and the JIT; what an operation costs, all pay.
        long allocated = Long.MAX_VALUE;
        for (int round = 0; 0 != allocated && round < 30; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 200; i++) {
                for (int slot = 0; slot < 8; slot++) {
                    final Kind kind = 0 == (slot & 1) ? Kind.READ : Kind.WRITE;
                    agent.startUnchecked(queue, kind, slot, slot * 512L, 512);
                }
                agent.awaitAll();
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).isZero();
    }

    private Path path() {
        return folder.resolve("volume");
    }

    private BlockBackend open(final FileOptions options) throws IOException {
        return FileBackend.open(options, 0);
    }

    private FileOptions options(final Path path, final long sizeBytes, final int blockSize) {
        return new FileOptions(path, sizeBytes, blockSize, direct(), true, false, false);
    }

    private void refused(final FileOptions options, final String why) {
        assertThatThrownBy(() -> open(options).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    private long allocated() throws IOException {
        try (NativeFile file = NativeFile.open(path(), NativeFile.O_RDONLY, 0)) {
            return file.stat().allocated();
        }
    }

    private static boolean command(final String... words) throws Exception {
        final Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return 0 == process.waitFor();
    }
}
