package io.gemel.core.lane.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.core.block.BlockBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.AbortReason;
import io.gemel.core.lane.Connection;
import io.gemel.core.lane.ConnectionEngine;
import io.gemel.core.lane.Lane;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.Transmit;
import io.gemel.core.lane.WaitMode;
import io.gemel.core.lane.netty.NettyLanes.Listener;
import io.gemel.core.lane.netty.NettyLanes.Settings;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.status.Counter;
import io.gemel.core.volume.Volume;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The transport over real loopback sockets, with a protocol made up for it: 'R' or 'W', block,
 * count, then data.
 */
class NettyLanesTest {
    private static final int BLOCK = 512;
    private static final int HEADER = 9;
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Volume volume;

    /** An empty backend of that size. */
    BlockBackend newBackend(final long sizeBytes) throws IOException {
        return new MemoryBackend(sizeBytes);
    }

    @BeforeEach
    void makeVolume() throws IOException {
        volume = TestVolumes.of(0, "v", BLOCK, newBackend((long) BLOCK << 16));
    }

    @AfterEach
    void closeVolume() {
        if (null != volume) {
            volume.backend().close();
        }
    }

    /** One command at a time; 'X' makes it throw, 'Q' makes it close. */
    private final class BlockEngine implements ConnectionEngine, TaskPorts {
        private final Lane lane;
        private final Connection connection;
        private Task task;
        private boolean write;
        private int lba;
        private int count;
        private int sent;
        private boolean closed;

        BlockEngine(final Lane lane, final Connection connection) {
            this.lane = lane;
            this.connection = connection;
        }

        @Override
        public int onReceive(final DirectBuffer buffer, final int offset, final int length) {
            if (null != task) {
                final int take = Math.min(length, task.bytesAwaited());
                if (take > 0) {
                    task.buffer()
                            .buffer()
                            .putBytes(count * BLOCK - task.bytesAwaited(), buffer, offset, take);
                    task.onDataOut(take);
                } else {
                    connection.pauseReceive();
                }
                return take;
            }
            if ('X' == buffer.getByte(offset)) {
                throw new IllegalStateException("asked for");
            }
            if ('Q' == buffer.getByte(offset)) {
                final int at = connection.transmit().claim(3);
                connection.transmit().buffer().putStringWithoutLengthAscii(at, "bye");
                connection.transmit().commit(3);
                connection.close();
                return 1;
            }
            if (length < HEADER) {
                return 0;
            }
            write = 'W' == buffer.getByte(offset);
            lba = buffer.getInt(offset + 1, ByteOrder.BIG_ENDIAN);
            count = buffer.getInt(offset + 5, ByteOrder.BIG_ENDIAN);
            sent = 0;
            task = lane.tasks().claim();
            task.start(this, count * BLOCK, write ? count * BLOCK : 0);
            return HEADER;
        }

        @Override
        public void solicit(final Task solicited) {}

        @Override
        public void execute(final Task executing) {
            if (write) {
                executing.command().write(volume, lba, count, false);
            } else {
                executing.command().read(volume, lba, count);
            }
            executing.submit();
        }

        @Override
        public boolean respond(final Task responding) {
            if (closed) {
                return true;
            }
            final Transmit transmit = connection.transmit();
            if (write) {
                final int at = transmit.claim(1);
                if (at < 0) {
                    return false;
                }
                transmit.buffer().putByte(at, (byte) 'K');
                transmit.commit(1);
                return true;
            }
            while (sent < count * BLOCK) {
                final int left = count * BLOCK - sent;
                if (left >= Transmit.SEND_THRESHOLD_BYTES) {
                    final int piece = Math.min(left, 100_000);
                    if (!transmit.send(responding.buffer(), sent, piece)) {
                        return false;
                    }
                    sent += piece;
                } else {
                    final int at = transmit.claim(left);
                    if (at < 0) {
                        return false;
                    }
                    transmit.buffer().putBytes(at, responding.buffer().buffer(), sent, left);
                    transmit.commit(left);
                    sent += left;
                }
            }
            return true;
        }

        @Override
        public void released(final Task released) {
            task = null;
            connection.resumeReceive();
        }

        @Override
        public void onTransmitReady() {
            if (null != task) {
                task.step();
            }
        }

