package io.gemel.reservations;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.reservations.Effects.Notice;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.RegisterAction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The state machine against the naive second model, step by step over random command sequences of
 * several nexuses and hosts. The seed is printed and can be given by {@code -Dgemel.test.seed}.
 */
class ModelTest {
    private static final int COMMANDS_PER_SEQUENCE = 60;
    private static final ReservationLimits LIMITS = new ReservationLimits(6, true);

    private static final Registrant[] EVERYBODY = {
        Identities.A,
        Identities.A.atPort(300),
        Identities.B,
        Identities.B.atPort(300),
        Identities.C,
        Identities.H,
        NvmeHost.of128(7, 7),
        Identities.G
    };

    @Test
    void shouldAgreeWithTheNaiveModelWhenCommandsAreRandom() {
        run(Long.getLong("gemel.test.seed", System.nanoTime()), 3_000);
    }

    @Test
    @Tag("long")
    void shouldAgreeWithTheNaiveModelOverMillionsOfCommands() {
        run(Long.getLong("gemel.test.seed", System.nanoTime()), 50_000);
    }

    private static void run(final long seed, final int sequences) {
        System.out.println("reservation model seed " + seed);
        final Map<ReservationStatus, Integer> seen = new EnumMap<>(ReservationStatus.class);
        for (int sequence = 0; sequence < sequences; sequence++) {
            sequence(new Random(seed + sequence), seed + sequence, seen);
        }
        System.out.println("outcomes " + seen);
        assertThat(seen).containsKeys(ReservationStatus.values());
    }

    private static void sequence(
            final Random random, final long seed, final Map<ReservationStatus, Integer> seen) {
        final NaiveReservations naive = new NaiveReservations(LIMITS.maxRegistrants());
        ReservationState state = ReservationState.EMPTY;
        if (random.nextInt(20) == 0) {
            state = ReservationState.informationLost(0);
            naive.lost = true;
            naive.aptpl = true;
        }
        if (random.nextInt(10) == 0) {
            state =
                    new ReservationState(
                            0,
                            -2,
                            state.persistent(),
                            state.lost(),
                            Registrations.NONE,
                            null,
                            null,
                            null);
            naive.gen = 0xFFFF_FFFEL;
        }
        final List<ReservationCommand> history = new ArrayList<>();
        for (int step = 0; step < COMMANDS_PER_SEQUENCE; step++) {
            final ReservationCommand command = command(random, state);
            history.add(command);
            final Outcome outcome = state.apply(command, LIMITS);
            final String expected = naive.run(command);
            final ReservationState after = outcome.state();
            if (!outcome.status().name().equals(expected) || !same(after, naive, outcome)) {
                throw new AssertionError(
                        "seed "
                                + seed
                                + ": "
                                + outcome
                                + "\nnaive: "
                                + expected
                                + " "
                                + naive.keys
                                + " type "
                                + naive.scsiType
                                + " holder "
                                + naive.holder
                                + " told "
                                + naive.told
                                + " aborted "
                                + naive.aborted
                                + " gen "
                                + naive.gen
                                + "\nafter "
                                + history);
            }
            if (after != state && after.version() != state.version() + 1) {
                throw new AssertionError("seed " + seed + ": version of " + after);
            }
            if (outcome.status() != ReservationStatus.GOOD && after != state) {
                throw new AssertionError("seed " + seed + ": a refusal changed " + after);
            }
            access(after, naive, random, seed);
            seen.merge(outcome.status(), 1, Integer::sum);
            state = after;
        }
    }

    private static boolean same(
            final ReservationState state, final NaiveReservations naive, final Outcome outcome) {
        final Map<String, Long> keys = new TreeMap<>();
        for (int index = 0; index < state.registrantCount(); index++) {
            keys.put(NaiveReservations.id(state.registrant(index)), state.key(index));
        }
        final List<String> told = new ArrayList<>();
        for (final Notice notice : outcome.effects().notices()) {
            told.add(
                    NaiveReservations.id(notice.to())
                            + String.format(" %02d", notice.notice().ascq()));
        }
        told.sort(null);
        final List<String> aborted = new ArrayList<>();
        outcome.effects().abort().forEach(who -> aborted.add(NaiveReservations.id(who)));
        aborted.sort(null);
        return keys.equals(naive.keys)
                && (state.type() == null ? 0 : state.type().scsiCode()) == naive.scsiType
                && NaiveReservations.id(state.holder()).equals(naive.holder)
                && NaiveReservations.id(state.spc2Holder()).equals(naive.spc2)
                && state.lost() == naive.lost
                && state.persistent() == naive.aptpl
                && Integer.toUnsignedLong(state.generation()) == naive.gen
                && told.equals(naive.told)
                && aborted.equals(naive.aborted);
    }

