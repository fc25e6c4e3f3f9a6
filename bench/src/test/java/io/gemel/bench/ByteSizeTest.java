package io.gemel.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
    private final ByteSize size = new ByteSize();

    @ParameterizedTest
    @CsvSource({"512,512", "4KiB,4096", "1MiB,1048576", "2GiB,2147483648", "64TiB,70368744177664"})
    void shouldReadSizesAsPeopleWriteThem(final String text, final long bytes) {
        assertThat(size.convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4K", "-1", "KiB", "99999999TiB", "1.5MiB"})
    void shouldRefuseWhatIsNoSize(final String text) {
        assertThatThrownBy(() -> size.convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void shouldPrintTheShortestExactForm() {
        assertThat(ByteSize.format(4096)).isEqualTo("4 KiB");
        assertThat(ByteSize.format(512)).isEqualTo("512 B");
        assertThat(ByteSize.format(1536)).isEqualTo("1536 B");
        assertThat(ByteSize.format(1L << 40)).isEqualTo("1 TiB");
    }
}
