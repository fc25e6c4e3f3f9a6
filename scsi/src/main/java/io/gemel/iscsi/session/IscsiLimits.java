package io.gemel.iscsi.session;

import io.gemel.iscsi.login.LoginLimits;
import java.util.concurrent.TimeUnit;

/**
 * The limits of the iSCSI front end. Times in nanoseconds.
 *
 * @param maxSessions of the whole node; a login beyond it is answered out of resources
 * @param commandWindow commands of one session that are accepted and not yet answered: MaxCmdSN
 *     stands still at it
 * @param immediateCommands immediate SCSI commands of one session beside the window
 * @param loginTimeoutNs from the connection to full feature phase
 * @param nopIntervalNs silence after which the target asks for a sign of life; as long again
 *     without one ends the connection
 */
public record IscsiLimits(
        LoginLimits login,
        int maxSessions,
        int commandWindow,
        int immediateCommands,
        long loginTimeoutNs,
        long nopIntervalNs) {
    public static IscsiLimits defaults() {
        return new IscsiLimits(
                LoginLimits.defaults(),
                1024,
                128,
                8,
                TimeUnit.SECONDS.toNanos(15),
                TimeUnit.SECONDS.toNanos(15));
    }
}
