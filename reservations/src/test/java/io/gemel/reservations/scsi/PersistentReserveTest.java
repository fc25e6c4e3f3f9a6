package io.gemel.reservations.scsi;

import static io.gemel.reservations.Identities.A;
import static io.gemel.reservations.Identities.B;
import static io.gemel.reservations.Identities.G;
import static io.gemel.reservations.Identities.H;
import static io.gemel.reservations.Identities.after;
import static io.gemel.reservations.Identities.enroll;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.reservations.AccessClass;
import io.gemel.reservations.ItNexus;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationLimits;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** PERSISTENT RESERVE IN and OUT and TransportIDs as bytes. */
class PersistentReserveTest {
    private static final long KEY = 0x0102030405060708L;

    private static final TargetPorts PORTS =
            new TargetPorts() {
                @Override
                public List<Integer> rtpis() {
                    return List.of(257, 258);
                }

                @Override
                public List<ItNexus> knownPorts(final String initiatorName) {
                    return B.initiatorName().equalsIgnoreCase(initiatorName)
                            ? List.of(B, new ItNexus(B.initiatorName(), 9, 300))
                            : List.of();
                }
            };

    private static byte[] in(
            final int serviceAction, final ReservationState state, final int allocationLength) {
        final byte[] guarded = new byte[allocationLength + 16];
        Arrays.fill(guarded, (byte) 0x5A);
        final int written =
                PersistentReserveIn.write(
                        serviceAction,
                        state,
                        ReservationLimits.DEFAULT,
                        new UnsafeBuffer(guarded),
                        8,
                        allocationLength);
        for (int index = 0; index < guarded.length; index++) {
            if (index < 8 || index >= 8 + written) {
                assertThat(guarded[index]).isEqualTo((byte) 0x5A);
            }
        }
        return Arrays.copyOfRange(guarded, 8, 8 + written);
    }

    private static ReservationState two(final ReservationType type) {
        return after(
                ReservationState.EMPTY,
                enroll(A, KEY),
                enroll(H, 0x1122334455667788L),
                new ReservationCommand.Reserve(A, KEY, type));
    }

    @Test
    void shouldListKeys() {
        final ByteBuffer data = ByteBuffer.wrap(in(0, two(ReservationType.EXCLUSIVE_ACCESS), 4096));
        assertThat(data.remaining()).isEqualTo(24);
        assertThat(data.getInt()).isEqualTo(2);
        assertThat(data.getInt()).isEqualTo(16);
        assertThat(data.getLong()).isEqualTo(KEY);
        assertThat(data.getLong()).isEqualTo(0x1122334455667788L);
        final ByteBuffer none = ByteBuffer.wrap(in(0, ReservationState.EMPTY, 4096));
        assertThat(none.remaining()).isEqualTo(8);
        assertThat(none.getLong()).isZero();
    }

    @Test
    void shouldReadReservation() {
        final ByteBuffer held = ByteBuffer.wrap(in(1, two(ReservationType.EXCLUSIVE_ACCESS), 4096));
        assertThat(held.remaining()).isEqualTo(24);
        assertThat(held.getInt(4)).isEqualTo(16);
        assertThat(held.getLong(8)).isEqualTo(KEY);
        assertThat(held.get(20)).isZero();
        assertThat(held.get(21)).isEqualTo((byte) 3);
        final ByteBuffer all =
                ByteBuffer.wrap(in(1, two(ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS), 99));
        assertThat(all.getLong(8)).isZero();
        assertThat(all.get(21)).isEqualTo((byte) 7);
        assertThat(in(1, ReservationState.EMPTY, 4096)).hasSize(8);
    }

    @Test
    void shouldReportCapabilities() {
        assertThat(in(2, ReservationState.EMPTY, 4096))
                .isEqualTo(new byte[] {0, 8, (byte) 0x9D, (byte) 0x80, (byte) 0xEA, 1, 0, 0});
        final ReservationState persistent =
                after(ReservationState.EMPTY, new ReservationCommand.SetPersistence(true));
        assertThat(in(2, persistent, 8)[3]).isEqualTo((byte) 0x81);
    }

