package io.gemel.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A whole, checked configuration: what the daemon is built from. Immutable; defaults are filled in.
 *
 * @param file the file it was read from
 * @param iscsi empty when the file has no {@code iscsi} section: that front end is then not started
 * @param nvme empty when the file has no {@code nvme} section: that front end is then not started
 */
public record GemelConfig(
        Path file,
        NodeConfig node,
        DataPathConfig dataPath,
        List<VolumeConfig> volumes,
        Optional<IscsiConfig> iscsi,
        Optional<NvmeConfig> nvme,
        ClusterConfig cluster,
        AdminConfig admin,
        LogConfig log) {

    public GemelConfig {
        volumes = List.copyOf(volumes);
    }
}
