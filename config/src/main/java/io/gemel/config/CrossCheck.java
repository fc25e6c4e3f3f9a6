package io.gemel.config;

import io.gemel.config.GemelSchema.Admin;
import io.gemel.config.GemelSchema.Backend;
import io.gemel.config.GemelSchema.DataPath;
import io.gemel.config.GemelSchema.Discovery;
import io.gemel.config.GemelSchema.Host;
import io.gemel.config.GemelSchema.Initiator;
import io.gemel.config.GemelSchema.Iscsi;
import io.gemel.config.GemelSchema.IscsiPortal;
import io.gemel.config.GemelSchema.Lun;
import io.gemel.config.GemelSchema.Namespace;
import io.gemel.config.GemelSchema.Nvme;
import io.gemel.config.GemelSchema.NvmePortal;
import io.gemel.config.GemelSchema.Subsystem;
import io.gemel.config.GemelSchema.Target;
import io.gemel.config.GemelSchema.Volume;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What no key can be checked for by itself: names that refer to each other, things that must be
 * unique, sizes that must fit. Looks only at values that are sound by themselves.
 */
final class CrossCheck {
    private final Problems problems;
    private final Predicate<Path> exists;

    CrossCheck(final Problems problems, final Predicate<Path> exists) {
        this.problems = problems;
        this.exists = exists;
    }

    void check(final Section top) {
        final Set<String> volumes = volumes(top);
        top.maybe(GemelSchema.DATA_PATH).ifPresent(this::dataPath);
        top.maybe(GemelSchema.ISCSI).ifPresent(iscsi -> iscsi(iscsi, volumes));
        top.maybe(GemelSchema.NVME).ifPresent(nvme -> nvme(nvme, volumes));
        listeners(top);
    }

    // ---- volumes ----

    /** Names of all volumes; null when not all are known, because some are refused. */
    private Set<String> volumes(final Section top) {
        final Optional<Located<List<Located<Section>>>> list = top.find(GemelSchema.VOLUMES);
        if (list.isEmpty()) {
            return null;
        }
        final Unique<String> names = new Unique<>("volume name");
        final Unique<Object> uuids = new Unique<>("UUID");
        final Unique<Path> paths = new Unique<>("path");
        final Set<String> known = new TreeSet<>();
        boolean all = true;
        for (final Located<Section> volume : list.get().value()) {
            final Optional<Located<String>> name = volume.value().find(Volume.NAME);
            name.ifPresent(names::add);
            name.ifPresent(located -> known.add(located.value()));
            all &= name.isPresent();
            volume.value().find(Volume.UUID).ifPresent(uuid -> uuids.add(uuid.with(uuid.value())));
            final Optional<Located<Section>> backend = volume.value().find(Volume.BACKEND);
            if (backend.isPresent()) {
                backend.get().value().find(Backend.PATH).ifPresent(paths::add);
                backend(backend.get(), volume.value());
            }
        }
        return all ? known : null;
    }

    private void backend(final Located<Section> located, final Section volume) {
        final Section backend = located.value();
        final Optional<BackendConfig.Type> type = backend.maybe(Backend.TYPE);
        if (type.isEmpty()) {
            return;
        }
        switch (type.get()) {
            case FILE -> {
                needed(located, Backend.PATH, "type is file");
                final Optional<Path> path = backend.maybe(Backend.PATH);
                if (path.isPresent() && !exists.test(path.get())) {
                    needed(located, Backend.SIZE, path.get() + " does not exist and would be made");
                }
            }
            case BLOCK -> {
                needed(located, Backend.PATH, "type is block");
                unwanted(backend, Backend.SIZE, "a block device has the size that it has");
                unwanted(backend, Backend.SPARSE, "only files are sparse");
            }
            case MEMORY -> {
                needed(located, Backend.SIZE, "type is memory");
                unwanted(backend, Backend.PATH, "type is memory");
                unwanted(backend, Backend.DIRECT, "type is memory");
                unwanted(backend, Backend.SPARSE, "only files are sparse");
            }
        }
        final Integer blockSize = volume.get(Volume.BLOCK_SIZE);
        backend.find(Backend.SIZE)
                .filter(size -> blockSize != null && 0 != size.value() % blockSize)
                .ifPresent(
                        size ->
                                problems.add(
                                        size,
                                        size.value() + " bytes",
                                        "a multiple of the block size, " + blockSize,
                                        ""));
    }

    private void needed(final Located<Section> section, final Key<?> key, final String why) {
        if (section.value().leftOut(key)) {
            problems.add(
                    section.line(),
                    section.column(),
                    SectionType.below(section.key(), key.name()),
                    "nothing",
                    key.type().allowed(),
                    "needed, since " + why);
        }
    }