    @Test
    void shouldReadFullStatus() {
        final ReservationState state = two(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        final ByteBuffer data = ByteBuffer.wrap(in(3, state, 4096));
        assertThat(data.getInt(4)).isEqualTo(data.remaining() - 8);
        assertThat(data.getLong(8)).isEqualTo(KEY);
        assertThat(data.get(20)).isEqualTo((byte) 0x01);
        assertThat(data.get(21)).isEqualTo((byte) 5);
        assertThat(data.getShort(26)).isEqualTo((short) 257);
        final int idLength = data.getInt(28);
        assertThat(
                        TransportId.parse(new UnsafeBuffer(data.array()), 32, 32 + idLength)
                                .resolve(257))
                .isEqualTo(A);
        final int second = 32 + idLength;
        assertThat(data.getLong(second)).isEqualTo(0x1122334455667788L);
        assertThat(data.get(second + 12)).isEqualTo((byte) 0x02);
        assertThat(data.get(second + 13)).isZero();
        assertThat(data.getShort(second + 18)).isZero();
        final int hostIdLength = data.getInt(second + 20);
        assertThat(second + 24 + hostIdLength).isEqualTo(data.remaining());
        assertThat(
                        TransportId.parse(
                                        new UnsafeBuffer(data.array()),
                                        second + 24,
                                        data.remaining())
                                .resolve(257))
                .isEqualTo(H);
        final byte[] all = in(3, two(ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS), 4096);
        assertThat(all[20]).isEqualTo((byte) 0x01);
        assertThat(all[second + 12]).isEqualTo((byte) 0x03);
        assertThat(all[second + 13]).isEqualTo((byte) 8);
    }

    @Test
    void shouldCutOffAtEachByteAndStillTellTheWholeLength() {
        final ReservationState state = two(ReservationType.EXCLUSIVE_ACCESS);
        for (int serviceAction = 0; serviceAction < 4; serviceAction++) {
            final byte[] whole = in(serviceAction, state, 4096);
            assertThat(PersistentReserveIn.length(serviceAction, state)).isEqualTo(whole.length);
            for (int length = 0; length <= whole.length; length++) {
                assertThat(in(serviceAction, state, length))
                        .isEqualTo(Arrays.copyOf(whole, length));
            }
        }
    }

    @Test
    void shouldRefuseUnknownServiceActions() {
        for (int serviceAction = 4; serviceAction < 32; serviceAction++) {
            assertThat(
                            PersistentReserveIn.write(
                                    serviceAction,
                                    ReservationState.EMPTY,
                                    ReservationLimits.DEFAULT,
                                    new UnsafeBuffer(new byte[8]),
                                    0,
                                    8))
                    .isEqualTo(PersistentReserveIn.INVALID_SERVICE_ACTION);
        }
    }

    // PERSISTENT RESERVE OUT

    private static UnsafeBuffer cdb(final int action, final int scopeType, final long length) {
        final ByteBuffer cdb = ByteBuffer.allocate(16);
        cdb.put(0, (byte) 0x5F).put(1, (byte) action).put(2, (byte) scopeType);
        cdb.putInt(5, (int) length);
        return new UnsafeBuffer(cdb);
    }

    private static PersistentReserveOut out(
            final int action, final int scopeType, final byte[] list) {
        return PersistentReserveOut.parse(
                cdb(action, scopeType, list.length),
                0,
                new UnsafeBuffer(list),
                0,
                list.length,
                A,
                PORTS);
    }

    private static byte[] basic(final int flags) {
        return ByteBuffer.allocate(24)
                .putLong(KEY)
                .putLong(0x1112131415161718L)
                .putInt(0)
                .put((byte) flags)
                .array();
    }

    private static byte[] specIPt(final int flags, final byte[]... ids) {
        int length = 0;
        for (final byte[] id : ids) {
            length += id.length;
        }
        final ByteBuffer list = ByteBuffer.allocate(28 + length);
        list.put(basic(0x08 | flags)).putInt(length);
        for (final byte[] id : ids) {
            list.put(id);
        }
        return list.array();
    }

    private static byte[] move(final int flags, final int rtpi, final byte[] id) {
        return ByteBuffer.allocate(24 + id.length)
                .putLong(KEY)
                .putLong(2)
                .put((byte) 0)
                .put((byte) flags)
                .putShort((short) rtpi)
                .putInt(id.length)
                .put(id)
                .array();
    }

    @Test
    void shouldParseEachAction() {
        final long other = 0x1112131415161718L;
        final ReservationType type = ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
        assertThat(out(0, 0, basic(1)).command())
                .isEqualTo(
                        new ReservationCommand.Register(
                                A,
                                KEY,
                                other,
                                false,
                                Persistence.SET,
                                List.of(),
                                false,
                                List.of()));
        assertThat(out(6, 0xFF, basic(4)).command())
                .isEqualTo(
                        new ReservationCommand.Register(
                                A,
                                KEY,
                                other,
                                true,
                                Persistence.CLEAR,
                                List.of(A.atPort(258)),
                                false,
                                List.of()));
        assertThat(out(1, 5, basic(0)).command())
                .isEqualTo(new ReservationCommand.Reserve(A, KEY, type));
        assertThat(out(2, 5, basic(0)).command())
                .isEqualTo(new ReservationCommand.Release(A, KEY, type, false));
        assertThat(out(3, 0, basic(0)).command())
                .isEqualTo(new ReservationCommand.Clear(A, KEY, false));
        assertThat(out(4, 5, basic(0)).command())
                .isEqualTo(new ReservationCommand.Preempt(A, KEY, other, type, false));
        assertThat(out(5, 5, basic(0)).command())
                .isEqualTo(new ReservationCommand.Preempt(A, KEY, other, type, true));
        assertThat(out(8, 5, basic(1)).command())
                .isEqualTo(
                        new ReservationCommand.ReplaceLost(A, KEY, other, type, Persistence.SET));
        assertThat(out(7, 0, move(3, 258, TransportId.encode(B))).command())
                .isEqualTo(
                        new ReservationCommand.Move(
                                A, KEY, 2, B.atPort(258), true, Persistence.SET));
        assertThat(out(7, 0, move(0, 0, TransportId.encode(H))).command())
                .isEqualTo(new ReservationCommand.Move(A, KEY, 2, H, false, Persistence.CLEAR));
    }

    @Test
    void shouldRefuseBadScopesTypesAndActions() {
        for (final int action : new int[] {1, 2, 4, 5, 8}) {
            for (final int scopeType : new int[] {0, 2, 4, 9, 15, 0x15, 0x25, 0xF1}) {
                assertThat(out(action, scopeType, basic(0)).refusal())
                        .isEqualTo(ScsiAnswer.INVALID_FIELD_IN_CDB);
            }
        }
        for (int action = 9; action < 32; action++) {
            assertThat(out(action, 5, basic(0)).refusal())
                    .isEqualTo(ScsiAnswer.INVALID_FIELD_IN_CDB);
        }
    }

    @Test
    void shouldRefuseAnyOtherListLength() {
        for (int action = 0; action < 9; action++) {
            for (int length = 0; length < 24; length++) {
                assertThat(out(action, 5, new byte[length]).refusal())
                        .isEqualTo(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
            }
            assertThat(out(action, 5, Arrays.copyOf(basic(0), 25)).refusal())
                    .isEqualTo(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
            assertThat(
                            PersistentReserveOut.parse(
                                            cdb(action, 5, 24),
                                            0,
                                            new UnsafeBuffer(basic(0)),
                                            0,
                                            23,
                                            A,
                                            PORTS)
                                    .refusal())
                    .isEqualTo(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
        }
        assertThat(
                        PersistentReserveOut.parse(
                                        cdb(0, 0, 0xFFFF_FFFFL),
                                        0,
                                        new UnsafeBuffer(basic(0)),
                                        0,
                                        24,
                                        A,
                                        PORTS)
                                .refusal())
                .isEqualTo(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
    }

    @Test
    void shouldNameOthersByTransportId() {
        final var one =
                (ReservationCommand.Register)
                        out(0, 0, specIPt(1, TransportId.encode(B), TransportId.encode(H)))
                                .command();
        assertThat(one.specIPt()).isTrue();
        assertThat(one.also()).containsExactly(B, H);
        final var all =
                (ReservationCommand.Register)
                        out(0, 0, specIPt(5, TransportId.encode(B), TransportId.encode(G)))
                                .command();
        assertThat(all.also()).containsExactly(B, B.atPort(258), G);
        assertThat(all.otherPorts()).containsExactly(A.atPort(258));
        final var device =
                (ReservationCommand.Register)
                        out(0, 0, specIPt(0, device(B.initiatorName().toUpperCase(Locale.ROOT))))
                                .command();
        assertThat(device.also()).containsExactly(B, new ItNexus(B.initiatorName(), 9, 257));
        assertThat(((ReservationCommand.Register) out(0, 0, specIPt(0)).command()).also())
                .isEmpty();
    }

    @Test
    void shouldRefuseBadTransportIdLists() {
        final byte[] id = TransportId.encode(B);
        assertThat(out(0, 0, specIPt(0, id, id)).refusal())
                .isEqualTo(ScsiAnswer.INVALID_FIELD_IN_PARAMETER_LIST);
        assertThat(out(0, 0, specIPt(0, device("iqn.2026-11.test:nobody"))).refusal())
                .isEqualTo(ScsiAnswer.INVALID_FIELD_IN_PARAMETER_LIST);
        assertThat(out(6, 0, specIPt(0, id)).refusal())
                .isEqualTo(ScsiAnswer.INVALID_FIELD_IN_PARAMETER_LIST);
        final byte[] whole = specIPt(0, id, TransportId.encode(H));
        for (int length = 24; length < whole.length; length++) {
            assertThat(out(0, 0, Arrays.copyOf(whole, length)).refusal())
                    .describedAs("cut off at " + length)
                    .isEqualTo(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
            if (length >= 28) {
                final byte[] cut = Arrays.copyOf(whole, length);
                ByteBuffer.wrap(cut).putInt(24, length - 28);
                final PersistentReserveOut result = out(0, 0, cut);
                if (length == 28 || length == 28 + id.length) {
                    assertThat(result.refusal()).isNull();
                } else {
                    assertThat(result.refusal())
                            .isEqualTo(ScsiAnswer.INVALID_FIELD_IN_PARAMETER_LIST);
                }
            }
        }
    }

    @Test
    void shouldLeaveBadMoveTargetsToTheModel() {
        assertThat(moveTo(out(7, 0, move(0, 999, TransportId.encode(B))))).isNull();
        assertThat(moveTo(out(7, 0, move(0, 257, device(B.initiatorName()))))).isNull();
        assertThat(moveTo(out(7, 0, move(0, 257, new byte[24])))).isNull();
        final byte[] whole = move(0, 257, TransportId.encode(B));
        for (int length = 24; length < whole.length; length++) {
            assertThat(out(7, 0, Arrays.copyOf(whole, length)).refusal())
                    .isEqualTo(ScsiAnswer.PARAMETER_LIST_LENGTH_ERROR);
            final byte[] cut = Arrays.copyOf(whole, length);
            ByteBuffer.wrap(cut).putInt(20, length - 24);
            assertThat(moveTo(out(7, 0, cut))).isNull();
        }
    }

    private static Registrant moveTo(final PersistentReserveOut out) {
        return ((ReservationCommand.Move) out.command()).to();
    }

    @Test
    void shouldNeverThrowOnRandomParameterLists() {
        final long seed = Long.getLong("gemel.test.seed", System.nanoTime());
        System.out.println("parameter list seed " + seed);
        final Random random = new Random(seed);
        final byte[][] seeds = {
            specIPt(4, TransportId.encode(B), TransportId.encode(H), device("iqn.x:y")),
            move(1, 257, TransportId.encode(G)),
            basic(1)
        };
        for (int round = 0; round < 20_000; round++) {
            final byte[] list = seeds[random.nextInt(seeds.length)].clone();
            for (int flips = random.nextInt(6); flips > 0; flips--) {
                list[random.nextInt(list.length)] = (byte) random.nextInt();
            }
            final PersistentReserveOut result = out(random.nextInt(9), random.nextInt(10), list);
            assertThat(result.command() == null).isEqualTo(result.refusal() != null);
            if (result.command() != null) {
                ReservationState.EMPTY.apply(result.command(), ReservationLimits.DEFAULT);
            }
        }
    }

    // TransportID

    private static byte[] device(final String name) {
        final byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        final int additional = Math.max(20, utf8.length + 4 & ~3);
        return ByteBuffer.allocate(4 + additional)
                .put((byte) 0x05)
                .put((byte) 0)
                .putShort((short) additional)
                .put(utf8)
                .array();
    }

    @Test
    void shouldLayOutTransportId() {
        final byte[] id = TransportId.encode(new ItNexus("IQN.2026-11.x:Y", 0x00023D000001L, 1));
        assertThat(id[0]).isEqualTo((byte) 0x45);
        assertThat(id[1]).isZero();
        assertThat(ByteBuffer.wrap(id).getShort(2)).isEqualTo((short) (id.length - 4));
        assertThat(new String(id, 4, 32, StandardCharsets.UTF_8))
                .isEqualTo("iqn.2026-11.x:y,i,0x00023d000001");
        assertThat(id).hasSize(4 + 36);
        final byte[] shortest = TransportId.encode(new ItNexus("a", 1, 1));
        assertThat(shortest).hasSize(4 + 20);
        final byte[] host = TransportId.encode(H);
        assertThat(host[0]).isEqualTo((byte) 0x05);
        assertThat(new String(host, StandardCharsets.UTF_8))
                .contains("iqn.2026-11.io.gemel:nvme-host.01020304050607081112131415161718\0");
    }

    @Test
    void shouldRefuseMalformedTransportIds() {
        for (final int first : new int[] {0x00, 0x04, 0x06, 0x85, 0xC5}) {
            final byte[] id = TransportId.encode(A);
            id[0] = (byte) first;
            assertThat(TransportId.parse(new UnsafeBuffer(id), 0, id.length)).isNull();
        }
        for (final String text :
                List.of(
                        "",
                        ",i,0x1",
                        "a,i,0x",
                        "a,i,0x0123456789abc",
                        "a,i,0xg",
                        "a,b",
                        "a,I,0x1")) {
            final byte[] id = device(text);
            assertThat(TransportId.parse(new UnsafeBuffer(id), 0, id.length))
                    .describedAs("name " + text)
                    .isNull();
            id[0] = 0x45;
            assertThat(TransportId.parse(new UnsafeBuffer(id), 0, id.length))
                    .describedAs("port " + text)
                    .isNull();
        }
        final byte[] full = device("a");
        Arrays.fill(full, 4, full.length, (byte) 'a');
        assertThat(TransportId.parse(new UnsafeBuffer(full), 0, full.length)).isNull();
        final byte[] long223 = device("n".repeat(223));
        assertThat(TransportId.parse(new UnsafeBuffer(long223), 0, long223.length)).isNotNull();
        final byte[] long224 = device("n".repeat(224));
        assertThat(TransportId.parse(new UnsafeBuffer(long224), 0, long224.length)).isNull();
        final byte[] malformed = device("ab");
        malformed[4] = (byte) 0xC3;
        assertThat(TransportId.parse(new UnsafeBuffer(malformed), 0, malformed.length)).isNull();
    }

    // access classes

    private static AccessClass classOf(final int... bytes) {
        final byte[] cdb = new byte[16];
        for (int index = 0; index < bytes.length; index++) {
            cdb[index] = (byte) bytes[index];
        }
        return ScsiAccessClass.of(new UnsafeBuffer(cdb), 0);
    }

    @Test
    void shouldClassifyEveryOperationCode() {
        final List<Integer> always =
                List.of(
                        0x00, 0x03, 0x12, 0x16, 0x17, 0x25, 0x4D, 0x56, 0x57, 0x84, 0x86, 0x87,
                        0xA0, 0x1E);
        final List<Integer> reads =
                List.of(
                        0x08, 0x28, 0xA8, 0x88, 0x3E, 0x2F, 0xAF, 0x8F, 0x34, 0x90, 0x37, 0xB7,
                        0x1A, 0x5A, 0x3C, 0x9B, 0x1C, 0xA2);
        for (int opcode = 0; opcode < 256; opcode++) {
            final AccessClass expected =
                    always.contains(opcode)
                            ? AccessClass.ALWAYS
                            : reads.contains(opcode)
                                    ? AccessClass.READ
                                    : opcode == 0x5E || opcode == 0x5F
                                            ? AccessClass.RESERVATION
                                            : AccessClass.WRITE;
            assertThat(classOf(opcode)).describedAs("%02x", opcode).isEqualTo(expected);
        }
    }

    @Test
    void shouldClassifyByServiceActionAndBits() {
        for (int action = 0; action < 32; action++) {
            final boolean harmless = action == 0x10 || action == 0x13;
            final boolean read = action == 0x11 || action == 0x12;
            assertThat(classOf(0x9E, action))
                    .isEqualTo(
                            harmless
                                    ? AccessClass.ALWAYS
                                    : read ? AccessClass.READ : AccessClass.WRITE);
            assertThat(classOf(0xA3, action))
                    .isEqualTo(
                            List.of(5, 0xA, 0xB, 0xE, 0xF).contains(action)
                                    ? AccessClass.ALWAYS
                                    : action == 0xC || action == 0xD
                                            ? AccessClass.READ
                                            : AccessClass.WRITE);
            assertThat(classOf(0xAB, action))
                    .isEqualTo(action == 1 ? AccessClass.ALWAYS : AccessClass.WRITE);
            assertThat(classOf(0xA4, action)).isEqualTo(AccessClass.WRITE);
        }
        assertThat(classOf(0x1B, 0, 0, 0, 0x01)).isEqualTo(AccessClass.ALWAYS);
        assertThat(classOf(0x1B, 0, 0, 0, 0x00)).isEqualTo(AccessClass.WRITE);
        assertThat(classOf(0x1B, 0, 0, 0, 0x11)).isEqualTo(AccessClass.WRITE);
        assertThat(classOf(0x1E, 0, 0, 0, 0x01)).isEqualTo(AccessClass.WRITE);
        assertThat(classOf(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0x09)).isEqualTo(AccessClass.READ);
        assertThat(classOf(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0x0A)).isEqualTo(AccessClass.READ);
        assertThat(classOf(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B)).isEqualTo(AccessClass.WRITE);
    }

    @Test
    void shouldCarrySenseCodes() {
        final ScsiAnswer release = ScsiAnswer.INVALID_RELEASE_OF_PERSISTENT_RESERVATION;
        assertThat(List.of(release.status(), release.senseKey(), release.asc(), release.ascq()))
                .containsExactly(2, 5, 0x26, 4);
        assertThat(ScsiAnswer.RESERVATION_CONFLICT.status()).isEqualTo(0x18);
        assertThat(ScsiAnswer.INSUFFICIENT_REGISTRATION_RESOURCES.asc()).isEqualTo(0x55);
        for (final var status : io.gemel.reservations.ReservationStatus.values()) {
            assertThat(ScsiAnswer.of(status)).isNotNull();
        }
    }
}
