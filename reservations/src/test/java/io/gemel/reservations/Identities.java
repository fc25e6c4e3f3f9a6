package io.gemel.reservations;

import io.gemel.reservations.ReservationCommand.Persistence;
import io.gemel.reservations.ReservationCommand.Register;
import java.util.List;

/** Registrants and commands that the tests share. */
public final class Identities {
    public static final ItNexus A =
            new ItNexus("iqn.1993-08.org.debian:01:a", 0x00023D000001L, 257);
    public static final ItNexus B =
            new ItNexus("iqn.1993-08.org.debian:01:b", 0x00023D000001L, 257);
    public static final ItNexus C =
            new ItNexus("iqn.1993-08.org.debian:01:c", 0x00023D000001L, 258);
    public static final NvmeHost H = NvmeHost.of128(0x0102030405060708L, 0x1112131415161718L);
    public static final NvmeHost G = NvmeHost.of64(0x2122232425262728L);

    private Identities() {}

    /** REGISTER without any of the bits. */
    public static Register register(final ItNexus issuer, final long key, final long newKey) {
        return new Register(
                issuer, key, newKey, false, Persistence.CLEAR, List.of(), false, List.of());
    }

    /** REGISTER AND IGNORE EXISTING KEY. */
    public static Register registerIgnoring(final ItNexus issuer, final long newKey) {
        return new Register(
                issuer, 0, newKey, true, Persistence.CLEAR, List.of(), false, List.of());
    }

    /** A registration by whatever protocol the registrant speaks. */
    public static ReservationCommand enroll(final Registrant who, final long key) {
        return who instanceof ItNexus nexus
                ? registerIgnoring(nexus, key)
                : new ReservationCommand.NvmeRegister(
                        (NvmeHost) who,
                        ReservationCommand.RegisterAction.REPLACE,
                        0,
                        key,
                        true,
                        Persistence.CLEAR);
    }

    /** Applies commands that must succeed. */
    public static ReservationState after(
            final ReservationState state, final ReservationCommand... commands) {
        ReservationState now = state;
        for (final ReservationCommand command : commands) {
            final Outcome outcome = now.apply(command, ReservationLimits.DEFAULT);
            if (outcome.status() != ReservationStatus.GOOD) {
                throw new AssertionError(command + " in " + now + ": " + outcome.status());
            }
            now = outcome.state();
        }
        return now;
    }
}
