package io.gemel.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with one file. Lives as long as one load. */
final class Problems {
    private final Path file;
    private final List<ConfigProblem> problems = new ArrayList<>();

    Problems(final Path file) {
        this.file = file;
    }

    void add(
            final Node node,
            final String key,
            final String found,
            final String allowed,
            final String hint) {
        add(line(node), column(node), key, found, allowed, hint);
    }

    void add(final Located<?> at, final String found, final String allowed, final String hint) {
        add(at.line(), at.column(), at.key(), found, allowed, hint);
    }

    void add(
            final int line,
            final int column,
            final String key,
            final String found,
            final String allowed,
            final String hint) {
        problems.add(new ConfigProblem(file, line, column, key, found, allowed, hint));
    }

    boolean none() {
        return problems.isEmpty();
    }

    ConfigRefusedException refusal(final List<String> lines) {
        problems.sort(
                Comparator.comparingInt(ConfigProblem::line)
                        .thenComparingInt(ConfigProblem::column));
        return new ConfigRefusedException(problems, lines);
    }

    static int line(final Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    static int column(final Node node) {
        return node.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0);
    }

    /** A hint that names the candidate nearest to what was written, or empty. */
    static String didYouMean(final String written, final Collection<String> candidates) {
        final String nearest = nearest(written, candidates);
        return nearest == null ? "" : "did you mean \"" + nearest + "\"?";
    }

    /** The candidate that what was written is probably a slip of, or null. */
    static String nearest(final String written, final Collection<String> candidates) {
        String best = null;
        // Nothing is near that shares no letter, nor what differs in more than a third.
        int bestDistance = Math.min(Math.max(2, written.length() / 3) + 1, written.length());
        for (final String candidate : candidates) {
            final int distance = distance(fold(written), fold(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Spelling variants of one word (case, dashes, underscores) are at distance 0. */
    private static String fold(final String word) {
        return word.toLowerCase(java.util.Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Optimal string alignment: insert, delete, replace and swap of neighbours cost 1 each. */
    private static int distance(final String a, final String b) {
        final int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                final int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least =
                        Math.min(
                                Math.min(cost[i - 1][j], cost[i][j - 1]) + 1,
                                cost[i - 1][j - 1] + replace);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = least;
            }
        }
        return cost[a.length()][b.length()];
    }
}
