package io.gemel.iscsi.session;

import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.DelayBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.status.Counter;
import io.gemel.core.volume.Volume;
import io.gemel.iscsi.wire.LogoutRequestFlyweight;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to a connection, in whatever state it or its command is: nothing leaks, nobody
 * else notices.
 */
class StateEventTest {
    private static final int BLOCK = 512;
    private static final long MEDIUM_NS = 1_000_000;
    private static final String WRITE = "2A 00 00 00 00 00 00 00 04 00";

    /** Where the connection and its command are when it happens. */
    private enum State {
        LOGIN,
        LOGIN_HALF_A_PDU,
        FULL_FEATURE_IDLE,
        HALF_A_HEADER,
        HALF_OF_IMMEDIATE_DATA,
        WAITS_FOR_UNSOLICITED_DATA,
        FAILED_BUT_UNSOLICITED_DATA_COMES,
        WAITS_FOR_SOLICITED_DATA,
        WITH_THE_MEDIUM,
        WAITS_FOR_ROOM_TO_ANSWER,
        HALF_A_DATA_IN_SENT,
        LOGGING_OUT
    }

    private enum Event {
        DISCONNECT,
        TERMINATE,
        REINSTATEMENT,
        LOGICAL_UNIT_RESET,
        COLD_RESET,
        DRAIN,
        SILENCE,
        RANDOM_BYTES
    }

    private long nowNs;
    private final Volume volume =
            TestVolumes.of(
                    0,
                    "slow",
                    BLOCK,
                    new DelayBackend(new MemoryBackend(1 << 20), () -> nowNs, MEDIUM_NS));
    private final TestLane lane = new TestLane(0, 32, volume);
    private final IscsiPortal portal =
            new IscsiPortal(new InetSocketAddress("127.0.0.1", 0), 1, 257);
    private final IscsiTargetNode node =
            new IscsiTargetNode(
                    lane.group(),
                    List.of(IscsiTarget.open(ScriptedInitiator.TARGET, Map.of(0, volume))),
                    List.of(portal),
                    IscsiLimits.defaults());

    static Stream<Arguments> all() {
        return Stream.of(State.values())
                .flatMap(
                        state ->
                                Stream.of(Event.values()).map(event -> Arguments.of(state, event)));
    }

    /** Lets the medium answer. */
    private void mediumAnswers() {
        for (int i = 0; i < 8; i++) {
            nowNs += 2 * MEDIUM_NS;
            lane.advance(2 * MEDIUM_NS);
        }
    }

