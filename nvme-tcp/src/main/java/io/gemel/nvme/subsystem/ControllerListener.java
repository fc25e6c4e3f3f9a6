package io.gemel.nvme.subsystem;

import java.util.Collection;

/** What the Admin Queue's command processor hears from its controller, on the controller's lane. */
public interface ControllerListener {
    /** These namespaces came, went or changed. */
    void onNamespacesChanged(Collection<Integer> nsids);

    /** What a discovery controller tells has changed. */
    void onDiscoveryLogChanged();

    /** Controller reset: held commands are dropped, features are at their defaults again. */
    void onReset();

    /** A command of any queue ended with an error. */
    void onError(int qid, int commandId, int status, int nsid, long lba);
}
