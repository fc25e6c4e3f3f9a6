package io.gemel.nvme.subsystem;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;

/** The namespaces that one host sees of one subsystem. Immutable: a change makes a new one. */
public final class NamespaceMap {
    private final List<Namespace> ascending;
    private final Int2ObjectHashMap<Namespace> byNsid = new Int2ObjectHashMap<>();

    public NamespaceMap(final Collection<Namespace> namespaces) {
        ascending =
                namespaces.stream()
                        .sorted(Comparator.comparingLong(ns -> ns.nsid() & 0xFFFF_FFFFL))
                        .toList();
        for (final Namespace namespace : ascending) {
            if (null != byNsid.put(namespace.nsid(), namespace)) {
                throw new IllegalArgumentException("NSID " + namespace.nsid() + " twice");
            }
        }
    }

    /** The namespace, or null when there is none of that number. Nothing is allocated. */
    public Namespace find(final int nsid) {
        return byNsid.get(nsid);
    }

    /** All, by ascending NSID. */
    public List<Namespace> ascending() {
        return ascending;
    }

    /** Only those with the given NSIDs; null means all. */
    public NamespaceMap masked(final Set<Integer> nsids) {
        return null == nsids
                ? this
                : new NamespaceMap(
                        ascending.stream().filter(ns -> nsids.contains(ns.nsid())).toList());
    }
}
