package io.gemel.reservations.store;

import static io.gemel.reservations.Identities.A;
import static io.gemel.reservations.Identities.G;
import static io.gemel.reservations.Identities.H;
import static io.gemel.reservations.Identities.after;
import static io.gemel.reservations.Identities.enroll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.reservations.AccessClass;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationType;
import io.gemel.reservations.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records on disk: whole, old or new after a death, and lost rather than trusted when damaged. */
class ReservationStoreTest {
    private static final UUID VOLUME = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private static final ReservationState OLD =
            after(
                    ReservationState.EMPTY,
                    enroll(A, 0x0102030405060708L),
                    enroll(H, 2),
                    enroll(G, 3),
                    new ReservationCommand.SetPersistence(true),
                    new ReservationCommand.Reserve(
                            H, 2, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY));

    private static final ReservationState NEW =
            after(
                    OLD,
                    new ReservationCommand.Preempt(
                            A, 0x0102030405060708L, 2, ReservationType.EXCLUSIVE_ACCESS, true));

    @TempDir Path folder;

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private ReservationStore store(final FaultPoint.Hook hook) throws IOException {
        return new ReservationStore(folder.resolve("reservations"), hook);
    }

    @Test
    void shouldStartEmptyAndKeepWhatIsSaved() throws IOException {
        final ReservationStore store = store(FaultPoint.Hook.NONE);
        assertThat(store.load(VOLUME).state()).isSameAs(ReservationState.EMPTY);
        for (final ReservationState state : new ReservationState[] {OLD, NEW, OLD}) {
            store.save(VOLUME, state);
            final ReservationStore.Loaded loaded = store(FaultPoint.Hook.NONE).load(VOLUME);
            assertThat(loaded.problem()).isNull();
            assertThat(loaded.state()).isEqualTo(state);
            assertThat(loaded.state().version()).isEqualTo(state.version());
        }
        store.save(VOLUME, ReservationState.informationLost(9));
        assertThat(store.load(VOLUME).state().lost()).isTrue();
        assertThat(store.load(VOLUME).state().version()).isEqualTo(9);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveTheOldOrTheNewRecordWhenTheProcessDies(final FaultPoint where)
            throws IOException {
        store(FaultPoint.Hook.NONE).save(VOLUME, OLD);
        final ReservationStore dying =
                store(
                        point -> {
                            if (point == where) {
                                throw new Death();
                            }
                        });
        assertThatThrownBy(() -> dying.save(VOLUME, NEW)).isInstanceOf(Death.class);
        final ReservationStore.Loaded loaded = store(FaultPoint.Hook.NONE).load(VOLUME);
        assertThat(loaded.problem()).isNull();
        final boolean renamed = where.compareTo(FaultPoint.AFTER_RENAME) >= 0;
        assertThat(loaded.state()).isEqualTo(renamed ? NEW : OLD);
        store(FaultPoint.Hook.NONE).save(VOLUME, NEW);
        assertThat(store(FaultPoint.Hook.NONE).load(VOLUME).state()).isEqualTo(NEW);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveNothingOrTheFirstRecordWhenTheProcessDies(final FaultPoint where)
            throws IOException {
        final ReservationStore dying =
                store(
                        point -> {
                            if (point == where) {
                                throw new Death();
                            }
                        });
        assertThatThrownBy(() -> dying.save(VOLUME, NEW)).isInstanceOf(Death.class);
        final ReservationStore.Loaded loaded = store(FaultPoint.Hook.NONE).load(VOLUME);
        assertThat(loaded.problem()).isNull();
        final boolean renamed = where.compareTo(FaultPoint.AFTER_RENAME) >= 0;
        assertThat(loaded.state()).isEqualTo(renamed ? NEW : ReservationState.EMPTY);
    }

    @Test
    void shouldLoseTheReservationWhenAnyByteIsDamagedOrMissing() throws IOException {
        final ReservationStore store = store(FaultPoint.Hook.NONE);
        store.save(VOLUME, OLD);
        final Path file = folder.resolve("reservations").resolve(VOLUME + ".record");
        final byte[] whole = Files.readAllBytes(file);
        for (int index = 0; index < whole.length; index++) {
            final byte[] damaged = whole.clone();
            damaged[index] ^= 0x10;
            Files.write(file, damaged);
            lost(store.load(VOLUME));
            Files.write(file, Arrays.copyOf(whole, index));
            lost(store.load(VOLUME));
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        lost(store.load(VOLUME));
        Files.write(file, whole);
        assertThat(store.load(VOLUME).state()).isEqualTo(OLD);
    }

    @Test
    void shouldLoseTheReservationWhenTheRecordIsGoneOrOfAnotherVolume() throws IOException {
        final ReservationStore store = store(FaultPoint.Hook.NONE);
        store.save(VOLUME, OLD);
        store.save(VOLUME, NEW);
        final Path record = folder.resolve("reservations").resolve(VOLUME + ".record");
        final Path previous = folder.resolve("reservations").resolve(VOLUME + ".previous");
        final UUID other = new UUID(1, 2);
        Files.copy(record, folder.resolve("reservations").resolve(other + ".record"));
        lost(store.load(other));
        assertThat(Files.readAllBytes(previous)).isEqualTo(ReservationRecord.encode(VOLUME, OLD));
        Files.delete(record);
        lost(store.load(VOLUME));
    }

    private static void lost(final ReservationStore.Loaded loaded) {
        assertThat(loaded.problem()).isNotNull();
        assertThat(loaded.state().lost()).isTrue();
        assertThat(loaded.state().admission().verdict(A, AccessClass.READ))
                .isEqualTo(Verdict.INFORMATION_LOST);
    }
}
