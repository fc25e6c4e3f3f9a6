package io.gemel.reservations.nvme;

import static io.gemel.reservations.Identities.A;
import static io.gemel.reservations.Identities.G;
import static io.gemel.reservations.Identities.H;
import static io.gemel.reservations.Identities.after;
import static io.gemel.reservations.Identities.enroll;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.reservations.AccessClass;
import io.gemel.reservations.HostIdentifiers;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.RegisterAction;
import io.gemel.reservations.ReservationNotice;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The NVMe view as bytes. */
class NvmeViewTest {
    private static final UnsafeBuffer KEYS =
            new UnsafeBuffer(
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0x0102030405060708L)
                            .putLong(0x1112131415161718L)
                            .array());

    @Test
    void shouldParseRegister() {
        final RegisterAction[] actions = RegisterAction.values();
        for (int cdw10 = 0; cdw10 < 16; cdw10++) {
            for (int cptpl = 0; cptpl < 4; cptpl++) {
                final ReservationRequest request =
                        ReservationRequest.register(cdw10 | cptpl << 30, KEYS, 0, 16, H);
                if ((cdw10 & 7) > 2 || cptpl == 1) {
                    assertThat(request.refusal()).isEqualTo(NvmeAnswer.INVALID_FIELD);
                } else {
                    assertThat(request.command())
                            .isEqualTo(
                                    new ReservationCommand.NvmeRegister(
                                            H,
                                            actions[cdw10 & 7],
                                            0x0102030405060708L,
                                            0x1112131415161718L,
                                            (cdw10 & 8) != 0,
                                            cptpl == 0
                                                    ? Persistence.KEEP
                                                    : cptpl == 2
                                                            ? Persistence.CLEAR
                                                            : Persistence.SET));
                }
            }
        }
    }

    @Test
    void shouldParseAcquire() {
        for (int type = 0; type < 256; type++) {
            for (int action = 0; action < 16; action++) {
                final ReservationRequest request =
                        ReservationRequest.acquire(type << 8 | action, KEYS, 0, 16, H);
                final ReservationType rtype = ReservationType.ofNvme(type);
                if (type < 1 || type > 6 || action > 2) {
                    assertThat(request.refusal()).isEqualTo(NvmeAnswer.INVALID_FIELD);
                } else if (action == 0) {
                    assertThat(request.command())
                            .isEqualTo(
                                    new ReservationCommand.Reserve(H, 0x0102030405060708L, rtype));
                } else {
                    assertThat(request.command())
                            .isEqualTo(
                                    new ReservationCommand.Preempt(
                                            H,
                                            0x0102030405060708L,
                                            0x1112131415161718L,
                                            rtype,
                                            action == 2));
                }
            }
        }
    }

    @Test
    void shouldParseRelease() {
        assertThat(ReservationRequest.release(0x0300, KEYS, 0, 8, H).command())
                .isEqualTo(
                        new ReservationCommand.Release(
                                H,
                                0x0102030405060708L,
                                ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
                                false));
        assertThat(ReservationRequest.release(0x0008, KEYS, 0, 8, H).command())
                .isEqualTo(new ReservationCommand.Release(H, 0x0102030405060708L, null, true));
        assertThat(ReservationRequest.release(0x0001, KEYS, 0, 8, H).command())
                .isEqualTo(new ReservationCommand.Clear(H, 0x0102030405060708L, false));
        for (int action = 2; action < 8; action++) {
            assertThat(ReservationRequest.release(action, KEYS, 0, 8, H).refusal())
                    .isEqualTo(NvmeAnswer.INVALID_FIELD);
        }
    }

    @Test
    void shouldRefuseDataThatIsCutOff() {
        for (int length = 0; length < 16; length++) {
            assertThat(ReservationRequest.register(0, KEYS, 0, length, H).refusal())
                    .isEqualTo(NvmeAnswer.DATA_SGL_LENGTH_INVALID);
            assertThat(ReservationRequest.acquire(0x100, KEYS, 0, length, H).refusal())
                    .isEqualTo(NvmeAnswer.DATA_SGL_LENGTH_INVALID);
            if (length < 8) {
                assertThat(ReservationRequest.release(0, KEYS, 0, length, H).refusal())
                        .isEqualTo(NvmeAnswer.DATA_SGL_LENGTH_INVALID);
            }
        }
    }

    private static final ReservationState STATE =
            after(
                    ReservationState.EMPTY,
                    enroll(A, 0x0102030405060708L),
                    enroll(H, 0x1112131415161718L),
                    enroll(G, 3),
                    new ReservationCommand.Reserve(
                            H, 0x1112131415161718L, ReservationType.EXCLUSIVE_ACCESS),
                    new ReservationCommand.SetPersistence(true));

    @Test
    void shouldReportWithExtendedData() {
        final byte[] report =
                ReservationReport.encode(
                        STATE, true, host -> host.equals(H) ? new int[] {5, 9} : new int[0]);
        final ByteBuffer bytes = ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(report).hasSize(64 * 5);
        assertThat(bytes.getInt(0)).isEqualTo(3);
        assertThat(bytes.get(4)).isEqualTo((byte) 2);
        assertThat(bytes.getShort(5)).isEqualTo((short) 4);
        assertThat(bytes.get(9)).isEqualTo((byte) 1);
        // SCSI nexus
        assertThat(bytes.getShort(64)).isEqualTo((short) 0xFFFF);
        assertThat(bytes.get(66)).isZero();
        assertThat(bytes.getLong(72)).isEqualTo(0x0102030405060708L);
        assertThat(bytes.get(64 + 16 + 6) & 0xF0).isEqualTo(0x50);
        assertThat(bytes.get(64 + 16 + 8) & 0xC0).isEqualTo(0x80);
        // 64-bit host, not connected
        assertThat(bytes.getShort(128)).isEqualTo((short) 0xFFFF);
        assertThat(bytes.getLong(136)).isEqualTo(3);
        assertThat(bytes.order(ByteOrder.BIG_ENDIAN).getLong(144)).isEqualTo(G.high());
        // each controller of the holder
        for (int entry = 0; entry < 2; entry++) {
            final int at = 192 + 64 * entry;
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            assertThat(bytes.getShort(at)).isEqualTo((short) (entry == 0 ? 5 : 9));
            assertThat(bytes.get(at + 2)).isEqualTo((byte) 1);
            assertThat(bytes.getLong(at + 8)).isEqualTo(0x1112131415161718L);
            bytes.order(ByteOrder.BIG_ENDIAN);
            assertThat(bytes.getLong(at + 16)).isEqualTo(H.high());
            assertThat(bytes.getLong(at + 24)).isEqualTo(H.low());
        }
    }

    @Test
    void shouldReportWithoutExtendedData() {
        final byte[] report = ReservationReport.encode(STATE, false, host -> new int[0]);
        final ByteBuffer bytes = ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(report).hasSize(24 * 4);
        assertThat(bytes.getShort(5)).isEqualTo((short) 3);
        assertThat(bytes.getLong(24 + 16)).isEqualTo(0x0102030405060708L);
        assertThat(bytes.getLong(48 + 16)).isEqualTo(3);
        assertThat(bytes.order(ByteOrder.BIG_ENDIAN).getLong(48 + 8)).isEqualTo(G.high());
        assertThat(ReservationReport.check(H, false))
                .isEqualTo(NvmeAnswer.HOST_IDENTIFIER_INCONSISTENT_FORMAT);
        assertThat(ReservationReport.check(G, true))
                .isEqualTo(NvmeAnswer.HOST_IDENTIFIER_INCONSISTENT_FORMAT);
        assertThat(ReservationReport.check(H, true)).isEqualTo(NvmeAnswer.SUCCESS);
        assertThat(ReservationReport.check(G, false)).isEqualTo(NvmeAnswer.SUCCESS);
        assertThat(ReservationReport.requestedBytes(0)).isEqualTo(4);
        assertThat(ReservationReport.requestedBytes(-1)).isEqualTo(1L << 34);
    }

    @Test
    void shouldShowEveryRegistrantAsHolderOfAllRegistrantsTypes() {
        final ReservationState all =
                after(
                        ReservationState.EMPTY,
                        enroll(A, 1),
                        enroll(H, 2),
                        new ReservationCommand.Reserve(
                                A, 1, ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS));
        final byte[] report = ReservationReport.encode(all, true, host -> new int[] {1});
        assertThat(report[4]).isEqualTo((byte) 5);
        assertThat(report[66]).isEqualTo((byte) 1);
        assertThat(report[130]).isEqualTo((byte) 1);
    }

    @Test
    void shouldDeriveHostIdentifiersThatNeverChange() {
        final NvmeHost derived = HostIdentifiers.standingFor(A);
        assertThat(HostIdentifiers.standingFor(A.atPort(9))).isEqualTo(derived);
        assertThat(derived.hex()).isEqualTo("3128982643175b86ba7142b2143f9b54");
        assertThat(HostIdentifiers.standsForRegisteredNexus(derived, STATE)).isTrue();
        assertThat(HostIdentifiers.standsForRegisteredNexus(H, STATE)).isFalse();
        assertThat(HostIdentifiers.standsForRegisteredNexus(derived, ReservationState.EMPTY))
                .isFalse();
    }

    @Test
    void shouldQueueNotifications() {
        final ReservationNotificationLog log = new ReservationNotificationLog();
        final UnsafeBuffer page = new UnsafeBuffer(new byte[64]);
        page.setMemory(0, 64, (byte) 0x5A);
        log.read(false, page, 0);
        assertThat(page.byteArray()).containsOnly(0);
        assertThat(log.offer(1, ReservationNotice.REGISTRATIONS_PREEMPTED, 0x02)).isFalse();
        assertThat(log.offer(1, ReservationNotice.RESERVATIONS_RELEASED, 0x04)).isFalse();
        assertThat(log.offer(1, ReservationNotice.RESERVATIONS_PREEMPTED, 0x08)).isFalse();
        assertThat(log.size()).isZero();
        assertThat(log.offer(1, ReservationNotice.REGISTRATIONS_PREEMPTED, 0x0C)).isTrue();
        assertThat(log.offer(7, ReservationNotice.RESERVATIONS_PREEMPTED, 0)).isTrue();
        for (final boolean retain : new boolean[] {true, false}) {
            log.read(retain, page, 0);
            assertThat(page.getLong(0)).isEqualTo(1);
            assertThat(page.getByte(8)).isEqualTo((byte) 1);
            assertThat(page.getByte(9)).isEqualTo((byte) 1);
            assertThat(page.getInt(12)).isEqualTo(1);
        }
        log.read(false, page, 0);
        assertThat(page.getLong(0)).isEqualTo(2);
        assertThat(page.getByte(8)).isEqualTo((byte) 3);
        assertThat(page.getByte(9)).isZero();
        assertThat(page.getInt(12)).isEqualTo(7);
        for (int count = 0; count < ReservationNotificationLog.CAPACITY + 10; count++) {
            log.offer(1, ReservationNotice.RESERVATIONS_RELEASED, 0);
        }
        assertThat(log.size()).isEqualTo(ReservationNotificationLog.CAPACITY);
        assertThat(log.dropped()).isEqualTo(10);
        log.read(false, page, 0);
        assertThat(page.getLong(0)).isEqualTo(13);
        assertThat(page.getByte(9)).isEqualTo((byte) 255);
    }

    @Test
    void shouldClassifyEveryOpcode() {
        final List<Integer> reads = List.of(0x02, 0x05, 0x0C);
        final List<Integer> reservations = List.of(0x0D, 0x11, 0x15);
        final List<Integer> free = List.of(0, 1, 2, 4, 5, 6, 8, 9, 0x0A, 0x0C, 0x18, 0x7F);
        for (int opcode = 0; opcode < 256; opcode++) {
            assertThat(NvmeAccessClass.ofIo(opcode, false))
                    .describedAs("%02x", opcode)
                    .isEqualTo(
                            reads.contains(opcode)
                                    ? AccessClass.READ
                                    : reservations.contains(opcode)
                                            ? AccessClass.RESERVATION
                                            : opcode == 0x0E || opcode == 0x7F
                                                    ? AccessClass.ALWAYS
                                                    : AccessClass.WRITE);
            assertThat(NvmeAccessClass.ofAdmin(opcode))
                    .isEqualTo(
                            free.contains(opcode)
                                    ? AccessClass.ALWAYS
                                    : opcode == 0x82 ? AccessClass.READ : AccessClass.WRITE);
        }
        assertThat(NvmeAccessClass.ofIo(0x05, true)).isEqualTo(AccessClass.WRITE);
        assertThat(NvmeAccessClass.ofIo(0x01, true)).isEqualTo(AccessClass.WRITE);
        assertThat(NvmeAccessClass.ofCopySource()).isEqualTo(AccessClass.READ);
        assertThat(ReservationRequest.rescap(true)).isEqualTo(0xFF);
        assertThat(ReservationRequest.rescap(false)).isEqualTo(0xFE);
        for (final var status : io.gemel.reservations.ReservationStatus.values()) {
            assertThat(NvmeAnswer.of(status)).isNotNull();
        }
        assertThat(NvmeAnswer.RESERVATION_CONFLICT.statusCode()).isEqualTo(0x83);
        assertThat(NvmeAnswer.RESERVATION_CONFLICT.doNotRetry()).isTrue();
    }
}
