package io.gemel.config;

import static io.gemel.config.Key.later;
import static io.gemel.config.Key.optional;
import static io.gemel.config.Key.required;
import static io.gemel.config.Key.withDefault;

import io.gemel.config.ChoiceType.Choice;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Every key of the configuration file: type, default, meaning. The one place that knows them. */
final class GemelSchema {
    static final int MOST_VOLUMES = 1024;
    static final int MOST_PORTALS = 64;
    static final int MOST_TARGETS = 256;
    static final int MOST_LUNS = 256;

    /** Flat space addressing ends there (SAM-5, section 4.7). */
    static final int HIGHEST_LUN = 0x3FFF;

    static final int HIGHEST_NSID = 0xFFFF;
    static final int MOST_HOSTS = 4096;
    static final int MOST_TASKS_PER_LANE = 16_384;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String NAME_RULE =
            "a name of 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit";
    private static final ScalarType<Integer> PORT = ScalarType.integer(0, 65_535);

    private GemelSchema() {}

    /** A section that was left out: every key has its default. */
    static Section nothing() {
        return new Section(Map.of(), Map.of());
    }

    /** A list that was left out, for keys whose default is one element with its defaults. */
    static List<Located<Section>> oneOf(final Section section) {
        return List.of(new Located<>(section, "", 0, 0));
    }

    private static <E> ScalarType<E> only(final String word, final E value, final String... later) {
        return ScalarType.word(Map.of(word, value), Set.of(later));
    }

    /** {@code node}. */
    static final class Node {
        static final Key<String> NAME =
                optional(
                        "name",
                        ValueTypes.text(NAME_RULE, GemelSchema.NAME),
                        "the host name",
                        "What this node is called in listings and logs.");
        static final Key<Integer> ID =
                withDefault(
                        "id",
                        ScalarType.integer(1, 127),
                        1,
                        "1",
                        "Number of the node, unique in its cluster. SCSI relative target port"
                                + " identifiers and NVMe controller identifiers come from it.");
        static final Key<Path> STATE_DIR =
                withDefault(
                        "stateDir",
                        ValueTypes.absolutePath(),
                        Path.of("/var/lib/gemel"),
                        "/var/lib/gemel",
                        "Folder for what must survive a restart; made when it is missing.");
        static final SectionType SECTION = new SectionType("a node", NAME, ID, STATE_DIR);

        private Node() {}
    }

    /** {@code dataPath}. */
    static final class DataPath {
        static final Key<Choice<Integer>> LANES =
                withDefault(
                        "lanes",
                        new ChoiceType<>(
                                List.of("auto"), ScalarType.integer(1, DataPathConfig.MOST_LANES)),
                        Choice.word("auto"),
                        "auto",
                        "Threads that serve connections and their I/O. `auto`: one per processor"
                                + " that the daemon may use, at most "
                                + DataPathConfig.MOST_AUTOMATIC_LANES
                                + " (or one per entry of `cpus`).");
        static final Key<Choice<List<Located<Integer>>>> CPUS =
                withDefault(
                        "cpus",
                        new ChoiceType<>(
                                List.of("none", "auto"),
                                new ListType<>(
                                        ScalarType.integer(0, 1023),
                                        1,
                                        DataPathConfig.MOST_LANES,
                                        "processor numbers")),
                        Choice.word("none"),
                        "none",
                        "Binds lane i to a processor: to the i-th that the daemon may use (`auto`),"
                                + " or to the i-th of the list.");
        static final Key<DataPathConfig.WaitMode> WAIT =
                withDefault(
                        "wait",
                        ScalarType.word(DataPathConfig.WaitMode.class),
                        DataPathConfig.WaitMode.ADAPTIVE,
                        "adaptive",
                        "What an idle lane does. `adaptive`: polls for some 50 µs, then sleeps."
                                + " `busyPoll`: never sleeps and uses its processor whole. `park`:"
                                + " sleeps at once.");
        static final Key<DataPathConfig.AgentMode> AGENTS =
                withDefault(
                        "agents",
                        ScalarType.word(DataPathConfig.AgentMode.class),
                        DataPathConfig.AgentMode.COLOCATED,
                        "colocated",
                        "Whether a lane gives commands to the backends itself, or a dedicated"
                                + " thread per lane does it.");
        static final Key<Integer> QUEUE_DEPTH =
                withDefault(
                        "queueDepth",
                        ScalarType.powerOfTwo(16, MOST_TASKS_PER_LANE),
                        1024,
                        "1024",
                        "Commands that a lane works on at a time, for all its connections. When it"
                                + " is reached, initiators are made to wait by the protocol's own"
                                + " means. At 1024, a lane takes 85 MiB of memory for buffers; more or"
                                + " fewer commands take more or less of it.");
        static final SectionType SECTION =
                new SectionType("a data path", LANES, CPUS, WAIT, AGENTS, QUEUE_DEPTH);

