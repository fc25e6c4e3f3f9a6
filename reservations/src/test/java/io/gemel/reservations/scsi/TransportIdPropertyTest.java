package io.gemel.reservations.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.reservations.ItNexus;
import io.gemel.reservations.NvmeHost;
import io.gemel.reservations.Registrant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.UnsafeBuffer;

/** Every registrant's TransportID comes back as that registrant, and no part of it does. */
class TransportIdPropertyTest {
    @Property(tries = 300)
    void shouldRoundTripAndRefuseEachTruncation(@ForAll("registrants") final Registrant who) {
        final byte[] id = TransportId.encode(who);
        assertThat(id.length % 4).isZero();
        final TransportId parsed = TransportId.parse(new UnsafeBuffer(id), 0, id.length);
        assertThat(parsed.length()).isEqualTo(id.length);
        assertThat(parsed.resolve(who instanceof ItNexus nexus ? nexus.rtpi() : 1)).isEqualTo(who);
        for (int length = 0; length < id.length; length++) {
            assertThat(TransportId.parse(new UnsafeBuffer(id, 0, length), 0, length)).isNull();
        }
    }

    @Provide
    Arbitrary<Registrant> registrants() {
        final Arbitrary<Registrant> nexuses =
                Combinators.combine(
                                Arbitraries.strings()
                                        .withChars("abcdefXYZ0123456789.:-äß")
                                        .ofMinLength(1)
                                        .ofMaxLength(100),
                                Arbitraries.longs().between(0, 0xFFFF_FFFF_FFFFL),
                                Arbitraries.integers().between(0, 65535))
                        .as(ItNexus::new);
        final Arbitrary<Registrant> hosts =
                Combinators.combine(
                                Arbitraries.longs(),
                                Arbitraries.longs(),
                                Arbitraries.of(true, false))
                        .as(
                                (high, low, wide) ->
                                        wide ? NvmeHost.of128(high, low) : NvmeHost.of64(high));
        return Arbitraries.oneOf(nexuses, hosts);
    }
}
