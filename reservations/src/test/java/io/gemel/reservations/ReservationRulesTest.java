package io.gemel.reservations;

import static io.gemel.reservations.Identities.A;
import static io.gemel.reservations.Identities.B;
import static io.gemel.reservations.Identities.C;
import static io.gemel.reservations.Identities.G;
import static io.gemel.reservations.Identities.H;
import static io.gemel.reservations.Identities.after;
import static io.gemel.reservations.Identities.enroll;
import static io.gemel.reservations.Identities.register;
import static io.gemel.reservations.Identities.registerIgnoring;
import static io.gemel.reservations.ReservationNotice.REGISTRATIONS_PREEMPTED;
import static io.gemel.reservations.ReservationNotice.RESERVATIONS_PREEMPTED;
import static io.gemel.reservations.ReservationNotice.RESERVATIONS_RELEASED;
import static io.gemel.reservations.ReservationStatus.CONFLICT;
import static io.gemel.reservations.ReservationStatus.GOOD;
import static io.gemel.reservations.ReservationStatus.INFORMATION_LOST;
import static io.gemel.reservations.ReservationStatus.INVALID_COMMAND;
import static io.gemel.reservations.ReservationStatus.INVALID_PARAMETER;
import static io.gemel.reservations.ReservationStatus.INVALID_RELEASE;
import static io.gemel.reservations.ReservationStatus.OUT_OF_RESOURCES;
import static io.gemel.reservations.ReservationType.EXCLUSIVE_ACCESS;
import static io.gemel.reservations.ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
import static io.gemel.reservations.ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;
import static io.gemel.reservations.ReservationType.WRITE_EXCLUSIVE;
import static io.gemel.reservations.ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS;
import static io.gemel.reservations.ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.reservations.Effects.Notice;
import io.gemel.reservations.ReservationCommand.Clear;
import io.gemel.reservations.ReservationCommand.LogicalUnitReset;
import io.gemel.reservations.ReservationCommand.Move;
import io.gemel.reservations.ReservationCommand.NexusLost;
import io.gemel.reservations.ReservationCommand.NvmeRegister;
import io.gemel.reservations.ReservationCommand.OperatorClear;
import io.gemel.reservations.ReservationCommand.OperatorFence;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.PowerCycle;
import io.gemel.reservations.ReservationCommand.Preempt;
import io.gemel.reservations.ReservationCommand.Register;
import io.gemel.reservations.ReservationCommand.RegisterAction;
import io.gemel.reservations.ReservationCommand.Release;
import io.gemel.reservations.ReservationCommand.ReplaceLost;
import io.gemel.reservations.ReservationCommand.Reserve;
import io.gemel.reservations.ReservationCommand.SetPersistence;
import io.gemel.reservations.ReservationCommand.Spc2Release;
import io.gemel.reservations.ReservationCommand.Spc2Reserve;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row by row what each action does in each state, what others hear of it, and the generation. */
class ReservationRulesTest {
    private static final ReservationState EMPTY = ReservationState.EMPTY;

    /** A, B and H registered with keys 1, 2, 3. */
    private static final ReservationState THREE =
            after(EMPTY, enroll(A, 1), enroll(B, 2), enroll(H, 3));

    private static ReservationState held(final Registrant by, final ReservationType type) {
        return after(THREE, new Reserve(by, THREE.keyOf(by), type));
    }

    private static Outcome run(final ReservationState state, final ReservationCommand command) {
        return state.apply(command, ReservationLimits.DEFAULT);
    }

    private static void refused(
            final ReservationState state,
            final ReservationCommand command,
            final ReservationStatus status) {
        final Outcome outcome = run(state, command);
        assertThat(outcome.status()).describedAs("%s in %s", command, state).isEqualTo(status);
        assertThat(outcome.state()).isSameAs(state);
        assertThat(outcome.effects()).isEqualTo(Effects.NONE);
    }

    private static Outcome good(
            final ReservationState state, final ReservationCommand command, final int generations) {
        final Outcome outcome = run(state, command);
        assertThat(outcome.status()).describedAs("%s in %s", command, state).isEqualTo(GOOD);
        assertThat(outcome.state().generation()).isEqualTo(state.generation() + generations);
        return outcome;
    }

