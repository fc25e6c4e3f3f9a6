package io.gemel.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void shouldReadWhatItHasWritten() throws IOException {
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("text", "a\"b\u0000ü");
        tree.put("number", 1L << 62);
        tree.put("fraction", 0.5);
        tree.put("truth", true);
        tree.put("nothing", null);
        tree.put("list", Arrays.asList(1L, "x", null, Map.of(), List.of()));
        for (final boolean indented : new boolean[] {false, true}) {
            assertThat(JsonText.read(JsonText.write(tree, indented))).isEqualTo(tree);
        }
    }

    @Test
    void shouldRefuseWhatIsNotOneDocument() {
        for (final String broken : List.of("", "{", "[1,]", "{} {}", "nope")) {
            assertThatThrownBy(() -> JsonText.read(broken.getBytes(StandardCharsets.UTF_8)))
                    .as(broken)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseToWriteWhatJsonHasNotGot() {
        assertThatThrownBy(() -> JsonText.write(List.of(new Object()), false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
