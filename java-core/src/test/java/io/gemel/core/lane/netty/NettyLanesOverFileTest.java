package io.gemel.core.lane.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gemel.core.block.BlockBackend;
import io.gemel.core.block.FileBackend;
import io.gemel.core.block.FileOptions;
import io.gemel.core.uring.UringFeatures;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same with a volume on a file: a lane that sleeps in epoll must be woken by its io_uring, and
 * a lane that ends must give its ring back.
 */
class NettyLanesOverFileTest extends NettyLanesTest {
    @TempDir private Path folder;

    @Override
    BlockBackend newBackend(final long sizeBytes) throws IOException {
        assumeTrue(UringFeatures.get().available(), UringFeatures.get().line());
        return FileBackend.open(
                new FileOptions(
                        folder.resolve("volume"), sizeBytes, 512, false, true, false, false));
    }
}