    private static NvmeRegister nvme(
            final RegisterAction action, final long key, final long newKey, final boolean iekey) {
        return new NvmeRegister(H, action, key, newKey, iekey, Persistence.KEEP);
    }

    // REGISTER

    @Test
    void shouldRefuseRegisterWhenStrangerNamesKey() {
        refused(THREE, register(C, 9, 9), CONFLICT);
        refused(EMPTY, register(A, 1, 1), CONFLICT);
    }

    @Test
    void shouldDoNothingWhenStrangerUnregisters() {
        assertThat(good(THREE, register(C, 0, 0), 1).state().registrantCount()).isEqualTo(3);
        assertThat(good(THREE, registerIgnoring(C, 0), 1).state().registrantCount()).isEqualTo(3);
    }

    @Test
    void shouldRegisterStranger() {
        assertThat(good(EMPTY, register(A, 0, 5), 1).state().keyOf(A)).isEqualTo(5);
        assertThat(good(EMPTY, registerIgnoring(A, 5), 1).state().keyOf(A)).isEqualTo(5);
    }

    @Test
    void shouldRefuseRegisterWhenRegistrantNamesAnotherKey() {
        refused(THREE, register(A, 2, 5), CONFLICT);
        refused(THREE, register(A, 0, 5), CONFLICT);
        refused(THREE, register(A, 0, 0), CONFLICT);
    }

    @Test
    void shouldUnregisterAndChangeKey() {
        assertThat(good(THREE, register(A, 1, 0), 1).state().isRegistered(A)).isFalse();
        assertThat(good(THREE, registerIgnoring(A, 0), 1).state().isRegistered(A)).isFalse();
        assertThat(good(THREE, register(A, 1, 9), 1).state().keyOf(A)).isEqualTo(9);
        assertThat(good(THREE, registerIgnoring(A, 9), 1).state().keyOf(A)).isEqualTo(9);
    }

    @Test
    void shouldRegisterOthersByTransportIdInOneGeneration() {
        final Register command =
                new Register(
                        C, 0, 7, false, Persistence.SET, List.of(), true, List.of(G, A.atPort(9)));
        final ReservationState after = good(THREE, command, 1).state();
        assertThat(after.keyOf(C)).isEqualTo(7);
        assertThat(after.keyOf(G)).isEqualTo(7);
        assertThat(after.keyOf(A.atPort(9))).isEqualTo(7);
        assertThat(after.persistent()).isTrue();
    }

    @Test
    void shouldRefuseAllWhenOneOfTheNamedIsRegisteredUnderAnotherKey() {
        refused(
                THREE,
                new Register(C, 0, 7, false, Persistence.SET, List.of(), true, List.of(G, B)),
                CONFLICT);
    }

    @Test
    void shouldRefuseNamingOthersWhenIssuerIsRegisteredOrIgnoresKeys() {
        for (final long newKey : new long[] {0, 9}) {
            refused(
                    THREE,
                    new Register(
                            A, 1, newKey, false, Persistence.KEEP, List.of(), true, List.of(G)),
                    INVALID_PARAMETER);
        }
        refused(
                THREE,
                new Register(C, 0, 9, true, Persistence.KEEP, List.of(), true, List.of(G)),
                INVALID_PARAMETER);
    }

    @Test
    void shouldRegisterChangeAndUnregisterOnAllTargetPorts() {
        final List<ItNexus> others = List.of(A.atPort(300), A.atPort(301));
        final ReservationState all =
                good(
                                EMPTY,
                                new Register(
                                        A, 0, 5, false, Persistence.KEEP, others, false, List.of()),
                                1)
                        .state();
        assertThat(all.registrantCount()).isEqualTo(3);
        final ReservationState changed =
                good(
                                all,
                                new Register(
                                        A, 5, 6, false, Persistence.KEEP, others, false, List.of()),
                                1)
                        .state();
        assertThat(changed.keyOf(A.atPort(301))).isEqualTo(6);
        final Outcome gone =
                good(
                        changed,
                        new Register(A, 6, 0, false, Persistence.KEEP, others, false, List.of()),
                        1);
        assertThat(gone.state().registrantCount()).isZero();
        assertThat(gone.effects().notices()).isEmpty();
        assertThat(gone.effects().unregistered()).hasSize(3);
    }

