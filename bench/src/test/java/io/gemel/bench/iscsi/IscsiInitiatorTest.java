package io.gemel.bench.iscsi;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bench.client.ClientLoop;
import io.gemel.bench.client.IoRequest;
import io.gemel.bench.client.IoRequest.Outcome;
import io.gemel.bench.client.Outbound;
import io.gemel.core.memory.Crc32cDigest;
import io.gemel.iscsi.wire.BhsFlyweight;
import io.gemel.iscsi.wire.DataInFlyweight;
import io.gemel.iscsi.wire.DataOutFlyweight;
import io.gemel.iscsi.wire.LoginRequestFlyweight;
import io.gemel.iscsi.wire.LoginResponseFlyweight;
import io.gemel.iscsi.wire.NopInFlyweight;
import io.gemel.iscsi.wire.NopOutFlyweight;
import io.gemel.iscsi.wire.ReadyToTransferFlyweight;
import io.gemel.iscsi.wire.RejectFlyweight;
import io.gemel.iscsi.wire.ScsiCommandFlyweight;
import io.gemel.iscsi.wire.ScsiResponseFlyweight;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on the test's thread; the test is the target, PDU by PDU. */
class IscsiInitiatorTest {
    private static final int BLOCK = 512;
    private static final String OPERATIONAL_ANSWER =
            "HeaderDigest=None\0DataDigest=None\0MaxRecvDataSegmentLength=1024\0"
                    + "ImmediateData=Yes\0InitialR2T=No\0FirstBurstLength=2048\0"
                    + "MaxBurstLength=4096\0";

    private final ClientLoop loop = new ClientLoop(ClientLoop.Wait.PARK);
    private final Outbound out = new Outbound();
    private final UnsafeBuffer data = new UnsafeBuffer(ByteBuffer.allocateDirect(64 * BLOCK));
    private final IoRequest request = new IoRequest();
    private final List<Outcome> ended = new ArrayList<>();
    private byte[] unconsumed = new byte[0];
    private int statSn = 100;
    private int expCmdSn = 1;
    private int maxCmdSn = 10;
    private int digestBytes;
    private IscsiInitiator initiator;

    IscsiInitiatorTest() {
        request.listener = (done, nowNs) -> ended.add(done.outcome);
        for (int i = 0; i < data.capacity(); i++) {
            data.putByte(i, (byte) (i * 7));
        }
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void shouldLogInThroughBothStages() {
        start(IscsiOptions.to("iqn.t", 0));
        final byte[] first = out.takeAll();
        final LoginRequestFlyweight login = login(first);
        assertThat(login.isImmediate()).isTrue();
        assertThat(login.currentStage()).isEqualTo(LoginRequestFlyweight.SECURITY_NEGOTIATION);
        assertThat(login.isTransit()).isTrue();
        assertThat(login.isid() >>> 46).isEqualTo(2); // T of the ISID: random
        assertThat(text(first)).contains("TargetName=iqn.t\0").contains("AuthMethod=None\0");

        answerLogin(true, 0, 1, "AuthMethod=None\0");
        initiator.onTurn(0);
        final byte[] second = out.takeAll();
        assertThat(login(second).currentStage()).isEqualTo(1);
        assertThat(login(second).nextStage()).isEqualTo(3);
        assertThat(text(second)).contains("ErrorRecoveryLevel=0\0");

        answerLogin(true, 1, 3, OPERATIONAL_ANSWER);
        assertThat(initiator.isFullFeature()).isTrue();
        assertThat(initiator.loginAnswer("MaxBurstLength")).isEqualTo("4096");
    }

    @Test
    void shouldNotLiveWithADeclinedDigest() {
        start(IscsiOptions.to("iqn.t", 0).withDigests(true, false));
        out.takeAll();
        answerLogin(true, 0, 1, "");
        initiator.onTurn(0);
        answerLogin(true, 1, 3, "HeaderDigest=None\0");
        assertThat(initiator.isOpen()).isFalse();
        assertThat(initiator.closedBecause()).contains("HeaderDigest");
    }

    @Test
    void shouldTellTheStatusOfARefusedLogin() {
        start(IscsiOptions.to("iqn.t", 0));
        out.takeAll();
        final UnsafeBuffer pdu = pdu(0);
        new LoginResponseFlyweight().wrapAndClear(pdu, 0).statusClass(2).statusDetail(3);
        feed(pdu, 1000);
        assertThat(initiator.closedBecause()).contains("0203h");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 47, 48, 49, 4096})
    void shouldTakeDataInHoweverItIsCut(final int pieceBytes) {
        logIn(IscsiOptions.to("iqn.t", 3));
        initiator.submit(request.read(0x1_0000_0002L, 2, data, BLOCK));
        final byte[] sent = out.takeAll();
        final ScsiCommandFlyweight command = command(sent);
        assertThat(command.isRead()).isTrue();
        assertThat(command.isFinal()).isTrue();
        assertThat(command.lun()).isEqualTo(3L << 48);
        assertThat(command.expectedDataTransferLength()).isEqualTo(2 * BLOCK);
        assertThat(sent[command.cdbOffset()]).isEqualTo((byte) 0x88);
        assertThat(new UnsafeBuffer(sent).getLong(command.cdbOffset() + 2, BIG_ENDIAN))
                .isEqualTo(0x1_0000_0002L);

        final byte[] payload = new byte[2 * BLOCK];
        Arrays.fill(payload, (byte) 0x5A);
        final int itt = command.initiatorTaskTag();
        feed(dataIn(itt, payload, 0, 1000, false), pieceBytes);
        assertThat(ended).isEmpty();
        feed(dataIn(itt, payload, 1000, 24, true), pieceBytes);
        assertThat(ended).containsExactly(Outcome.OK);
        assertThat(request.receivedBytes).isEqualTo(2 * BLOCK);
        for (int i = 0; i < 2 * BLOCK; i++) {
            assertThat(data.getByte(BLOCK + i)).isEqualTo((byte) 0x5A);
        }
        assertThat(initiator.inFlight()).isZero();
    }

