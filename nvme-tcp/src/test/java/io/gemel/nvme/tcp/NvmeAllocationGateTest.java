package io.gemel.nvme.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.nvme.tcp.wire.CapsuleCmd;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.Opcode;
import io.gemel.nvme.wire.SglDescriptor;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** H2: after warm-up a command allocates nothing, from its capsule to its response. */
class NvmeAllocationGateTest {
    private static final int DEPTH = 8;
    private static final int WARM_UP_ROUNDS = 5;
    private static final int COMMANDS_PER_ROUND = 8_000;
    private static final int MEASURED_ROUNDS = 5;

    private final TestTarget target = new TestTarget();

    @AfterEach
    void shouldHoldNothingAtTheEnd() {
        target.assertIdle();
    }

    @ParameterizedTest
    @CsvSource({
        "2, 4096, 0",
        "1, 4096, 0",
        "2, 4096, 3",
        "1, 4096, 3",
        "2, 65536, 0",
        "1, 65536, 0",
        "5, 4096, 0"
    })
    void shouldAllocateNothingPerCommand(final int opcode, final int bytes, final int digests) {
        final ScriptedHost io = target.ioQueue(digests);
        final UnsafeBuffer[] capsules = new UnsafeBuffer[DEPTH];
        final UnsafeBuffer[][] data = new UnsafeBuffer[2][DEPTH];
        final boolean reads = Opcode.READ == opcode;
        final boolean inCapsule = !reads && bytes <= 8192;
        for (int i = 0; i < DEPTH; i++) {
            final int lba = i * 128;
            capsules[i] =
                    direct(
                            io.capsule(
                                    sqe -> {
                                        sqe.opc(opcode).nsid(1).slba(lba).nlb(bytes / 512 - 1);
                                        if (!inCapsule) {
                                            sqe.sgl(SglDescriptor.TRANSPORT, 0, bytes);
                                        }
                                    },
                                    new byte[inCapsule ? bytes : 0]));
            final int cccid = new NvmeSqe().wrap(capsules[i], CapsuleCmd.SQE_OFFSET).commandId();
            // The tag given back last is given out first, so that the order turns with each batch.
            data[0][i] = direct(io.h2cData(cccid, i, 0, new byte[bytes], true));
            data[1][i] = direct(io.h2cData(cccid, DEPTH - 1 - i, 0, new byte[bytes], true));
        }
        final boolean r2t = !reads && !inCapsule;
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            run(io, capsules, r2t ? data : null, COMMANDS_PER_ROUND);
        }
        // What every command allocates shows in each round; what the machine does once does not.
        long least = Long.MAX_VALUE;
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < MEASURED_ROUNDS; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            run(io, capsules, r2t ? data : null, COMMANDS_PER_ROUND);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }

    private static UnsafeBuffer direct(final byte[] bytes) {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes.length));
        buffer.putBytes(0, bytes);
        return buffer;
    }

    private void run(
            final ScriptedHost io,
            final UnsafeBuffer[] capsules,
            final UnsafeBuffer[][] data,
            final int commands) {
        for (int done = 0; done < commands; done += DEPTH) {
            for (final UnsafeBuffer capsule : capsules) {
                io.connection.feed(capsule, capsule.capacity());
            }
            step();
            if (null != data) {
                io.connection.dropSent();
                for (final UnsafeBuffer pdu : data[done / DEPTH & 1]) {
                    io.connection.feed(pdu, pdu.capacity());
                }
                step();
            }
            if (0 == io.connection.sentLength() || target.lane.lane().tasks().inUse() != 0) {
                throw new AssertionError("not answered");
            }
            io.connection.dropSent();
        }
    }

    private void step() {
        target.lane.runUntilIdle();
    }
}
