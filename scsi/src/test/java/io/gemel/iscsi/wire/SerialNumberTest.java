package io.gemel.iscsi.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SerialNumberTest {
    @Test
    void shouldOrderAcrossTheWrapWhenComparing() {
        assertThat(SerialNumber.isBefore(0xFFFF_FFFF, 0)).isTrue();
        assertThat(SerialNumber.isBefore(0, 0xFFFF_FFFF)).isFalse();
        assertThat(SerialNumber.isBefore(0x7FFF_FFFF, 0x8000_0000)).isTrue();
        assertThat(SerialNumber.isBefore(5, 5)).isFalse();
    }

    @Test
    void shouldBeEmptyWhenTheWindowIsClosed() {
        assertThat(SerialNumber.isWithin(7, 7, 6)).isFalse();
        assertThat(SerialNumber.isWithin(6, 7, 6)).isFalse();
        assertThat(SerialNumber.isWithin(0, 0xFFFF_FFFE, 2)).isTrue();
        assertThat(SerialNumber.isWithin(3, 0xFFFF_FFFE, 2)).isFalse();
    }

    @Property
    void shouldOrderWhenLessThanHalfApart(
            @ForAll final int a, @ForAll @IntRange(min = 1) final int distance) {
        assertThat(SerialNumber.isBefore(a, a + distance)).isTrue();
        assertThat(SerialNumber.isBefore(a + distance, a)).isFalse();
    }
}