        private DataPath() {}
    }

    /** {@code volumes[].backend}. */
    static final class Backend {
        static final Key<BackendConfig.Type> TYPE =
                required(
                        "type",
                        ScalarType.word(BackendConfig.Type.class, "scsi"),
                        "`file`: a regular file. `block`: a block device. `memory`: memory of the"
                                + " daemon, empty at each start.");
        static final Key<Path> PATH =
                optional(
                        "path",
                        ValueTypes.absolutePath(),
                        "none",
                        "The file or the device. Required for `file` and `block`.");
        static final Key<Long> SIZE =
                optional(
                        "size",
                        ValueTypes.size(),
                        "what is found at `path`",
                        "Required for `memory` and for a file that does not exist yet: it is made."
                                + " A smaller file grows to it, a larger one is refused. Not for `block`. A"
                                + " multiple of `blockSize`.");
        static final Key<Boolean> DIRECT =
                withDefault(
                        "direct",
                        ScalarType.bool(),
                        true,
                        "true",
                        "Passes by the page cache (O_DIRECT). Where the file system cannot, the"
                                + " start fails; `false` goes through the page cache instead."
                                + " Not for `memory`.");
        static final Key<Boolean> SPARSE =
                withDefault(
                        "sparse",
                        ScalarType.bool(),
                        true,
                        "true",
                        "A new file is made without allocating its space, and space that initiators"
                                + " unmap is given back. `false` allocates all. Only for `file`.");
        static final SectionType SECTION =
                new SectionType("a backend", TYPE, PATH, SIZE, DIRECT, SPARSE);

        private Backend() {}
    }

    /** {@code volumes[].reservations}. */
    static final class Reservations {
        static final Key<Boolean> PERSIST =
                withDefault(
                        "persist",
                        ScalarType.bool(),
                        true,
                        "true",
                        "Whether registrations and reservations can be kept through a restart, for"
                                + " hosts that ask for it (APTPL, PTPL). The records are in"
                                + " `node.stateDir`.");
        static final Key<Boolean> OFFLOAD =
                withDefault(
                        "offload",
                        only("none", false, "kernel", "scsi"),
                        false,
                        "none",
                        "Whether the backing device reserves, too.");
        static final SectionType SECTION = new SectionType("reservations", PERSIST, OFFLOAD);

        private Reservations() {}
    }

    /** {@code volumes[]}. */
    static final class Volume {
        static final Key<String> NAME =
                required(
                        "name",
                        ValueTypes.text(NAME_RULE, GemelSchema.NAME),
                        "What LUNs, namespaces and listings call it. Unique.");
        static final Key<UUID> UUID =
                optional(
                        "uuid",
                        ValueTypes.uuid(),
                        "derived from cluster and volume name",
                        "Identity that initiators know the volume by, through both protocols: NAA,"
                                + " EUI-64, NGUID and serial number come from it. Unique.");
        static final Key<Integer> BLOCK_SIZE =
                withDefault(
                        "blockSize",
                        ScalarType.word(blockSizes(), Set.of()),
                        512,
                        "512",
                        "Bytes per logical block. Never change it for a volume with data.");
        static final Key<Section> BACKEND =
                required("backend", Backend.SECTION, "Where the blocks are.");
        static final Key<Boolean> WRITE_CACHE =
                withDefault(
                        "writeCache",
                        ScalarType.bool(),
                        true,
                        "true",
                        "Whether initiators are told of a volatile write cache (and flush it when"
                                + " they need to). `false`: a write is durable when it is"
                                + " acknowledged.");
        static final Key<Boolean> READ_ONLY =
                withDefault("readOnly", ScalarType.bool(), false, "false", "Refuses all writes.");
        static final Key<Boolean> SHARED =
                withDefault(
                        "shared",
                        only("false", false, "true"),
                        false,
                        "false",
                        "Whether other nodes serve the same backing device.");
        static final Key<Section> RESERVATIONS =
                optional(
                        "reservations",
                        Reservations.SECTION,
                        "",
                        "Persistent reservations, of both protocols.");
        static final Key<Void> COMPARE_AND_WRITE =
                later("compareAndWrite", "Limit and offload of COMPARE AND WRITE.");
        static final SectionType SECTION =
                new SectionType(
                        "a volume",
                        NAME,
                        UUID,
                        BLOCK_SIZE,
                        BACKEND,
                        WRITE_CACHE,
                        READ_ONLY,
                        SHARED,
                        RESERVATIONS,
                        COMPARE_AND_WRITE);

