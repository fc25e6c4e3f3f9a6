package io.gemel.reservations;

import io.gemel.reservations.ReservationCommand.Persistence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The second model: one mutable map, plain loops, written row by row from the tables of the
 * specification, sharing nothing with the first but the command types.
 */
final class NaiveReservations {
    /** Spelling one out costs more than all the rest. */
    private static final Map<Registrant, String> NAMES = new HashMap<>();

    Map<String, Long> keys = new TreeMap<>();
    int scsiType;
    String holder = "";
    String spc2 = "";
    boolean lost;
    boolean aptpl;
    long gen;
    final int limit;

    /** Of the last command. */
    List<String> told = new ArrayList<>();

    List<String> aborted = new ArrayList<>();

    NaiveReservations(final int limit) {
        this.limit = limit;
    }

    static String id(final Registrant who) {
        return who == null ? "" : NAMES.computeIfAbsent(who, Registrant::toString);
    }

    private boolean allRegistrants() {
        return scsiType == 7 || scsiType == 8;
    }

    private boolean isHolder(final String who) {
        return scsiType != 0 && (allRegistrants() ? keys.containsKey(who) : holder.equals(who));
    }

    private long key(final String who) {
        return keys.getOrDefault(who, 0L);
    }

    private void bump() {
        gen = gen + 1 & 0xFFFFFFFFL;
    }

    /** Whether a class of command passes: r, w. */
    String access(final String who, final boolean write) {
        if (lost) {
            return "lost";
        }
        if (!spc2.isEmpty()) {
            return spc2.equals(who) ? "pass" : "conflict";
        }
        if (scsiType == 0 || isHolder(who)) {
            return "pass";
        }
        final boolean registered = keys.containsKey(who);
        final boolean pass =
                switch (scsiType) {
                    case 1 -> !write;
                    case 3 -> false;
                    case 5, 7 -> registered || !write;
                    default -> registered;
                };
        return pass ? "pass" : "conflict";
    }

    String run(final ReservationCommand command) {
        final Map<String, Long> oldKeys = new TreeMap<>(keys);
        final int oldType = scsiType;
        final String oldHolder = holder;
        final boolean oldAptpl = aptpl;
        final boolean oldLost = lost;
        final long oldGen = gen;
        told = new ArrayList<>();
        aborted = new ArrayList<>();
        String result = dispatch(command);
        if (result.equals("GOOD") && keys.size() > limit && keys.size() > oldKeys.size()) {
            result = "OUT_OF_RESOURCES";
        }
        if (!result.equals("GOOD")) {
            keys = oldKeys;
            scsiType = oldType;
            holder = oldHolder;
            aptpl = oldAptpl;
            lost = oldLost;
            gen = oldGen;
            told.clear();
            aborted.clear();
        }
        told.sort(null);
        aborted.sort(null);
        return result;
    }