    @Test
    void shouldRefuseAllPortsWhenAnotherPortHasAnotherKey() {
        final ReservationState one = after(EMPTY, register(A.atPort(300), 0, 8));
        refused(
                one,
                new Register(
                        A, 0, 5, false, Persistence.KEEP, List.of(A.atPort(300)), false, List.of()),
                CONFLICT);
        assertThat(
                        good(
                                        one,
                                        new Register(
                                                A,
                                                0,
                                                5,
                                                true,
                                                Persistence.KEEP,
                                                List.of(A.atPort(300)),
                                                false,
                                                List.of()),
                                        1)
                                .state()
                                .keyOf(A.atPort(300)))
                .isEqualTo(5);
    }

    @Test
    void shouldEndTheMultipathFallBackWithTheForeignKeyInPlace() {
        final ReservationState cleared = after(THREE, new Clear(A, 1, false));
        final ReservationState restored =
                after(
                        cleared,
                        new Register(A, 0, 3, false, Persistence.SET, List.of(), true, List.of(H)),
                        register(A, 3, 0));
        assertThat(restored.keyOf(H)).isEqualTo(3);
        assertThat(restored.registrantCount()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatIsBeyondTheLimit() {
        final ReservationLimits three = new ReservationLimits(3, true);
        assertThat(THREE.apply(register(C, 0, 4), three).status()).isEqualTo(OUT_OF_RESOURCES);
        assertThat(THREE.apply(register(A, 1, 4), three).status()).isEqualTo(GOOD);
        assertThat(
                        held(A, WRITE_EXCLUSIVE)
                                .apply(new Move(A, 1, 4, C, true, Persistence.KEEP), three)
                                .status())
                .isEqualTo(GOOD);
        assertThat(
                        held(A, WRITE_EXCLUSIVE)
                                .apply(new Move(A, 1, 4, C, false, Persistence.KEEP), three)
                                .status())
                .isEqualTo(OUT_OF_RESOURCES);
    }

    @Test
    void shouldHold4096Registrants() {
        final Map<Registrant, Long> keys = new TreeMap<>();
        for (int index = 0; index < 4095; index++) {
            keys.put(NvmeHost.of128(index, 1), 1L);
        }
        final ReservationState many = ReservationState.of(1, 1, false, keys, null, null);
        final ReservationState full = good(many, register(A, 0, 1), 1).state();
        assertThat(full.registrantCount()).isEqualTo(4096);
        refused(full, register(B, 0, 1), OUT_OF_RESOURCES);
        assertThat(good(full, new Preempt(A, 1, 1, WRITE_EXCLUSIVE, true), 1).effects().abort())
                .hasSize(4095);
    }

    // RESERVE, RELEASE, CLEAR

    @ParameterizedTest
    @EnumSource
    void shouldReserveAndReleaseEachType(final ReservationType type) {
        refused(THREE, new Reserve(C, 0, type), CONFLICT);
        refused(THREE, new Reserve(A, 2, type), CONFLICT);
        final ReservationState held = good(THREE, new Reserve(A, 1, type), 0).state();
        assertThat(held.type()).isEqualTo(type);
        assertThat(held.holderKey()).isEqualTo(type.allRegistrants() ? 0 : 1);
        assertThat(good(held, new Reserve(A, 1, type), 0).state()).isSameAs(held);
        for (final ReservationType other : ReservationType.values()) {
            if (other != type) {
                refused(held, new Reserve(A, 1, other), CONFLICT);
                refused(held, new Release(A, 1, other, false), INVALID_RELEASE);
            }
        }
        if (type.allRegistrants()) {
            good(held, new Reserve(H, 3, type), 0);
            assertThat(good(held, new Release(H, 3, type, false), 0).state().type()).isNull();
        } else {
            refused(held, new Reserve(H, 3, type), CONFLICT);
            assertThat(good(held, new Release(H, 3, type, false), 0).state()).isSameAs(held);
            assertThat(good(held, new Release(H, 3, null, false), 0).state()).isSameAs(held);
        }
        refused(held, new Release(A, 1, null, false), INVALID_RELEASE);
        refused(held, new Release(A, 2, type, false), CONFLICT);
        refused(held, new Release(C, 0, type, false), CONFLICT);
        refused(held, new Release(C, 0, type, true), CONFLICT);
        final Outcome released = good(held, new Release(A, 1, type, false), 0);
        assertThat(released.state().registrantCount()).isEqualTo(3);
        assertThat(released.state().type()).isNull();
        assertThat(released.effects().notices())
                .isEqualTo(
                        type.registrantsShare()
                                ? List.of(
                                        new Notice(B, RESERVATIONS_RELEASED),
                                        new Notice(H, RESERVATIONS_RELEASED))
                                : List.of());
        assertThat(good(THREE, new Release(A, 1, type, false), 0).state()).isSameAs(THREE);
    }

    @Test
    void shouldClear() {
        final ReservationState held = held(H, EXCLUSIVE_ACCESS);
        refused(held, new Clear(C, 0, false), CONFLICT);
        refused(held, new Clear(C, 0, true), CONFLICT);
        refused(held, new Clear(A, 2, false), CONFLICT);
        final Outcome cleared = good(held, new Clear(A, 1, false), 1);
        assertThat(cleared.state().registrantCount()).isZero();
        assertThat(cleared.state().type()).isNull();
        assertThat(cleared.effects().notices())
                .containsExactly(
                        new Notice(B, RESERVATIONS_PREEMPTED),
                        new Notice(H, RESERVATIONS_PREEMPTED));
        assertThat(cleared.effects().unregistered()).containsExactly(A, B, H);
        assertThat(cleared.effects().abort()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseWhenHolderUnregisters(final ReservationType type) {
        final Outcome outcome = good(held(A, type), register(A, 1, 0), 1);
        assertThat(outcome.state().type()).isEqualTo(type.allRegistrants() ? type : null);
        final boolean told = type.registrantsShare() && !type.allRegistrants();
        assertThat(outcome.effects().notices())
                .isEqualTo(
                        told
                                ? List.of(
                                        new Notice(B, RESERVATIONS_RELEASED),
                                        new Notice(H, RESERVATIONS_RELEASED))
                                : List.of());
        final ReservationState alone =
                after(
                        EMPTY,
                        enroll(H, 3),
                        new Reserve(H, 3, type),
                        nvme(RegisterAction.UNREGISTER, 3, 0, false));
        assertThat(alone.type()).isNull();
        assertThat(good(held(A, type), register(B, 2, 0), 1).state().type()).isEqualTo(type);
    }

    // PREEMPT

    @Test
    void shouldRefusePreemptOfStrangersAndForUnknownKeys() {
        for (final ReservationState state : List.of(THREE, held(B, WRITE_EXCLUSIVE))) {
            refused(state, new Preempt(C, 0, 2, WRITE_EXCLUSIVE, false), CONFLICT);
            refused(state, new Preempt(A, 2, 2, WRITE_EXCLUSIVE, true), CONFLICT);
            refused(state, new Preempt(A, 1, 77, WRITE_EXCLUSIVE, true), CONFLICT);
        }
        refused(
                held(B, WRITE_EXCLUSIVE_ALL_REGISTRANTS),
                new Preempt(A, 1, 77, WRITE_EXCLUSIVE, true),
                CONFLICT);
        refused(
                held(B, WRITE_EXCLUSIVE),
                new Preempt(A, 1, 0, WRITE_EXCLUSIVE, false),
                INVALID_PARAMETER);
        refused(THREE, new Preempt(A, 1, 0, WRITE_EXCLUSIVE, false), CONFLICT);
    }

    @Test
    void shouldRemoveRegistrationsWhenNothingIsHeld() {
        final Outcome outcome = good(THREE, new Preempt(A, 1, 3, WRITE_EXCLUSIVE, true), 1);
        assertThat(outcome.state().isRegistered(H)).isFalse();
        assertThat(outcome.state().type()).isNull();
        assertThat(outcome.effects().notices())
                .containsExactly(new Notice(H, REGISTRATIONS_PREEMPTED));
        assertThat(outcome.effects().abort()).containsExactly(H);
    }

    @Test
    void shouldTakeTheReservationWhenTheHoldersKeyIsNamed() {
        final ReservationState held = held(H, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        final Outcome same =
                good(held, new Preempt(A, 1, 3, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, false), 1);
        assertThat(same.state().holder()).isEqualTo(A);
        assertThat(same.state().isRegistered(H)).isFalse();
        assertThat(same.effects().notices())
                .containsExactly(new Notice(H, REGISTRATIONS_PREEMPTED));
        assertThat(same.effects().abort()).isEmpty();
        final Outcome other = good(held, new Preempt(A, 1, 3, EXCLUSIVE_ACCESS, true), 1);
        assertThat(other.state().type()).isEqualTo(EXCLUSIVE_ACCESS);
        assertThat(other.effects().notices())
                .containsExactlyInAnyOrder(
                        new Notice(H, REGISTRATIONS_PREEMPTED),
                        new Notice(B, RESERVATIONS_RELEASED));
        assertThat(other.effects().abort()).containsExactly(H);
    }

    @Test
    void shouldKeepTheReservationWhenAnotherKeyIsNamed() {
        final Outcome outcome =
                good(held(H, WRITE_EXCLUSIVE), new Preempt(A, 1, 2, EXCLUSIVE_ACCESS, true), 1);
        assertThat(outcome.state().holder()).isEqualTo(H);
        assertThat(outcome.state().type()).isEqualTo(WRITE_EXCLUSIVE);
        assertThat(outcome.effects().abort()).containsExactly(B);
    }

    @Test
    void shouldRemoveAllOthersOfAnAllRegistrantsReservationByKeyZero() {
        final Outcome outcome =
                good(
                        held(A, EXCLUSIVE_ACCESS_ALL_REGISTRANTS),
                        new Preempt(H, 3, 0, WRITE_EXCLUSIVE, true),
                        1);
        assertThat(outcome.state().holder()).isEqualTo(H);
        assertThat(outcome.state().registrantCount()).isEqualTo(1);
        assertThat(outcome.state().type()).isEqualTo(WRITE_EXCLUSIVE);
        assertThat(outcome.effects().abort()).containsExactly(A, B);
    }

    @Test
    void shouldKeepAnAllRegistrantsReservationWhenSomeAreRemoved() {
        final Outcome outcome =
                good(
                        held(A, EXCLUSIVE_ACCESS_ALL_REGISTRANTS),
                        new Preempt(H, 3, 2, WRITE_EXCLUSIVE, false),
                        1);
        assertThat(outcome.state().type()).isEqualTo(EXCLUSIVE_ACCESS_ALL_REGISTRANTS);
        assertThat(outcome.state().isRegistered(B)).isFalse();
    }

    @Test
    void shouldDropOtherPathsButKeepTheIssuerWhenAHolderPreemptsItsOwnKey() {
        final ReservationState shared =
                after(
                        THREE,
                        register(A.atPort(300), 0, 1),
                        new Reserve(A, 1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY));
        for (final ItNexus issuer : List.of(A, A.atPort(300))) {
            final Outcome outcome =
                    good(shared, new Preempt(issuer, 1, 1, EXCLUSIVE_ACCESS, false), 1);
            assertThat(outcome.state().holder()).isEqualTo(issuer);
            assertThat(outcome.state().type()).isEqualTo(EXCLUSIVE_ACCESS);
            assertThat(outcome.state().registrantCount()).isEqualTo(3);
            assertThat(outcome.state().keyOf(issuer)).isEqualTo(1);
        }
    }

    // REGISTER AND MOVE, REPLACE LOST RESERVATION

    @Test
    void shouldMoveReservationAcrossProtocols() {
        final ReservationState held = held(A, WRITE_EXCLUSIVE);
        final Outcome kept = good(held, new Move(A, 1, 8, G, false, Persistence.SET), 1);
        assertThat(kept.state().holder()).isEqualTo(G);
        assertThat(kept.state().keyOf(G)).isEqualTo(8);
        assertThat(kept.state().keyOf(A)).isEqualTo(1);
        assertThat(kept.state().persistent()).isTrue();
        assertThat(kept.effects()).isEqualTo(Effects.NONE);
        final Outcome gone = good(held, new Move(A, 1, 8, H, true, Persistence.CLEAR), 1);
        assertThat(gone.state().holder()).isEqualTo(H);
        assertThat(gone.state().keyOf(H)).isEqualTo(8);
        assertThat(gone.state().isRegistered(A)).isFalse();
        assertThat(gone.effects().notices()).isEmpty();
    }

    @Test
    void shouldRefuseMove() {
        final ReservationState held = held(A, WRITE_EXCLUSIVE);
        refused(held, new Move(C, 0, 8, G, false, Persistence.KEEP), CONFLICT);
        refused(held, new Move(A, 2, 8, G, false, Persistence.KEEP), CONFLICT);
        refused(held, new Move(B, 2, 8, G, false, Persistence.KEEP), CONFLICT);
        refused(THREE, new Move(A, 1, 8, G, false, Persistence.KEEP), CONFLICT);
        refused(
                held(A, WRITE_EXCLUSIVE_ALL_REGISTRANTS),
                new Move(A, 1, 8, G, false, Persistence.KEEP),
                CONFLICT);
        refused(held, new Move(A, 1, 0, G, false, Persistence.KEEP), INVALID_PARAMETER);
        refused(held, new Move(A, 1, 8, null, false, Persistence.KEEP), INVALID_PARAMETER);
        refused(held, new Move(A, 1, 8, A, false, Persistence.KEEP), INVALID_PARAMETER);
        assertThat(
                        good(held, new Move(A, 1, 8, A.atPort(300), false, Persistence.KEEP), 1)
                                .state()
                                .holder())
                .isEqualTo(A.atPort(300));
    }

    @Test
    void shouldAcceptOnlyReplacementAndOperatorWhenInformationIsLost() {
        final ReservationState lost = ReservationState.informationLost(4);
        refused(lost, register(A, 0, 1), INFORMATION_LOST);
        refused(lost, nvme(RegisterAction.REGISTER, 0, 1, false), INFORMATION_LOST);
        refused(lost, new Spc2Reserve(A), INFORMATION_LOST);
        refused(lost, new Clear(A, 0, true), INFORMATION_LOST);
        refused(
                lost,
                new ReplaceLost(A, 1, 5, WRITE_EXCLUSIVE, Persistence.KEEP),
                INVALID_PARAMETER);
        refused(
                lost,
                new ReplaceLost(A, 0, 0, WRITE_EXCLUSIVE, Persistence.KEEP),
                INVALID_PARAMETER);
        refused(
                THREE,
                new ReplaceLost(C, 0, 5, WRITE_EXCLUSIVE, Persistence.KEEP),
                INVALID_COMMAND);
        assertThat(run(lost, new PowerCycle()).state().lost()).isTrue();
        final ReservationState replaced =
                good(lost, new ReplaceLost(A, 0, 5, EXCLUSIVE_ACCESS, Persistence.SET), 1).state();
        assertThat(replaced.lost()).isFalse();
        assertThat(replaced.holder()).isEqualTo(A);
        assertThat(replaced.keyOf(A)).isEqualTo(5);
        assertThat(good(lost, new OperatorClear(), 1).state().admission()).isSameAs(Admission.OPEN);
    }

    // NVMe

    @Test
    void shouldFollowTheNvmeRegisterTable() {
        final ReservationState none = EMPTY;
        final ReservationState own = after(EMPTY, nvme(RegisterAction.REGISTER, 0, 3, false));
        assertThat(own.keyOf(H)).isEqualTo(3);
        good(own, nvme(RegisterAction.REGISTER, 0, 3, false), 1);
        refused(own, nvme(RegisterAction.REGISTER, 0, 4, false), CONFLICT);
        refused(own, nvme(RegisterAction.REGISTER, 0, 0, false), INVALID_PARAMETER);
        refused(none, nvme(RegisterAction.REGISTER, 0, 0, false), INVALID_PARAMETER);
        for (final boolean ignore : new boolean[] {false, true}) {
            assertThat(
                            good(own, nvme(RegisterAction.UNREGISTER, ignore ? 9 : 3, 0, ignore), 1)
                                    .state()
                                    .isRegistered(H))
                    .isFalse();
            refused(none, nvme(RegisterAction.UNREGISTER, 0, 0, ignore), CONFLICT);
            assertThat(
                            good(own, nvme(RegisterAction.REPLACE, ignore ? 9 : 3, 5, ignore), 1)
                                    .state()
                                    .keyOf(H))
                    .isEqualTo(5);
        }
        refused(own, nvme(RegisterAction.UNREGISTER, 9, 0, false), CONFLICT);
        refused(own, nvme(RegisterAction.REPLACE, 9, 5, false), CONFLICT);
        assertThat(good(none, nvme(RegisterAction.REPLACE, 0, 5, true), 1).state().keyOf(H))
                .isEqualTo(5);
        refused(none, nvme(RegisterAction.REPLACE, 0, 5, false), CONFLICT);
        refused(none, nvme(RegisterAction.REPLACE, 0, 0, true), CONFLICT);
        assertThat(good(own, nvme(RegisterAction.REPLACE, 3, 0, false), 1).state().isRegistered(H))
                .isFalse();
    }

    @Test
    void shouldCountGenerationsAsThePublicTestDoes() {
        ReservationState state = EMPTY;
        state = good(state, nvme(RegisterAction.REGISTER, 0, 4, false), 1).state();
        state = good(state, nvme(RegisterAction.REPLACE, 4, 5, false), 1).state();
        state = good(state, nvme(RegisterAction.UNREGISTER, 5, 0, false), 1).state();
        state = good(state, nvme(RegisterAction.REGISTER, 0, 4, false), 1).state();
        state = good(state, new Reserve(H, 4, WRITE_EXCLUSIVE), 0).state();
        state = good(state, new Preempt(H, 4, 4, EXCLUSIVE_ACCESS, false), 1).state();
        assertThat(state.type()).isEqualTo(EXCLUSIVE_ACCESS);
        assertThat(state.generation()).isEqualTo(5);
        state = good(state, new Release(H, 4, EXCLUSIVE_ACCESS, false), 0).state();
        state = good(state, new Reserve(H, 4, WRITE_EXCLUSIVE), 0).state();
        assertThat(good(state, new Clear(H, 4, false), 1).state().generation()).isEqualTo(6);
    }

    // persistence, resets, SPC-2

    @Test
    void shouldFollowTheLastSetterOfPersistence() {
        final NvmeRegister set =
                new NvmeRegister(H, RegisterAction.REGISTER, 0, 3, false, Persistence.SET);
        assertThat(after(EMPTY, set).persistent()).isTrue();
        assertThat(after(EMPTY, set, nvme(RegisterAction.REPLACE, 3, 4, false)).persistent())
                .isTrue();
        assertThat(after(EMPTY, set, register(A, 0, 1)).persistent()).isFalse();
        assertThat(after(EMPTY, set, new SetPersistence(false)).persistent()).isFalse();
        assertThat(good(EMPTY, new SetPersistence(true), 0).state().persistent()).isTrue();
        assertThat(after(EMPTY, set, register(C, 0, 0)).persistent()).isTrue();
        final ReservationLimits without = new ReservationLimits(10, false);
        assertThat(EMPTY.apply(set, without).status()).isEqualTo(INVALID_PARAMETER);
        assertThat(EMPTY.apply(new SetPersistence(true), without).status())
                .isEqualTo(INVALID_PARAMETER);
    }

    @Test
    void shouldSurviveAllButAPowerCycleWithoutPersistence() {
        final ReservationState held = held(A, EXCLUSIVE_ACCESS_REGISTRANTS_ONLY);
        for (final ReservationCommand event : List.of(new NexusLost(A), new LogicalUnitReset())) {
            assertThat(good(held, event, 0).state()).isSameAs(held);
        }
        final ReservationState gone = run(held, new PowerCycle()).state();
        assertThat(gone.registrantCount()).isZero();
        assertThat(gone.type()).isNull();
        final ReservationState kept =
                run(after(held, new SetPersistence(true)), new PowerCycle()).state();
        assertThat(kept.generation()).isZero();
        assertThat(kept.holder()).isEqualTo(A);
        assertThat(kept.keyOf(H)).isEqualTo(3);
    }

    @Test
    void shouldFollowTheSpc2Table() {
        final ReservationState reserved = good(EMPTY, new Spc2Reserve(A), 0).state();
        assertThat(good(reserved, new Spc2Reserve(A), 0).state()).isSameAs(reserved);
        refused(reserved, new Spc2Reserve(B), CONFLICT);
        assertThat(good(reserved, new Spc2Release(B), 0).state()).isSameAs(reserved);
        assertThat(good(reserved, new Spc2Release(A), 0).state().spc2Holder()).isNull();
        refused(reserved, register(A, 0, 1), CONFLICT);
        refused(reserved, register(B, 0, 1), CONFLICT);
        refused(reserved, nvme(RegisterAction.REGISTER, 0, 1, false), CONFLICT);
        assertThat(good(reserved, new NexusLost(B), 0).state()).isSameAs(reserved);
        for (final ReservationCommand event :
                List.of(new NexusLost(A), new LogicalUnitReset(), new OperatorClear())) {
            assertThat(good(reserved, event, 0).state().spc2Holder()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHandleSpc2CommandsCompatiblyWhenRegistrationsExist(final ReservationType type) {
        final ReservationState held = held(A, type);
        assertThat(good(held, new Spc2Reserve(A), 0).state()).isSameAs(held);
        assertThat(good(held, new Spc2Release(A), 0).state()).isSameAs(held);
        if (type.registrantsShare()) {
            assertThat(good(held, new Spc2Reserve(B), 0).state()).isSameAs(held);
        } else {
            refused(held, new Spc2Reserve(B), CONFLICT);
        }
        refused(held, new Spc2Reserve(C), CONFLICT);
        refused(held, new Spc2Release(C), CONFLICT);
        refused(THREE, new Spc2Reserve(A), CONFLICT);
    }

    @Test
    void shouldFenceByTheOperatorsWord() {
        final Outcome outcome =
                good(
                        held(H, WRITE_EXCLUSIVE_REGISTRANTS_ONLY),
                        new OperatorFence(List.of(H, G)),
                        1);
        assertThat(outcome.state().type()).isNull();
        assertThat(outcome.state().isRegistered(H)).isFalse();
        assertThat(outcome.effects().abort()).containsExactly(G, H);
        assertThat(outcome.effects().notices())
                .containsExactlyInAnyOrder(
                        new Notice(H, REGISTRATIONS_PREEMPTED),
                        new Notice(A, RESERVATIONS_RELEASED),
                        new Notice(B, RESERVATIONS_RELEASED));
    }

    @Test
    void shouldCarryTheCodesOfBothProtocols() {
        assertThat(RESERVATIONS_PREEMPTED.ascq()).isEqualTo(3);
        assertThat(RESERVATIONS_RELEASED.ascq()).isEqualTo(4);
        assertThat(REGISTRATIONS_PREEMPTED.ascq()).isEqualTo(5);
        assertThat(REGISTRATIONS_PREEMPTED.nvmeType()).isEqualTo(1);
        assertThat(RESERVATIONS_RELEASED.nvmeType()).isEqualTo(2);
        assertThat(RESERVATIONS_PREEMPTED.nvmeType()).isEqualTo(3);
        for (final ReservationType type : ReservationType.values()) {
            assertThat(ReservationType.ofScsi(type.scsiCode())).isEqualTo(type);
            assertThat(ReservationType.ofNvme(type.nvmeCode())).isEqualTo(type);
        }
        assertThat(ReservationType.ofScsi(3)).isEqualTo(EXCLUSIVE_ACCESS);
        assertThat(ReservationType.ofNvme(3)).isEqualTo(WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        for (final int none : new int[] {-1, 0, 2, 4, 9, 15, 16}) {
            assertThat(ReservationType.ofScsi(none)).isNull();
        }
        for (final int none : new int[] {-1, 0, 7, 255}) {
            assertThat(ReservationType.ofNvme(none)).isNull();
        }
    }
}
