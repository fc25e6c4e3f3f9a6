package io.gemel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "CONFIGURATION.md");
    private static final String BEGIN = "<!-- begin of the tables";
    private static final String END = "<!-- end of the tables -->";

    @Test
    void shouldMatchTheSchemaWhenPrinted() throws IOException {
        final String document = Files.readString(DOCUMENT);
        final int begin = document.indexOf('\n', document.indexOf(BEGIN)) + 1;
        final int end = document.indexOf(END);
        assertThat(begin).isPositive();
        assertThat(end).isGreaterThanOrEqualTo(begin);
        final String printed = "\n" + ConfigReference.markdown();
        if (Boolean.getBoolean("gemel.reference.write")) {
            Files.writeString(
                    DOCUMENT, document.substring(0, begin) + printed + document.substring(end));
            return;
        }
        assertThat(document.substring(begin, end)).isEqualTo(printed);
    }

    @Test
    void shouldNameEverySectionWhenPrinted() {
        assertThat(ConfigReference.markdown())
                .contains(
                        "### The file",
                        "### `node`",
                        "### `volumes[]`",
                        "### `volumes[].backend`",
                        "### `iscsi.targets[].initiators[]`",
                        "### `nvme.subsystems[].hosts[]`",
                        "### `log`");
    }
}