    private void unwanted(final Section section, final Key<?> key, final String why) {
        section.find(key)
                .ifPresent(value -> problems.add(value, "this key", "to leave it out", why));
    }

    // ---- data path ----

    private void dataPath(final Section section) {
        final Optional<Located<ChoiceType.Choice<List<Located<Integer>>>>> cpus =
                section.find(DataPath.CPUS);
        if (cpus.isEmpty() || cpus.get().value().value().isEmpty()) {
            return;
        }
        final List<Located<Integer>> list = cpus.get().value().value().get();
        final Unique<Integer> unique = new Unique<>("processor");
        list.forEach(unique::add);
        final Optional<Integer> lanes =
                section.find(DataPath.LANES).flatMap(located -> located.value().value());
        if (lanes.isPresent() && lanes.get() > list.size()) {
            problems.add(
                    cpus.get(),
                    "a list of " + list.size(),
                    "at least as many processors as lanes, " + lanes.get(),
                    "");
        }
    }

    // ---- iSCSI ----

    private void iscsi(final Section iscsi, final Set<String> volumes) {
        final Unique<String> names = new Unique<>("target name");
        for (final Located<Section> target : iscsi.maybe(Iscsi.TARGETS).orElse(List.of())) {
            target.value().find(Target.IQN).ifPresent(names::add);
            final Set<Integer> luns =
                    units(
                            target.value().maybe(Target.LUNS),
                            new UnitKeys(Lun.LUN, Lun.VOLUME, "LUN", "target"),
                            volumes);
            target.value()
                    .maybe(Target.INITIATORS)
                    .flatMap(ChoiceType.Choice::value)
                    .ifPresent(
                            list ->
                                    accessList(
                                            list,
                                            Initiator.IQN,
                                            Initiator.LUNS,
                                            "initiator",
                                            luns,
                                            "a LUN of the target"));
        }
    }

    // ---- NVMe ----

    private void nvme(final Section nvme, final Set<String> volumes) {
        final Unique<String> names = new Unique<>("subsystem name");
        for (final Located<Section> subsystem : nvme.maybe(Nvme.SUBSYSTEMS).orElse(List.of())) {
            subsystem.value().find(Subsystem.NQN).ifPresent(names::add);
            final Set<Integer> nsids =
                    units(
                            subsystem.value().maybe(Subsystem.NAMESPACES),
                            new UnitKeys(
                                    Namespace.NSID, Namespace.VOLUME, "namespace", "subsystem"),
                            volumes);
            subsystem
                    .value()
                    .maybe(Subsystem.HOSTS)
                    .flatMap(ChoiceType.Choice::value)
                    .ifPresent(
                            list ->
                                    accessList(
                                            list,
                                            Host.NQN,
                                            Host.NAMESPACES,
                                            "host",
                                            nsids,
                                            "a namespace of the subsystem"));
        }
    }

    // ---- both ----

    private record UnitKeys(Key<Integer> number, Key<String> volume, String noun, String house) {}

    /** Checks LUNs or namespaces; their numbers, or null when not all are known. */
    private Set<Integer> units(
            final Optional<List<Located<Section>>> list,
            final UnitKeys keys,
            final Set<String> volumes) {
        final Unique<Integer> numbers = new Unique<>(keys.noun());
        final Unique<String> used = new Unique<>("volume of this " + keys.house());
        final Set<Integer> known = new TreeSet<>();
        boolean all = list.isPresent();
        for (final Located<Section> unit : list.orElse(List.of())) {
            final Optional<Located<Integer>> number = unit.value().find(keys.number());
            number.ifPresent(numbers::add);
            number.ifPresent(located -> known.add(located.value()));
            all &= number.isPresent();
            final Optional<Located<String>> volume = unit.value().find(keys.volume());
            if (volume.isPresent()) {
                used.add(volume.get());
                if (volumes != null && !volumes.contains(volume.get().value())) {
                    problems.add(
                            volume.get(),
                            ValueType.quote(volume.get().value()),
                            "the name of a volume: " + String.join(", ", volumes),
                            Problems.didYouMean(volume.get().value(), volumes));
                }
            }
        }
        return all ? known : null;
    }

    private void accessList(
            final List<Located<Section>> list,
            final Key<String> name,
            final Key<List<Located<Integer>>> mask,
            final String noun,
            final Set<Integer> units,
            final String allowed) {
        final Unique<String> names = new Unique<>(noun);
        for (final Located<Section> entry : list) {
            entry.value().find(name).ifPresent(names::add);
            final Unique<Integer> numbers = new Unique<>("number");
            for (final Located<Integer> number : entry.value().maybe(mask).orElse(List.of())) {
                numbers.add(number);
                if (units != null && !units.contains(number.value())) {
                    problems.add(number, number.value().toString(), allowed + ": " + units, "");
                }
            }
        }
    }

