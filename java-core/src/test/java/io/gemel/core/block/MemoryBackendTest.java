package io.gemel.core.block;

class MemoryBackendTest extends BlockBackendContractTest {
    @Override
    BlockBackend open(final long sizeBytes, final int blockSize) {
        return new MemoryBackend(sizeBytes);
    }
}
