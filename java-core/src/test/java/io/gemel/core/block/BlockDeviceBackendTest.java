package io.gemel.core.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gemel.core.uring.UringFeatures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The block backend on a loop device of its own; needs root and losetup. */
class BlockDeviceBackendTest extends BlockBackendContractTest {
    @TempDir private Path folder;
    private Path backing;
    private String device;

    @BeforeEach
    void requireUring() {
        assumeTrue(UringFeatures.get().available(), UringFeatures.get().line());
    }

    @Override
    BlockBackend open(final long sizeBytes, final int blockSize) throws Exception {
        attach(folder.resolve("backing"), sizeBytes, blockSize);
        return BlockDeviceBackend.open(options(0, blockSize));
    }

    @Override
    BlockBackend openLarge(final long sizeBytes, final int blockSize) throws Exception {
        final Path large = Files.createTempFile(Path.of("/dev/shm"), "gemel-large-", "");
        attach(large, sizeBytes, blockSize);
        return BlockDeviceBackend.open(options(0, blockSize));
    }

    @Override
    void cleanUp() throws Exception {
        if (null != device) {
            assertThat(run("losetup", "--detach", device)).isNotNull();
            device = null;
        }
        if (null != backing) {
            Files.deleteIfExists(backing);
        }
    }

    @Test
    void shouldGiveSpaceBack() throws Exception {
        use(open(4 * MIB, 4096));
        assertThat(backend.describe()).startsWith("block " + device).contains("direct");
        assumeTrue(backend.canDeallocate(), "the loop device frees nothing here");
        for (int i = 0; i < 4; i++) {
            assertThat(
                            agent.run(
                                    queue,
                                    BackendIo.Kind.WRITE,
                                    0,
                                    i * (long) TestAgent.BUFFER_BYTES,
                                    TestAgent.BUFFER_BYTES,
                                    true))
                    .isEqualTo(BlockStatus.OK);
        }
        final long before = allocated();
        assertThat(before).isGreaterThanOrEqualTo(MIB);
        assertThat(agent.run(queue, BackendIo.Kind.DEALLOCATE, 0, 0, MIB, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(allocated()).isLessThan(before);
    }

    @Test
    void shouldRefuseBlocksSmallerThanSectors() throws Exception {
        attach(folder.resolve("backing"), MIB, 4096);
        refused(options(0, 512), "sectors of 4096 bytes");
        refused(options(0, 512), "4096 may do");
        use(BlockDeviceBackend.open(options(0, 4096)));
        assertThat(backend.physicalBlockBytes()).isGreaterThanOrEqualTo(4096);
    }

    @Test
    void shouldServeSmallBlocksOfLargeSectorsThroughThePageCache() throws Exception {
        attach(folder.resolve("backing"), MIB, 4096);
        use(
                BlockDeviceBackend.open(
                        new FileOptions(Path.of(device), 0, 512, false, true, false, false)));
        fill(0, 0, 512, 1);
        assertThat(agent.run(queue, BackendIo.Kind.WRITE, 0, 512, 512, true))
                .isEqualTo(BlockStatus.OK);
        assertThat(agent.run(queue, BackendIo.Kind.READ, 1, 512, 512, false))
                .isEqualTo(BlockStatus.OK);
        assertThat(bytes(1, 512)).isEqualTo(bytes(0, 512));
        assertThat(agent.run(queue, BackendIo.Kind.WRITE_ZEROES, 0, 512, 512, false))
                .isEqualTo(BlockStatus.UNSUPPORTED);
    }

    @Test
    void shouldClaimTheDevice() throws Exception {
        use(open(MIB, 512));
        refused(options(0, 512), "is in use");
        queue.close();
        backend.close();
        use(BlockDeviceBackend.open(options(MIB / 2, 512)));
        assertThat(backend.sizeBytes()).isEqualTo(MIB / 2);
    }

    @Test
    void shouldRefuseWhatItCannotServe() throws Exception {
        attach(folder.resolve("backing"), MIB, 512);
        refused(options(2 * MIB, 512), "has 1048576 bytes, configured are 2097152");
        refused(options(1000, 512), "no multiple of blockSize");
        final FileOptions file =
                new FileOptions(folder.resolve("backing"), 0, 512, true, true, false, false);
        refused(file, "is no block device; for a file say type: file");
        final FileOptions asFile =
                new FileOptions(Path.of(device), MIB, 512, true, true, false, false);
        assertThatThrownBy(() -> FileBackend.open(asFile))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("for a device say type: block");
    }

    @Test
    void shouldRefuseToWriteToAReadOnlyDevice() throws Exception {
        attach(folder.resolve("backing"), MIB, 512, "--read-only");
        assertThatThrownBy(() -> BlockDeviceBackend.open(options(0, 512)))
                .isInstanceOf(IOException.class);
        use(
                BlockDeviceBackend.open(
                        new FileOptions(Path.of(device), 0, 512, true, true, true, false)));
        assertThat(agent.run(queue, BackendIo.Kind.READ, 0, 0, 512, false))
                .isEqualTo(BlockStatus.OK);
    }

    private FileOptions options(final long sizeBytes, final int blockSize) {
        return new FileOptions(Path.of(device), sizeBytes, blockSize, true, true, false, false);
    }

    private void refused(final FileOptions options, final String why) {
        assertThatThrownBy(() -> BlockDeviceBackend.open(options, 0).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    private long allocated() throws Exception {
        return Long.parseLong(run("stat", "--format=%b", backing.toString()).trim()) * 512;
    }

    private void attach(
            final Path file, final long sizeBytes, final int sectorSize, final String... more)
            throws Exception {
        backing = file;
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(sizeBytes);
        }
        final String[] words = new String[6 + more.length];
        System.arraycopy(
                new String[] {"losetup", "--find", "--show", "--sector-size"}, 0, words, 0, 4);
        words[4] = Integer.toString(sectorSize);
        System.arraycopy(more, 0, words, 5, more.length);
        words[5 + more.length] = file.toString();
        final String answer = run(words);
        if (null == answer) {
            abort("losetup makes no loop device here (root only)");
        }
        device = answer.trim();
    }

    /** What it printed, or null if it failed. */
    private static String run(final String... words) throws Exception {
        try {
            final Process process =
                    new ProcessBuilder(words)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return 0 == process.waitFor() ? output : null;
        } catch (final IOException e) {
            return null;
        }
    }
}
