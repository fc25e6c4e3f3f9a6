package io.gemel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class ConfigLoaderPropertyTest {
    private static final Path FILE = Path.of("gemel.yaml");
    private static final List<String> UNITS = List.of("", "B", "KiB", "MiB", "GiB", "TiB", "PiB");

    private static final ConfigLoader LOADER = new ConfigLoader(path -> true, () -> "host");

    /** Whatever is written, the answer is a configuration or problems that lie inside the file. */
    private static void loadOrRefuse(final String text) {
        try {
            assertThat(LOADER.load(FILE, text).volumes()).isNotEmpty();
        } catch (final ConfigRefusedException refused) {
            final long lines = text.lines().count();
            assertThat(refused.problems()).isNotEmpty();
            for (final ConfigProblem problem : refused.problems()) {
                assertThat(problem.line()).isBetween(1, (int) lines + 1);
                assertThat(problem.column()).isPositive();
                assertThat(problem.found()).isNotEmpty();
                assertThat(problem.allowed()).isNotEmpty();
                assertThat(problem.toString()).doesNotContain("\n");
            }
        }
    }

    @Property
    void shouldAnswerInOrderWhenTheTextIsRandom(
            @ForAll @StringLength(max = 200) final String text) {
        loadOrRefuse(text);
    }

    @Property
    void shouldAnswerInOrderWhenASampleIsDamaged(
            @ForAll @IntRange(max = 2000) final int at,
            @ForAll @IntRange(max = 40) final int cut,
            @ForAll @StringLength(max = 6) final String inserted)
            throws IOException {
        final String sample = Files.readString(Path.of("samples", "all-keys.yaml"));
        final int begin = Math.min(at, sample.length());
        final int end = Math.min(begin + cut, sample.length());
        loadOrRefuse(sample.substring(0, begin) + inserted + sample.substring(end));
    }

    @Property
    void shouldReadSizesExactly(
            @ForAll @LongRange(min = 1, max = 8191) final long number,
            @ForAll @IntRange(max = 6) final int unit)
            throws ConfigRefusedException {
        final long bytes = number << 10 * Math.max(0, unit - 1);
        final String text =
                "volumes: [{name: v, backend: {type: memory, size: "
                        + number * 512
                        + "}}, {name: w, backend: {type: file, path: /w, size: "
                        + number
                        + UNITS.get(unit)
                        + "}}]";
        if (0 == bytes % 512) {
            final GemelConfig config = LOADER.load(FILE, text);
            assertThat(config.volumes().get(0).backend().sizeBytes()).hasValue(number * 512);
            assertThat(config.volumes().get(1).backend().sizeBytes()).hasValue(bytes);
        } else {
            loadOrRefuse(text);
        }
    }

    @Property
    void shouldFindTheNearestWordWhenTwoLettersAreSwapped(@ForAll @IntRange(max = 6) final int at) {
        final String word = "dataPath";
        final String swapped =
                word.substring(0, at)
                        + word.charAt(at + 1)
                        + word.charAt(at)
                        + word.substring(at + 2);
        assertThat(Problems.didYouMean(swapped, List.of("node", "volumes", word, "iscsi")))
                .isEqualTo("did you mean \"dataPath\"?");
    }
}
