package io.gemel.daemon;

import io.gemel.core.lane.ConnectionEngineFactory;
import io.gemel.core.status.SessionSource;
import java.net.InetSocketAddress;

/** One protocol, as far as the composition root is concerned. */
interface FrontEnd extends SessionSource {

    /** Opens a port on the lanes. */
    @FunctionalInterface
    interface PortOpener {
        /**
         * @param protocol what the ready line calls it
         * @param group iSCSI target portal group tag; 0 where there is none
         * @return with the real port, when port 0 was asked for
         */
        InetSocketAddress open(
                String protocol,
                InetSocketAddress address,
                int group,
                ConnectionEngineFactory connections)
                throws StartFailedException;
    }

    /** Opens all portals of this protocol. */
    void openPortals(PortOpener ports) throws StartFailedException;

    /**
     * Takes no more commands, answers those in flight, lets peers leave, closes the connections.
     * May wait for the peers, a few seconds at most; the ports are closed before.
     */
    void drain();
}