    private String dispatch(final ReservationCommand command) {
        if (command instanceof ReservationCommand.NexusLost event) {
            if (spc2.equals(id(event.nexus()))) {
                spc2 = "";
            }
            return "GOOD";
        }
        if (command instanceof ReservationCommand.LogicalUnitReset) {
            spc2 = "";
            return "GOOD";
        }
        if (command instanceof ReservationCommand.PowerCycle) {
            spc2 = "";
            gen = 0;
            if (!aptpl) {
                keys.clear();
                scsiType = 0;
                holder = "";
            }
            return "GOOD";
        }
        if (command instanceof ReservationCommand.OperatorClear) {
            if (lost || !keys.isEmpty()) {
                bump();
            }
            for (final String who : keys.keySet()) {
                told.add(who + " 03");
            }
            keys.clear();
            scsiType = 0;
            holder = "";
            spc2 = "";
            lost = false;
            return "GOOD";
        }
        if (command instanceof ReservationCommand.OperatorFence fence) {
            return fence(fence);
        }
        if (command instanceof ReservationCommand.ReplaceLost replace) {
            if (!lost) {
                return "INVALID_COMMAND";
            }
            if (replace.key() != 0 || replace.newKey() == 0) {
                return "INVALID_PARAMETER";
            }
            lost = false;
            keys.put(id(replace.issuer()), replace.newKey());
            scsiType = replace.type().scsiCode();
            holder = allRegistrants() ? "" : id(replace.issuer());
            aptpl(replace.persistence());
            bump();
            return "GOOD";
        }
        if (lost) {
            return "INFORMATION_LOST";
        }
        if (command instanceof ReservationCommand.SetPersistence set) {
            aptpl = set.on();
            return "GOOD";
        }
        if (command instanceof ReservationCommand.Spc2Reserve reserve) {
            final String who = id(reserve.issuer());
            if (!keys.isEmpty()) {
                return crh(who);
            }
            if (!spc2.isEmpty() && !spc2.equals(who)) {
                return "CONFLICT";
            }
            spc2 = who;
            return "GOOD";
        }
        if (command instanceof ReservationCommand.Spc2Release release) {
            final String who = id(release.issuer());
            if (!keys.isEmpty()) {
                return crh(who);
            }
            if (spc2.equals(who)) {
                spc2 = "";
            }
            return "GOOD";
        }
        if (!spc2.isEmpty()) {
            return "CONFLICT";
        }
        if (command instanceof ReservationCommand.Register register) {
            return register(register);
        }
        if (command instanceof ReservationCommand.NvmeRegister register) {
            return nvmeRegister(register);
        }
        if (command instanceof ReservationCommand.Reserve reserve) {
            final String who = id(reserve.issuer());
            if (!keys.containsKey(who) || key(who) != reserve.key()) {
                return "CONFLICT";
            }
            if (scsiType == 0) {
                scsiType = reserve.type().scsiCode();
                holder = allRegistrants() ? "" : who;
                return "GOOD";
            }
            return isHolder(who) && scsiType == reserve.type().scsiCode() ? "GOOD" : "CONFLICT";
        }
        if (command instanceof ReservationCommand.Release release) {
            final String who = id(release.issuer());
            if (!keys.containsKey(who) || !release.ignoreKey() && key(who) != release.key()) {
                return "CONFLICT";
            }
            if (!isHolder(who)) {
                return "GOOD";
            }
            if (release.type() == null || release.type().scsiCode() != scsiType) {
                return "INVALID_RELEASE";
            }
            if (scsiType >= 5) {
                tellRegistered(who, "04");
            }
            scsiType = 0;
            holder = "";
            return "GOOD";
        }
        if (command instanceof ReservationCommand.Clear clear) {
            final String who = id(clear.issuer());
            if (!keys.containsKey(who) || !clear.ignoreKey() && key(who) != clear.key()) {
                return "CONFLICT";
            }
            tellRegistered(who, "03");
            keys.clear();
            scsiType = 0;
            holder = "";
            bump();
            return "GOOD";
        }
        if (command instanceof ReservationCommand.Preempt preempt) {
            return preempt(preempt);
        }
        return move((ReservationCommand.Move) command);
    }

    private String crh(final String who) {
        return isHolder(who) || scsiType >= 5 && keys.containsKey(who) ? "GOOD" : "CONFLICT";
    }

    private void tellRegistered(final String issuer, final String code) {
        for (final String who : keys.keySet()) {
            if (!who.equals(issuer)) {
                told.add(who + " " + code);
            }
        }
    }

    private void aptpl(final Persistence wish) {
        if (wish == Persistence.SET) {
            aptpl = true;
        } else if (wish == Persistence.CLEAR) {
            aptpl = false;
        }
    }

    /** Registrants leave by their own wish, all of them of one issuer. */
    private void leave(final List<String> leaving, final String issuer) {
        leaving.forEach(keys::remove);
        if (scsiType != 0 && !allRegistrants() && leaving.contains(holder)) {
            if (scsiType >= 5) {
                tellRegistered(issuer, "04");
            }
            scsiType = 0;
            holder = "";
        }
        if (keys.isEmpty()) {
            scsiType = 0;
            holder = "";
        }
    }

    private String register(final ReservationCommand.Register command) {
        final String who = id(command.issuer());
        final boolean registered = keys.containsKey(who);
        if (command.ignoreExisting() && command.specIPt()) {
            return "INVALID_PARAMETER";
        }
        if (!command.ignoreExisting()) {
            if (!registered && command.key() != 0) {
                return "CONFLICT";
            }
            if (registered && command.key() != key(who)) {
                return "CONFLICT";
            }
            if (registered && command.specIPt()) {
                return "INVALID_PARAMETER";
            }
        }
        if (!registered && command.newKey() == 0) {
            bump();
            return "GOOD";
        }
        if (command.newKey() == 0) {
            final List<String> leaving = new ArrayList<>(List.of(who));
            for (final ItNexus port : command.otherPorts()) {
                if (keys.containsKey(id(port))
                        && (command.ignoreExisting() || key(id(port)) == command.key())) {
                    leaving.add(id(port));
                }
            }
            leave(leaving, who);
        } else {
            final Map<String, Long> wanted = new LinkedHashMap<>();
            for (final ItNexus port : command.otherPorts()) {
                final String other = id(port);
                if (command.ignoreExisting()) {
                    wanted.put(other, command.newKey());
                } else if (registered) {
                    if (keys.containsKey(other) && key(other) == command.key()) {
                        wanted.put(other, command.newKey());
                    }
                } else if (keys.containsKey(other) && key(other) != command.newKey()) {
                    return "CONFLICT";
                } else {
                    wanted.put(other, command.newKey());
                }
            }
            keys.put(who, command.newKey());
            keys.putAll(wanted);
            for (final Registrant named : command.also()) {
                if (keys.containsKey(id(named)) && key(id(named)) != command.newKey()) {
                    return "CONFLICT";
                }
                keys.put(id(named), command.newKey());
            }
        }
        aptpl(command.persistence());
        bump();
        return "GOOD";
    }

