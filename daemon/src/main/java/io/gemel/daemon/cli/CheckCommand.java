package io.gemel.daemon.cli;

import io.gemel.config.ConfigLoader;
import io.gemel.config.ConfigProblem;
import io.gemel.config.ConfigRefusedException;
import io.gemel.config.GemelConfig;
import io.gemel.config.IscsiConfig;
import io.gemel.config.NvmeConfig;
import io.gemel.daemon.admin.JsonText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gemel check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Checks a configuration without starting.")
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path file;

    @Option(names = "--json", description = "Print the problems as JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        List<ConfigProblem> problems = List.of();
        try {
            final GemelConfig config = new ConfigLoader().load(file);
            if (!json) {
                out.println(summary(config));
            }
        } catch (final ConfigRefusedException refused) {
            problems = refused.problems();
            if (!json) {
                print(spec.commandLine().getErr(), refused);
            }
        }
        if (json) {
            out.println(
                    new String(JsonText.write(document(problems), true), StandardCharsets.UTF_8));
        }
        return problems.isEmpty() ? ExitStatus.OK : ExitStatus.REFUSED;
    }

    private static String summary(final GemelConfig config) {
        return config.file()
                + " is good: "
                + count(config.volumes().size(), "volume")
                + ", "
                + count(
                        config.iscsi().map(IscsiConfig::targets).map(List::size).orElse(0),
                        "iSCSI target")
                + ", "
                + count(
                        config.nvme().map(NvmeConfig::subsystems).map(List::size).orElse(0),
                        "NVMe subsystem");
    }

    private static String count(final int number, final String noun) {
        return number + " " + noun + (1 == number ? "" : "s");
    }

    private static Map<String, Object> document(final List<ConfigProblem> problems) {
        final List<Object> list = new ArrayList<>();
        for (final ConfigProblem problem : problems) {
            final Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("file", problem.file().toString());
            tree.put("line", problem.line());
            tree.put("column", problem.column());
            tree.put("key", problem.key());
            tree.put("found", problem.found());
            tree.put("allowed", problem.allowed());
            tree.put("hint", problem.hint());
            list.add(tree);
        }
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("good", problems.isEmpty());
        tree.put("problems", list);
        return tree;
    }

    /** Prints it as {@link #explain} puts it. */
    static void print(final PrintWriter err, final ConfigRefusedException refused) {
        err.print(explain(refused, Ansi.AUTO.enabled()));
        err.flush();
    }

    /** Each problem with the line it is in and a mark under the place. */
    static String explain(final ConfigRefusedException refused, final boolean colour) {
        final StringBuilder text = new StringBuilder();
        for (final ConfigProblem problem : refused.problems()) {
            text.append(paint(place(problem), "1", colour)).append('\n');
            final String line = refused.sourceLine(problem);
            if (!line.isBlank()) {
                final String number = String.format("%5d | ", problem.line());
                final String before =
                        line.substring(0, Math.min(problem.column() - 1, line.length()));
                text.append(number)
                        .append(line.replace('\t', ' '))
                        .append('\n')
                        .append(" ".repeat(number.length() - 2))
                        .append("| ")
                        .append(" ".repeat(before.length()))
                        .append(paint("^", "1;31", colour))
                        .append('\n');
            }
            text.append("  found:   ").append(problem.found()).append('\n');
            text.append("  allowed: ").append(problem.allowed()).append('\n');
            if (!problem.hint().isEmpty()) {
                text.append("  ").append(paint(problem.hint(), "33", colour)).append('\n');
            }
            text.append('\n');
        }
        final int count = refused.problems().size();
        return text.append(count)
                .append(1 == count ? " problem" : " problems")
                .append("; nothing was started or changed\n")
                .toString();
    }

    private static String place(final ConfigProblem problem) {
        final String where =
                problem.line() > 0
                        ? problem.file() + ":" + problem.line() + ":" + problem.column()
                        : problem.file().toString();
        return problem.key().isEmpty() ? where : where + ": " + problem.key();
    }

    private static String paint(final String text, final String code, final boolean colour) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