        private Volume() {}

        private static Map<String, Integer> blockSizes() {
            final Map<String, Integer> sizes = new LinkedHashMap<>();
            sizes.put("512", 512);
            sizes.put("4096", 4096);
            return sizes;
        }
    }

    /** {@code iscsi.portals[]}. */
    static final class IscsiPortal {
        static final Key<InetAddress> ADDRESS =
                withDefault(
                        "address",
                        ValueTypes.address(),
                        InetAddress.getLoopbackAddress(),
                        "127.0.0.1",
                        "Where to listen. 0.0.0.0 or \"::\" are all addresses of the machine.");
        static final Key<Integer> PORT =
                withDefault(
                        "port",
                        GemelSchema.PORT,
                        3260,
                        "3260",
                        "TCP port. 0 takes a free one, which the `ready` line names.");
        static final Key<Integer> GROUP =
                withDefault(
                        "group", ScalarType.integer(1, 65_535), 1, "1", "Target portal group tag.");
        static final SectionType SECTION = new SectionType("a portal", ADDRESS, PORT, GROUP);

        private IscsiPortal() {}
    }

    /** {@code iscsi.targets[].luns[]}. */
    static final class Lun {
        static final Key<Integer> LUN =
                required(
                        "lun",
                        ScalarType.integer(0, HIGHEST_LUN),
                        "Logical unit number. Unique in the target.");
        static final Key<String> VOLUME =
                required(
                        "volume",
                        ValueTypes.text("the name of a volume", GemelSchema.NAME),
                        "Name of the volume behind it; a volume at most once in a target.");
        static final SectionType SECTION = new SectionType("a LUN", LUN, VOLUME);

        private Lun() {}
    }

    /** {@code iscsi.targets[].initiators[]}. */
    static final class Initiator {
        static final Key<String> IQN =
                required("iqn", ValueTypes.initiatorName(), "Name of the initiator. Unique.");
        static final Key<List<Located<Integer>>> LUNS =
                optional(
                        "luns",
                        new ListType<>(ScalarType.integer(0, HIGHEST_LUN), 1, MOST_LUNS, "LUNs"),
                        "all of the target",
                        "LUNs that this initiator sees.");
        static final Key<Void> CHAP = later("chap", "Authentication of the initiator.");
        static final Key<Void> MUTUAL_CHAP =
                later("mutualChap", "Authentication of the target to the initiator.");
        static final SectionType SECTION =
                new SectionType("an initiator", IQN, LUNS, CHAP, MUTUAL_CHAP);

        private Initiator() {}
    }

    /** {@code iscsi.targets[]}. */
    static final class Target {
        static final Key<String> IQN =
                required("iqn", ValueTypes.targetName(), "Name of the target. Unique.");
        static final Key<String> ALIAS =
                optional(
                        "alias",
                        ValueTypes.label(255),
                        "none",
                        "TargetAlias: a name for people, told at login.");
        static final Key<List<Located<Section>>> LUNS =
                required(
                        "luns",
                        new ListType<>(Lun.SECTION, 1, MOST_LUNS, "LUNs"),
                        "What the target offers.");
        static final Key<Choice<List<Located<Section>>>> INITIATORS =
                required(
                        "initiators",
                        new ChoiceType<>(
                                List.of("any"),
                                new ListType<>(Initiator.SECTION, 0, MOST_HOSTS, "initiators")),
                        "Who may log in. `any` is everyone who reaches the portal.");
        static final Key<IscsiConfig.DigestPolicy> DIGESTS =
                withDefault(
                        "digests",
                        ScalarType.word(IscsiConfig.DigestPolicy.class),
                        IscsiConfig.DigestPolicy.OFFERED,
                        "offered",
                        "CRC32C header and data digests. `offered`: as the initiator wants."
                                + " `required`: no login without. `refused`: never.");
        static final SectionType SECTION =
                new SectionType("a target", IQN, ALIAS, LUNS, INITIATORS, DIGESTS);

        private Target() {}
    }

    /** {@code iscsi}. */
    static final class Iscsi {
        static final Key<List<Located<Section>>> PORTALS =
                optional(
                        "portals",
                        new ListType<>(IscsiPortal.SECTION, 1, MOST_PORTALS, "portals"),
                        "127.0.0.1:3260, group 1",
                        "Addresses to listen on.");
        static final Key<List<Located<Section>>> TARGETS =
                required(
                        "targets",
                        new ListType<>(Target.SECTION, 1, MOST_TARGETS, "targets"),
                        "The iSCSI target nodes.");
        static final SectionType SECTION = new SectionType("iSCSI", PORTALS, TARGETS);

