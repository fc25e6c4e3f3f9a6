package io.gemel.core.lane.testing;

import io.gemel.core.block.BlockBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.volume.Volume;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Volumes for tests, named and with the UUID derived from the name. */
public final class TestVolumes {
    private TestVolumes() {}

    public static Volume memory(final String name, final int blockSize, final long blockCount) {
        return of(0, name, blockSize, new MemoryBackend(blockSize * blockCount));
    }

    public static Volume memory(
            final int index, final String name, final int blockSize, final long blockCount) {
        return of(index, name, blockSize, new MemoryBackend(blockSize * blockCount));
    }

    public static Volume of(
            final int index, final String name, final int blockSize, final BlockBackend backend) {
        final UUID uuid = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return new Volume(index, name, uuid, blockSize, false, true, backend);
    }
}
