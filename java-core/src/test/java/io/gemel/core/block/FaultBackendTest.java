package io.gemel.core.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo.Kind;
import io.gemel.core.uring.Errno;
import org.junit.jupiter.api.Test;

class FaultBackendTest extends BlockBackendContractTest {
    @Override
    BlockBackend open(final long sizeBytes, final int blockSize) {
        return new FaultBackend(new MemoryBackend(sizeBytes), io -> null, Errno.EIO);
    }

    @Test
    void shouldFailAsPlannedAndTouchNothing() throws Exception {
        use(open(MIB, 512));
        fill(0, 0, 512, 1);
        assertThat(agent.run(queue, Kind.WRITE, 0, 0, 512, false)).isEqualTo(BlockStatus.OK);
        ((FaultBackend) backend)
                .plan(io -> Kind.WRITE == io.kind() ? BlockStatus.WRITE_ERROR : null);
        fill(1, 0, 512, 2);
        assertThat(agent.run(queue, Kind.WRITE, 1, 0, 512, false))
                .isEqualTo(BlockStatus.WRITE_ERROR);
        assertThat(agent.errno[1]).isEqualTo(Errno.EIO);
        assertThat(agent.run(queue, Kind.READ, 2, 0, 512, false)).isEqualTo(BlockStatus.OK);
        assertThat(bytes(2, 512)).isEqualTo(bytes(0, 512));
    }
}
