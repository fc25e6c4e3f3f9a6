package io.gemel.reservations.nvme;

import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.ReservationCommand;
import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.RegisterAction;
import io.gemel.reservations.ReservationType;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Reservation Register, Acquire and Release: command dword 10 and data to a command of the model
 * (NVMe Base 2.0, reservation commands; little-endian).
 *
 * <pre>
 *  Register CDW10  RREGA 2:0 | IEKEY 3 | CPTPL 31:30     data  CRKEY 8, NRKEY 8
 *  Acquire  CDW10  RACQA 2:0 | IEKEY 3 | RTYPE 15:8      data  CRKEY 8, PRKEY 8
 *  Release  CDW10  RRELA 2:0 | IEKEY 3 | RTYPE 15:8      data  CRKEY 8
 * </pre>
 *
 * @param command null when refused
 * @param refusal null when there is a command
 */
public record ReservationRequest(ReservationCommand command, NvmeAnswer refusal) {
    /** Bytes of data of Register and Acquire. */
    public static final int TWO_KEYS_BYTES = 16;

    /** Bytes of data of Release. */
    public static final int ONE_KEY_BYTES = 8;

    /** CNS-independent RESCAP of a namespace: the six types, IEKEY as of NVMe 1.3. */
    private static final int RESCAP_TYPES = 0xFE;

    private static final int RESCAP_PTPL = 0x01;

    /** RESCAP (Identify Namespace byte 31) of a volume. */
    public static int rescap(final boolean persistenceSupported) {
        return RESCAP_TYPES | (persistenceSupported ? RESCAP_PTPL : 0);
    }

    /**
     * Reservation Register, opcode 0Dh.
     *
     * @param length bytes of data that have arrived
     */
    public static ReservationRequest register(
            final int cdw10,
            final DirectBuffer data,
            final int offset,
            final int length,
            final NvmeHost host) {
        if (length < TWO_KEYS_BYTES) {
            return refuse(NvmeAnswer.DATA_SGL_LENGTH_INVALID);
        }
        final RegisterAction action =
                switch (bits(cdw10, 2, 0)) {
                    case 0 -> RegisterAction.REGISTER;
                    case 1 -> RegisterAction.UNREGISTER;
                    case 2 -> RegisterAction.REPLACE;
                    default -> null;
                };
        final Persistence persistence =
                switch (bits(cdw10, 31, 30)) {
                    case 0 -> Persistence.KEEP;
                    case 2 -> Persistence.CLEAR;
                    case 3 -> Persistence.SET;
                    default -> null;
                };
        if (action == null || persistence == null) {
            return refuse(NvmeAnswer.INVALID_FIELD);
        }
        return accept(
                new ReservationCommand.NvmeRegister(
                        host,
                        action,
                        key(data, offset),
                        key(data, offset + 8),
                        ignoreExistingKey(cdw10),
                        persistence));
    }

    /**
     * Reservation Acquire, opcode 11h. IEKEY is Invalid Field since NVMe 1.3.
     *
     * @param length bytes of data that have arrived
     */
    public static ReservationRequest acquire(
            final int cdw10,
            final DirectBuffer data,
            final int offset,
            final int length,
            final NvmeHost host) {
        if (length < TWO_KEYS_BYTES) {
            return refuse(NvmeAnswer.DATA_SGL_LENGTH_INVALID);
        }
        final int action = bits(cdw10, 2, 0);
        final ReservationType type = ReservationType.ofNvme(bits(cdw10, 15, 8));
        if (action > 2 || type == null || ignoreExistingKey(cdw10)) {
            return refuse(NvmeAnswer.INVALID_FIELD);
        }
        final long key = key(data, offset);
        return accept(
                action == 0
                        ? new ReservationCommand.Reserve(host, key, type)
                        : new ReservationCommand.Preempt(
                                host, key, key(data, offset + 8), type, action == 2));
    }

    /**
     * Reservation Release, opcode 15h. IEKEY is taken, since the Linux host sets it when it is
     * asked to release with key 0; the host must be a registrant all the same.
     *
     * @param length bytes of data that have arrived
     */
    public static ReservationRequest release(
            final int cdw10,
            final DirectBuffer data,
            final int offset,
            final int length,
            final NvmeHost host) {
        if (length < ONE_KEY_BYTES) {
            return refuse(NvmeAnswer.DATA_SGL_LENGTH_INVALID);
        }
        final long key = key(data, offset);
        final boolean ignoreKey = ignoreExistingKey(cdw10);
        return switch (bits(cdw10, 2, 0)) {
            case 0 ->
                    accept(
                            new ReservationCommand.Release(
                                    host,
                                    key,
                                    ReservationType.ofNvme(bits(cdw10, 15, 8)),
                                    ignoreKey));
            case 1 -> accept(new ReservationCommand.Clear(host, key, ignoreKey));
            default -> refuse(NvmeAnswer.INVALID_FIELD);
        };
    }

    private static boolean ignoreExistingKey(final int cdw10) {
        return bits(cdw10, 3, 3) != 0;
    }

    private static long key(final DirectBuffer data, final int offset) {
        return data.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    }

    private static int bits(final int dword, final int high, final int low) {
        return dword >>> low & (int) ((1L << high - low + 1) - 1);
    }

    private static ReservationRequest accept(final ReservationCommand command) {
        return new ReservationRequest(command, null);
    }

    private static ReservationRequest refuse(final NvmeAnswer answer) {
        return new ReservationRequest(null, answer);
    }
}
