package io.gemel.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that is not accepted; nothing has been changed. */
public final class ConfigRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;
    private final transient List<String> lines;

    ConfigRefusedException(final List<ConfigProblem> problems, final List<String> lines) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.lines = List.copyOf(lines);
    }

    /** Every problem that was found, in the order of the file; at least one. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    /** The line of the file that the problem is in, or empty when there is none. */
    public String sourceLine(final ConfigProblem problem) {
        return problem.line() > 0 && problem.line() <= lines.size()
                ? lines.get(problem.line() - 1)
                : "";
    }
}
