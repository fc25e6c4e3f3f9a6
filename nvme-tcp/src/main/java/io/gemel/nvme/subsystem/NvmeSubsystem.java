package io.gemel.nvme.subsystem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An NVM subsystem: its names, its namespaces, who may use it, and its controllers.
 *
 * <p>Owner: the control plane. Names are immutable; namespaces and access are snapshots that are
 * replaced as a whole; the table of controllers is under this object's lock, which only Connect,
 * the end of a controller and status listings take, never a data command.
 */
public final class NvmeSubsystem {
    private final String nqn;
    private final String serial;
    private final boolean discovery;
    private final int firstCntlid;
    private final NvmeLimits limits;
    private final TreeMap<Integer, NvmeController> controllers = new TreeMap<>();

    /** Closed, and commands of their I/O queues are still under way. */
    private final List<NvmeController> ending = new ArrayList<>();

    private int nextCntlid;
    private volatile NamespaceMap namespaces;
    private volatile HostAccess access;
    private volatile boolean open = true;

    /**
     * @param nodeId 1 to 127: controller identifiers of different nodes never meet
     */
    public NvmeSubsystem(
            final String nqn,
            final String serial,
            final boolean discovery,
            final int nodeId,
            final Collection<Namespace> namespaces,
            final HostAccess access,
            final NvmeLimits limits) {
        if (nodeId < 1 || nodeId > 127) {
            throw new IllegalArgumentException("node id " + nodeId);
        }
        this.nqn = nqn;
        this.serial = serial;
        this.discovery = discovery;
        this.firstCntlid = (nodeId - 1) * NvmeLimits.CNTLIDS_PER_NODE + 1;
        this.nextCntlid = firstCntlid;
        this.namespaces = new NamespaceMap(namespaces);
        this.access = access;
        this.limits = limits;
    }

    public String nqn() {
        return nqn;
    }

    public String serial() {
        return serial;
    }

    /** A discovery subsystem: no namespaces, no I/O queues. */
    public boolean isDiscovery() {
        return discovery;
    }

    public NvmeLimits limits() {
        return limits;
    }

    public HostAccess access() {
        return access;
    }

    /** All its namespaces. */
    public NamespaceMap namespaces() {
        return namespaces;
    }

    /** What the host sees of it. */
    public NamespaceMap namespaces(final String hostNqn) {
        return namespaces.masked(access.mask(hostNqn));
    }

    /** The largest NSID: NN of Identify Controller. */
    public long largestNsid() {
        final List<Namespace> all = namespaces.ascending();
        return all.isEmpty() ? 1 : all.get(all.size() - 1).nsid() & 0xFFFF_FFFFL;
    }

    /**
     * Makes a controller in state DISABLED.
     *
     * @return null when the limit of controllers is reached, the subsystem is closing, the host may
     *     not use it any more, or commands of an association that the host has lost are still under
     *     way: it is to try again
     */
    public NvmeController createController(
            final String hostNqn,
            final byte[] hostId,
            final QueueConnection adminConnection,
            final int sqsize,
            final long katoMs) {
        synchronized (this) {
            // Who may use it can have changed since Connect looked.
            if (!open
                    || !access.isAllowed(hostNqn)
                    || isEnding(hostNqn, hostId)
                    || controllers.size() >= limits.controllersPerSubsystem()) {
                return null;
            }
            while (controllers.containsKey(nextCntlid)) {
                nextCntlid = following(nextCntlid);
            }
            final NvmeController controller =
                    new NvmeController(
                            this, nextCntlid, hostNqn, hostId, adminConnection, sqsize, katoMs);
            controllers.put(nextCntlid, controller);
            nextCntlid = following(nextCntlid);
            return controller;
        }
    }

    private int following(final int cntlid) {
        return cntlid + 1 - firstCntlid < NvmeLimits.CNTLIDS_PER_NODE ? cntlid + 1 : firstCntlid;
    }

    /** The controller, or null. */
    public synchronized NvmeController findController(final int cntlid) {
        return controllers.get(cntlid);
    }

    synchronized void removeController(final NvmeController controller) {
        if (controllers.remove(controller.cntlid(), controller) && controller.hasIoQueues()) {
            ending.add(controller);
        }
    }

    /** No command of its I/O queues is under way any more. */
    synchronized void ended(final NvmeController controller) {
        ending.remove(controller);
    }

    private boolean isEnding(final String hostNqn, final byte[] hostId) {
        for (final NvmeController controller : ending) {
            if (controller.hostNqn().equals(hostNqn)
                    && Arrays.equals(controller.hostId(), hostId)) {
                return true;
            }
        }
        return false;
    }

    /** All controllers at this moment. */
    public synchronized List<NvmeController> controllers() {
        return new ArrayList<>(controllers.values());
    }

    /** Replaces the namespaces: hosts hear of those that came, went or changed. */
    public void replaceNamespaces(final Collection<Namespace> replacement) {
        final NamespaceMap before = namespaces;
        namespaces = new NamespaceMap(replacement);
        final TreeSet<Integer> changed = new TreeSet<>(Integer::compareUnsigned);
        for (final Namespace namespace : before.ascending()) {
            if (!namespace.equals(namespaces.find(namespace.nsid()))) {
                changed.add(namespace.nsid());
            }
        }
        for (final Namespace namespace : namespaces.ascending()) {
            if (!namespace.equals(before.find(namespace.nsid()))) {
                changed.add(namespace.nsid());
            }
        }
        refresh(changed);
    }

    /** A volume has changed (size, write protection): hosts that see it are told. */
    public void namespaceChanged(final int nsid) {
        refresh(List.of(nsid));
    }

    /** Replaces who may use it: controllers of hosts that may not any more are closed. */
    public void replaceAccess(final HostAccess replacement) {
        final HostAccess before = access;
        access = replacement;
        for (final NvmeController controller : controllers()) {
            if (!replacement.isAllowed(controller.hostNqn())) {
                controller.close();
            } else {
                final TreeSet<Integer> changed = new TreeSet<>(Integer::compareUnsigned);
                final NamespaceMap old = namespaces.masked(before.mask(controller.hostNqn()));
                final NamespaceMap now = namespaces(controller.hostNqn());
                for (final Namespace namespace : namespaces.ascending()) {
                    if (old.find(namespace.nsid()) != now.find(namespace.nsid())) {
                        changed.add(namespace.nsid());
                    }
                }
                controller.refreshNamespaces(now, changed);
            }
        }
    }

    private void refresh(final Collection<Integer> changed) {
        for (final NvmeController controller : controllers()) {
            controller.refreshNamespaces(namespaces(controller.hostNqn()), changed);
        }
    }

    /** Takes no new controllers and ends those that are there. */
    public void close() {
        open = false;
        for (final NvmeController controller : controllers()) {
            controller.close();
        }
    }
}
