package io.gemel.iscsi.login;

/** What the login asks of the node it happens on. Called on the lane of the connection. */
public interface LoginPolicy {
    /** A target by its lower-case name, or null when there is none of that name on this portal. */
    TargetPolicy target(String iqn);

    /** Whether a session of that handle exists on this node. */
    boolean sessionExists(int tsih);

    /** One target, as far as a login is concerned. */
    interface TargetPolicy {
        /** May be empty: then no TargetAlias is declared. */
        String alias();

        /** Whether an initiator of that lower-case name may log in. */
        boolean admits(String initiatorName);

        DigestPolicy digests();
    }
}
