package dev.earshot.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A state table of {@code docs/states.md}, so that a test can compare it with the code.
 *
 * <p>A table stands in the section that has its name, {@code ## Listener}. Its first row names the
 * events, its first column the states; a cell names the next state, or says {@code illegal} for
 * what throws, or {@code -} for what changes nothing and is not told.
 */
public final class StateTable {
  private final List<String> events;
  private final Map<String, List<String>> rows;

  private StateTable(List<String> events, Map<String, List<String>> rows) {
    this.events = events;
    this.rows = rows;
  }

  /** The table in the section called {@code section}. */
  public static StateTable of(String section) {
    Path file = Path.of(System.getProperty("earshot.root", ".."), "docs", "states.md");
    try {
      return parse(section, Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  private static StateTable parse(String section, List<String> lines) {
    List<List<String>> table =
        lines.stream()
            .dropWhile(line -> !line.equals("## " + section))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("|"))
            .map(StateTable::cells)
            .toList();
    if (table.size() < 3) {
      throw new IllegalArgumentException("docs/states.md has no table in '## " + section + "'");
    }
    Map<String, List<String>> rows = new LinkedHashMap<>();
    table.stream().skip(2).forEach(row -> rows.put(row.get(0), row.subList(1, row.size())));
    return new StateTable(table.get(0).subList(1, table.get(0).size()), rows);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(cell -> cell.replace("`", "").strip())
        .toList();
  }

  /** The events, in the order of the columns. */
  public List<String> events() {
    return events;
  }

  /** The states, in the order of the rows. */
  public Set<String> states() {
    return rows.keySet();
  }

  /** What the table says that {@code event} makes of {@code state}. */
  public String cell(String state, String event) {
    return Optional.ofNullable(rows.get(state))
        .map(row -> row.get(events.indexOf(event)))
        .orElseThrow(() -> new IllegalArgumentException("no state " + state + " in the table"));
  }
}
