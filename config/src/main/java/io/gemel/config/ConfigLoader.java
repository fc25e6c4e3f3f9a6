package io.gemel.config;

import io.gemel.config.DataPathConfig.CpuPinning;
import io.gemel.config.GemelSchema.Admin;
import io.gemel.config.GemelSchema.Backend;
import io.gemel.config.GemelSchema.Cluster;
import io.gemel.config.GemelSchema.DataPath;
import io.gemel.config.GemelSchema.Discovery;
import io.gemel.config.GemelSchema.Host;
import io.gemel.config.GemelSchema.Initiator;
import io.gemel.config.GemelSchema.Iscsi;
import io.gemel.config.GemelSchema.IscsiPortal;
import io.gemel.config.GemelSchema.Log;
import io.gemel.config.GemelSchema.Lun;
import io.gemel.config.GemelSchema.Namespace;
import io.gemel.config.GemelSchema.Nvme;
import io.gemel.config.GemelSchema.NvmePortal;
import io.gemel.config.GemelSchema.Reservations;
import io.gemel.config.GemelSchema.Subsystem;
import io.gemel.config.GemelSchema.Target;
import io.gemel.config.GemelSchema.Volume;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads a configuration file and checks it. Changes nothing; looks at the file system only to see
 * whether a backing file exists already.
 */
public final class ConfigLoader {
    /** Longest file that is read, in bytes. */
    public static final int LONGEST_FILE_BYTES = 1 << 20;

    private static final String WHOLE_FILE = "one YAML mapping with the key volumes";

    private final Predicate<Path> exists;
    private final Supplier<String> hostName;

    /** A loader for this machine. */
    public ConfigLoader() {
        this(Files::exists, ConfigLoader::kernelHostName);
    }

    /**
     * @param exists whether there is a file at a path
     * @param hostName what the node is called when the file does not say it
     */
    ConfigLoader(final Predicate<Path> exists, final Supplier<String> hostName) {
        this.exists = exists;
        this.hostName = hostName;
    }

