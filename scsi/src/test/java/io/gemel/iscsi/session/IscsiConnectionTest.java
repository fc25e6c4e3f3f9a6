package io.gemel.iscsi.session;

import static io.gemel.iscsi.wire.BhsFlyweight.RESERVED_TAG;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.testing.HoldingBackend;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.status.Counter;
import io.gemel.core.volume.Volume;
import io.gemel.iscsi.login.LoginLimits;
import io.gemel.iscsi.session.ScriptedInitiator.Pdu;
import io.gemel.iscsi.wire.AsyncMessageFlyweight;
import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.IscsiOpcode;
import io.gemel.iscsi.wire.LogoutRequestFlyweight;
import io.gemel.iscsi.wire.LogoutResponseFlyweight;
import io.gemel.iscsi.wire.NopInFlyweight;
import io.gemel.iscsi.wire.NopOutFlyweight;
import io.gemel.iscsi.wire.ReadyToTransferFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.ScsiResponseFlyweight;
import io.gemel.iscsi.wire.SnackFlyweight;
import io.gemel.iscsi.wire.TaskManagementRequestFlyweight;
import io.gemel.iscsi.wire.TaskManagementResponseFlyweight;
import io.gemel.iscsi.wire.TextRequestFlyweight;
import io.gemel.iscsi.wire.TextResponseFlyweight;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine, driven by a scripted initiator without a socket. */
class IscsiConnectionTest {
    private static final int BLOCK = 512;
    private static final String READ_10 = "28 00 %08x 00 %04x 00";
    private static final String WRITE_10 = "2A 00 %08x 00 %04x 00";

    private final Volume volume = TestVolumes.memory("v", BLOCK, 1 << 16);
    private final TestLane lane = new TestLane(0, 128, volume);
    private final IscsiPortal portal =
            new IscsiPortal(new java.net.InetSocketAddress("127.0.0.1", 0), 1, 257);
    private final IscsiTargetNode node = node(IscsiLimits.defaults());

    private IscsiTargetNode node(final IscsiLimits limits) {
        return new IscsiTargetNode(
                lane.group(),
                List.of(IscsiTarget.open(ScriptedInitiator.TARGET, Map.of(0, volume))),
                List.of(portal),
                limits);
    }

    private ScriptedInitiator initiator() {
        return new ScriptedInitiator(lane, node, portal);
    }

