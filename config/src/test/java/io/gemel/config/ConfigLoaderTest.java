package io.gemel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gemel.config.DataPathConfig.AgentMode;
import io.gemel.config.DataPathConfig.CpuPinning;
import io.gemel.config.DataPathConfig.WaitMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigLoaderTest {
    private static final Path FILE = Path.of("gemel.yaml");
    private static final Path SAMPLES = Path.of("samples");

    private static GemelConfig load(final String text) throws ConfigRefusedException {
        return new ConfigLoader(path -> false, () -> "thishost").load(FILE, text);
    }

    static Stream<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(SAMPLES)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldAcceptEverySampleWhenItsBackingFilesExist(final Path sample)
            throws ConfigRefusedException {
        final ConfigLoader loader = new ConfigLoader(path -> true, () -> "thishost");
        assertThat(loader.load(sample).volumes()).isNotEmpty();
    }

    @Test
    void shouldFillInSafeDefaultsWhenOnlyTheLeastIsGiven() throws ConfigRefusedException {
        final GemelConfig config = new ConfigLoader().load(SAMPLES.resolve("quickstart.yaml"));

        assertThat(config.node().id()).isEqualTo(1);
        assertThat(config.node().name()).isNotEmpty();
        assertThat(config.node().stateDir()).isEqualTo(Path.of("/var/lib/gemel"));
        assertThat(config.dataPath().lanes()).isEmpty();
        assertThat(config.dataPath().pinning()).isEqualTo(CpuPinning.NONE);
        assertThat(config.dataPath().waiting()).isEqualTo(WaitMode.ADAPTIVE);
        assertThat(config.dataPath().agents()).isEqualTo(AgentMode.COLOCATED);
        assertThat(config.dataPath().queueDepth()).isEqualTo(1024);
        final VolumeConfig volume = config.volumes().get(0);
        assertThat(volume.blockSize()).isEqualTo(512);
        assertThat(volume.writeCache()).isTrue();
        assertThat(volume.readOnly()).isFalse();
        assertThat(volume.backend().type()).isEqualTo(BackendConfig.Type.FILE);
        assertThat(volume.backend().sizeBytes()).isEqualTo(OptionalLong.of(1L << 30));
        assertThat(volume.backend().direct()).isTrue();
        assertThat(volume.backend().sparse()).isTrue();
        final IscsiConfig iscsi = config.iscsi().orElseThrow();
        assertThat(iscsi.portals())
                .containsExactly(new PortalConfig(new InetSocketAddress("127.0.0.1", 3260), 1));
        assertThat(iscsi.targets().get(0).initiators()).isEmpty();
        assertThat(iscsi.targets().get(0).digests()).isEqualTo(IscsiConfig.DigestPolicy.OFFERED);
        final NvmeConfig nvme = config.nvme().orElseThrow();
        assertThat(nvme.portals())
                .containsExactly(new PortalConfig(new InetSocketAddress("127.0.0.1", 4420), 1));
        assertThat(nvme.discoveryPort()).isEqualTo(8009);
        assertThat(nvme.subsystems().get(0).serial()).matches("[0-9a-f]{20}");
        assertThat(nvme.subsystems().get(0).hosts()).isEmpty();
        assertThat(config.admin().socket()).isEqualTo(Path.of("/run/gemel/admin.sock"));
        assertThat(config.admin().http()).contains(new InetSocketAddress("127.0.0.1", 9460));
        assertThat(config.log())
                .isEqualTo(new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT));
    }

    @Test
    void shouldReadAllItIsGivenWhenEveryKeyIsWritten() throws ConfigRefusedException {
        final GemelConfig config =
                load(
                        """
                        node: {name: a, id: 127, stateDir: /srv/../state}
                        dataPath: {lanes: 2, cpus: [3, 0x4], wait: busyPoll, agents: dedicated, queueDepth: 16}
                        volumes:
                          - name: v
                            uuid: 0f8fad5b-d9cb-469f-a165-70867728950e
                            blockSize: 4096
                            backend: {type: block, path: /dev/x, direct: false}
                            writeCache: false
                            readOnly: true
                            shared: false
                            reservations: {persist: false, offload: none}
                          - {name: m, backend: {type: memory, size: 8KiB}}
                        iscsi:
                          portals: [{address: "::1", port: 1, group: 2}, {address: 0.0.0.0, port: 2}]
                          targets:
                            - iqn: eui.02004567a425678d
                              alias: Ein Platten-Täßchen
                              luns: [{lun: 255, volume: v}, {lun: 0, volume: m}]
                              initiators: [{iqn: naa.52004567ba64678d, luns: [0]}, {iqn: "iqn.2001-04.a.b:c_d"}]
                              digests: required
                        nvme:
                          portals: [{address: 127.0.0.2, port: 3, tls: none}]
                          discovery: {port: 4}
                          subsystems:
                            - nqn: "nqn.2014-08.org.nvmexpress:uuid:0f8fad5b-d9cb-469f-a165-70867728950e"
                              serial: "S N"
                              namespaces: [{nsid: 256, volume: v}]
                              hosts: [{nqn: "nqn.2014-08.a.b:H1", namespaces: [256]}]
                        cluster: {provider: local, name: c1, nodeFencing: none}
                        admin: {socket: /tmp/s, http: none}
                        log: {level: trace, format: json}
                        """);

        assertThat(config.file()).isEqualTo(FILE);
        assertThat(config.node()).isEqualTo(new NodeConfig("a", 127, Path.of("/state")));
        assertThat(config.dataPath().lanes()).hasValue(2);
        assertThat(config.dataPath().pinning()).isEqualTo(CpuPinning.LIST);
        assertThat(config.dataPath().cpus()).containsExactly(3, 4);
        assertThat(config.dataPath().waiting()).isEqualTo(WaitMode.BUSY_POLL);
        assertThat(config.dataPath().agents()).isEqualTo(AgentMode.DEDICATED);
        final VolumeConfig volume = config.volumes().get(0);
        assertThat(volume.uuid())
                .isEqualTo(UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e"));
        assertThat(volume.blockSize()).isEqualTo(4096);
        assertThat(volume.writeCache()).isFalse();
        assertThat(volume.readOnly()).isTrue();
        assertThat(volume.persistReservations()).isFalse();
        assertThat(config.volumes().get(1).persistReservations()).isTrue();
        assertThat(volume.backend().type()).isEqualTo(BackendConfig.Type.BLOCK);
        assertThat(volume.backend().path()).contains(Path.of("/dev/x"));
        assertThat(volume.backend().direct()).isFalse();
        assertThat(config.volumes().get(1).backend().sizeBytes()).hasValue(8192);
        final IscsiConfig.Target target = config.iscsi().orElseThrow().targets().get(0);
        assertThat(config.iscsi().orElseThrow().portals())
                .containsExactly(
                        new PortalConfig(new InetSocketAddress("::1", 1), 2),
                        new PortalConfig(new InetSocketAddress("0.0.0.0", 2), 1));
        assertThat(target.alias()).contains("Ein Platten-Täßchen");
        assertThat(target.luns())
                .containsExactly(new IscsiConfig.Lun(255, "v"), new IscsiConfig.Lun(0, "m"));
        assertThat(target.initiators().orElseThrow())
                .containsExactly(
                        new IscsiConfig.Initiator(
                                "naa.52004567ba64678d", java.util.Optional.of(List.of(0))),
                        new IscsiConfig.Initiator(
                                "iqn.2001-04.a.b:c_d", java.util.Optional.empty()));
        assertThat(target.digests()).isEqualTo(IscsiConfig.DigestPolicy.REQUIRED);
        final NvmeConfig nvme = config.nvme().orElseThrow();
        assertThat(nvme.discoveryPort()).isEqualTo(4);
        assertThat(nvme.subsystems().get(0).serial()).isEqualTo("S N");
        assertThat(nvme.subsystems().get(0).namespaces())
                .containsExactly(new NvmeConfig.Namespace(256, "v"));
        assertThat(nvme.subsystems().get(0).hosts().orElseThrow())
                .containsExactly(
                        new NvmeConfig.Host(
                                "nqn.2014-08.a.b:H1", java.util.Optional.of(List.of(256))));
        assertThat(config.cluster()).isEqualTo(new ClusterConfig("c1"));
        assertThat(config.admin().http()).isEmpty();
        assertThat(config.log())
                .isEqualTo(new LogConfig(LogConfig.Level.TRACE, LogConfig.Format.JSON));
    }

    @Test
    void shouldLeaveAFrontEndOutWhenItsSectionIsMissing() throws ConfigRefusedException {
        final GemelConfig config =
                load("volumes: [{name: m, backend: {type: memory, size: 1MiB}}]");
        assertThat(config.iscsi()).isEmpty();
        assertThat(config.nvme()).isEmpty();
        assertThat(config.node().name()).isEqualTo("thishost");
    }

    @Test
    void shouldDeriveTheSameUuidWhenClusterAndVolumeHaveTheSameNames()
            throws ConfigRefusedException {
        final String volume = "volumes: [{name: m, backend: {type: memory, size: 1MiB}}]\n";
        final UUID uuid = load(volume).volumes().get(0).uuid();
        assertThat(uuid.version()).isEqualTo(5);
        assertThat(uuid.variant()).isEqualTo(2);
        // Fixed for ever: initiators know volumes by it.
        assertThat(uuid).isEqualTo(DerivedIdentity.volume("gemel", "m"));
        assertThat(load(volume + "node: {id: 2}").volumes().get(0).uuid()).isEqualTo(uuid);
        assertThat(load(volume + "cluster: {name: other}").volumes().get(0).uuid())
                .isNotEqualTo(uuid);
        assertThat(load(volume.replace("name: m", "name: n")).volumes().get(0).uuid())
                .isNotEqualTo(uuid);
    }

    @Test
    void shouldSayWhyWhenTheFileCannotBeRead(@TempDir final Path folder) throws IOException {
        final Path latin = Files.write(folder.resolve("latin"), new byte[] {'a', (byte) 0xe4});
        final Path big =
                Files.write(folder.resolve("big"), new byte[ConfigLoader.LONGEST_FILE_BYTES + 1]);
        assertThat(refusal(folder.resolve("none")).problems())
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.found()).isEqualTo("no such file");
                            assertThat(problem.file()).isEqualTo(folder.resolve("none"));
                        });
        assertThat(refusal(latin).getMessage()).contains("not UTF-8");
        assertThat(refusal(big).getMessage()).contains("at most 1048576 bytes");
        assertThat(refusal(folder).problems()).hasSize(1);
    }

    private static ConfigRefusedException refusal(final Path file) {
        return catchThrowableOfType(
                ConfigRefusedException.class, () -> new ConfigLoader().load(file));
    }
}