    private void bring(final ScriptedInitiator initiator, final State state) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        if (state == State.LOGIN) {
            return;
        }
        if (state == State.LOGIN_HALF_A_PDU) {
            initiator.connection.feed(new byte[] {0x43, (byte) 0x87, 0, 0});
            return;
        }
        initiator.ready("InitialR2T=No|MaxRecvDataSegmentLength=65536");
        switch (state) {
            case HALF_A_HEADER -> initiator.connection.feed(new byte[20]);
            case HALF_OF_IMMEDIATE_DATA -> {
                initiator.command(header, WRITE).isWrite(true).expectedDataTransferLength(2048);
                initiator.connection.feed(
                        java.util.Arrays.copyOf(initiator.encode(header, new byte[2048]), 1000));
            }
            case WAITS_FOR_UNSOLICITED_DATA -> initiator.write(WRITE, 2048, new byte[512], false);
            case FAILED_BUT_UNSOLICITED_DATA_COMES ->
                    initiator.write("2A 00 7F 00 00 00 00 00 04 00", 2048, new byte[512], false);
            case WAITS_FOR_SOLICITED_DATA -> initiator.write(WRITE, 2048, new byte[512], true);
            case WITH_THE_MEDIUM -> initiator.write(WRITE, 2048, new byte[2048], true);
            case WAITS_FOR_ROOM_TO_ANSWER -> {
                initiator.connection.limit(initiator.connection.sentLength());
                initiator.read("28 00 00 00 00 00 00 00 08 00", 4096);
                mediumAnswers();
            }
            case HALF_A_DATA_IN_SENT -> {
                initiator.connection.limit(initiator.connection.sentLength() + 100);
                initiator.read("28 00 00 00 00 00 00 00 80 00", 65_536);
                mediumAnswers();
            }
            case LOGGING_OUT -> {
                initiator.write(WRITE, 2048, new byte[2048], true);
                new LogoutRequestFlyweight()
                        .wrapAndClear(header, 0)
                        .reason(LogoutRequestFlyweight.CLOSE_SESSION)
                        .initiatorTaskTag(7)
                        .cmdSn(initiator.cmdSn);
                initiator.send(header, new byte[0]);
            }
            default -> {}
        }
    }

    private void happens(
            final ScriptedInitiator initiator, final ScriptedInitiator other, final Event event) {
        switch (event) {
            case DISCONNECT -> initiator.connection.disconnect();
            case TERMINATE -> ((IscsiConnection) initiator.connection.engine()).terminate(() -> {});
            case REINSTATEMENT -> {
                final ScriptedInitiator again = new ScriptedInitiator(lane, node, portal);
                final UnsafeBuffer login = new UnsafeBuffer(new byte[48]);
                new io.gemel.iscsi.wire.LoginRequestFlyweight()
                        .wrapAndClear(login, 0)
                        .isTransit(true)
                        .currentStage(1)
                        .nextStage(3)
                        .isid(again.isid);
                again.send(
                        login,
                        ("InitiatorName="
                                        + again.name
                                        + "\0TargetName="
                                        + ScriptedInitiator.TARGET
                                        + "\0")
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                mediumAnswers();
                assertThat(again.receive()).hasSize(1);
                again.connection.disconnect();
            }
            case LOGICAL_UNIT_RESET ->
                    other.taskManagement(
                            TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET, 0, RESERVED_TAG);
            case COLD_RESET ->
                    other.taskManagement(
                            TaskManagementRequestFlyweight.TARGET_COLD_RESET, 0, RESERVED_TAG);
            case DRAIN -> node.drain(0);
            case SILENCE -> {
                for (int i = 0; i < 4; i++) {
                    other.testUnitReady();
                    lane.advance(TimeUnit.SECONDS.toNanos(16));
                    other.receive();
                }
            }
            case RANDOM_BYTES -> {
                final byte[] bytes = new byte[3000];
                new java.util.Random(42).nextBytes(bytes);
                initiator.connection.feed(bytes);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldLeaveNothingBehindWhen(final State state, final Event event) {
        final ScriptedInitiator other = new ScriptedInitiator(lane, node, portal);
        other.name = "iqn.2026-11.test:other";
        other.ready("");
        final ScriptedInitiator initiator = new ScriptedInitiator(lane, node, portal);
        bring(initiator, state);
        happens(initiator, other, event);
        mediumAnswers();
        if (event == Event.LOGICAL_UNIT_RESET) {
            assertThat(other.receive()).hasSize(1);
            assertThat(other.testUnitReady().sense()).isEqualTo(0x62903);
        } else if (event != Event.COLD_RESET && event != Event.DRAIN) {
            other.receive();
            assertThat(other.testUnitReady().response().status()).isZero();
        }
        initiator.connection.limit(Integer.MAX_VALUE);
        initiator.connection.takeSent();
        if (!initiator.connection.isClosed()) {
            initiator.connection.disconnect();
        }
        if (!other.connection.isClosed()) {
            other.connection.disconnect();
        }
        mediumAnswers();
        assertThat(lane.lane().tasks().inUse()).as("tasks").isZero();
        assertThat(lane.lane().slab().inUse()).as("buffers").isZero();
        assertThat(node.sessionCount()).isZero();
        assertThat(node.lane(0).connections()).isEmpty();
        assertThat(lane.lane().counters().get(Counter.ENGINE_FAILURES)).isZero();
    }
}