    private static byte[] pattern(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 251 + seed);
        }
        return bytes;
    }

    private long counted(final Counter counter) {
        return lane.lane().counters().get(counter);
    }

    @AfterEach
    void nothingIsLeftOut() {
        lane.runUntilIdle();
        final List<IscsiConnection> open = List.copyOf(node.lane(0).connections());
        open.forEach(connection -> connection.terminate(() -> {}));
        lane.runUntilIdle();
        assertThat(lane.lane().tasks().inUse()).as("tasks").isZero();
        assertThat(lane.lane().slab().inUse()).as("buffers").isZero();
        assertThat(counted(Counter.ENGINE_FAILURES)).isZero();
    }

    private byte[] readBack(final ScriptedInitiator initiator, final int lba, final int blocks) {
        initiator.read(String.format(READ_10, lba, blocks), blocks * BLOCK);
        final byte[] bytes = new byte[blocks * BLOCK];
        int at = 0;
        for (final Pdu pdu : initiator.receive()) {
            final DataInFlyweight dataIn = pdu.dataIn();
            assertThat(dataIn.bufferOffset()).isEqualTo(at);
            System.arraycopy(pdu.data(), 0, bytes, at, pdu.data().length);
            at += pdu.data().length;
        }
        assertThat(at).isEqualTo(bytes.length);
        return bytes;
    }

    // ------------------------------------------------------------ reading and writing

    @ParameterizedTest
    @CsvSource({
        "'', 1000000",
        "HeaderDigest=CRC32C|DataDigest=CRC32C, 1000000",
        "HeaderDigest=CRC32C|DataDigest=CRC32C, 7",
        "DataDigest=CRC32C|InitialR2T=No|MaxRecvDataSegmentLength=512, 100",
        "ImmediateData=No, 1000000"
    })
    void shouldReadWhatWasWrittenWhateverIsNegotiated(final String pairs, final int piece) {
        final ScriptedInitiator initiator = initiator();
        initiator.pieceBytes = piece;
        initiator.ready(pairs);
        final byte[] data = pattern(8 * BLOCK, 1);
        final boolean immediate = !pairs.contains("ImmediateData=No");
        final int tag =
                initiator.write(
                        String.format(WRITE_10, 64, 8),
                        data.length,
                        immediate ? data : new byte[0],
                        true);
        if (!immediate) {
            final Pdu r2t = initiator.receiveOne();
            assertThat(r2t.opcode()).isEqualTo(IscsiOpcode.READY_TO_TRANSFER);
            final ReadyToTransferFlyweight pdu =
                    new ReadyToTransferFlyweight().wrap(r2t.header(), 0);
            assertThat(pdu.bufferOffset()).isZero();
            assertThat(pdu.desiredDataTransferLength()).isEqualTo(data.length);
            initiator.dataOut(tag, pdu.targetTransferTag(), 0, 0, true, data);
        }
        final ScsiResponseFlyweight response = initiator.receiveOne().response();
        assertThat(response.status()).isZero();
        assertThat(response.residualCount()).isZero();
        assertThat(readBack(initiator, 64, 8)).isEqualTo(data);
    }

    @Test
    void shouldSolicitBurstByBurstWhenTheWriteIsLong() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready(
                "MaxBurstLength=4096|FirstBurstLength=1024|MaxOutstandingR2T=2|InitialR2T=No");
        final byte[] data = pattern(32 * BLOCK, 2);
        final int tag =
                initiator.write(
                        String.format(WRITE_10, 0, 32),
                        data.length,
                        Arrays.copyOf(data, 512),
                        false);
        assertThat(initiator.receive()).isEmpty();
        initiator.dataOut(tag, RESERVED_TAG, 0, 512, true, Arrays.copyOfRange(data, 512, 1024));
        int sent = 1024;
        int r2tSn = 0;
        List<Pdu> r2ts = initiator.receive();
        assertThat(r2ts).hasSize(2);
        final java.util.ArrayDeque<Pdu> waiting = new java.util.ArrayDeque<>(r2ts);
        while (!waiting.isEmpty()) {
            final ReadyToTransferFlyweight r2t =
                    new ReadyToTransferFlyweight().wrap(waiting.poll().header(), 0);
            assertThat(r2t.r2tSn()).isEqualTo(r2tSn++);
            assertThat(r2t.bufferOffset()).isEqualTo(sent);
            final int length = (int) r2t.desiredDataTransferLength();
            assertThat(length).isEqualTo(Math.min(4096, data.length - sent));
            final int half = length / 2;
            initiator.dataOut(
                    tag,
                    r2t.targetTransferTag(),
                    0,
                    sent,
                    false,
                    Arrays.copyOfRange(data, sent, sent + half));
            initiator.dataOut(
                    tag,
                    r2t.targetTransferTag(),
                    1,
                    sent + half,
                    true,
                    Arrays.copyOfRange(data, sent + half, sent + length));
            sent += length;
            r2ts = initiator.receive();
            if (sent < data.length) {
                waiting.addAll(r2ts);
            } else {
                assertThat(r2ts).hasSize(1);
                assertThat(r2ts.get(0).response().status()).isZero();
                assertThat(r2ts.get(0).response().expDataSn()).isEqualTo(r2tSn);
            }
        }
        assertThat(sent).isEqualTo(data.length);
        assertThat(readBack(initiator, 0, 32)).isEqualTo(data);
    }

    @Test
    void shouldCutDataInBySegmentAndBurstWhenTheReadIsLong() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("MaxRecvDataSegmentLength=1024|MaxBurstLength=2048");
        initiator.read(String.format(READ_10, 0, 12), 12 * BLOCK);
        final List<Pdu> pdus = initiator.receive();
        assertThat(pdus).hasSize(6);
        for (int i = 0; i < 6; i++) {
            final DataInFlyweight pdu = pdus.get(i).dataIn();
            assertThat(pdu.dataSn()).isEqualTo(i);
            assertThat(pdu.bufferOffset()).isEqualTo(i * 1024L);
            assertThat(pdu.isFinal()).as("F of %d", i).isEqualTo(i % 2 == 1);
            assertThat(pdu.hasStatus()).isEqualTo(i == 5);
            assertThat(pdu.targetTransferTag()).isEqualTo(RESERVED_TAG);
        }
    }

    @Test
    void shouldSendLongSegmentsByReferenceWhenTheInitiatorTakesThem() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("MaxRecvDataSegmentLength=262144|DataDigest=CRC32C|HeaderDigest=CRC32C");
        for (int at = 0; at < 1024; at += 128) {
            initiator.write(
                    String.format(WRITE_10, at, 128), 128 * BLOCK, pattern(128 * BLOCK, at), true);
            assertThat(initiator.receiveOne().response().status()).isZero();
        }
        initiator.read(String.format(READ_10, 0, 1024), 1024 * BLOCK);
        final List<Pdu> pdus = initiator.receive();
        assertThat(pdus).hasSize(2);
        assertThat(Arrays.copyOf(pdus.get(1).data(), 128 * BLOCK))
                .isEqualTo(pattern(128 * BLOCK, 512));
    }

    @Test
    void shouldFinishWhenTheSendingSideIsFullAgainAndAgain() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("MaxRecvDataSegmentLength=40000|DataDigest=CRC32C");
        initiator.connection.limit(48_000);
        final byte[] data = pattern(128 * BLOCK, 5);
        initiator.write(String.format(WRITE_10, 0, 128), data.length, data, true);
        assertThat(initiator.receiveOne().response().status()).isZero();
        initiator.read(String.format(READ_10, 0, 128), data.length);
        initiator.read(String.format(READ_10, 0, 8), 8 * BLOCK);
        initiator.read("00 00 00 00 00 00", 0);
        int bytes = 0;
        int statuses = 0;
        for (int i = 0; i < 50; i++) {
            for (final Pdu pdu : initiator.receive()) {
                bytes += pdu.data().length;
                statuses +=
                        pdu.opcode() == IscsiOpcode.SCSI_RESPONSE || pdu.dataIn().hasStatus()
                                ? 1
                                : 0;
            }
        }
        assertThat(bytes).isEqualTo(136 * BLOCK);
        assertThat(statuses).isEqualTo(3);
    }

    @Test
    void shouldAskAgainWhenUnsolicitedDataFoundNoBuffer() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final java.util.List<io.gemel.core.memory.SlabBuffer> held = new java.util.ArrayList<>();
        io.gemel.core.memory.SlabBuffer buffer;
        while ((buffer = lane.lane().slab().claim(4096)) != null) {
            held.add(buffer);
        }
        final byte[] data = pattern(8 * BLOCK, 3);
        final int tag = initiator.write(String.format(WRITE_10, 8, 8), data.length, data, true);
        assertThat(initiator.receive()).isEmpty();
        assertThat(counted(Counter.ISCSI_UNSOLICITED_DATA_DROPPED)).isEqualTo(1);
        held.forEach(io.gemel.core.memory.SlabBuffer::release);
        final ReadyToTransferFlyweight r2t =
                new ReadyToTransferFlyweight().wrap(initiator.receiveOne().header(), 0);
        assertThat(r2t.bufferOffset()).isZero();
        initiator.dataOut(tag, r2t.targetTransferTag(), 0, 0, true, data);
        assertThat(initiator.receiveOne().response().status()).isZero();
        assertThat(readBack(initiator, 8, 8)).isEqualTo(data);
    }

    @Test
    void shouldAnswerTaskSetFullWhenTheLaneHasNoSlot() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final java.util.List<io.gemel.core.lane.Task> held = new java.util.ArrayList<>();
        io.gemel.core.lane.Task task;
        while ((task = lane.lane().tasks().claim()) != null) {
            held.add(task);
        }
        initiator.write(String.format(WRITE_10, 8, 8), 8 * BLOCK, pattern(8 * BLOCK, 1), true);
        final ScsiResponseFlyweight response = initiator.receiveOne().response();
        assertThat(response.status()).isEqualTo(0x28);
        assertThat(response.expCmdSn()).isEqualTo(initiator.cmdSn);
        held.forEach(io.gemel.core.lane.Task::unclaim);
        assertThat(initiator.testUnitReady().response().status()).isZero();
    }

    // ------------------------------------------------------------ residuals

    @ParameterizedTest
    @CsvSource({
        // blocks asked, EDTL, bytes that come, residual (negative: overflow)
        "1, 512, 512, 0",
        "1, 10000, 512, 9488",
        "1, 200, 200, -312",
        "2, 512, 512, -512",
        "1, 0, 0, -512",
        "0, 512, 0, 512"
    })
    void shouldTellTheResidualWhenAReadExpectsAnotherLength(
            final int blocks, final int expected, final int comes, final int residual) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        initiator
                .command(header, String.format(READ_10, 0, blocks))
                .isRead(true)
                .expectedDataTransferLength(expected);
        initiator.send(header, new byte[0]);
        final Pdu pdu = initiator.receiveOne();
        assertThat(pdu.data()).hasSize(comes);
        final boolean underflow;
        final boolean overflow;
        final long count;
        if (comes > 0) {
            assertThat(pdu.dataIn().hasStatus()).isTrue();
            underflow = pdu.dataIn().isUnderflow();
            overflow = pdu.dataIn().isOverflow();
            count = pdu.dataIn().residualCount();
        } else {
            underflow = pdu.response().isUnderflow();
            overflow = pdu.response().isOverflow();
            count = pdu.response().residualCount();
        }
        assertThat(underflow).isEqualTo(residual > 0);
        assertThat(overflow).isEqualTo(residual < 0);
        assertThat(count).isEqualTo(Math.abs(residual));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 512, 0, 0",
        "1, 1024, 512, 0",
        "2, 512, -512, 0",
        "1, 0, -512, 0",
        "1, 200, -312, 2",
    })
    void shouldTellTheResidualWhenAWriteBringsAnotherLength(
            final int blocks, final int expected, final int residual, final int status) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        initiator.write(String.format(WRITE_10, 0, blocks), expected, pattern(expected, 9), true);
        final Pdu pdu = initiator.receiveOne();
        assertThat(pdu.response().status()).isEqualTo(status);
        assertThat(pdu.response().isUnderflow()).isEqualTo(residual > 0);
        assertThat(pdu.response().isOverflow()).isEqualTo(residual < 0);
        assertThat(pdu.response().residualCount()).isEqualTo(Math.abs(residual));
        if (status == 2) {
            assertThat(pdu.sense()).isEqualTo(0x50E03);
        }
        final byte[] medium = readBack(initiator, 0, 2);
        final int written = Math.min(blocks * BLOCK, expected) / BLOCK * BLOCK;
        assertThat(Arrays.copyOf(medium, written))
                .isEqualTo(Arrays.copyOf(pattern(expected, 9), written));
        assertThat(Arrays.copyOfRange(medium, written, 1024)).isEqualTo(new byte[1024 - written]);
    }

    // ------------------------------------------------------------ command numbering

    @Test
    void shouldIgnoreTheCommandWhenItsNumberIsOutsideTheWindow() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final int right = initiator.cmdSn;
        initiator.cmdSn = right - 1;
        initiator.read("00 00 00 00 00 00", 0);
        initiator.cmdSn = right + IscsiLimits.defaults().commandWindow();
        initiator.read("00 00 00 00 00 00", 0);
        assertThat(initiator.receive()).isEmpty();
        assertThat(counted(Counter.ISCSI_CMD_SN_IGNORED)).isEqualTo(2);
        initiator.cmdSn = right;
        assertThat(initiator.testUnitReady().response().status()).isZero();
    }

    @Test
    void shouldEndTheConnectionWhenNumbersLeaveAGap() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        initiator.cmdSn++;
        initiator.read("00 00 00 00 00 00", 0);
        assertReject(initiator, RejectFlyweight.PROTOCOL_ERROR);
        assertThat(initiator.connection.isClosed()).isTrue();
    }

    @Test
    void shouldLetTheWindowStandStillWhenCommandsWaitForData() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("ImmediateData=No");
        final int window = IscsiLimits.defaults().commandWindow();
        final int first = initiator.cmdSn;
        for (int i = 0; i < 100; i++) {
            initiator.write(String.format(WRITE_10, i, 1), BLOCK, new byte[0], true);
        }
        final List<Pdu> r2ts = initiator.receive();
        assertThat(r2ts).hasSize(100);
        for (final Pdu pdu : r2ts) {
            assertThat(new ReadyToTransferFlyweight().wrap(pdu.header(), 0).maxCmdSn())
                    .isEqualTo(first + window - 1);
        }
    }

    private static RejectFlyweight reject(final Pdu pdu) {
        assertThat(pdu.opcode()).isEqualTo(IscsiOpcode.REJECT);
        assertThat(pdu.data()).hasSize(48);
        return new RejectFlyweight().wrap(pdu.header(), 0);
    }

    private static void assertReject(final ScriptedInitiator initiator, final int reason) {
        assertThat(reject(initiator.receiveOne()).reason()).isEqualTo(reason);
    }

    // ------------------------------------------------------------ data-out errors

    @ParameterizedTest
    @CsvSource({
        "1, 0, 512, true",
        "0, 512, 512, true",
        "0, 0, 1024, true",
        "0, 0, 256, true",
        "0, 0, 512, false"
    })
    void shouldEndTheCommandOnlyWhenItsDataComesWrong(
            final int dataSn, final int offset, final int length, final boolean isFinal) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("ImmediateData=No");
        final int tag = initiator.write(String.format(WRITE_10, 0, 1), BLOCK, new byte[0], true);
        final ReadyToTransferFlyweight r2t =
                new ReadyToTransferFlyweight().wrap(initiator.receiveOne().header(), 0);
        initiator.dataOut(tag, r2t.targetTransferTag(), dataSn, offset, isFinal, new byte[length]);
        final Pdu pdu = initiator.receiveOne();
        assertThat(pdu.response().status()).isEqualTo(2);
        assertThat(pdu.sense()).isEqualTo(0xB4B00);
        assertThat(counted(Counter.ISCSI_DATA_SEQUENCE_ERRORS)).isEqualTo(1);
        assertThat(initiator.testUnitReady().response().status()).isZero();
    }

    @Test
    void shouldDropDataOutWhenItsCommandIsOver() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        initiator.dataOut(0x77, RESERVED_TAG, 0, 0, true, new byte[512]);
        initiator.dataOut(0x77, 0x0001_0001, 0, 0, true, new byte[512]);
        initiator.dataOut(0x77, 0x7FFF_FFFE, 0, 0, true, new byte[512]);
        assertThat(initiator.receive()).isEmpty();
        assertThat(counted(Counter.ISCSI_DATA_OUT_DROPPED)).isEqualTo(3);
    }

    @Test
    void shouldAnswerAFailedWriteOnlyAfterItsUnsolicitedData() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("InitialR2T=No");
        final int tag =
                initiator.write(
                        String.format(WRITE_10, 0x7000_0000, 4), 2048, new byte[512], false);
        assertThat(initiator.receive()).isEmpty();
        initiator.dataOut(tag, RESERVED_TAG, 0, 512, false, new byte[512]);
        assertThat(initiator.receive()).isEmpty();
        initiator.dataOut(tag, RESERVED_TAG, 1, 1024, true, new byte[1024]);
        final Pdu pdu = initiator.receiveOne();
        assertThat(pdu.sense()).isEqualTo(0x52100);
    }

    // ------------------------------------------------------------ digests

    @Test
    void shouldDropTheConnectionWhenTheHeaderDigestIsWrong() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("HeaderDigest=CRC32C");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        initiator.command(header, "00 00 00 00 00 00");
        final byte[] bytes = initiator.encode(header, new byte[0]);
        bytes[50] ^= 1;
        initiator.connection.feed(bytes);
        assertThat(initiator.receive()).isEmpty();
        assertThat(initiator.connection.isClosed()).isTrue();
        assertThat(counted(Counter.ISCSI_HEADER_DIGEST_ERRORS)).isEqualTo(1);
    }

    @Test
    void shouldRejectWhenTheDataDigestIsWrong() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("DataDigest=CRC32C");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        initiator
                .command(header, String.format(WRITE_10, 0, 1))
                .isWrite(true)
                .expectedDataTransferLength(512);
        final byte[] bytes = initiator.encode(header, pattern(512, 0));
        bytes[100] ^= 1;
        initiator.connection.feed(bytes);
        assertReject(initiator, RejectFlyweight.DATA_DIGEST_ERROR);
        assertThat(initiator.connection.isClosed()).isTrue();
        assertThat(counted(Counter.ISCSI_DATA_DIGEST_ERRORS)).isEqualTo(1);
        final ScriptedInitiator other = initiator();
        other.isid++;
        other.ready("");
        assertThat(readBack(other, 0, 1)).isEqualTo(new byte[512]);
    }

    // ------------------------------------------------------------ NOP, text, logout, SNACK

    @Test
    void shouldEchoThePingWhenItCarriesData() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        new NopOutFlyweight()
                .wrapAndClear(header, 0)
                .isImmediate(true)
                .initiatorTaskTag(5)
                .targetTransferTag(RESERVED_TAG)
                .cmdSn(initiator.cmdSn);
        initiator.send(header, pattern(77, 4));
        final Pdu pdu = initiator.receiveOne();
        assertThat(pdu.opcode()).isEqualTo(IscsiOpcode.NOP_IN);
        assertThat(pdu.data()).isEqualTo(pattern(77, 4));
        assertThat(new NopInFlyweight().wrap(pdu.header(), 0).initiatorTaskTag()).isEqualTo(5);
    }

    @Test
    void shouldAskForALifeSignAndThenEndWhenTheInitiatorIsSilent() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final long interval = TimeUnit.SECONDS.toNanos(16);
        lane.advance(interval);
        assertThat(initiator.receive()).isEmpty();
        lane.advance(interval);
        final Pdu ping = initiator.receiveOne();
        assertThat(ping.opcode()).isEqualTo(IscsiOpcode.NOP_IN);
        final NopInFlyweight nopIn = new NopInFlyweight().wrap(ping.header(), 0);
        assertThat(nopIn.initiatorTaskTag()).isEqualTo(RESERVED_TAG);
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        new NopOutFlyweight()
                .wrapAndClear(header, 0)
                .isImmediate(true)
                .initiatorTaskTag(RESERVED_TAG)
                .targetTransferTag(nopIn.targetTransferTag())
                .cmdSn(initiator.cmdSn);
        initiator.send(header, new byte[0]);
        lane.advance(interval);
        assertThat(initiator.connection.isClosed()).isFalse();
        lane.advance(interval);
        assertThat(initiator.receive()).hasSize(1);
        lane.advance(interval);
        lane.runUntilIdle();
        assertThat(counted(Counter.ISCSI_NOP_TIMEOUTS)).isEqualTo(1);
        assertThat(node.sessionCount()).isZero();
    }

    @Test
    void shouldNameItsOwnTargetInANormalSessionWhenAskedWithoutAName() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        new TextRequestFlyweight()
                .wrapAndClear(header, 0)
                .isFinal(true)
                .isImmediate(true)
                .initiatorTaskTag(9)
                .targetTransferTag(RESERVED_TAG)
                .cmdSn(initiator.cmdSn);
        initiator.send(header, "SendTargets=\0".getBytes(StandardCharsets.UTF_8));
        final Pdu answer = initiator.receiveOne();
        assertThat(answer.opcode()).isEqualTo(IscsiOpcode.TEXT_RESPONSE);
        assertThat(new String(answer.data(), StandardCharsets.UTF_8))
                .startsWith("TargetName=" + ScriptedInitiator.TARGET + "\0TargetAddress=");
    }

    @Test
    void shouldListTargetsPieceByPieceWhenSegmentsAreShort() {
        final ScriptedInitiator initiator = initiator();
        initiator.login("MaxRecvDataSegmentLength=512", "SessionType=Discovery");
        final StringBuilder text = new StringBuilder();
        int transferTag = RESERVED_TAG;
        boolean more = true;
        for (int i = 0; i < 10 && more; i++) {
            final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
            new TextRequestFlyweight()
                    .wrapAndClear(header, 0)
                    .isFinal(true)
                    .isImmediate(true)
                    .initiatorTaskTag(9)
                    .targetTransferTag(transferTag)
                    .cmdSn(initiator.cmdSn);
            initiator.send(
                    header,
                    i == 0 ? "SendTargets=All\0".getBytes(StandardCharsets.UTF_8) : new byte[0]);
            final Pdu pdu = initiator.receiveOne();
            final TextResponseFlyweight response =
                    new TextResponseFlyweight().wrap(pdu.header(), 0);
            text.append(new String(pdu.data(), StandardCharsets.UTF_8));
            more = response.isContinue();
            assertThat(response.isFinal()).isEqualTo(!more);
            transferTag = response.targetTransferTag();
        }
        assertThat(text.toString())
                .isEqualTo(
                        "TargetName="
                                + ScriptedInitiator.TARGET
                                + "\0TargetAddress=127.0.0.1:3260,1\0");
    }

    @Test
    void shouldAnswerOutstandingCommandsAndThenTheLogout() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("ImmediateData=No");
        initiator.write(String.format(WRITE_10, 0, 1), BLOCK, new byte[0], true);
        assertThat(initiator.receive()).hasSize(1);
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        new LogoutRequestFlyweight()
                .wrapAndClear(header, 0)
                .reason(LogoutRequestFlyweight.CLOSE_SESSION)
                .initiatorTaskTag(8)
                .cmdSn(initiator.cmdSn);
        initiator.send(header, new byte[0]);
        final Pdu pdu = initiator.receiveOne();
        assertThat(pdu.opcode()).isEqualTo(IscsiOpcode.LOGOUT_RESPONSE);
        assertThat(new LogoutResponseFlyweight().wrap(pdu.header(), 0).response()).isZero();
        lane.runUntilIdle();
        assertThat(initiator.connection.isClosed()).isTrue();
        assertThat(node.sessionCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 7, 1", "2, 1, 2"})
    void shouldRefuseTheLogoutWhenItIsNotOurs(
            final int reason, final int connectionId, final int response) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        new LogoutRequestFlyweight()
                .wrapAndClear(header, 0)
                .isImmediate(true)
                .reason(reason)
                .connectionId(connectionId)
                .initiatorTaskTag(8)
                .cmdSn(initiator.cmdSn);
        initiator.send(header, new byte[0]);
        assertThat(
                        new LogoutResponseFlyweight()
                                .wrap(initiator.receiveOne().header(), 0)
                                .response())
                .isEqualTo(response);
        assertThat(initiator.testUnitReady().response().status()).isZero();
    }

    @Test
    void shouldRejectASnackAndGoOn() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        new SnackFlyweight().wrapAndClear(header, 0).type(1).initiatorTaskTag(RESERVED_TAG);
        initiator.send(header, new byte[0]);
        assertReject(initiator, RejectFlyweight.SNACK_REJECT);
        assertThat(initiator.testUnitReady().response().status()).isZero();
    }

    // ------------------------------------------------------------ task management, unit attentions

    @Test
    void shouldReportUnitAttentionsOnceToEveryNexus() {
        final ScriptedInitiator one = initiator();
        assertThat(one.login("").statusClass()).isZero();
        one.read("12 00 00 00 24 00", 36); // INQUIRY leaves the condition pending
        assertThat(one.receiveOne().dataIn().status()).isZero();
        assertThat(one.testUnitReady().sense()).isEqualTo(0x62900);
        assertThat(one.testUnitReady().response().status()).isZero();
        final ScriptedInitiator two = initiator();
        two.isid++;
        two.ready("");
        one.taskManagement(TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET, 0, RESERVED_TAG);
        final Pdu answer = one.receiveOne();
        assertThat(new TaskManagementResponseFlyweight().wrap(answer.header(), 0).response())
                .isZero();
        assertThat(one.testUnitReady().sense()).isEqualTo(0x62903);
        assertThat(two.testUnitReady().sense()).isEqualTo(0x62903);
        assertThat(two.testUnitReady().response().status()).isZero();
        // MODE SELECT(6): Control page with D_SENSE
        one.write(
                "15 10 00 00 10 00",
                16,
                ScriptedInitiator.hex("00000000 0A0A 04 10 00 00 0000 FFFF 0000"),
                true);
        assertThat(one.receiveOne().response().status()).isZero();
        two.read("00 00 00 00 00 00", 0);
        final byte[] sense = two.receiveOne().data();
        assertThat(Arrays.copyOf(sense, 6)).isEqualTo(ScriptedInitiator.hex("00 08 72 06 2A 01"));
        assertThat(one.testUnitReady().response().status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6})
    void shouldEndWaitingCommandsWithoutAWordWhenTheyAreAborted(final int function) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("ImmediateData=No");
        final int tag = initiator.write(String.format(WRITE_10, 0, 1), BLOCK, new byte[0], true);
        final ReadyToTransferFlyweight r2t =
                new ReadyToTransferFlyweight().wrap(initiator.receiveOne().header(), 0);
        initiator.taskManagement(function, 0, tag);
        final Pdu answer = initiator.receiveOne();
        assertThat(answer.opcode()).isEqualTo(IscsiOpcode.TASK_MANAGEMENT_RESPONSE);
        assertThat(new TaskManagementResponseFlyweight().wrap(answer.header(), 0).response())
                .isZero();
        assertThat(lane.lane().tasks().inUse()).isZero();
        initiator.dataOut(tag, r2t.targetTransferTag(), 0, 0, true, new byte[512]);
        assertThat(initiator.receive()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "5, 0x0007000000000000, 2", "8, 0, 4", "3, 0, 5", "99, 0, 5"})
    void shouldRefuseTheFunctionWhenItHasNoObject(
            final int function, final String lun, final int response) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        initiator.taskManagement(function, Long.decode(lun), 0x99);
        assertThat(
                        new TaskManagementResponseFlyweight()
                                .wrap(initiator.receiveOne().header(), 0)
                                .response())
                .isEqualTo(response);
    }

    @Test
    void shouldEndTheOlderSessionWhenItIsReinstated() {
        final ScriptedInitiator older = initiator();
        older.ready("ImmediateData=No");
        older.write(String.format(WRITE_10, 0, 1), BLOCK, new byte[0], true);
        final ScriptedInitiator newer = initiator();
        assertThat(newer.login("").statusClass()).isZero();
        assertThat(older.connection.isClosed()).isTrue();
        assertThat(node.sessionCount()).isEqualTo(1);
        assertThat(newer.testUnitReady().sense()).isEqualTo(0x62907);
        assertThat(counted(Counter.ISCSI_SESSIONS_REINSTATED)).isEqualTo(1);
    }

    @Test
    void shouldTellTheOtherNexusWhoseCommandsWereCleared() {
        final ScriptedInitiator one = initiator();
        one.ready("");
        final ScriptedInitiator two = initiator();
        two.isid++;
        two.ready("ImmediateData=No");
        two.write(String.format(WRITE_10, 0, 1), BLOCK, new byte[0], true);
        assertThat(two.receiveOne().opcode()).isEqualTo(IscsiOpcode.READY_TO_TRANSFER);
        one.taskManagement(TaskManagementRequestFlyweight.CLEAR_TASK_SET, 0, RESERVED_TAG);
        assertThat(one.receiveOne().opcode()).isEqualTo(IscsiOpcode.TASK_MANAGEMENT_RESPONSE);
        assertThat(lane.lane().tasks().inUse()).isZero();
        assertThat(two.testUnitReady().sense()).isEqualTo(0x62F00);
        assertThat(one.testUnitReady().response().status()).isZero();
    }

    @Test
    void shouldEndEverySessionOfTheTargetWhenItIsResetCold() {
        final ScriptedInitiator one = initiator();
        one.ready("");
        final ScriptedInitiator two = initiator();
        two.isid++;
        two.ready("");
        one.taskManagement(TaskManagementRequestFlyweight.TARGET_COLD_RESET, 0, RESERVED_TAG);
        assertThat(one.receiveOne().opcode()).isEqualTo(IscsiOpcode.TASK_MANAGEMENT_RESPONSE);
        assertThat(one.connection.isClosed()).isTrue();
        assertThat(two.connection.isClosed()).isTrue();
        assertThat(node.sessionCount()).isZero();
    }

    /** Its connection is lost, and the medium has its write already. */
    @Test
    void shouldWaitForTheWritesOfALostConnectionWhenTheInitiatorComesBack() {
        final HoldingBackend medium = new HoldingBackend(new MemoryBackend(1 << 20));
        final Volume held = TestVolumes.of(0, "held", BLOCK, medium);
        final TestLane its = new TestLane(0, 128, held);
        final IscsiTargetNode holder =
                new IscsiTargetNode(
                        its.group(),
                        List.of(IscsiTarget.open(ScriptedInitiator.TARGET, Map.of(0, held))),
                        List.of(portal),
                        IscsiLimits.defaults());
        final ScriptedInitiator lost = new ScriptedInitiator(its, holder, portal);
        lost.ready("");
        final ScriptedInitiator other = new ScriptedInitiator(its, holder, portal);
        other.isid++;
        other.ready("");
        medium.hold();
        lost.write(String.format(WRITE_10, 0, 1), BLOCK, pattern(BLOCK, 1), true);
        its.runUntilIdle();
        lost.connection.disconnect();
        other.taskManagement(TaskManagementRequestFlyweight.LOGICAL_UNIT_RESET, 0, 0);
        final ScriptedInitiator back = new ScriptedInitiator(its, holder, portal);
        back.sendLogin("");
        assertThat(medium.held()).isEqualTo(1);
        assertThat(other.receive()).as("answers to the reset").isEmpty();
        assertThat(back.receive()).as("answers to the login").isEmpty();
        medium.letGo();
        its.runUntilIdle();
        assertThat(other.receive()).hasSize(1);
        assertThat(back.receive()).hasSize(1);
        assertThat(holder.sessionCount()).isEqualTo(2);
        other.connection.disconnect();
        back.connection.disconnect();
        its.runUntilIdle();
        assertThat(holder.sessionCount()).isZero();
        assertThat(its.lane().tasks().inUse()).isZero();
    }

    // ------------------------------------------------------------ login and limits

    /** The header says that the window has moved on, and the initiator may act on it at once. */
    @Test
    void shouldTakeTheNextCommandWhenTheHeaderOfTheLastAnswerIsOut() {
        final IscsiTargetNode narrow =
                node(
                        new IscsiLimits(
                                LoginLimits.defaults(), 8, 1, 1, 1_000_000_000L, 1_000_000_000L));
        final ScriptedInitiator initiator = new ScriptedInitiator(lane, narrow, portal);
        initiator.ready("MaxRecvDataSegmentLength=262144");
        initiator.connection.limit(100);
        initiator.read(String.format(READ_10, 0, 128), 128 * BLOCK);
        assertThat(initiator.connection.sentLength()).isEqualTo(48);
        initiator.read("00 00 00 00 00 00", 0);
        initiator.connection.limit(1 << 20);
        initiator.receive(); // makes room
        assertThat(initiator.receive().stream().map(Pdu::opcode))
                .containsExactly(IscsiOpcode.DATA_IN, IscsiOpcode.SCSI_RESPONSE);
        assertThat(counted(Counter.ISCSI_CMD_SN_IGNORED)).isZero();
        initiator.connection.disconnect();
    }

    @Test
    void shouldRefuseTheLoginWhenThereAreTooManySessions() {
        final IscsiLimits few =
                new IscsiLimits(LoginLimits.defaults(), 1, 128, 8, 1_000_000_000L, 1_000_000_000L);
        final IscsiTargetNode small = node(few);
        final ScriptedInitiator one = new ScriptedInitiator(lane, small, portal);
        assertThat(one.login("").statusClass()).isZero();
        final ScriptedInitiator two = new ScriptedInitiator(lane, small, portal);
        two.isid++;
        assertThat(two.login("").statusDetail()).isEqualTo(0x02);
        assertThat(two.connection.isClosed()).isTrue();
        assertThat(counted(Counter.ISCSI_SESSIONS_REFUSED)).isEqualTo(1);
        one.connection.disconnect();
        assertThat(small.sessionCount()).isZero();
    }

    @Test
    void shouldEndTheConnectionWhenItDoesNotLogIn() {
        final ScriptedInitiator initiator = initiator();
        lane.advance(TimeUnit.SECONDS.toNanos(16));
        lane.runUntilIdle();
        assertThat(counted(Counter.ISCSI_LOGIN_TIMEOUTS)).isEqualTo(1);
        initiator.connection.disconnect();
    }

    @Test
    void shouldCloseWhenTheFirstPduIsNoLogin() {
        final ScriptedInitiator initiator = initiator();
        initiator.read("00 00 00 00 00 00", 0);
        assertThat(initiator.receive()).isEmpty();
        assertThat(initiator.connection.isClosed()).isTrue();
        assertThat(counted(Counter.ISCSI_PROTOCOL_ERRORS)).isEqualTo(1);
    }

    @Test
    void shouldRefuseCommandsWhenTheSessionIsForDiscovery() {
        final ScriptedInitiator initiator = initiator();
        initiator.login("", "SessionType=Discovery");
        initiator.read("00 00 00 00 00 00", 0);
        assertReject(initiator, RejectFlyweight.PROTOCOL_ERROR);
        assertThat(initiator.connection.isClosed()).isTrue();
    }

    @Test
    void shouldAskForLogoutWhenTheNodeDrains() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        node.drain(0);
        final List<Pdu> pdus = initiator.receive();
        assertThat(pdus).hasSize(1);
        assertThat(new AsyncMessageFlyweight().wrap(pdus.get(0).header(), 0).asyncEvent())
                .isEqualTo(AsyncMessageFlyweight.LOGOUT_REQUEST);
        lane.runUntilIdle();
        final ScriptedInitiator late = initiator();
        assertThat(late.login("").statusClass()).isEqualTo(3);
    }

    // ------------------------------------------------------------ bad input

    @ParameterizedTest
    @ValueSource(ints = {0x03, 0x07, 0x20, 0x21, 0x25, 0x3F, 0x1C})
    void shouldRejectAndCloseWhenTheOpcodeHasNoBusinessHere(final int opcode) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        header.putByte(0, (byte) opcode);
        initiator.send(header, new byte[0]);
        reject(initiator.receiveOne());
        assertThat(initiator.connection.isClosed()).isTrue();
    }

    @Test
    void shouldRejectWhenTheSegmentIsLongerThanDeclared() {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        initiator.command(header, String.format(WRITE_10, 0, 1)).isWrite(true);
        final byte[] bytes = initiator.encode(header, new byte[0]);
        bytes[5] = (byte) 0xFF;
        initiator.connection.feed(bytes);
        assertReject(initiator, RejectFlyweight.PROTOCOL_ERROR);
        assertThat(initiator.connection.isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0100 03 00", "0001 01 00", "0000 01 00", "0040 01 00"})
    void shouldRejectWhenTheAdditionalHeaderIsMalformed(final String ahs) {
        final ScriptedInitiator initiator = initiator();
        initiator.ready("");
        final UnsafeBuffer header = new UnsafeBuffer(new byte[48]);
        initiator.command(header, "00 00 00 00 00 00");
        header.putByte(4, (byte) 1);
        final byte[] bytes = Arrays.copyOf(initiator.encode(header, new byte[0]), 52);
        System.arraycopy(ScriptedInitiator.hex(ahs), 0, bytes, 48, 4);
        initiator.connection.feed(bytes);
        final Pdu pdu = initiator.receiveOne();
        if (pdu.opcode() == IscsiOpcode.REJECT) {
            assertThat(initiator.connection.isClosed()).isTrue();
        } else {
            assertThat(pdu.response().status()).isZero(); // an empty extension harms nobody
        }
    }

    @Test
    void shouldSurviveAndStayAliveForOthersWhenTheBytesAreRandom() {
        final ScriptedInitiator good = initiator();
        good.ready("");
        final long seed = 20261120L;
        final java.util.Random random = new java.util.Random(seed);
        for (int round = 0; round < 300; round++) {
            final ScriptedInitiator bad = initiator();
            bad.isid += 1 + round;
            if (round % 3 != 0) {
                bad.login(round % 2 == 0 ? "" : "HeaderDigest=None|InitialR2T=No");
            }
            for (int i = 0; i < 20 && !bad.connection.isClosed(); i++) {
                final byte[] bytes = new byte[48 + random.nextInt(600)];
                random.nextBytes(bytes);
                if (random.nextInt(4) != 0) { // mostly something that has a meaning
                    bytes[0] = (byte) (random.nextInt(7) | (random.nextBoolean() ? 0x40 : 0));
                    bytes[4] = (byte) (random.nextInt(8) == 0 ? random.nextInt(3) : 0);
                    bytes[5] = 0;
                    bytes[6] = (byte) random.nextInt(3);
                    new UnsafeBuffer(bytes).putInt(24, bad.cmdSn, java.nio.ByteOrder.BIG_ENDIAN);
                    new UnsafeBuffer(bytes).putLong(8, 0);
                }
                bad.connection.feed(bytes, 1 + random.nextInt(bytes.length));
                bad.connection.takeSent();
            }
            bad.connection.disconnect();
            lane.runUntilIdle();
            assertThat(lane.lane().tasks().inUse()).as("seed %d round %d", seed, round).isZero();
            assertThat(lane.lane().slab().inUse()).as("seed %d round %d", seed, round).isZero();
        }
        assertThat(node.sessionCount()).isEqualTo(1);
        assertThat(good.testUnitReady().opcode()).isEqualTo(IscsiOpcode.SCSI_RESPONSE);
    }
}
