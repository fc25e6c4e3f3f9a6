package io.gemel.core.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeTest {
    @TempDir private Path folder;

    @Test
    void shouldLoad() {
        assertThat(NativeLibrary.unavailableReason()).isNull();
        assertThat(Natives.abiVersion()).isEqualTo(NativeLibrary.ABI_VERSION);
    }

    @Test
    void shouldLoadTheCopyInTheJar() throws Exception {
        final long before = leftOver();
        assertThat(loadedElsewhere(null)).isNull();
        assertThat(leftOver()).isEqualTo(before);
    }

    @Test
    void shouldSayWhatWasTriedWhenItCannotBeLoaded() throws Exception {
        assertThat(loadedElsewhere(folder.toString()))
                .contains("libgemel.so could not be loaded")
                .contains(folder.toString());
    }

    @Test
    void shouldRefuseUnknownConstants() {
        assertThatThrownBy(() -> NativeLibrary.constant("NO_SUCH"))
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContaining("NO_SUCH");
    }

    @Test
    void shouldNameErrors() {
        assertThat(Errno.name(Errno.EIO)).isEqualTo("EIO");
        assertThat(Errno.describe(Errno.ENOSPC)).startsWith("ENOSPC (no space");
        assertThat(Errno.describe(4711)).isEqualTo("errno 4711");
        assertThat(Errno.name(-1)).isEqualTo("errno -1");
    }

    @Test
    void shouldMapAlignedMemory() throws Exception {
        final long length = 3L * NativeMemory.pageSize();
        final long address = NativeMemory.map(length, 1 << 21);
        assertThat(address % (1 << 21)).isZero();
        final UnsafeBuffer bytes = new UnsafeBuffer(address, (int) length);
        bytes.setMemory(0, (int) length, (byte) 1);
        assertThat(NativeMemory.advise(address, length, NativeMemory.MADV_WILLNEED)).isZero();
        assertThat(NativeMemory.advise(address + 1, length, NativeMemory.MADV_WILLNEED))
                .isEqualTo(-Errno.EINVAL);
        NativeMemory.unmap(address, length);
        assertThatThrownBy(() -> NativeMemory.map(1, 4096)).isInstanceOf(ErrnoException.class);
    }

    @Test
    void shouldPinThread() throws Exception {
        final CompletableFuture<BitSet> pinned = new CompletableFuture<>();
        final int cpu = NativeThread.allowedCpus().length() - 1;
        final Thread thread =
                new Thread(
                        () -> {
                            try {
                                NativeThread.pinTo(cpu);
                                pinned.complete(NativeThread.allowedCpus());
                            } catch (final ErrnoException e) {
                                pinned.completeExceptionally(e);
                            }
                        });
        thread.start();
        assertThat(pinned.get(10, TimeUnit.SECONDS).stream()).containsExactly(cpu);
        thread.join();
        assertThat(NativeThread.id()).isPositive();
        assertThatThrownBy(() -> NativeThread.pinTo(-1)).isInstanceOf(ErrnoException.class);
        assertThatThrownBy(() -> NativeThread.pinTo(1 << 20)).isInstanceOf(ErrnoException.class);
    }

    @Test
    void shouldSizeLockAndDescribeFiles() throws Exception {
        final Path path = folder.resolve("a file, ünïcode");
        final int create = NativeFile.O_RDWR | NativeFile.O_CREAT;
        try (NativeFile file = NativeFile.open(path, create | NativeFile.O_EXCL, 0600);
                NativeFile again = NativeFile.open(path, NativeFile.O_RDONLY, 0)) {
            file.truncate(1 << 20);
            final NativeFile.Stat stat = again.stat();
            assertThat(stat.type()).isEqualTo(NativeFile.Type.REGULAR);
            assertThat(stat.size()).isEqualTo(1 << 20);
            assertThat(stat.allocated()).isZero();
            file.allocate(0, 0, 65536);
            assertThat(again.stat().allocated()).isGreaterThanOrEqualTo(65536);
            file.sync();

            assertThat(file.tryLock(true)).isTrue();
            assertThat(again.tryLock(true)).isFalse();
            assertThat(again.tryLock(false)).isFalse();
            file.unlock();
            assertThat(again.tryLock(false)).isTrue();
            assertThat(file.tryLock(false)).isTrue();
            assertThat(file.tryLock(true)).isFalse();

            assertThatThrownBy(file::blockDeviceSize)
                    .isInstanceOfSatisfying(
                            ErrnoException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.ENOTTY));
            assertThat(file.zeroOut(0, 4096)).isEqualTo(-Errno.ENOTTY);
            assertThat(file.discard(0, 4096)).isEqualTo(-Errno.ENOTTY);
        }
        assertThat(path).exists();
        assertThatThrownBy(() -> NativeFile.open(path, create | NativeFile.O_EXCL, 0600))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
        try (NativeFile other = NativeFile.open(Path.of("/dev/null"), NativeFile.O_RDWR, 0)) {
            assertThat(other.stat().type()).isEqualTo(NativeFile.Type.OTHER);
        }
    }

    private static long leftOver() throws Exception {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().startsWith("gemel-native-"))
                    .filter(Files::isDirectory)
                    .count();
        }
    }

    /** Loads the library by a class loader of its own; returns why it could not, or null. */
    private static String loadedElsewhere(final String path) throws Exception {
        final List<URL> urls = new ArrayList<>();
        for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        final String before = System.getProperty(NativeLibrary.PATH_PROPERTY);
        try (URLClassLoader loader =
                new URLClassLoader(
                        urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            if (null == path) {
                System.clearProperty(NativeLibrary.PATH_PROPERTY);
            } else {
                System.setProperty(NativeLibrary.PATH_PROPERTY, path);
            }
            return (String)
                    loader.loadClass(NativeLibrary.class.getName())
                            .getMethod("unavailableReason")
                            .invoke(null);
        } finally {
            if (null == before) {
                System.clearProperty(NativeLibrary.PATH_PROPERTY);
            } else {
                System.setProperty(NativeLibrary.PATH_PROPERTY, before);
            }
        }
    }
}
