package io.gemel.reservations;

import static io.gemel.reservations.Identities.A;
import static io.gemel.reservations.Identities.B;
import static io.gemel.reservations.Identities.G;
import static io.gemel.reservations.Identities.H;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each cell of the matrix, by the rule itself and by the snapshot that the data path reads. */
class AccessGateTest {
    /** Rows: holder, registrant, stranger, each R then W; columns: WE EA WERO EARO WEAR EAAR. */
    private static final String[] CELLS = {
        "pass pass pass pass pass pass",
        "pass pass pass pass pass pass",
        "pass conflict pass pass - -",
        "conflict conflict pass pass - -",
        "pass conflict pass conflict pass conflict",
        "conflict conflict conflict conflict conflict conflict"
    };

    @TestFactory
    List<DynamicTest> shouldDecideEachCell() {
        final List<DynamicTest> tests = new ArrayList<>();
        for (int row = 0; row < CELLS.length; row++) {
            final String[] cells = CELLS[row].split(" ");
            for (int column = 0; column < cells.length; column++) {
                if (cells[column].equals("-")) {
                    continue; // with the AR types every registrant is a holder
                }
                final Role role =
                        new Role[] {Role.HOLDER, Role.REGISTRANT, Role.NOT_REGISTERED}[row / 2];
                final AccessClass access = row % 2 == 0 ? AccessClass.READ : AccessClass.WRITE;
                final ReservationType type = ReservationType.values()[column];
                final boolean passes = cells[column].equals("pass");
                for (final Registrant[] cast :
                        new Registrant[][] {{A, B, H}, {H, A, G}, {A, H, B}, {G, H, A}}) {
                    tests.add(
                            DynamicTest.dynamicTest(
                                    type + " " + role + " " + access + " holder " + cast[0],
                                    () -> cell(type, role, access, passes, cast)));
                }
            }
        }
        assertThat(tests).hasSize(4 * 32);
        return tests;
    }

    private static void cell(
            final ReservationType type,
            final Role role,
            final AccessClass access,
            final boolean passes,
            final Registrant[] cast) {
        final ReservationState state =
                Identities.after(
                        ReservationState.EMPTY,
                        Identities.enroll(cast[0], 1),
                        Identities.enroll(cast[1], 2),
                        new ReservationCommand.Reserve(cast[0], 1, type));
        final Registrant who = cast[role == Role.HOLDER ? 0 : role == Role.REGISTRANT ? 1 : 2];
        assertThat(state.roleOf(who)).isEqualTo(role);
        assertThat(AccessGate.passes(role, type, access)).isEqualTo(passes);
        final Verdict expected = passes ? Verdict.PASS : Verdict.CONFLICT;
        assertThat(state.admission().verdict(who, access)).isEqualTo(expected);
        assertThat(new AdmissionHandle(who).verdict(state.admission(), access)).isEqualTo(expected);
        assertThat(state.admission().verdict(who, AccessClass.ALWAYS)).isEqualTo(Verdict.PASS);
        assertThat(state.admission().verdict(who, AccessClass.RESERVATION)).isEqualTo(Verdict.PASS);
        assertThat(state.admission().open()).isFalse();
    }

    @Test
    void shouldTreatEveryRegistrantOfAnAllRegistrantsTypeAsHolder() {
        for (final ReservationType type : ReservationType.values()) {
            final ReservationState state =
                    Identities.after(
                            ReservationState.EMPTY,
                            Identities.enroll(A, 1),
                            Identities.enroll(H, 2),
                            new ReservationCommand.Reserve(A, 1, type));
            assertThat(state.roleOf(H))
                    .isEqualTo(type.allRegistrants() ? Role.HOLDER : Role.REGISTRANT);
        }
    }

