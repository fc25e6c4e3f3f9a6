package io.gemel.core.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo.Kind;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;

class DelayBackendTest extends BlockBackendContractTest {
    private static final long DELAY_NS = 200_000;

    @Override
    BlockBackend open(final long sizeBytes, final int blockSize) {
        return new DelayBackend(new MemoryBackend(sizeBytes), SystemNanoClock.INSTANCE, DELAY_NS);
    }

    @Test
    void shouldTakeAtLeastItsTime() throws Exception {
        use(open(MIB, 512));
        final long begun = System.nanoTime();
        assertThat(agent.run(queue, Kind.READ, 0, 0, 512, false)).isEqualTo(BlockStatus.OK);
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(DELAY_NS);
    }

    @Test
    void shouldAbortWhatWaitsWhenCancelled() throws Exception {
        use(open(MIB, 512));
        ((DelayBackend) backend).delayNs(Long.MAX_VALUE / 2);
        agent.start(queue, Kind.READ, 0, 0, 512, false);
        assertThat(agent.inFlight(0)).isTrue();
        queue.cancel(agent.io(0));
        assertThat(agent.status[0]).isEqualTo(BlockStatus.ABORTED);
    }
}
