package io.gemel.iscsi.session;

import io.gemel.iscsi.login.SessionParameters;
import io.gemel.scsi.ItNexus;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One session, of one connection. Made when a login has succeeded, gone with its connection. Owner:
 * the lane of the connection; the names never change and the statistics are written by the owner
 * and read by anyone.
 */
final class IscsiSession {
    /** What makes two logins the same session: RFC 7143 section 4.4.3. */
    record Key(String initiatorName, long isid, String targetName, int portalGroupTag) {}

    private final int tsih;
    private final Key key;
    private final SessionParameters parameters;
    private final IscsiConnection connection;
    private final ItNexus nexus;
    private final AtomicLong commands = new AtomicLong();
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();

    /**
     * @param nexus null in a discovery session
     */
    IscsiSession(
            final int tsih,
            final Key key,
            final SessionParameters parameters,
            final IscsiConnection connection,
            final ItNexus nexus) {
        this.tsih = tsih;
        this.key = key;
        this.parameters = parameters;
        this.connection = connection;
        this.nexus = nexus;
    }

    int tsih() {
        return tsih;
    }

    Key key() {
        return key;
    }

    SessionParameters parameters() {
        return parameters;
    }

    IscsiConnection connection() {
        return connection;
    }

    ItNexus nexus() {
        return nexus;
    }

    void countCommand() {
        commands.lazySet(commands.getPlain() + 1);
    }

    void countRead(final long bytes) {
        bytesRead.lazySet(bytesRead.getPlain() + bytes);
    }

    void countWritten(final long bytes) {
        bytesWritten.lazySet(bytesWritten.getPlain() + bytes);
    }

    long commands() {
        return commands.get();
    }

    long bytesRead() {
        return bytesRead.get();
    }

    long bytesWritten() {
        return bytesWritten.get();
    }
}
