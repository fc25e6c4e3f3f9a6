package io.gemel.bench.jmh;

import io.gemel.bench.client.Crc32c;
import io.gemel.core.memory.Crc32cDigest;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Digests: the target's, which copies to an array in the cache first; over the ByteBuffer where it
 * lies; and the JDK's over an array (the baseline).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Crc32cBenchmark {
    @Param({"48", "4096", "65536"})
    private int lengthBytes;

    private final CRC32C jdk = new CRC32C();
    private final Crc32cDigest digest = new Crc32cDigest();
    private final Crc32c inPlace = new Crc32c();
    private byte[] array;
    private UnsafeBuffer direct;

    @Setup
    public void setUp() {
        array = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            array[i] = (byte) (i * 31);
        }
        direct = new UnsafeBuffer(ByteBuffer.allocateDirect(lengthBytes));
        direct.putBytes(0, array);
    }

    @Benchmark
    public long jdkOverArray() {
        jdk.reset();
        jdk.update(array, 0, lengthBytes);
        return jdk.getValue();
    }

    @Benchmark
    public int throughCachedArray() {
        return digest.reset().update(direct, 0, lengthBytes).value();
    }

    @Benchmark
    public int overDirectBuffer() {
        return inPlace.reset().update(direct, 0, lengthBytes).value();
    }
}
