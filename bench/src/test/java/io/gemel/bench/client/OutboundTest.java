package io.gemel.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OutboundTest {
    private final Outbound out = new Outbound(16);

    @Test
    void shouldKeepWhatIsCommittedInOrder() {
        put(1, 2, 3);
        put(4);
        assertThat(out.pendingBytes()).isEqualTo(4);
        assertThat(out.takeAll()).containsExactly(1, 2, 3, 4);
        assertThat(out.pendingBytes()).isZero();
    }

    @Test
    void shouldRefuseAClaimWhenFull() {
        assertThat(out.claim(16)).isZero();
        out.commit(16);
        assertThat(out.claim(1)).isEqualTo(-1);
        out.takeAll();
        assertThat(out.claim(16)).isZero();
    }

    @Test
    void shouldRefuseACommitBeyondTheClaim() {
        out.claim(2);
        assertThatThrownBy(() -> out.commit(3)).isInstanceOf(IllegalStateException.class);
    }

    private void put(final int... values) {
        final int at = out.claim(values.length);
        for (int i = 0; i < values.length; i++) {
            out.buffer().putByte(at + i, (byte) values[i]);
        }
        out.commit(values.length);
    }
}
