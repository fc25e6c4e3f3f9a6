package io.gemel.bench.jmh;

import io.gemel.core.uring.CqeHandler;
import io.gemel.core.uring.NativeFile;
import io.gemel.core.uring.Uring;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * 4 KiB random reads of a file with O_DIRECT: one at a time, and in batches of 32, by io_uring and
 * by FileChannel (the baseline, which knows no batch). The file lies in the folder that the
 * property gemel.bench.folder names, else in the temporary folder.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class UringBenchmark {
    private static final int BATCH = 32;
    private static final int BYTES = 4096;
    private static final long FILE_BYTES = 64 << 20;
    private static final int FLOOD_BYTES = 1 << 20;

    private final SplittableRandom random = new SplittableRandom(7143);
    private final ByteBuffer data =
            ByteBuffer.allocateDirect(BATCH * BYTES + BYTES).alignedSlice(BYTES);
    private final long address = BufferUtil.address(data);
    private final CqeHandler handler = this::onCqe;
    private Path path;
    private FileChannel channel;
    private NativeFile file;
    private Uring uring;
    private int slot;
    private int buffer;
    private int completed;

    @Setup
    public void setUp() throws IOException {
        final String folder =
                System.getProperty("gemel.bench.folder", System.getProperty("java.io.tmpdir"));
        path = Files.createTempFile(Path.of(folder), "gemel-bench-", ".img");
        try (FileChannel writer = FileChannel.open(path, StandardOpenOption.WRITE)) {
            final ByteBuffer flood = ByteBuffer.allocateDirect(FLOOD_BYTES);
            for (long at = 0; at < FILE_BYTES; at += FLOOD_BYTES) {
                flood.clear().putLong(0, at);
                writer.write(flood, at);
            }
            writer.force(true);
        }
        channel = FileChannel.open(path, StandardOpenOption.READ, direct());
        file = NativeFile.open(path, NativeFile.O_RDONLY | NativeFile.O_DIRECT, 0);
        uring = Uring.create(2 * BATCH, 4 * BATCH, 1);
        uring.start();
        slot = uring.addFile(file.fd());
        buffer =
                0 == uring.registerBuffers(new long[] {address}, new long[] {BATCH * BYTES})
                        ? 0
                        : Uring.NO_BUFFER;
    }

    /** By name: newer compilers warn of the class, which is the JDK's only way to say O_DIRECT. */
    private static OpenOption direct() throws IOException {
        try {
            return (OpenOption)
                    Class.forName("com.sun.nio.file.ExtendedOpenOption")
                            .getField("DIRECT")
                            .get(null);
        } catch (final ReflectiveOperationException e) {
            throw new IOException("this JDK cannot open with O_DIRECT", e);
        }
    }

    @TearDown
    public void tearDown() throws IOException {
        uring.close(handler);
        file.close();
        channel.close();
        Files.delete(path);
    }

    @Benchmark
    public int oneByFileChannel() throws IOException {
        return readByChannel(0);
    }

    @Benchmark
    public int oneByUring() {
        return readByUring(1);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int batchByFileChannel() throws IOException {
        int bytes = 0;
        for (int i = 0; i < BATCH; i++) {
            bytes += readByChannel(i);
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int batchByUring() {
        return readByUring(BATCH);
    }

    private int readByChannel(final int i) throws IOException {
        data.limit((i + 1) * BYTES).position(i * BYTES);
        return channel.read(data, offset());
    }

    private int readByUring(final int count) {
        for (int i = 0; i < count; i++) {
            if (!uring.prepRead(slot, address + (long) i * BYTES, BYTES, offset(), buffer, 0, i)) {
                throw new IllegalStateException("submission queue full");
            }
        }
        completed = 0;
        while (completed < count) {
            uring.submit();
            uring.poll(handler, BATCH);
        }
        return completed;
    }

    private void onCqe(final long userData, final int result, final int flags) {
        if (BYTES != result) {
            throw new IllegalStateException("read " + userData + ": " + result);
        }
        completed++;
    }

    private long offset() {
        return random.nextLong(FILE_BYTES / BYTES) * BYTES;
    }
}
