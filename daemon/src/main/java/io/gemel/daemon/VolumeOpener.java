package io.gemel.daemon;

import io.gemel.config.BackendConfig;
import io.gemel.config.VolumeConfig;
import io.gemel.core.block.BlockBackend;
import io.gemel.core.block.BlockDeviceBackend;
import io.gemel.core.block.FileBackend;
import io.gemel.core.block.FileOptions;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes volumes out of their configuration. */
final class VolumeOpener {
    private VolumeOpener() {}

    /**
     * Opens the backend of a volume; who calls it closes it.
     *
     * @param index 0 upwards, dense
     * @throws StartFailedException with the volume's name and what is wrong
     */
    static Volume open(final int index, final VolumeConfig config) throws StartFailedException {
        final BlockBackend backend;
        try {
            backend = backend(config);
        } catch (final IOException e) {
            throw new StartFailedException("volume " + config.name() + ": " + e.getMessage(), e);
        }
        return new Volume(
                index,
                config.name(),
                config.uuid(),
                config.blockSize(),
                config.readOnly(),
                config.writeCache(),
                backend);
    }

    private static BlockBackend backend(final VolumeConfig config) throws IOException {
        return switch (config.backend().type()) {
            case FILE -> file(options(config));
            case BLOCK -> BlockDeviceBackend.open(options(config));
            case MEMORY -> new MemoryBackend(config.backend().sizeBytes().orElseThrow());
        };
    }

    /** A folder is not made: a file system that is not mounted would go unnoticed. */
    private static BlockBackend file(final FileOptions options) throws IOException {
        final Path folder = options.path().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new IOException(
                    "there is no folder " + folder + " for " + options.path() + "; make it first");
        }
        return FileBackend.open(options);
    }

    private static FileOptions options(final VolumeConfig config) {
        final BackendConfig backend = config.backend();
        return new FileOptions(
                backend.path().orElseThrow(),
                backend.sizeBytes().orElse(0),
                config.blockSize(),
                backend.direct(),
                backend.sparse(),
                config.readOnly(),
                false);
    }
}
