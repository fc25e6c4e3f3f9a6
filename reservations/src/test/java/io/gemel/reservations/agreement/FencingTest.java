package io.gemel.reservations.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.core.block.BackendIo;
import io.gemel.core.block.DelayBackend;
import io.gemel.core.block.FaultBackend;
import io.gemel.core.block.MemoryBackend;
import io.gemel.core.lane.LaneGroup;
import io.gemel.core.lane.Task;
import io.gemel.core.lane.TaskPorts;
import io.gemel.core.lane.testing.TestLane;
import io.gemel.core.lane.testing.TestVolumes;
import io.gemel.core.volume.Volume;
import io.gemel.reservations.AccessClass;
import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Registrant;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationCommand.NvmeRegister;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.Preempt;
import io.gemel.reservations.ReservationCommand.Register;
import io.gemel.reservations.ReservationCommand.RegisterAction;
import io.gemel.reservations.ReservationCommand.Reserve;
import io.gemel.reservations.ReservationNotice;
import io.gemel.reservations.ReservationState;
import io.gemel.reservations.ReservationStatus;
import io.gemel.reservations.ReservationType;
import io.gemel.reservations.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fencing on one thread from one seed: a SCSI nexus and an NVMe host write through two lanes over a
 * slow medium; one preempts and aborts the other, again and again; after GOOD nothing of the victim
 * reaches the medium.
 */
class FencingTest {
    private static final int BLOCK = 512;

    private long nowNs = 1;
    private final Random random = new Random();
    private final List<String> violations = new ArrayList<>();
    private final Registrant nexus = new ItNexus("iqn.2026-01.test:a", 0x023D000001L, 257);
    private final Registrant host = NvmeHost.of128(0x1122334455667788L, 0x99AABBCCDDEEFF00L);
    private final Writer[] writers = new Writer[2];

    private final Volume volume =
            TestVolumes.of(
                    0,
                    "fenced",
                    BLOCK,
                    new DelayBackend(
                            new FaultBackend(
                                    new MemoryBackend(64 * 1024L),
                                    io -> {
                                        onMedium(io);
                                        return null;
                                    },
                                    0),
                            () -> nowNs,
                            1000));

    private final TestLane first = new TestLane(0, 64, volume);
    private final TestLane second = new TestLane(1, 64, volume);
    private final ArrayDeque<Runnable> agreement = new ArrayDeque<>();
    private final List<String> notices = new ArrayList<>();

    /** One host's commands: admitted by the gate, then as many in flight as it likes. */
    private final class Writer implements TaskPorts {
        final Registrant who;
        final int lba;
        boolean fenced;
        int answered;

        Writer(final Registrant who, final int lba) {
            this.who = who;
            this.lba = lba;
        }

        void write(final TestLane lane, final VolumeReservations reservations) {
            if (Verdict.PASS != reservations.admission().verdict(who, AccessClass.WRITE)) {
                return;
            }
            final Task task = lane.lane().tasks().claim();
            if (null != task) {
                task.issuedBy(who, volume);
                task.start(this, BLOCK, 0);
            }
        }

        @Override
        public void solicit(final Task task) {}

        @Override
        public void execute(final Task task) {
            task.command().write(volume, lba, 1, false);
            task.submit();
        }

        @Override
        public boolean respond(final Task task) {
            answered++;
            return true;
        }

        @Override
        public void released(final Task task) {}
    }

    private void onMedium(final BackendIo io) {
        for (final Writer writer : writers) {
            if (writer.fenced && io.offsetBytes() == (long) writer.lba * BLOCK) {
                violations.add("a write of " + writer.who + " after its fence");
            }
        }
    }

    private VolumeReservations reservations(final LaneGroup group) {
        writers[0] = new Writer(nexus, 3);
        writers[1] = new Writer(host, 9);
        return new VolumeReservations(
                volume,
                ReservationState.EMPTY,
                null,
                group,
                agreement::add,
                List.of(
                        (lane, noticed, to, notice) ->
                                notices.add(lane.index() + " " + notice + " " + to.display())));
    }

    private void turn() {
        nowNs += random.nextInt(600);
        for (final TestLane lane :
                random.nextBoolean() ? List.of(first, second) : List.of(second)) {
            lane.step();
        }
        if (random.nextBoolean() && !agreement.isEmpty()) {
            agreement.poll().run();
        }
    }

    private ReservationStatus decide(
            final VolumeReservations reservations,
            final ReservationCommand command,
            final Runnable onGood) {
        final ReservationStatus[] answer = new ReservationStatus[1];
        reservations.decide(
                command,
                first.lane(),
                new ReservationAnswer() {
                    @Override
                    public void decided(final ReservationStatus status) {
                        answer[0] = status;
                        if (ReservationStatus.GOOD == status) {
                            onGood.run();
                        }
                    }

                    @Override
                    public void failed() {
                        throw new AssertionError("nothing is stored here");
                    }
                });
        for (int i = 0; i < 100_000 && null == answer[0]; i++) {
            turn();
        }
        assertThat(answer[0]).as("an answer").isNotNull();
        return answer[0];
    }

