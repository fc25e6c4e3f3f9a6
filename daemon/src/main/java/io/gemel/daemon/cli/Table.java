package io.gemel.daemon.cli;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for a person. Control characters that a peer may have sent are shown as '?'. */
final class Table {
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";
    private static final String GAP = "  ";

    private final boolean colour;
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] right;

    /**
     * @param headings one per column; one that starts with '>' is aligned to the right
     */
    Table(final boolean colour, final String... headings) {
        this.colour = colour;
        this.right = new boolean[headings.length];
        final String[] first = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            first[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(first);
    }

    Table row(final Object... cells) {
        final String[] row = new String[right.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = String.valueOf(cells[i]).replaceAll("\\p{Cntrl}", "?");
        }
        rows.add(row);
        return this;
    }

    @Override
    public String toString() {
        final int[] widths = new int[right.length];
        for (final String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        final StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            final StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                final String cell = rows.get(r)[i];
                final String pad = " ".repeat(widths[i] - cell.length());
                line.append(i > 0 ? GAP : "").append(right[i] ? pad + cell : cell + pad);
            }
            final String stripped = line.toString().stripTrailing();
            text.append(0 == r && colour ? BOLD + stripped + PLAIN : stripped).append('\n');
        }
        return text.toString();
    }
}
