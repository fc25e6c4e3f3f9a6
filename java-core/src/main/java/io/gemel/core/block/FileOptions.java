package io.gemel.core.block;

import java.nio.file.Path;

/**
 * How a file or device is to be opened.
 *
 * @param path of the file or device
 * @param sizeBytes of the volume; 0: as large as the file or device is
 * @param blockSize bytes per block of the volume, 512 or 4096
 * @param direct past the page cache (O_DIRECT); refused by the file system, opening fails
 * @param sparse a new file is a hole, and freed blocks give their space back; else it is allocated
 *     in full and stays so. Files only
 * @param readOnly opened for reading only, beside other readers
 * @param shared other nodes or processes may have it open for writing as well
 */
public record FileOptions(
        Path path,
        long sizeBytes,
        int blockSize,
        boolean direct,
        boolean sparse,
        boolean readOnly,
        boolean shared) {
    public FileOptions {
        if (blockSize != 512 && blockSize != 4096) {
            throw new IllegalArgumentException("block size " + blockSize);
        }
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("size " + sizeBytes);
        }
    }
}
