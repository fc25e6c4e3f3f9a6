package io.gemel.reservations;

import java.util.List;

/**
 * Everything that can happen to a volume's reservation, of both protocols and of the operator. A
 * command carries only values that its view has already checked for form; what depends on the state
 * is decided by {@link ReservationState#apply}.
 */
public sealed interface ReservationCommand {
    /** What a command says about keeping registrations through a power loss. */
    enum Persistence {
        KEEP,
        CLEAR,
        SET
    }

    /** RREGA of an NVMe Reservation Register. */
    enum RegisterAction {
        REGISTER,
        UNREGISTER,
        REPLACE
    }

    /**
     * SCSI REGISTER, and REGISTER AND IGNORE EXISTING KEY.
     *
     * @param key RESERVATION KEY
     * @param newKey SERVICE ACTION RESERVATION KEY; 0 unregisters
     * @param ignoreExisting REGISTER AND IGNORE EXISTING KEY
     * @param otherPorts the issuer's initiator port at every other target port (ALL_TG_PT); empty
     *     without the bit
     * @param specIPt SPEC_I_PT
     * @param also whom SPEC_I_PT names, each at each target port meant, without duplicates
     */
    record Register(
            ItNexus issuer,
            long key,
            long newKey,
            boolean ignoreExisting,
            Persistence persistence,
            List<ItNexus> otherPorts,
            boolean specIPt,
            List<Registrant> also)
            implements ReservationCommand {
        public Register {
            otherPorts = List.copyOf(otherPorts);
            also = List.copyOf(also);
        }
    }

    /** NVMe Reservation Register. */
    record NvmeRegister(
            NvmeHost issuer,
            RegisterAction action,
            long key,
            long newKey,
            boolean ignoreExisting,
            Persistence persistence)
            implements ReservationCommand {}

    /** RESERVE; Acquire. */
    record Reserve(Registrant issuer, long key, ReservationType type)
            implements ReservationCommand {}

    /**
     * RELEASE; Release.
     *
     * @param type null is no type at all, which never is the one that is held
     * @param ignoreKey IEKEY of NVMe; false in SCSI
     */
    record Release(Registrant issuer, long key, ReservationType type, boolean ignoreKey)
            implements ReservationCommand {}

    /**
     * CLEAR; Release with the clear action.
     *
     * @param ignoreKey IEKEY of NVMe; false in SCSI
     */
    record Clear(Registrant issuer, long key, boolean ignoreKey) implements ReservationCommand {}

    /** PREEMPT and PREEMPT AND ABORT; Acquire with the two preempt actions. */
    record Preempt(Registrant issuer, long key, long victimKey, ReservationType type, boolean abort)
            implements ReservationCommand {}

    /**
     * REGISTER AND MOVE.
     *
     * @param to the new holder; null when the parameter data names nobody that can be one
     * @param unregister UNREG: the issuer gives up its registration
     */
    record Move(
            ItNexus issuer,
            long key,
            long newKey,
            Registrant to,
            boolean unregister,
            Persistence persistence)
            implements ReservationCommand {}

    /** REPLACE LOST RESERVATION. */
    record ReplaceLost(
            ItNexus issuer, long key, long newKey, ReservationType type, Persistence persistence)
            implements ReservationCommand {}

    /** Set Features 83h. */
    record SetPersistence(boolean on) implements ReservationCommand {}

    /** RESERVE(6) and RESERVE(10) of SPC-2. */
    record Spc2Reserve(ItNexus issuer) implements ReservationCommand {}

    /** RELEASE(6) and RELEASE(10) of SPC-2. */
    record Spc2Release(ItNexus issuer) implements ReservationCommand {}

    /** Logout, connection loss, session reinstatement: registrations stay. */
    record NexusLost(ItNexus nexus) implements ReservationCommand {}

    /** LOGICAL UNIT RESET and the resets that contain it: registrations stay. */
    record LogicalUnitReset() implements ReservationCommand {}

    /** Every node that served the volume has restarted. */
    record PowerCycle() implements ReservationCommand {}

    /** The operator removes everything, a lost state included. */
    record OperatorClear() implements ReservationCommand {}

    /** The operator removes some registrants and whatever they hold, and stops their commands. */
    record OperatorFence(List<Registrant> victims) implements ReservationCommand {
        public OperatorFence {
            victims = List.copyOf(victims);
        }
    }
}