    private ReservationCommand register(final Registrant who, final long key) {
        return who instanceof ItNexus port
                ? new Register(port, 0, key, true, Persistence.KEEP, List.of(), false, List.of())
                : new NvmeRegister(
                        (NvmeHost) who, RegisterAction.REPLACE, 0, key, true, Persistence.KEEP);
    }

    private void torture(final long seed, final LaneGroup group) {
        random.setSeed(seed);
        final VolumeReservations reservations = reservations(group);
        decide(reservations, register(nexus, 1), () -> {});
        decide(reservations, register(host, 2), () -> {});
        decide(
                reservations,
                new Reserve(nexus, 1, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY),
                () -> {});
        for (int round = 0; round < 60; round++) {
            final int victim = round & 1;
            for (int i = 0; i < 24; i++) {
                writers[random.nextInt(2)].write(
                        random.nextBoolean() ? first : second, reservations);
                turn();
            }
            final Writer loser = writers[victim];
            final Registrant winner = writers[1 - victim].who;
            assertThat(
                            decide(
                                    reservations,
                                    new Preempt(
                                            winner,
                                            2 - victim,
                                            1 + victim,
                                            ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
                                            true),
                                    () -> loser.fenced = true))
                    .isEqualTo(ReservationStatus.GOOD);
            for (int i = 0; i < 40; i++) {
                loser.write(random.nextBoolean() ? first : second, reservations);
                turn();
            }
            loser.fenced = false;
            assertThat(decide(reservations, register(loser.who, 1 + victim), () -> {}))
                    .isEqualTo(ReservationStatus.GOOD);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLetNothingOfTheVictimReachTheMediumAfterGood(final long seed) {
        torture(seed, new LaneGroup(List.of(first.lane(), second.lane())));
        assertThat(violations).as("seed %d", seed).isEmpty();
        assertThat(writers[0].answered).isPositive();
        assertThat(writers[1].answered).isPositive();
    }

    /** The canary: with the barrier left out on one lane the same torture must notice. */
    @Test
    void shouldNoticeABarrierThatLeavesALaneOut() {
        torture(1, new LaneGroup(List.of(first.lane())));
        assertThat(violations).isNotEmpty();
    }

    @Test
    void shouldDeliverNoticesOnEveryLaneBeforeTheAnswer() {
        random.setSeed(1);
        final VolumeReservations reservations =
                reservations(new LaneGroup(List.of(first.lane(), second.lane())));
        decide(reservations, register(nexus, 1), () -> {});
        decide(reservations, register(host, 2), () -> {});
        assertThat(notices).isEmpty();
        decide(
                reservations,
                new Preempt(nexus, 1, 2, ReservationType.WRITE_EXCLUSIVE, false),
                () ->
                        assertThat(notices)
                                .containsExactlyInAnyOrder(
                                        "0 "
                                                + ReservationNotice.REGISTRATIONS_PREEMPTED
                                                + " "
                                                + host.display(),
                                        "1 "
                                                + ReservationNotice.REGISTRATIONS_PREEMPTED
                                                + " "
                                                + host.display()));
        assertThat(notices).hasSize(2);
        assertThat(reservations.state().isRegistered(host)).isFalse();
    }

    @Test
    void shouldDecideOneCommandAfterTheOther() {
        random.setSeed(1);
        final VolumeReservations reservations = reservations(new LaneGroup(List.of(first.lane())));
        final List<String> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final int which = i;
            reservations.decide(
                    0 == i
                            ? register(nexus, 7)
                            : new Reserve(
                                    1 == i ? nexus : host, 7, ReservationType.WRITE_EXCLUSIVE),
                    first.lane(),
                    new ReservationAnswer() {
                        @Override
                        public void decided(final ReservationStatus status) {
                            answers.add(which + " " + status);
                        }

                        @Override
                        public void failed() {
                            answers.add(which + " failed");
                        }
                    });
        }
        for (int i = 0; i < 1000; i++) {
            turn();
        }
        assertThat(answers).containsExactly("0 GOOD", "1 GOOD", "2 CONFLICT");
    }

    @Test
    void shouldAdmitTheHolderOnly() {
        random.setSeed(1);
        final VolumeReservations reservations = reservations(new LaneGroup(List.of(first.lane())));
        decide(reservations, register(nexus, 7), () -> {});
        decide(reservations, new Reserve(nexus, 7, ReservationType.EXCLUSIVE_ACCESS), () -> {});
        assertThat(reservations.admission().verdict(nexus, AccessClass.WRITE))
                .isEqualTo(Verdict.PASS);
        assertThat(reservations.admission().verdict(host, AccessClass.READ))
                .isEqualTo(Verdict.CONFLICT);
    }
}