    @Test
    void shouldPassEverythingWithoutReservation() {
        final ReservationState state =
                Identities.after(ReservationState.EMPTY, Identities.enroll(A, 1));
        for (final AccessClass access : AccessClass.values()) {
            assertThat(state.admission().verdict(B, access)).isEqualTo(Verdict.PASS);
            assertThat(state.admission()).isSameAs(Admission.OPEN);
        }
    }

    @Test
    void shouldRefuseAllButHarmlessCommandsOfOthersUnderSpc2Reservation() {
        final Admission admission =
                Identities.after(ReservationState.EMPTY, new ReservationCommand.Spc2Reserve(A))
                        .admission();
        for (final Registrant who : List.of(A, B, H)) {
            for (final AccessClass access : AccessClass.values()) {
                final boolean passes =
                        access == AccessClass.ALWAYS
                                || who == A && access != AccessClass.RESERVATION;
                assertThat(admission.verdict(who, access))
                        .describedAs(who + " " + access)
                        .isEqualTo(passes ? Verdict.PASS : Verdict.CONFLICT);
            }
        }
    }

    @Test
    void shouldAdmitNobodyToTheMediumWhenInformationIsLost() {
        final Admission admission = ReservationState.informationLost(7).admission();
        for (final Registrant who : List.of(A, H)) {
            assertThat(admission.verdict(who, AccessClass.READ))
                    .isEqualTo(Verdict.INFORMATION_LOST);
            assertThat(admission.verdict(who, AccessClass.WRITE))
                    .isEqualTo(Verdict.INFORMATION_LOST);
            assertThat(admission.verdict(who, AccessClass.ALWAYS)).isEqualTo(Verdict.PASS);
            assertThat(admission.verdict(who, AccessClass.RESERVATION)).isEqualTo(Verdict.PASS);
        }
    }

    @Test
    void shouldFollowTheSnapshotWhenItChanges() {
        final ReservationState registered =
                Identities.after(
                        ReservationState.EMPTY,
                        Identities.enroll(A, 1),
                        new ReservationCommand.Reserve(
                                A, 1, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY));
        final AdmissionHandle handle = new AdmissionHandle(H);
        assertThat(handle.verdict(registered.admission(), AccessClass.WRITE))
                .isEqualTo(Verdict.CONFLICT);
        final ReservationState both = Identities.after(registered, Identities.enroll(H, 2));
        assertThat(handle.verdict(both.admission(), AccessClass.WRITE)).isEqualTo(Verdict.PASS);
        assertThat(handle.verdict(Admission.OPEN, AccessClass.WRITE)).isEqualTo(Verdict.PASS);
    }

    @Test
    void shouldFindEachOf4096RegistrantsWithoutAllocating() {
        final Map<Registrant, Long> keys = new TreeMap<>();
        final List<Registrant> strangers = new ArrayList<>();
        for (int index = 0; index < 4096; index++) {
            keys.put(
                    index % 2 == 0
                            ? new ItNexus("iqn.2026-11.test:" + index, index, index & 3)
                            : NvmeHost.of128(index, ~index),
                    index + 1L);
            strangers.add(new ItNexus("iqn.2026-11.test:" + index, index, 9));
        }
        final Registrant[] registered = keys.keySet().toArray(new Registrant[0]);
        final Registrant[] others = strangers.toArray(new Registrant[0]);
        final Admission admission =
                ReservationState.of(
                                1,
                                1,
                                false,
                                keys,
                                ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY,
                                registered[17])
                        .admission();
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(passing(admission, registered)).isEqualTo(4096);
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 20 && allocated != 0; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final int passed = passing(admission, registered) + passing(admission, others);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(passed).isEqualTo(4096);
        }
        assertThat(allocated).isZero();
    }

    private static int passing(final Admission admission, final Registrant[] all) {
        int passed = 0;
        for (int index = 0; index < all.length; index++) {
            passed += admission.verdict(all[index], AccessClass.WRITE) == Verdict.PASS ? 1 : 0;
        }
        return passed;
    }
}