        private Iscsi() {}
    }

    /** {@code nvme.portals[]}. */
    static final class NvmePortal {
        static final Key<InetAddress> ADDRESS = IscsiPortal.ADDRESS;
        static final Key<Integer> PORT =
                withDefault(
                        "port",
                        GemelSchema.PORT,
                        4420,
                        "4420",
                        "TCP port. 0 takes a free one, which the `ready` line names.");
        static final Key<Boolean> TLS =
                withDefault(
                        "tls",
                        only("none", false, "offered", "required"),
                        false,
                        "none",
                        "TLS with pre-shared keys.");
        static final SectionType SECTION = new SectionType("a portal", ADDRESS, PORT, TLS);

        private NvmePortal() {}
    }

    /** {@code nvme.discovery}. */
    static final class Discovery {
        static final Key<Integer> PORT =
                withDefault(
                        "port",
                        GemelSchema.PORT,
                        8009,
                        "8009",
                        "Port of the discovery controller, on the address of each portal. (It"
                                + " answers on the portals, too.) 0 takes a free one.");
        static final SectionType SECTION = new SectionType("discovery", PORT);

        private Discovery() {}
    }

    /** {@code nvme.subsystems[].namespaces[]}. */
    static final class Namespace {
        static final Key<Integer> NSID =
                required(
                        "nsid",
                        ScalarType.integer(1, HIGHEST_NSID),
                        "Namespace identifier. Unique in the subsystem.");
        static final Key<String> VOLUME =
                required(
                        "volume",
                        ValueTypes.text("the name of a volume", GemelSchema.NAME),
                        "Name of the volume behind it; a volume at most once in a subsystem.");
        static final SectionType SECTION = new SectionType("a namespace", NSID, VOLUME);

        private Namespace() {}
    }

    /** {@code nvme.subsystems[].hosts[]}. */
    static final class Host {
        static final Key<String> NQN =
                required("nqn", ValueTypes.hostNqn(), "Name of the host. Unique.");
        static final Key<List<Located<Integer>>> NAMESPACES =
                optional(
                        "namespaces",
                        new ListType<>(
                                ScalarType.integer(1, HIGHEST_NSID),
                                1,
                                MOST_LUNS,
                                "namespace identifiers"),
                        "all of the subsystem",
                        "Namespaces that this host sees.");
        static final Key<Void> DHCHAP = later("dhchap", "In-band authentication of the host.");
        static final Key<Void> PSK = later("psk", "Pre-shared key of the host for TLS.");
        static final SectionType SECTION = new SectionType("a host", NQN, NAMESPACES, DHCHAP, PSK);

        private Host() {}
    }

    /** {@code nvme.subsystems[]}. */
    static final class Subsystem {
        static final Key<String> NQN =
                required("nqn", ValueTypes.subsystemNqn(), "Name of the subsystem. Unique.");
        static final Key<String> SERIAL =
                optional(
                        "serial",
                        ValueTypes.text(
                                "1 to 20 printable ASCII characters, no space at the ends",
                                Pattern.compile("[!-~](?:[ -~]{0,18}[!-~])?")),
                        "derived from cluster name and NQN",
                        "Serial number of the subsystem. The same on every node that serves it.");
        static final Key<List<Located<Section>>> NAMESPACES =
                required(
                        "namespaces",
                        new ListType<>(Namespace.SECTION, 1, MOST_LUNS, "namespaces"),
                        "What the subsystem offers.");
        static final Key<Choice<List<Located<Section>>>> HOSTS =
                required(
                        "hosts",
                        new ChoiceType<>(
                                List.of("any"),
                                new ListType<>(Host.SECTION, 0, MOST_HOSTS, "hosts")),
                        "Who may connect. `any` is everyone who reaches the portal.");
        static final SectionType SECTION =
                new SectionType("a subsystem", NQN, SERIAL, NAMESPACES, HOSTS);

        private Subsystem() {}
    }

    /** {@code nvme}. */
    static final class Nvme {
        static final Key<List<Located<Section>>> PORTALS =
                optional(
                        "portals",
                        new ListType<>(NvmePortal.SECTION, 1, MOST_PORTALS, "portals"),
                        "127.0.0.1:4420",
                        "Addresses to listen on.");
        static final Key<Section> DISCOVERY =
                optional("discovery", Discovery.SECTION, "port 8009", "The discovery service.");
        static final Key<List<Located<Section>>> SUBSYSTEMS =
                required(
                        "subsystems",
                        new ListType<>(Subsystem.SECTION, 1, MOST_TARGETS, "subsystems"),
                        "The NVM subsystems.");
        static final SectionType SECTION =
                new SectionType("NVMe/TCP", PORTALS, DISCOVERY, SUBSYSTEMS);

