package io.gemel.core.block;

import io.gemel.core.InvariantViolation;
import io.gemel.core.uring.ErrnoException;
import io.gemel.core.uring.NativeMemory;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Blocks in memory, for benchmarks and tests: nothing survives the process. Memory is taken in
 * chunks as they are first written, so that a large volume costs what is on it. Shared by all
 * agents.
 */
public final class MemoryBackend implements BlockBackend {
    private static final int CHUNK_SHIFT = 21;
    private static final int CHUNK_BYTES = 1 << CHUNK_SHIFT;
    private static final int SEGMENT_SHIFT = 10;
    private static final int SEGMENT_CHUNKS = 1 << SEGMENT_SHIFT;

    private final long sizeBytes;

    // Two levels, so that 64 TiB cost 32 Ki references and not 32 Mi. Compare-and-set once per
    // chunk, never per command.
    private final AtomicReferenceArray<AtomicReferenceArray<UnsafeBuffer>> segments;

    public MemoryBackend(final long sizeBytes) {
        if (sizeBytes <= 0) {
            throw new IllegalArgumentException("size " + sizeBytes);
        }
        this.sizeBytes = sizeBytes;
        final long chunks = (sizeBytes + CHUNK_BYTES - 1) >> CHUNK_SHIFT;
        this.segments =
                new AtomicReferenceArray<>(
                        Math.toIntExact((chunks + SEGMENT_CHUNKS - 1) >> SEGMENT_SHIFT));
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean canDeallocate() {
        return true;
    }

    @Override
    public int physicalBlockBytes() {
        return 4096;
    }

    @Override
    public boolean hasVolatileCache() {
        return false;
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public BackendQueue openQueue(final AgentContext agent) {
        return new Queue(agent.sink());
    }

    /** After the queues of all agents: nobody copies any more. */
    @Override
    public void close() {
        for (int i = 0; i < segments.length(); i++) {
            final AtomicReferenceArray<UnsafeBuffer> segment = segments.getAndSet(i, null);
            for (int k = 0; null != segment && k < SEGMENT_CHUNKS; k++) {
                if (null != segment.get(k)) {
                    unmapChunk(segment.get(k));
                }
            }
        }
    }

    private UnsafeBuffer chunk(final long index) {
        final AtomicReferenceArray<UnsafeBuffer> segment =
                segments.get((int) (index >> SEGMENT_SHIFT));
        return null == segment ? null : segment.get((int) (index & (SEGMENT_CHUNKS - 1)));
    }

    private UnsafeBuffer chunkForWrite(final long index) {
        final UnsafeBuffer chunk = chunk(index);
        return null != chunk ? chunk : addChunk(index);
    }

    private UnsafeBuffer addChunk(final long index) {
        final int segmentIndex = (int) (index >> SEGMENT_SHIFT);
        AtomicReferenceArray<UnsafeBuffer> segment = segments.get(segmentIndex);
        if (null == segment) {
            segments.compareAndSet(segmentIndex, null, new AtomicReferenceArray<>(SEGMENT_CHUNKS));
            segment = segments.get(segmentIndex);
        }
        final int chunkIndex = (int) (index & (SEGMENT_CHUNKS - 1));
        if (null == segment.get(chunkIndex)) {
            final UnsafeBuffer chunk = mapChunk();
            if (!segment.compareAndSet(chunkIndex, null, chunk)) {
                unmapChunk(chunk);
            }
        }
        return segment.get(chunkIndex);
    }

    /**
     * In huge pages where the system has them: a cold copy is mostly misses of the address
     * translation.
     */
    private static UnsafeBuffer mapChunk() {
        try {
            final long address = NativeMemory.map(CHUNK_BYTES, CHUNK_BYTES);
            NativeMemory.advise(address, CHUNK_BYTES, NativeMemory.MADV_HUGEPAGE);
            return new UnsafeBuffer(address, CHUNK_BYTES);
        } catch (final ErrnoException e) {
            throw new OutOfMemoryError(e.getMessage());
        }
    }

    private static void unmapChunk(final UnsafeBuffer chunk) {
        try {
            NativeMemory.unmap(chunk.addressOffset(), CHUNK_BYTES);
        } catch (final ErrnoException e) {
            throw new InvariantViolation(
                    "a chunk that was mapped cannot be unmapped: " + e.getMessage());
        }
    }

    /** Owner: the agent's thread. Completes within start. */
    private final class Queue implements BackendQueue {
        private final BackendSink sink;
        private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);

        Queue(final BackendSink sink) {
            this.sink = sink;
        }

        @Override
        public boolean start(final BackendIo io) {
            BlockStatus status = BlockStatus.OK;
            try {
                switch (io.kind()) {
                    case READ -> read(io);
                    case WRITE -> write(io);
                    case FLUSH -> {}
                    case DEALLOCATE, WRITE_ZEROES -> zero(io);
                }
            } catch (final OutOfMemoryError e) {
                status = BlockStatus.NO_SPACE;
            }
            sink.onBackendComplete(io, status, 0);
            return true;
        }

        @Override
        public void cancel(final BackendIo io) {
            throw new InvariantViolation("nothing is ever in flight in memory");
        }

        @Override
        public void close() {
            payload.wrap(0, 0);
        }

        private void read(final BackendIo io) {
            payload.wrap(io.address(), (int) io.lengthBytes());
            int done = 0;
            while (done < payload.capacity()) {
                final long at = io.offsetBytes() + done;
                final int inChunk = (int) (at & (CHUNK_BYTES - 1));
                final int length = Math.min(payload.capacity() - done, CHUNK_BYTES - inChunk);
                final UnsafeBuffer chunk = chunk(at >> CHUNK_SHIFT);
                if (null == chunk) {
                    payload.setMemory(done, length, (byte) 0);
                } else {
                    payload.putBytes(done, chunk, inChunk, length);
                }
                done += length;
            }
        }

        private void write(final BackendIo io) {
            payload.wrap(io.address(), (int) io.lengthBytes());
            int done = 0;
            while (done < payload.capacity()) {
                final long at = io.offsetBytes() + done;
                final int inChunk = (int) (at & (CHUNK_BYTES - 1));
                final int length = Math.min(payload.capacity() - done, CHUNK_BYTES - inChunk);
                chunkForWrite(at >> CHUNK_SHIFT).putBytes(inChunk, payload, done, length);
                done += length;
            }
        }

        private void zero(final BackendIo io) {
            long done = 0;
            while (done < io.lengthBytes()) {
                final long at = io.offsetBytes() + done;
                final int inChunk = (int) (at & (CHUNK_BYTES - 1));
                final int length = (int) Math.min(io.lengthBytes() - done, CHUNK_BYTES - inChunk);
                final UnsafeBuffer chunk = chunk(at >> CHUNK_SHIFT);
                if (null != chunk) {
                    chunk.setMemory(inChunk, length, (byte) 0);
                }
                done += length;
            }
        }
    }
}
