package io.gemel.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gate: READ(10) and WRITE(10) of 4 KiB allocate nothing, from PDU to PDU. */
class AllocationGateTest {
    private static final int BURST = 16;
    private static final int BURSTS = 4_000;
    private static final int BYTES = 4096;

    private final Volume volume = TestVolumes.memory("v", 512, 1 << 16);
    private final TestLane lane = new TestLane(0, 128, volume);
    private final IscsiPortal portal =
            new IscsiPortal(new java.net.InetSocketAddress("127.0.0.1", 0), 1, 257);
    private final IscsiTargetNode node =
            new IscsiTargetNode(
                    lane.group(),
                    List.of(IscsiTarget.open(ScriptedInitiator.TARGET, Map.of(0, volume))),
                    List.of(portal),
                    IscsiLimits.defaults());
    private final UnsafeBuffer burst = new UnsafeBuffer(ByteBuffer.allocateDirect(256 * 1024));
    private int pduLength;
    private int cmdSn;

    private void encode(final ScriptedInitiator initiator, final boolean write) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        final ScsiCommandFlyweight command =
                initiator.command(header, (write ? "2A" : "28") + "00 00000100 00 0008 00");
        command.isWrite(write).isRead(!write).expectedDataTransferLength(BYTES);
        for (int i = 0; i < BURST; i++) {
            command.initiatorTaskTag(i);
            final byte[] bytes = initiator.encode(header, new byte[write ? BYTES : 0]);
            pduLength = bytes.length;
            burst.putBytes(i * pduLength, bytes);
        }
        cmdSn = initiator.cmdSn - 1;
    }

    private void bursts(final ScriptedInitiator initiator) {
        for (int round = 0; round < BURSTS; round++) {
            for (int i = 0; i < BURST; i++) {
                burst.putInt(i * pduLength + 24, cmdSn++, ByteOrder.BIG_ENDIAN);
            }
            initiator.connection.feed(burst, BURST * pduLength);
            lane.lane().doWork(lane.nowNs());
            initiator.connection.dropSent();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, ''", "true, ''", "false, DataDigest=CRC32C", "true, DataDigest=CRC32C"})
    void shouldAllocateNothingPerCommand(final boolean write, final String pairs) {
        final ScriptedInitiator initiator = new ScriptedInitiator(lane, node, portal);
        initiator.ready(pairs);
        encode(initiator, write);
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 3; i++) {
            bursts(initiator);
        }
        // The compiler may still materialise an object or two while it recompiles; what is
        // allocated
        // per command is allocated in every round.
        long bytes = Long.MAX_VALUE;
        int rounds = 3;
        while (bytes > 0 && rounds < 8) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            bursts(initiator);
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
            rounds++;
        }
        assertThat(lane.lane().tasks().inUse()).isZero();
        assertThat(bytes).as("bytes for %d commands", BURST * BURSTS).isZero();
        assertThat(node.sessions().get(0).detail())
                .contains((rounds * BURST * BURSTS + 1) + " commands");
    }
}