    /** Reports the second and every further place that has the same value. */
    private final class Unique<T> {
        private final String noun;
        private final Map<T, Located<T>> first = new HashMap<>();

        Unique(final String noun) {
            this.noun = noun;
        }

        void add(final Located<T> located) {
            final Located<T> before = first.putIfAbsent(located.value(), located);
            if (before != null) {
                problems.add(
                        located,
                        ValueType.quote(located.value().toString()) + " a second time",
                        "each " + noun + " once",
                        "the first is " + before.key() + " in line " + before.line());
            }
        }
    }

    // ---- listeners ----

    /** An address that will be listened on, and the key that says so. */
    private record Listener(Located<?> at, String purpose, InetSocketAddress address) {}

    private void listeners(final Section top) {
        final List<Listener> listeners = new ArrayList<>();
        top.find(GemelSchema.ISCSI)
                .ifPresent(
                        iscsi ->
                                portals(
                                        iscsi,
                                        Iscsi.PORTALS,
                                        IscsiPortal.ADDRESS,
                                        IscsiPortal.PORT,
                                        "iSCSI portal",
                                        listeners));
        top.find(GemelSchema.NVME)
                .ifPresent(
                        nvme -> {
                            final int before = listeners.size();
                            portals(
                                    nvme,
                                    Nvme.PORTALS,
                                    NvmePortal.ADDRESS,
                                    NvmePortal.PORT,
                                    "NVMe portal",
                                    listeners);
                            discovery(
                                    nvme,
                                    List.copyOf(listeners.subList(before, listeners.size())),
                                    listeners);
                        });
        top.find(GemelSchema.ADMIN)
                .flatMap(admin -> admin.value().find(Admin.HTTP))
                .ifPresent(
                        http ->
                                http.value()
                                        .value()
                                        .ifPresent(
                                                address ->
                                                        listeners.add(
                                                                new Listener(
                                                                        http,
                                                                        "admin HTTP",
                                                                        address))));
        for (int i = 1; i < listeners.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (collide(listeners.get(i).address(), listeners.get(j).address())) {
                    problems.add(
                            listeners.get(i).at(),
                            text(listeners.get(i).address()) + " for " + listeners.get(i).purpose(),
                            "an address and port that nothing else listens on",
                            "line "
                                    + listeners.get(j).at().line()
                                    + " has "
                                    + text(listeners.get(j).address())
                                    + " for "
                                    + listeners.get(j).purpose());
                    break;
                }
            }
        }
    }

    private static void portals(
            final Located<Section> front,
            final Key<List<Located<Section>>> portals,
            final Key<InetAddress> address,
            final Key<Integer> port,
            final String purpose,
            final List<Listener> listeners) {
        if (front.value().leftOut(portals)) {
            listeners.add(
                    new Listener(
                            front,
                            purpose,
                            new InetSocketAddress(address.fallback(), port.fallback())));
        }
        for (final Located<Section> portal : front.value().maybe(portals).orElse(List.of())) {
            listeners.add(
                    new Listener(
                            portal,
                            purpose,
                            new InetSocketAddress(
                                    portal.value().get(address), portal.value().get(port))));
        }
    }

    /** Discovery listens beside each portal address, unless a portal has that port already. */
    private static void discovery(
            final Located<Section> nvme,
            final List<Listener> portals,
            final List<Listener> listeners) {
        final Optional<Located<Section>> section = nvme.value().find(Nvme.DISCOVERY);
        final int port =
                section.map(located -> located.value().get(Discovery.PORT))
                        .orElse(Discovery.PORT.fallback());
        final Located<?> at = section.isPresent() ? section.get() : nvme;
        portals.stream()
                .map(portal -> portal.address().getAddress())
                .distinct()
                .map(address -> new InetSocketAddress(address, port))
                .filter(address -> portals.stream().noneMatch(p -> p.address().equals(address)))
                .forEach(address -> listeners.add(new Listener(at, "NVMe discovery", address)));
    }

    private static boolean collide(final InetSocketAddress a, final InetSocketAddress b) {
        return 0 != a.getPort()
                && a.getPort() == b.getPort()
                && (a.getAddress().isAnyLocalAddress()
                        || b.getAddress().isAnyLocalAddress()
                        || Objects.equals(a.getAddress(), b.getAddress()));
    }

    private static String text(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