        private Nvme() {}
    }

    /** {@code cluster}. */
    static final class Cluster {
        static final String DEFAULT_NAME = "gemel";
        static final Key<String> PROVIDER =
                withDefault(
                        "provider",
                        only("local", "local", "corosync", "libdlm"),
                        "local",
                        "local",
                        "`local`: this node alone.");
        static final Key<String> NAME =
                withDefault(
                        "name",
                        ValueTypes.text(NAME_RULE, GemelSchema.NAME),
                        DEFAULT_NAME,
                        DEFAULT_NAME,
                        "Name of the cluster. Derived identities come from it: changing it changes"
                                + " them.");
        static final Key<Void> LEASE =
                later("lease", "How long a node may serve without proof of membership.");
        static final Key<Void> NODES = later("nodes", "The other nodes and their portals.");
        static final Key<Void> STONITH = later("stonith", "Command that kills a lost node.");
        static final Key<Boolean> NODE_FENCING =
                withDefault(
                        "nodeFencing",
                        only("none", false, "kernel"),
                        false,
                        "none",
                        "Preempting a lost node's key on the backing device.");
        static final SectionType SECTION =
                new SectionType("a cluster", PROVIDER, NAME, LEASE, NODES, STONITH, NODE_FENCING);

        private Cluster() {}
    }

    /** {@code admin}. */
    static final class Admin {
        static final Key<Path> SOCKET =
                withDefault(
                        "socket",
                        ValueTypes.socketPath(),
                        Path.of("/run/gemel/admin.sock"),
                        "/run/gemel/admin.sock",
                        "Unix domain socket of the command line, mode 0600; its folder is made when"
                                + " it is missing.");
        static final Key<Choice<InetSocketAddress>> HTTP =
                withDefault(
                        "http",
                        new ChoiceType<>(List.of("none"), ValueTypes.addressAndPort()),
                        new Choice<>(
                                "",
                                java.util.Optional.of(
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(), 9460))),
                        "127.0.0.1:9460",
                        "Serves `/metrics`, `/healthz` and the status page, read-only and without"
                                + " authentication. Port 0 takes a free one.");
        static final SectionType SECTION = new SectionType("admin", SOCKET, HTTP);

        private Admin() {}
    }

    /** {@code log}. */
    static final class Log {
        static final Key<LogConfig.Level> LEVEL =
                withDefault(
                        "level",
                        ScalarType.word(LogConfig.Level.class),
                        LogConfig.Level.INFO,
                        "info",
                        "Least severity that is logged.");
        static final Key<LogConfig.Format> FORMAT =
                withDefault(
                        "format",
                        ScalarType.word(LogConfig.Format.class),
                        LogConfig.Format.TEXT,
                        "text",
                        "Shape of a log line on standard error.");
        static final SectionType SECTION = new SectionType("logging", LEVEL, FORMAT);

        private Log() {}
    }

    static final Key<Section> NODE = optional("node", Node.SECTION, "", "This node.");
    static final Key<Section> DATA_PATH =
            optional("dataPath", DataPath.SECTION, "", "Threads and limits.");
    static final Key<List<Located<Section>>> VOLUMES =
            required(
                    "volumes",
                    new ListType<>(Volume.SECTION, 1, MOST_VOLUMES, "volumes"),
                    "What is served.");
    static final Key<Section> ISCSI =
            optional(
                    "iscsi",
                    Iscsi.SECTION,
                    "no iSCSI",
                    "The iSCSI front end. Left out, no iSCSI port is opened.");
    static final Key<Section> NVME =
            optional(
                    "nvme",
                    Nvme.SECTION,
                    "no NVMe/TCP",
                    "The NVMe/TCP front end. Left out, no NVMe port is opened.");
    static final Key<Section> CLUSTER =
            optional("cluster", Cluster.SECTION, "", "The cluster that this node belongs to.");
    static final Key<Section> ADMIN =
            optional("admin", Admin.SECTION, "", "The operator's ways in.");
    static final Key<Section> LOG = optional("log", Log.SECTION, "", "Logging.");

    static final SectionType FILE =
            new SectionType(
                    "a configuration", NODE, DATA_PATH, VOLUMES, ISCSI, NVME, CLUSTER, ADMIN, LOG);
}