    private String nvmeRegister(final ReservationCommand.NvmeRegister command) {
        final String who = id(command.issuer());
        final boolean registered = keys.containsKey(who);
        final boolean fits = command.ignoreExisting() || registered && key(who) == command.key();
        switch (command.action()) {
            case REGISTER -> {
                if (command.newKey() == 0) {
                    return "INVALID_PARAMETER";
                }
                if (registered && key(who) != command.newKey()) {
                    return "CONFLICT";
                }
                keys.put(who, command.newKey());
            }
            case UNREGISTER -> {
                if (!registered || !fits) {
                    return "CONFLICT";
                }
                leave(List.of(who), who);
            }
            default -> {
                if (!fits) {
                    return "CONFLICT";
                }
                if (command.newKey() != 0) {
                    keys.put(who, command.newKey());
                } else if (registered) {
                    leave(List.of(who), who);
                } else {
                    return "CONFLICT";
                }
            }
        }
        aptpl(command.persistence());
        bump();
        return "GOOD";
    }

    private String preempt(final ReservationCommand.Preempt command) {
        final String who = id(command.issuer());
        final long victim = command.victimKey();
        if (!keys.containsKey(who) || key(who) != command.key()) {
            return "CONFLICT";
        }
        final List<String> leaving = new ArrayList<>();
        boolean takes = false;
        if (scsiType == 0) {
            keys.forEach(
                    (registrant, key) -> {
                        if (key == victim) {
                            leaving.add(registrant);
                        }
                    });
            if (leaving.isEmpty()) {
                return "CONFLICT";
            }
        } else if (allRegistrants()) {
            if (victim == 0) {
                takes = true;
                leaving.addAll(keys.keySet());
                leaving.remove(who);
            } else {
                if (!keys.containsValue(victim)) {
                    return "CONFLICT";
                }
                keys.forEach(
                        (registrant, key) -> {
                            if (key == victim && !registrant.equals(who)) {
                                leaving.add(registrant);
                            }
                        });
            }
        } else {
            if (victim == 0) {
                return "INVALID_PARAMETER";
            }
            if (!keys.containsValue(victim)) {
                return "CONFLICT";
            }
            takes = key(holder) == victim;
            for (final Map.Entry<String, Long> entry : keys.entrySet()) {
                final boolean stays = entry.getKey().equals(who) && (takes || holder.equals(who));
                if (entry.getValue() == victim && !stays) {
                    leaving.add(entry.getKey());
                }
            }
        }
        for (final String gone : leaving) {
            keys.remove(gone);
            if (!gone.equals(who)) {
                told.add(gone + " 05");
                if (command.abort()) {
                    aborted.add(gone);
                }
            }
        }
        if (takes) {
            if (scsiType != command.type().scsiCode()) {
                tellRegistered(who, "04");
            }
            scsiType = command.type().scsiCode();
            holder = allRegistrants() ? "" : who;
        }
        bump();
        return "GOOD";
    }

    private String move(final ReservationCommand.Move command) {
        final String who = id(command.issuer());
        if (!keys.containsKey(who)
                || key(who) != command.key()
                || scsiType == 0
                || allRegistrants()
                || !holder.equals(who)) {
            return "CONFLICT";
        }
        if (command.newKey() == 0 || command.to() == null || id(command.to()).equals(who)) {
            return "INVALID_PARAMETER";
        }
        keys.put(id(command.to()), command.newKey());
        holder = id(command.to());
        if (command.unregister()) {
            keys.remove(who);
        }
        aptpl(command.persistence());
        bump();
        return "GOOD";
    }

    private String fence(final ReservationCommand.OperatorFence command) {
        boolean any = false;
        for (final Registrant victim : command.victims()) {
            final String who = id(victim);
            if (!aborted.contains(who)) {
                aborted.add(who);
            }
            if (keys.remove(who) != null) {
                any = true;
                told.add(who + " 05");
            }
            if (spc2.equals(who)) {
                spc2 = "";
            }
        }
        if (scsiType != 0 && (allRegistrants() ? keys.isEmpty() : !keys.containsKey(holder))) {
            if (scsiType >= 5) {
                tellRegistered("", "04");
            }
            scsiType = 0;
            holder = "";
        }
        if (any) {
            bump();
        }
        return "GOOD";
    }
}
