package io.gemel.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a volume's blocks are.
 *
 * @param path file or block device; empty for {@link Type#MEMORY}
 * @param sizeBytes size of a memory volume or of a file to be made; empty: what is found at {@code
 *     path}
 * @param direct whether the page cache is passed by (O_DIRECT)
 * @param sparse whether a new file is made with holes, and unmapped ranges give their space back
 */
public record BackendConfig(
        Type type, Optional<Path> path, OptionalLong sizeBytes, boolean direct, boolean sparse) {

    /** Kind of backend. */
    public enum Type {
        FILE,
        BLOCK,
        MEMORY
    }
}
