package dev.cascadefarm.standalone.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Rows under headings, each column as wide as its widest cell. */
final class Table {
  private static final String GAP = "  ";

  private final List<String> headings;
  private final Set<String> numbers;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param numbers headings of columns whose cells stand to the right
   */
  Table(Set<String> numbers, String... headings) {
    this.headings = List.of(headings);
    this.numbers = numbers;
  }

  void add(Object... cells) {
    rows.add(Arrays.stream(cells).map(String::valueOf).toList());
  }

  /** Prints headings and rows; nothing at all without rows. */
  void print(PrintStream out) {
    if (rows.isEmpty()) {
      return;
    }
    out.println(line(headings));
    rows.forEach(row -> out.println(line(row)));
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String space = " ".repeat(width(i) - cells.get(i).length());
      boolean right = numbers.contains(headings.get(i));
      line.append(i == 0 ? "" : GAP).append(right ? space + cells.get(i) : cells.get(i) + space);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    int widest = headings.get(column).length();
    for (List<String> row : rows) {
      widest = Math.max(widest, row.get(column).length());
    }
    return widest;
  }
}
