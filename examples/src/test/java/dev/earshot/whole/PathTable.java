package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table of {@code docs/guide/when-the-network-changes.md}: what was reported on each transport
 * when something happened. It stands between {@code <!-- NAME -->} and {@code <!-- end -->}. With
 * {@code -Dearshot.testOptions=-Dearshot.writeGuide=true} a test writes it, else compares it.
 */
final class PathTable {
  /** What takes no longer is called soon. */
  static final Duration SOON = Duration.ofMillis(3_500);

  private static final Path GUIDE =
      Path.of(System.getProperty("earshot.root", ".."), "docs/guide/when-the-network-changes.md");
  private static final String VIABLE = "viable";
  private static final String USABLE = "\tSATISFIED";
  private static final List<String> SILENT = List.of("Preparing", "heard");

  private static final long A_SECOND = 1_000_000_000;

  private PathTable() {}

  /**
   * The moments between which something was done to the network.
   *
   * @param begun before
   * @param done when it was certainly in force
   */
  record Span(long begun, long done) {}

  /**
   * The time from the last sign of life until a loss is told: not less than the one and not more
   * than the other, give or take a second.
   */
  record Noticed(Duration first, Duration last) {
    private static final String LOSS = "Failed\tConnectionLostException";

    /** The words for what was told at {@code nanos}, if the last sign of life came then. */
    private Optional<String> words(long nanos, long heard) {
      long after = nanos - heard;
      boolean expected = after >= first.toNanos() - A_SECOND && after <= last.toNanos() + A_SECOND;
      String from = first.equals(last) ? "" : first.toSeconds() + " to ";
      return expected ? Optional.of("after " + from + last.toSeconds() + " s") : Optional.empty();
    }
  }

  /**
   * What is looked at.
   *
   * @param title what happens, in words
   * @param computer who is told
   * @param group which of its connections
   * @param dead when a dead peer has to be noticed there
   */
  record View(
      String title,
      PathLab.Computer computer,
      String group,
      Function<PathTransport, Noticed> dead) {
    View(String title, PathLab.Computer computer, String group, Duration dead) {
      this(title, computer, group, any -> new Noticed(dead, dead));
    }

    /** The row of the table, of what was told since {@code span} began. */
    List<String> row(Span span) {
      List<String> cells = new ArrayList<>(List.of(title));
      for (PathTransport transport : PathTransport.values()) {
        cells.add(cell(transport, span));
      }
      return cells;
    }

    private String cell(PathTransport transport, Span span) {
      Map<String, Long> told = new LinkedHashMap<>();
      boolean alone = false; // that it is viable was told, and its path not yet
      for (String line : computer.lines()) {
        String[] words = line.split("\t", 5);
        if (words.length < 5 || !words[1].equals(group) || !words[2].equals(transport.title())) {
          continue;
        }
        if (words[0].equals("path")) {
          alone &= !words[4].endsWith(USABLE);
        } else if (words[0].equals("event")
            && Long.parseLong(words[3]) >= span.begun()
            && !SILENT.contains(words[4])) {
          alone |= words[4].equals(VIABLE);
          told.putIfAbsent(words[4], Long.parseLong(words[3]));
        }
      }
      if (alone) {
        told.put(VIABLE + " without a path", told.remove(VIABLE));
      }
      if (told.containsKey("Ready")) {
        told.keySet().removeIf(text -> text.startsWith("Waiting")); // it may try again too early
      }
      String cell =
          told.entrySet().stream()
              .map(each -> words(each.getKey()) + ", " + when(transport, each, span))
              .collect(Collectors.joining("; "));
      return cell.isEmpty() ? "nothing" : cell;
    }

    private static String words(String text) {
      String[] parts = text.split("\t");
      String state = Character.isUpperCase(parts[0].charAt(0)) ? "`" + parts[0] + "`" : parts[0];
      return parts.length == 1 ? state : state + " (`" + parts[1] + "`)";
    }

    private String when(PathTransport transport, Map.Entry<String, Long> told, Span span) {
      long nanos = told.getValue();
      OptionalLong heard = computer.lastHeard(group, transport, span.done());
      Optional<String> known = Optional.empty();
      if (told.getKey().equals(Noticed.LOSS) && heard.isPresent()) {
        // What came while it was done to the network may have got through, or not.
        long surely = computer.lastHeard(group, transport, span.begun()).orElse(heard.getAsLong());
        Noticed due = dead.apply(transport);
        known = due.words(nanos, heard.getAsLong()).or(() -> due.words(nanos, surely));
      }
      return known.orElseGet(
          () ->
              nanos - span.done() <= SOON.toNanos()
                  ? "soon"
                  : "after %.2f s".formatted((nanos - heard.orElse(span.done())) / 1e9));
    }
  }

  /** Compares the table called {@code name}, or writes it. */
  static void check(String name, List<List<String>> rows) throws IOException {
    List<String> head = new ArrayList<>(List.of("what happens"));
    Arrays.stream(PathTransport.values()).map(PathTransport::title).forEach(head::add);
    List<String> rule = head.stream().map(title -> "---").toList();
    List<String> table =
        Stream.concat(Stream.of(head, rule), rows.stream())
            .map(cells -> "| " + String.join(" | ", cells) + " |")
            .toList();
    List<String> lines = Files.readAllLines(GUIDE);
    int from = lines.indexOf("<!-- " + name + " -->") + 1;
    int to = from + lines.subList(from, lines.size()).indexOf("<!-- end -->");
    if (Boolean.getBoolean("earshot.writeGuide")) {
      List<String> written = new ArrayList<>(lines.subList(0, from));
      written.addAll(table);
      written.addAll(lines.subList(to, lines.size()));
      Files.write(GUIDE, written);
    } else {
      assertThat(table).as("the table '%s' in %s", name, GUIDE).isEqualTo(lines.subList(from, to));
    }
  }
}
