package io.gemel.reservations;

import static io.gemel.reservations.ReservationNotice.REGISTRATIONS_PREEMPTED;
import static io.gemel.reservations.ReservationNotice.RESERVATIONS_PREEMPTED;
import static io.gemel.reservations.ReservationNotice.RESERVATIONS_RELEASED;

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
import io.gemel.reservations.ReservationCommand.Release;
import io.gemel.reservations.ReservationCommand.ReplaceLost;
import io.gemel.reservations.ReservationCommand.Reserve;
import io.gemel.reservations.ReservationCommand.SetPersistence;
import io.gemel.reservations.ReservationCommand.Spc2Release;
import io.gemel.reservations.ReservationCommand.Spc2Reserve;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One application of one command: the parts of the next state, filled in by the rules and frozen at
 * the end. Owner: the thread that calls {@link ReservationState#apply}; lives for that call.
 */
final class Transition {
    private final ReservationState before;
    private final ReservationLimits limits;

    private Registrations registrations;
    private ReservationType type;
    private Registrant holder;
    private ItNexus spc2Holder;
    private boolean lost;
    private boolean persistent;
    private int generation;

    private final List<Notice> notices = new ArrayList<>();
    private final List<Registrant> unregistered = new ArrayList<>();
    private final List<Registrant> abort = new ArrayList<>();

    Transition(final ReservationState before, final ReservationLimits limits) {
        this.before = before;
        this.limits = limits;
        this.registrations = before.registrations();
        this.type = before.type();
        this.holder = before.holder();
        this.spc2Holder = before.spc2Holder();
        this.lost = before.lost();
        this.persistent = before.persistent();
        this.generation = before.generation();
    }

    Outcome apply(final ReservationCommand command) {
        final ReservationStatus status = decide(command);
        if (status != ReservationStatus.GOOD) {
            return new Outcome(before, status, Effects.NONE);
        }
        final ReservationState after =
                new ReservationState(
                        before.version() + 1,
                        generation,
                        persistent,
                        lost,
                        registrations,
                        type,
                        holder,
                        spc2Holder);
        return new Outcome(
                after.equals(before) ? before : after,
                status,
                notices.isEmpty() && unregistered.isEmpty() && abort.isEmpty()
                        ? Effects.NONE
                        : new Effects(notices, unregistered, abort));
    }

    private ReservationStatus decide(final ReservationCommand command) {
        if (command instanceof NexusLost lostNexus) {
            return nexusLost(lostNexus);
        } else if (command instanceof LogicalUnitReset) {
            spc2Holder = null;
            return ReservationStatus.GOOD;
        } else if (command instanceof PowerCycle) {
            return powerCycle();
        } else if (command instanceof OperatorClear) {
            return operatorClear();
        } else if (command instanceof OperatorFence fence) {
            return operatorFence(fence);
        } else if (command instanceof ReplaceLost replace) {
            return replaceLost(replace);
        } else if (lost) {
            return ReservationStatus.INFORMATION_LOST;
        } else if (command instanceof SetPersistence persistence) {
            return setPersistence(persistence);
        } else if (command instanceof Spc2Reserve reserve) {
            return spc2Reserve(reserve);
        } else if (command instanceof Spc2Release release) {
            return spc2Release(release);
        } else if (spc2Holder != null) {
            return ReservationStatus.CONFLICT;
        } else if (command instanceof Register register) {
            return register(register);
        } else if (command instanceof NvmeRegister register) {
            return nvmeRegister(register);
        } else if (command instanceof Reserve reserve) {
            return reserve(reserve);
        } else if (command instanceof Release release) {
            return release(release);
        } else if (command instanceof Clear clear) {
            return clear(clear);
        } else if (command instanceof Preempt preempt) {
            return preempt(preempt);
        } else {
            return move((Move) command);
        }
    }

    private ReservationStatus register(final Register command) {
        final ItNexus issuer = command.issuer();
        final boolean registered = registrations.contains(issuer);
        if (command.ignoreExisting()) {
            if (command.specIPt()) {
                return ReservationStatus.INVALID_PARAMETER;
            }
        } else if (command.key() != before.keyOf(issuer)) {
            return ReservationStatus.CONFLICT;
        } else if (registered && command.specIPt()) {
            return ReservationStatus.INVALID_PARAMETER;
        }
        if (!persistenceAllowed(command.persistence())) {
            return ReservationStatus.INVALID_PARAMETER;
        }
        if (!registered && command.newKey() == 0) {
            generation++;
            // Nobody came or went: a stranger's bit is not taken for the volume's.
            return ReservationStatus.GOOD;
        }
        if (command.newKey() == 0) {
            final Set<Registrant> leaving = new HashSet<>();
            leaving.add(issuer);
            for (final ItNexus port : command.otherPorts()) {
                if (command.ignoreExisting() || before.keyOf(port) == command.key()) {
                    leaving.add(port);
                }
            }
            leave(leaving, issuer);
        } else {
            put(issuer, command.newKey());
            for (final ItNexus port : command.otherPorts()) {
                final long present = before.keyOf(port);
                if (command.ignoreExisting() || present == command.key()) {
                    put(port, command.newKey());
                } else if (!registered && present != command.newKey()) {
                    return ReservationStatus.CONFLICT;
                }
            }
            for (final Registrant named : command.also()) {
                final long present = registrations.contains(named) ? keyNow(named) : 0;
                if (present != 0 && present != command.newKey()) {
                    return ReservationStatus.CONFLICT;
                }
                put(named, command.newKey());
            }
            if (overfull()) {
                return ReservationStatus.OUT_OF_RESOURCES;
            }
        }
        persist(command.persistence());
        generation++;
        return ReservationStatus.GOOD;
    }

    private ReservationStatus nvmeRegister(final NvmeRegister command) {
        final NvmeHost issuer = command.issuer();
        final boolean registered = registrations.contains(issuer);
        final boolean keyFits =
                command.ignoreExisting() || registered && keyNow(issuer) == command.key();
        if (!persistenceAllowed(command.persistence())) {
            return ReservationStatus.INVALID_PARAMETER;
        }
        switch (command.action()) {
            case REGISTER -> {
                if (command.newKey() == 0) {
                    return ReservationStatus.INVALID_PARAMETER;
                }
                if (registered && keyNow(issuer) != command.newKey()) {
                    return ReservationStatus.CONFLICT;
                }
                put(issuer, command.newKey());
            }
            case UNREGISTER -> {
                if (!registered || !keyFits) {
                    return ReservationStatus.CONFLICT;
                }
                leave(Set.of(issuer), issuer);
            }
            case REPLACE -> {
                if (!keyFits || !registered && command.newKey() == 0) {
                    return ReservationStatus.CONFLICT;
                }
                if (command.newKey() == 0) {
                    // Linux unregisters this way: its ioctl knows only "replace the key by 0".
                    leave(Set.of(issuer), issuer);
                } else {
                    put(issuer, command.newKey());
                }
            }
        }
        if (overfull()) {
            return ReservationStatus.OUT_OF_RESOURCES;
        }
        persist(command.persistence());
        generation++;
        return ReservationStatus.GOOD;
    }

    private ReservationStatus reserve(final Reserve command) {
        if (!isRegistrantWith(command.issuer(), command.key())) {
            return ReservationStatus.CONFLICT;
        }
        if (type == null) {
            hold(command.issuer(), command.type());
            return ReservationStatus.GOOD;
        }
        return holds(command.issuer()) && type == command.type()
                ? ReservationStatus.GOOD
                : ReservationStatus.CONFLICT;
    }

    private ReservationStatus release(final Release command) {
        if (!command.ignoreKey() && !isRegistrantWith(command.issuer(), command.key())
                || !registrations.contains(command.issuer())) {
            return ReservationStatus.CONFLICT;
        }
        if (!holds(command.issuer())) {
            return ReservationStatus.GOOD;
        }
        if (type != command.type()) {
            return ReservationStatus.INVALID_RELEASE;
        }
        final boolean shared = type.registrantsShare();
        free();
        if (shared) {
            noticeRemaining(RESERVATIONS_RELEASED, command.issuer());
        }
        return ReservationStatus.GOOD;
    }

    private ReservationStatus clear(final Clear command) {
        if (!command.ignoreKey() && !isRegistrantWith(command.issuer(), command.key())
                || !registrations.contains(command.issuer())) {
            return ReservationStatus.CONFLICT;
        }
        noticeRemaining(RESERVATIONS_PREEMPTED, command.issuer());
        removeAll();
        generation++;
        return ReservationStatus.GOOD;
    }

    private ReservationStatus preempt(final Preempt command) {
        final Registrant issuer = command.issuer();
        final long victimKey = command.victimKey();
        if (!isRegistrantWith(issuer, command.key())) {
            return ReservationStatus.CONFLICT;
        }
        final boolean everybody = type != null && type.allRegistrants() && victimKey == 0;
        if (victimKey == 0 && !everybody) {
            return type == null ? ReservationStatus.CONFLICT : ReservationStatus.INVALID_PARAMETER;
        }
        final boolean takesReservation =
                everybody || type != null && holder != null && keyNow(holder) == victimKey;
        final Set<Registrant> victims = new HashSet<>();
        boolean matched = everybody;
        for (int index = 0; index < registrations.size(); index++) {
            final Registrant registrant = registrations.registrant(index);
            if (everybody || registrations.key(index) == victimKey) {
                matched = true;
                // A holder that preempts its own key keeps its registration; anybody else that
                // names its own key loses it with the rest.
                if (!registrant.equals(issuer) || !takesReservation && !holds(issuer)) {
                    victims.add(registrant);
                }
            }
        }
        if (!matched) {
            return ReservationStatus.CONFLICT;
        }
        final ReservationType typeBefore = type;
        remove(victims, issuer, true);
        if (command.abort()) {
            abort.addAll(unregistered);
            abort.remove(issuer);
        }
        if (takesReservation) {
            hold(issuer, command.type());
            if (typeBefore != command.type()) {
                noticeRemaining(RESERVATIONS_RELEASED, issuer);
            }
        }
        generation++;
        return ReservationStatus.GOOD;
    }

    private ReservationStatus move(final Move command) {
        final ItNexus issuer = command.issuer();
        if (!isRegistrantWith(issuer, command.key())
                || type == null
                || type.allRegistrants()
                || !issuer.equals(holder)) {
            return ReservationStatus.CONFLICT;
        }
        if (command.newKey() == 0
                || command.to() == null
                || command.to().equals(issuer)
                || !persistenceAllowed(command.persistence())) {
            return ReservationStatus.INVALID_PARAMETER;
        }
        put(command.to(), command.newKey());
        holder = command.to();
        if (command.unregister()) {
            registrations = registrations.without(issuer::equals);
            unregistered.add(issuer);
        }
        if (overfull()) {
            return ReservationStatus.OUT_OF_RESOURCES;
        }
        persist(command.persistence());
        generation++;
        return ReservationStatus.GOOD;
    }

    private ReservationStatus replaceLost(final ReplaceLost command) {
        if (!lost) {
            return ReservationStatus.INVALID_COMMAND;
        }
        if (command.key() != 0
                || command.newKey() == 0
                || !persistenceAllowed(command.persistence())) {
            return ReservationStatus.INVALID_PARAMETER;
        }
        lost = false;
        put(command.issuer(), command.newKey());
        hold(command.issuer(), command.type());
        persist(command.persistence());
        generation++;
        return ReservationStatus.GOOD;
    }

    private ReservationStatus setPersistence(final SetPersistence command) {
        final Persistence wish = command.on() ? Persistence.SET : Persistence.CLEAR;
        if (!persistenceAllowed(wish)) {
            return ReservationStatus.INVALID_PARAMETER;
        }
        persist(wish);
        return ReservationStatus.GOOD;
    }

    private ReservationStatus spc2Reserve(final Spc2Reserve command) {
        if (registrations.size() > 0) {
            return compatible(command.issuer());
        }
        if (spc2Holder != null && !spc2Holder.equals(command.issuer())) {
            return ReservationStatus.CONFLICT;
        }
        spc2Holder = command.issuer();
        return ReservationStatus.GOOD;
    }

    private ReservationStatus spc2Release(final Spc2Release command) {
        if (registrations.size() > 0) {
            return compatible(command.issuer());
        }
        if (command.issuer().equals(spc2Holder)) {
            spc2Holder = null;
        }
        return ReservationStatus.GOOD;
    }

    /**
     * Compatible reservation handling: while persistent reservations are in use, the old commands
     * do nothing, successfully, for whom they could not protect any better than it already is.
     */
    private ReservationStatus compatible(final ItNexus issuer) {
        final boolean covered =
                holds(issuer)
                        || type != null
                                && type.registrantsShare()
                                && registrations.contains(issuer);
        return covered ? ReservationStatus.GOOD : ReservationStatus.CONFLICT;
    }

    private ReservationStatus nexusLost(final NexusLost event) {
        if (event.nexus().equals(spc2Holder)) {
            spc2Holder = null;
        }
        return ReservationStatus.GOOD;
    }

    private ReservationStatus powerCycle() {
        spc2Holder = null;
        generation = 0;
        if (!persistent) {
            registrations = Registrations.NONE;
            free();
        }
        return ReservationStatus.GOOD;
    }

    private ReservationStatus operatorClear() {
        noticeRemaining(RESERVATIONS_PREEMPTED, null);
        final boolean any = lost || registrations.size() > 0;
        removeAll();
        spc2Holder = null;
        lost = false;
        generation += any ? 1 : 0;
        return ReservationStatus.GOOD;
    }

    private ReservationStatus operatorFence(final OperatorFence command) {
        final Set<Registrant> victims = new HashSet<>(command.victims());
        abort.addAll(victims);
        abort.sort(null);
        if (spc2Holder != null && victims.contains(spc2Holder)) {
            spc2Holder = null;
        }
        final ReservationType typeBefore = type;
        remove(victims, null, true);
        if (holder != null && !registrations.contains(holder)
                || type != null && registrations.size() == 0) {
            free();
            if (typeBefore.registrantsShare()) {
                noticeRemaining(RESERVATIONS_RELEASED, null);
            }
        }
        generation += unregistered.isEmpty() ? 0 : 1;
        return ReservationStatus.GOOD;
    }

    private boolean isRegistrantWith(final Registrant who, final long key) {
        return registrations.contains(who) && keyNow(who) == key;
    }

    private long keyNow(final Registrant registered) {
        return registrations.key(registrations.indexOf(registered));
    }

    private boolean holds(final Registrant who) {
        return type != null
                && (type.allRegistrants() ? registrations.contains(who) : who.equals(holder));
    }

    private void hold(final Registrant who, final ReservationType newType) {
        type = newType;
        holder = newType.allRegistrants() ? null : who;
    }

    private void free() {
        type = null;
        holder = null;
    }

    private void put(final Registrant who, final long key) {
        registrations = registrations.with(who, key);
    }

    private boolean overfull() {
        return registrations.size() > limits.maxRegistrants()
                && registrations.size() > before.registrantCount();
    }

    private boolean persistenceAllowed(final Persistence wish) {
        return wish != Persistence.SET || limits.persistenceSupported();
    }

    private void persist(final Persistence wish) {
        if (wish != Persistence.KEEP) {
            persistent = wish == Persistence.SET;
        }
    }

    /** Unregisters by the registrants' own wish; the reservation goes with its last holder. */
    private void leave(final Set<Registrant> leaving, final Registrant issuer) {
        final ReservationType typeBefore = type;
        final Registrant holderBefore = holder;
        remove(leaving, issuer, false);
        if (holderBefore != null && leaving.contains(holderBefore)) {
            free();
            if (typeBefore.registrantsShare()) {
                noticeRemaining(RESERVATIONS_RELEASED, issuer);
            }
        } else if (registrations.size() == 0) {
            free();
        }
    }

    private void remove(
            final Set<Registrant> leaving, final Registrant issuer, final boolean preempted) {
        for (int index = 0; index < registrations.size(); index++) {
            final Registrant registrant = registrations.registrant(index);
            if (leaving.contains(registrant)) {
                unregistered.add(registrant);
                if (preempted && !Objects.equals(registrant, issuer)) {
                    notices.add(new Notice(registrant, REGISTRATIONS_PREEMPTED));
                }
            }
        }
        registrations = registrations.without(leaving::contains);
    }

    private void removeAll() {
        for (int index = 0; index < registrations.size(); index++) {
            unregistered.add(registrations.registrant(index));
        }
        registrations = Registrations.NONE;
        free();
    }

    private void noticeRemaining(final ReservationNotice notice, final Registrant issuer) {
        for (int index = 0; index < registrations.size(); index++) {
            final Registrant registrant = registrations.registrant(index);
            if (!registrant.equals(issuer)) {
                notices.add(new Notice(registrant, notice));
            }
        }
    }
}