        @Override
        public void onClosed() {
            closed = true;
            if (null != task) {
                task.abort(AbortReason.CONNECTION_LOST);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, ADAPTIVE, true",
        "2, ADAPTIVE, true",
        "1, PARK, true",
        "1, BUSY_POLL, true",
        "2, ADAPTIVE, false",
        "1, PARK, false"
    })
    void shouldCarryBlocksBothWaysInEveryMode(
            final int laneCount, final WaitMode mode, final boolean colocated) throws IOException {
        final Settings settings = new Settings(laneCount, 64, mode, colocated, List.of(), 16);
        try (NettyLanes lanes = new NettyLanes(settings, List.of(volume));
                Listener listener = lanes.listen(ANY_PORT, BlockEngine::new);
                Client one = new Client(listener.address());
                Client two = new Client(listener.address())) {
            final Random random = new Random(7);
            for (int i = 0; i < 40; i++) {
                final int count = 1 + random.nextInt(0 == i % 5 ? 4096 : 16);
                final byte[] data = new byte[count * BLOCK];
                random.nextBytes(data);
                one.write(i, data);
                assertThat(two.read(i, count)).isEqualTo(data);
            }
            one.hangUp();
            two.hangUp();
            await(() -> 0 == lanes.connectionCount(), "connections closed");
            assertNothingOut(lanes);
        }
    }

    @ParameterizedTest
    @EnumSource(WaitMode.class)
    void shouldEndOnlyTheConnectionWhoseEngineFails(final WaitMode mode) throws IOException {
        final Settings settings = new Settings(1, 64, mode, true, List.of(), 16);
        try (NettyLanes lanes = new NettyLanes(settings, List.of(volume));
                Listener listener = lanes.listen(ANY_PORT, BlockEngine::new);
                Client good = new Client(listener.address());
                Client bad = new Client(listener.address());
                Client quits = new Client(listener.address())) {
            bad.out.writeByte('X');
            bad.out.flush();
            assertThat(bad.in.read()).isEqualTo(-1);
            quits.out.writeByte('Q');
            quits.out.flush();
            assertThat(quits.in.readNBytes(4)).asString().isEqualTo("bye");
            good.write(3, new byte[BLOCK]);
            assertThat(lanes.group().lane(0).counters().get(Counter.ENGINE_FAILURES)).isOne();
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldHoldBackForAPeerThatDoesNotRead(final boolean colocated) throws IOException {
        final Settings settings = new Settings(1, 64, WaitMode.ADAPTIVE, colocated, List.of(), 16);
        try (NettyLanes lanes = new NettyLanes(settings, List.of(volume));
                Listener listener = lanes.listen(ANY_PORT, BlockEngine::new);
                Client slow = new Client(listener.address())) {
            final byte[] data = new byte[2 * 1024 * 1024];
            new Random(3).nextBytes(data);
            slow.write(0, data);
            final ArrayDeque<Integer> asked = new ArrayDeque<>();
            for (int i = 0; i < 24; i++) {
                slow.command('R', 0, data.length / BLOCK);
                asked.add(i);
            }
            await(
                    () -> lanes.group().lane(0).counters().get(Counter.TRANSMIT_FULL) > 0,
                    "the sending side is full");
            while (!asked.isEmpty()) {
                asked.poll();
                assertThat(slow.in.readNBytes(data.length)).isEqualTo(data);
            }
            assertThatThrownBy(() -> lanes.listen(listener.address(), BlockEngine::new))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(String.valueOf(listener.address().getPort()));
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldRefuseConnectionsOverTheLimit(final boolean colocated) throws IOException {
        final Settings settings = new Settings(1, 64, WaitMode.PARK, colocated, List.of(), 1);
        try (NettyLanes lanes = new NettyLanes(settings, List.of(volume));
                Listener listener = lanes.listen(ANY_PORT, BlockEngine::new);
                Client first = new Client(listener.address())) {
            first.write(0, new byte[BLOCK]);
            try (Client second = new Client(listener.address())) {
                assertThat(second.in.read()).isEqualTo(-1);
            }
            assertThat(lanes.group().lane(0).counters().get(Counter.CONNECTIONS_REFUSED)).isOne();
        }
    }

    private static void assertNothingOut(final NettyLanes lanes) {
        for (final Lane lane : lanes.lanes()) {
            await(
                    () -> 0 == lane.tasks().inUse() && 0 == lane.slab().inUse(),
                    "tasks and buffers back");
        }
    }

    private static void await(final BooleanSupplier condition, final String what) {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not in time: " + what);
            }
            Thread.onSpinWait();
        }
    }

    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;

        Client(final InetSocketAddress address) throws IOException {
            socket = new Socket(address.getAddress(), address.getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            in = new DataInputStream(socket.getInputStream());
            out =
                    new DataOutputStream(
                            new java.io.BufferedOutputStream(socket.getOutputStream(), 1 << 16));
        }

        void command(final char op, final int lba, final int count) throws IOException {
            out.writeByte(op);
            out.writeInt(lba);
            out.writeInt(count);
            out.flush();
        }

        void write(final int lba, final byte[] data) throws IOException {
            command('W', lba, data.length / BLOCK);
            out.write(data);
            out.flush();
            assertThat(in.read()).isEqualTo('K');
        }

        byte[] read(final int lba, final int count) throws IOException {
            command('R', lba, count);
            return in.readNBytes(count * BLOCK);
        }

        void hangUp() throws IOException {
            socket.close();
        }

        @Override
        public void close() throws IOException {
            hangUp();
        }
    }
}