    @Test
    void shouldSendImmediateThenUnsolicitedThenSolicitedData() {
        logIn(IscsiOptions.to("iqn.t", 0)); // segments 1024, first burst 2048
        initiator.submit(request.write(5, 8, data, 0)); // 4096 bytes
        final byte[] sent = out.takeAll();
        final ScsiCommandFlyweight command = command(sent);
        assertThat(command.isWrite()).isTrue();
        assertThat(command.isFinal()).isFalse();
        assertThat(command.dataSegmentLength()).isEqualTo(1024);
        final UnsafeBuffer wire = new UnsafeBuffer(sent);
        initiator.onTurn(0);
        final byte[] unsolicited = out.takeAll();
        final DataOutFlyweight dataOut = new DataOutFlyweight();
        dataOut.wrap(new UnsafeBuffer(unsolicited), 0);
        assertThat(dataOut.targetTransferTag()).isEqualTo(BhsFlyweight.RESERVED_TAG);
        assertThat(dataOut.isFinal()).isTrue();
        assertThat(dataOut.bufferOffset()).isEqualTo(1024);
        assertThat(dataOut.dataSegmentLength()).isEqualTo(1024);

        final UnsafeBuffer r2t = pdu(0);
        new ReadyToTransferFlyweight()
                .wrapAndClear(r2t, 0)
                .initiatorTaskTag(command.initiatorTaskTag())
                .targetTransferTag(77)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn)
                .bufferOffset(2048)
                .desiredDataTransferLength(2048);
        feed(r2t, 48);
        initiator.onTurn(0);
        final byte[] solicited = out.takeAll();
        assertThat(solicited).hasSize(2 * (48 + 1024));
        dataOut.wrap(new UnsafeBuffer(solicited), 48 + 1024);
        assertThat(dataOut.targetTransferTag()).isEqualTo(77);
        assertThat(dataOut.dataSn()).isEqualTo(1);
        assertThat(dataOut.isFinal()).isTrue();
        assertThat(dataOut.bufferOffset()).isEqualTo(3072);
        for (int i = 0; i < 1024; i++) {
            assertThat(wire.getByte(48 + i)).isEqualTo(data.getByte(i));
            assertThat(unsolicited[48 + i]).isEqualTo(data.getByte(1024 + i));
            assertThat(solicited[48 + i]).isEqualTo(data.getByte(2048 + i));
            assertThat(solicited[48 + 1024 + 48 + i]).isEqualTo(data.getByte(3072 + i));
        }
        feed(response(command.initiatorTaskTag(), 0, new byte[0]), 48);
        assertThat(ended).containsExactly(Outcome.OK);
    }

    @Test
    void shouldSendNothingUnsolicitedWhenTheTargetWantsR2tFirst() {
        start(IscsiOptions.to("iqn.t", 0));
        finishLogin("InitialR2T=Yes\0ImmediateData=No\0");
        initiator.submit(request.write(5, 8, data, 0));
        initiator.onTurn(0);
        final byte[] sent = out.takeAll();
        assertThat(sent).hasSize(48);
        assertThat(command(sent).isFinal()).isTrue();
    }

    @Test
    void shouldHoldCommandsBackWhileTheWindowIsShut() {
        maxCmdSn = 1;
        logIn(IscsiOptions.to("iqn.t", 0));
        final IoRequest second = new IoRequest();
        second.listener = request.listener;
        initiator.submit(request.read(0, 1, null, 0));
        initiator.submit(second.read(1, 1, null, 0));
        final byte[] sent = out.takeAll();
        assertThat(sent).hasSize(48);
        assertThat(command(sent).cmdSn()).isEqualTo(1);
        initiator.onTurn(0);
        assertThat(out.pendingBytes()).isZero();
        expCmdSn = 2;
        maxCmdSn = 2;
        feed(dataIn(command(sent).initiatorTaskTag(), new byte[BLOCK], 0, BLOCK, true), 600);
        initiator.onTurn(0);
        assertThat(command(out.takeAll()).cmdSn()).isEqualTo(2);
    }

    @Test
    void shouldAnswerATargetsPing() {
        logIn(IscsiOptions.to("iqn.t", 0));
        final UnsafeBuffer ping = pdu(0);
        new NopInFlyweight()
                .wrapAndClear(ping, 0)
                .initiatorTaskTag(BhsFlyweight.RESERVED_TAG)
                .targetTransferTag(0x1234)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn);
        feed(ping, 48);
        final NopOutFlyweight pong = new NopOutFlyweight();
        pong.wrap(new UnsafeBuffer(out.takeAll()), 0);
        assertThat(pong.opcode()).isEqualTo(NopOutFlyweight.OPCODE);
        assertThat(pong.isImmediate()).isTrue();
        assertThat(pong.targetTransferTag()).isEqualTo(0x1234);
        assertThat(pong.initiatorTaskTag()).isEqualTo(BhsFlyweight.RESERVED_TAG);
    }

    @Test
    void shouldReadSenseAndSayWhatItMeans() {
        assertThat(outcomeOf(0x02, sense(0x06, 0x29, 0x00))).isEqualTo(Outcome.RETRY);
        assertThat(request.sense).isEqualTo(0x062900);
        assertThat(outcomeOf(0x02, sense(0x0E, 0x1D, 0x00))).isEqualTo(Outcome.MISCOMPARE);
        assertThat(request.miscompareOffset).isEqualTo(0x01020304);
        assertThat(outcomeOf(0x02, sense(0x05, 0x20, 0x00))).isEqualTo(Outcome.UNSUPPORTED);
        assertThat(outcomeOf(0x02, sense(0x05, 0x21, 0x00))).isEqualTo(Outcome.FAILED);
        assertThat(outcomeOf(0x08, new byte[0])).isEqualTo(Outcome.RETRY);
        assertThat(outcomeOf(0x28, new byte[0])).isEqualTo(Outcome.RETRY);
        assertThat(outcomeOf(0x18, new byte[0])).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldSendACompareAndWriteWithBothHalves() {
        logIn(IscsiOptions.to("iqn.t", 0));
        initiator.submit(request.compareAndWrite(9, 1, data, 0));
        final byte[] sent = out.takeAll();
        final ScsiCommandFlyweight command = command(sent);
        assertThat(command.expectedDataTransferLength()).isEqualTo(2 * BLOCK);
        assertThat(sent[32]).isEqualTo((byte) 0x89);
        assertThat(sent[32 + 13]).isEqualTo((byte) 1);
        assertThat(new UnsafeBuffer(sent).getLong(34, BIG_ENDIAN)).isEqualTo(9);
        assertThat(sent).hasSize(48 + 2 * BLOCK);
    }

    @Test
    void shouldCloseOnAnAnswerToNothing() {
        logIn(IscsiOptions.to("iqn.t", 0));
        initiator.submit(request.read(0, 1, null, 0));
        final int itt = command(out.takeAll()).initiatorTaskTag();
        feed(response(itt ^ 1 << 12, 0, new byte[0]), 48);
        assertThat(initiator.isOpen()).isFalse();
        assertThat(ended).containsExactly(Outcome.LOST);
        assertThat(request.lostBecause).contains("unknown initiator task tag");
    }

    @Test
    void shouldCloseOnMoreDataThanAskedFor() {
        logIn(IscsiOptions.to("iqn.t", 0));
        initiator.submit(request.read(0, 1, data, 0));
        final int itt = command(out.takeAll()).initiatorTaskTag();
        feed(dataIn(itt, new byte[BLOCK + 4], 0, BLOCK + 4, true), 1000);
        assertThat(ended).containsExactly(Outcome.LOST);
    }

    @Test
    void shouldCountAReject() {
        logIn(IscsiOptions.to("iqn.t", 0));
        final UnsafeBuffer reject = pdu(0);
        new RejectFlyweight().wrapAndClear(reject, 0).reason(RejectFlyweight.PROTOCOL_ERROR);
        feed(reject, 48);
        assertThat(initiator.rejects()).isEqualTo(1);
        assertThat(initiator.closedBecause()).contains("04h");
    }

    @Test
    void shouldCheckBothDigestsAndSendThem() {
        final byte[] payload = new byte[BLOCK];
        for (int flipped = -1; flipped < 48 + 4 + BLOCK + 4; flipped += 13) {
            ended.clear();
            unconsumed = new byte[0];
            digestBytes = 0;
            start(IscsiOptions.to("iqn.t", 0).withDigests(true, true));
            finishLogin("HeaderDigest=CRC32C\0DataDigest=CRC32C\0");
            digestBytes = 4;
            initiator.submit(request.read(0, 1, data, 0));
            final byte[] sent = out.takeAll();
            assertThat(sent).hasSize(52);
            final int crc = new Crc32cDigest().update(new UnsafeBuffer(sent), 0, 48).value();
            assertThat(
                            ByteBuffer.wrap(sent, 48, 4)
                                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                                    .getInt())
                    .isEqualTo(crc);
            final UnsafeBuffer answer =
                    dataIn(command(sent).initiatorTaskTag(), payload, 0, BLOCK, true);
            if (flipped >= 0) {
                answer.putByte(flipped, (byte) (answer.getByte(flipped) ^ 0x10));
            }
            feed(answer, 100);
            if (flipped < 0) {
                assertThat(ended).containsExactly(Outcome.OK);
            } else if (initiator.isOpen()) {
                // A changed length field may make the PDU longer: it waits for more, then fails.
                feed(new UnsafeBuffer(new byte[1 << 20]), 1 << 16);
                assertThat(ended).containsExactly(Outcome.LOST);
            } else {
                assertThat(ended).containsExactly(Outcome.LOST);
            }
        }
    }

    @Test
    void shouldAllocateNothingPerCommand() {
        logIn(IscsiOptions.to("iqn.t", 0));
        final DataInFlyweight pdu = new DataInFlyweight();
        final ScsiCommandFlyweight sent = new ScsiCommandFlyweight();
        final UnsafeBuffer answer = new UnsafeBuffer(new byte[48 + BLOCK]);
        request.listener = (done, nowNs) -> {};
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE; // of the best round: the JIT compiler's own is not per command
        for (int round = 0; round < 4; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                initiator.submit(request.read(i, 1, data, 0));
                sent.wrap(out.buffer(), 0);
                out.clear();
                pdu.wrapAndClear(answer, 0)
                        .isFinal(true)
                        .hasStatus(true)
                        .dataSegmentLength(BLOCK)
                        .initiatorTaskTag(sent.initiatorTaskTag())
                        .statSn(statSn++)
                        .expCmdSn(sent.cmdSn() + 1)
                        .maxCmdSn(sent.cmdSn() + 10);
                initiator.onReceive(answer, 0, answer.capacity(), 0);
                if (Outcome.OK != request.outcome) {
                    throw new AssertionError(request.detail());
                }
            }
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(bytes).as("bytes for 20,000 commands").isZero();
    }

    // ---- the target's part

    private void start(final IscsiOptions options) {
        out.takeAll();
        initiator = new IscsiInitiator(loop, options);
        initiator.geometry(BLOCK, 1 << 20);
        initiator.onConnected(out, 0);
    }

    private void logIn(final IscsiOptions options) {
        start(options);
        finishLogin(OPERATIONAL_ANSWER);
    }

    private void finishLogin(final String keys) {
        answerLogin(true, 0, 1, "");
        initiator.onTurn(0);
        answerLogin(true, 1, 3, keys);
        assertThat(initiator.isFullFeature()).isTrue();
        out.takeAll();
    }

    private void answerLogin(
            final boolean transit, final int stage, final int next, final String keys) {
        final byte[] text = keys.getBytes(UTF_8);
        final UnsafeBuffer pdu = pdu(text.length);
        new LoginResponseFlyweight()
                .wrapAndClear(pdu, 0)
                .isTransit(transit)
                .currentStage(stage)
                .nextStage(next)
                .dataSegmentLength(text.length)
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn);
        pdu.putBytes(48, text);
        feed(pdu, 1000);
    }

    private UnsafeBuffer dataIn(
            final int itt,
            final byte[] payload,
            final int offset,
            final int length,
            final boolean last) {
        final UnsafeBuffer pdu = pdu(length);
        new DataInFlyweight()
                .wrapAndClear(pdu, 0)
                .isFinal(last)
                .hasStatus(last)
                .dataSegmentLength(length)
                .initiatorTaskTag(itt)
                .targetTransferTag(BhsFlyweight.RESERVED_TAG)
                .statSn(last ? statSn++ : 0)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn)
                .bufferOffset(offset);
        pdu.putBytes(48 + digestBytes, payload, offset, length);
        return sealed(pdu, length);
    }

    private UnsafeBuffer response(final int itt, final int status, final byte[] sense) {
        final int length = 0 == sense.length ? 0 : 2 + sense.length;
        final UnsafeBuffer pdu = pdu(length);
        new ScsiResponseFlyweight()
                .wrapAndClear(pdu, 0)
                .status(status)
                .dataSegmentLength(length)
                .initiatorTaskTag(itt)
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(maxCmdSn);
        if (length > 0) {
            pdu.putShort(48, (short) sense.length, BIG_ENDIAN);
            pdu.putBytes(50, sense);
        }
        return sealed(pdu, length);
    }

    private Outcome outcomeOf(final int status, final byte[] sense) {
        if (null == initiator) {
            logIn(IscsiOptions.to("iqn.t", 0));
        }
        ended.clear();
        maxCmdSn = 100;
        initiator.submit(request.compareAndWrite(9, 1, data, 0));
        final byte[] sent = out.takeAll();
        feed(response(command(sent).initiatorTaskTag(), status, sense), 64);
        assertThat(ended).hasSize(1);
        expCmdSn++;
        return ended.get(0);
    }

    private static byte[] sense(final int key, final int asc, final int ascq) {
        final byte[] sense = new byte[18];
        sense[0] = (byte) 0xF0; // VALID, fixed format
        sense[2] = (byte) key;
        sense[3] = 1;
        sense[4] = 2;
        sense[5] = 3;
        sense[6] = 4;
        sense[7] = 10;
        sense[12] = (byte) asc;
        sense[13] = (byte) ascq;
        return sense;
    }

    private UnsafeBuffer pdu(final int length) {
        final int data4 = length > 0 ? BhsFlyweight.padded(length) + digestBytes : 0;
        return new UnsafeBuffer(new byte[48 + digestBytes + data4]);
    }

    private UnsafeBuffer sealed(final UnsafeBuffer pdu, final int length) {
        if (digestBytes > 0) {
            final Crc32cDigest crc = new Crc32cDigest();
            pdu.putInt(
                    48, crc.reset().update(pdu, 0, 48).value(), java.nio.ByteOrder.LITTLE_ENDIAN);
            final int padded = BhsFlyweight.padded(length);
            pdu.putInt(
                    52 + padded,
                    crc.reset().update(pdu, 52, padded).value(),
                    java.nio.ByteOrder.LITTLE_ENDIAN);
        }
        return pdu;
    }

    /** Feeds in pieces; what the engine leaves is offered again with more behind it. */
    private void feed(final UnsafeBuffer bytes, final int pieceBytes) {
        for (int at = 0; at < bytes.capacity(); at += pieceBytes) {
            final int piece = Math.min(pieceBytes, bytes.capacity() - at);
            final byte[] offered = Arrays.copyOf(unconsumed, unconsumed.length + piece);
            bytes.getBytes(at, offered, unconsumed.length, piece);
            final int consumed =
                    initiator.onReceive(new UnsafeBuffer(offered), 0, offered.length, 0);
            unconsumed = Arrays.copyOfRange(offered, consumed, offered.length);
        }
    }

    private static LoginRequestFlyweight login(final byte[] bytes) {
        return new LoginRequestFlyweight().wrap(new UnsafeBuffer(bytes), 0);
    }

    private static ScsiCommandFlyweight command(final byte[] bytes) {
        return new ScsiCommandFlyweight().wrap(new UnsafeBuffer(bytes), 0);
    }

    private static String text(final byte[] bytes) {
        return new String(bytes, 48, bytes.length - 48, UTF_8);
    }
}
