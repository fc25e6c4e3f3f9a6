package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows of the machines of a connection are those of their drawings. */
class StateArrowsTest {
    @Test
    void shouldAllowTheArrowsOfAConnection() {
        final Map<ConnectionState, Set<ConnectionState>> drawn =
                Map.of(
                        ConnectionState.AWAIT_ICREQ,
                        Set.of(
                                ConnectionState.AWAIT_CONNECT,
                                ConnectionState.TERMINATING,
                                ConnectionState.CLOSED),
                        ConnectionState.AWAIT_CONNECT,
                        Set.of(
                                ConnectionState.CONNECTED,
                                ConnectionState.TERMINATING,
                                ConnectionState.CLOSED),
                        ConnectionState.CONNECTED,
                        Set.of(
                                ConnectionState.DRAINING,
                                ConnectionState.TERMINATING,
                                ConnectionState.CLOSED),
                        ConnectionState.DRAINING,
                        Set.of(ConnectionState.TERMINATING, ConnectionState.CLOSED),
                        ConnectionState.TERMINATING,
                        Set.of(ConnectionState.CLOSED),
                        ConnectionState.CLOSED,
                        Set.of());
        for (final ConnectionState from : ConnectionState.values()) {
            assertThat(
                            Arrays.stream(ConnectionState.values())
                                    .filter(from::canGoTo)
                                    .collect(Collectors.toSet()))
                    .as(from.name())
                    .isEqualTo(drawn.get(from));
        }
    }

    @Test
    void shouldAllowTheArrowsOfReceiving() {
        final Map<ReceiveState, Set<ReceiveState>> drawn =
                Map.of(
                        ReceiveState.HEADER,
                        Set.of(ReceiveState.DATA, ReceiveState.DISCARD),
                        ReceiveState.DATA,
                        Set.of(ReceiveState.HEADER, ReceiveState.DATA_DIGEST, ReceiveState.DISCARD),
                        ReceiveState.DATA_DIGEST,
                        Set.of(ReceiveState.HEADER, ReceiveState.DISCARD),
                        ReceiveState.DISCARD,
                        Set.of(ReceiveState.DISCARD));
        for (final ReceiveState from : ReceiveState.values()) {
            assertThat(
                            Arrays.stream(ReceiveState.values())
                                    .filter(from::canGoTo)
                                    .collect(Collectors.toSet()))
                    .as(from.name())
                    .isEqualTo(drawn.get(from));
        }
    }
}