    private static void access(
            final ReservationState state,
            final NaiveReservations naive,
            final Random random,
            final long seed) {
        final Admission admission = state.admission();
        final Registrant who = EVERYBODY[random.nextInt(EVERYBODY.length)];
        for (final boolean write : new boolean[] {false, true}) {
            final Verdict verdict =
                    admission.verdict(who, write ? AccessClass.WRITE : AccessClass.READ);
            final String expected = naive.access(NaiveReservations.id(who), write);
            final String found =
                    switch (verdict) {
                        case PASS -> "pass";
                        case CONFLICT -> "conflict";
                        case INFORMATION_LOST -> "lost";
                    };
            if (!found.equals(expected)) {
                throw new AssertionError(
                        "seed " + seed + ": " + who + " write " + write + " in " + state);
            }
        }
    }

    private static ReservationCommand command(final Random random, final ReservationState state) {
        final Registrant who = EVERYBODY[random.nextInt(EVERYBODY.length)];
        // Half of the keys are the issuer's own, so that commands get past the first check.
        final long key = random.nextBoolean() ? state.keyOf(who) : random.nextInt(4);
        final ReservationType type =
                state.type() != null && random.nextInt(3) > 0
                        ? state.type()
                        : ReservationType.values()[random.nextInt(6)];
        final int choice = random.nextInt(100);
        if (choice < 30) {
            return who instanceof ItNexus nexus
                    ? scsiRegister(random, nexus, key)
                    : new ReservationCommand.NvmeRegister(
                            (NvmeHost) who,
                            RegisterAction.values()[random.nextInt(3)],
                            key,
                            random.nextInt(4),
                            random.nextInt(3) == 0,
                            Persistence.values()[random.nextInt(3)]);
        } else if (choice < 50) {
            return new ReservationCommand.Reserve(who, key, type);
        } else if (choice < 58) {
            return new ReservationCommand.Release(
                    who, key, random.nextInt(9) == 0 ? null : type, random.nextInt(9) == 0);
        } else if (choice < 61) {
            return new ReservationCommand.Clear(who, key, random.nextInt(9) == 0);
        } else if (choice < 78) {
            return new ReservationCommand.Preempt(
                    who, key, random.nextInt(4), type, random.nextBoolean());
        } else if (choice < 86 && who instanceof ItNexus nexus) {
            return new ReservationCommand.Move(
                    nexus,
                    key,
                    random.nextInt(4),
                    random.nextInt(9) == 0 ? null : EVERYBODY[random.nextInt(EVERYBODY.length)],
                    random.nextBoolean(),
                    Persistence.values()[random.nextInt(3)]);
        } else if (choice < 88 && who instanceof ItNexus nexus) {
            return new ReservationCommand.ReplaceLost(
                    nexus, random.nextInt(2), random.nextInt(3), type, Persistence.SET);
        } else if (choice < 91 && who instanceof ItNexus nexus) {
            return new ReservationCommand.Spc2Reserve(nexus);
        } else if (choice < 93 && who instanceof ItNexus nexus) {
            return new ReservationCommand.Spc2Release(nexus);
        } else if (choice < 95 && who instanceof ItNexus nexus) {
            return new ReservationCommand.NexusLost(nexus);
        } else if (choice < 96) {
            return new ReservationCommand.LogicalUnitReset();
        } else if (choice < 97) {
            return new ReservationCommand.PowerCycle();
        } else if (choice < 98) {
            return new ReservationCommand.SetPersistence(random.nextBoolean());
        } else if (choice < 99) {
            return new ReservationCommand.OperatorFence(
                    List.of(who, EVERYBODY[random.nextInt(EVERYBODY.length)]));
        }
        return new ReservationCommand.OperatorClear();
    }

    private static ReservationCommand scsiRegister(
            final Random random, final ItNexus nexus, final long key) {
        final boolean others = random.nextInt(4) == 0;
        final List<Registrant> also = new ArrayList<>();
        if (others) {
            for (final Registrant one : EVERYBODY) {
                if (random.nextInt(4) == 0) {
                    also.add(one);
                }
            }
        }
        final int port = nexus.rtpi() == 300 ? 257 : 300;
        return new ReservationCommand.Register(
                nexus,
                key,
                random.nextInt(4),
                random.nextInt(4) == 0,
                Persistence.values()[random.nextInt(3)],
                random.nextInt(4) == 0 ? List.of(nexus.atPort(port)) : List.of(),
                others,
                also);
    }
}