    /**
     * Reads {@code file}.
     *
     * @throws ConfigRefusedException with every problem, if there is any
     */
    public GemelConfig load(final Path file) throws ConfigRefusedException {
        final Problems problems = new Problems(file);
        final byte[] bytes;
        try {
            if (Files.size(file) > LONGEST_FILE_BYTES) {
                problems.add(
                        0,
                        0,
                        "",
                        "a file of " + Files.size(file) + " bytes",
                        "at most " + LONGEST_FILE_BYTES + " bytes",
                        "");
                throw problems.refusal(List.of());
            }
            bytes = Files.readAllBytes(file);
        } catch (final IOException unreadable) {
            problems.add(0, 0, "", reason(unreadable), "a readable file", "");
            throw problems.refusal(List.of());
        }
        try {
            return load(
                    file,
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (final CharacterCodingException notUtf8) {
            problems.add(0, 0, "", "bytes that are not UTF-8", "text in UTF-8", "");
            throw problems.refusal(List.of());
        }
    }

    private static String reason(final IOException unreadable) {
        if (unreadable instanceof NoSuchFileException) {
            return "no such file";
        }
        return unreadable instanceof AccessDeniedException
                ? "no permission to read it"
                : String.valueOf(unreadable.getMessage());
    }

    /** As {@link #load(Path)}, for text that is at hand; {@code file} is what problems call it. */
    public GemelConfig load(final Path file, final String text) throws ConfigRefusedException {
        final Problems problems = new Problems(file);
        final List<String> lines = text.lines().toList();
        final Node root = compose(text, problems);
        final Located<Section> top =
                root == null ? null : GemelSchema.FILE.read(root, "", problems);
        if (top != null) {
            new CrossCheck(problems, exists).check(top.value());
        }
        if (!problems.none()) {
            throw problems.refusal(lines);
        }
        return build(file, top.value());
    }

    /** The one document of the file, or null after a problem. */
    private static Node compose(final String text, final Problems problems) {
        final LoadSettings settings =
                LoadSettings.builder()
                        .setSchema(new CoreSchema())
                        .setUseMarks(true)
                        .setAllowNonScalarKeys(true)
                        .build();
        try {
            final Iterator<Node> documents =
                    new Compose(settings).composeAllFromString(text).iterator();
            if (!documents.hasNext()) {
                problems.add(1, 1, "", "nothing", WHOLE_FILE, "");
                return null;
            }
            final Node root = documents.next();
            if (documents.hasNext()) {
                problems.add(documents.next(), "", "a second document", "one document", "");
            }
            return root;
        } catch (final MarkedYamlEngineException broken) {
            final Optional<Mark> mark = broken.getProblemMark();
            problems.add(
                    mark.map(m -> m.getLine() + 1).orElse(1),
                    mark.map(m -> m.getColumn() + 1).orElse(1),
                    "",
                    "broken YAML: " + broken.getProblem(),
                    "YAML 1.2",
                    broken.getContext() == null ? "" : broken.getContext());
        } catch (final ReaderException badCharacter) {
            final String before =
                    text.substring(0, Math.min(text.length(), badCharacter.getPosition()));
            problems.add(
                    1 + (int) before.chars().filter(c -> c == '\n').count(),
                    before.length() - before.lastIndexOf('\n'),
                    "",
                    String.format("the character U+%04X", badCharacter.getCodePoint()),
                    "printable characters",
                    "");
        } catch (final YamlEngineException broken) {
            problems.add(1, 1, "", "broken YAML: " + broken.getMessage(), "YAML 1.2", "");
        }
        return null;
    }

    private GemelConfig build(final Path file, final Section top) {
        final Section none = GemelSchema.nothing();
        final Section clusterSection = top.maybe(GemelSchema.CLUSTER).orElse(none);
        final ClusterConfig cluster = new ClusterConfig(clusterSection.get(Cluster.NAME));
        final Section admin = top.maybe(GemelSchema.ADMIN).orElse(none);
        final Section log = top.maybe(GemelSchema.LOG).orElse(none);
        return new GemelConfig(
                file,
                node(top.maybe(GemelSchema.NODE).orElse(none)),
                dataPath(top.maybe(GemelSchema.DATA_PATH).orElse(none)),
                all(top.get(GemelSchema.VOLUMES), section -> volume(section, cluster)),
                top.maybe(GemelSchema.ISCSI).map(this::iscsi),
                top.maybe(GemelSchema.NVME).map(section -> nvme(section, cluster)),
                cluster,
                new AdminConfig(admin.get(Admin.SOCKET), admin.get(Admin.HTTP).value()),
                new LogConfig(log.get(Log.LEVEL), log.get(Log.FORMAT)));
    }

    private NodeConfig node(final Section section) {
        return new NodeConfig(
                section.maybe(GemelSchema.Node.NAME).orElseGet(hostName),
                section.get(GemelSchema.Node.ID),
                section.get(GemelSchema.Node.STATE_DIR));
    }

    private static DataPathConfig dataPath(final Section section) {
        final ChoiceType.Choice<List<Located<Integer>>> cpus = section.get(DataPath.CPUS);
        final CpuPinning pinning =
                switch (cpus.word()) {
                    case "none" -> CpuPinning.NONE;
                    case "auto" -> CpuPinning.AUTO;
                    default -> CpuPinning.LIST;
                };
        return new DataPathConfig(
                section.get(DataPath.LANES)
                        .value()
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty()),
                pinning,
                values(cpus.value().orElse(List.of())),
                section.get(DataPath.WAIT),
                section.get(DataPath.AGENTS),
                section.get(DataPath.QUEUE_DEPTH));
    }

    private static VolumeConfig volume(final Section section, final ClusterConfig cluster) {
        final String name = section.get(Volume.NAME);
        final Section backend = section.get(Volume.BACKEND);
        return new VolumeConfig(
                name,
                section.maybe(Volume.UUID)
                        .orElseGet(() -> DerivedIdentity.volume(cluster.name(), name)),
                section.get(Volume.BLOCK_SIZE),
                new BackendConfig(
                        backend.get(Backend.TYPE),
                        backend.maybe(Backend.PATH),
                        backend.maybe(Backend.SIZE)
                                .map(OptionalLong::of)
                                .orElse(OptionalLong.empty()),
                        backend.get(Backend.DIRECT),
                        backend.get(Backend.SPARSE)),
                section.get(Volume.WRITE_CACHE),
                section.get(Volume.READ_ONLY),
                section.maybe(Volume.RESERVATIONS)
                        .orElse(GemelSchema.nothing())
                        .get(Reservations.PERSIST));
    }

    private IscsiConfig iscsi(final Section section) {
        return new IscsiConfig(
                all(
                        section.maybe(Iscsi.PORTALS)
                                .orElse(GemelSchema.oneOf(GemelSchema.nothing())),
                        portal ->
                                new PortalConfig(
                                        new InetSocketAddress(
                                                portal.get(IscsiPortal.ADDRESS),
                                                portal.get(IscsiPortal.PORT)),
                                        portal.get(IscsiPortal.GROUP))),
                all(section.get(Iscsi.TARGETS), ConfigLoader::target));
    }

    private static IscsiConfig.Target target(final Section section) {
        return new IscsiConfig.Target(
                section.get(Target.IQN),
                section.maybe(Target.ALIAS),
                all(
                        section.get(Target.LUNS),
                        lun -> new IscsiConfig.Lun(lun.get(Lun.LUN), lun.get(Lun.VOLUME))),
                section.get(Target.INITIATORS)
                        .value()
                        .map(
                                list ->
                                        all(
                                                list,
                                                initiator ->
                                                        new IscsiConfig.Initiator(
                                                                initiator.get(Initiator.IQN),
                                                                initiator
                                                                        .maybe(Initiator.LUNS)
                                                                        .map(
                                                                                ConfigLoader
                                                                                        ::values)))),
                section.get(Target.DIGESTS));
    }

    private NvmeConfig nvme(final Section section, final ClusterConfig cluster) {
        return new NvmeConfig(
                all(
                        section.maybe(Nvme.PORTALS)
                                .orElse(GemelSchema.oneOf(GemelSchema.nothing())),
                        portal ->
                                new PortalConfig(
                                        new InetSocketAddress(
                                                portal.get(NvmePortal.ADDRESS),
                                                portal.get(NvmePortal.PORT)),
                                        1)),
                section.maybe(Nvme.DISCOVERY)
                        .map(discovery -> discovery.get(Discovery.PORT))
                        .orElse(Discovery.PORT.fallback()),
                all(section.get(Nvme.SUBSYSTEMS), subsystem -> subsystem(subsystem, cluster)));
    }

    private static NvmeConfig.Subsystem subsystem(
            final Section section, final ClusterConfig cluster) {
        final String nqn = section.get(Subsystem.NQN);
        return new NvmeConfig.Subsystem(
                nqn,
                section.maybe(Subsystem.SERIAL)
                        .orElseGet(() -> DerivedIdentity.subsystemSerial(cluster.name(), nqn)),
                all(
                        section.get(Subsystem.NAMESPACES),
                        namespace ->
                                new NvmeConfig.Namespace(
                                        namespace.get(Namespace.NSID),
                                        namespace.get(Namespace.VOLUME))),
                section.get(Subsystem.HOSTS)
                        .value()
                        .map(
                                list ->
                                        all(
                                                list,
                                                host ->
                                                        new NvmeConfig.Host(
                                                                host.get(Host.NQN),
                                                                host.maybe(Host.NAMESPACES)
                                                                        .map(
                                                                                ConfigLoader
                                                                                        ::values)))));
    }

    private static <T> List<T> values(final List<Located<T>> list) {
        return list.stream().map(Located::value).toList();
    }

    private static <T> List<T> all(
            final List<Located<Section>> sections,
            final java.util.function.Function<Section, T> record) {
        return sections.stream().map(Located::value).map(record).toList();
    }

    private static String kernelHostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (final IOException notLinux) {
            return "localhost";
        }
    }
}
