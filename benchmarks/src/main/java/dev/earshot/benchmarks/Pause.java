package dev.earshot.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** A span of time on the machine's clock, both ends in milliseconds since 1970. */
record Pause(long from, long to) {

  long millis() {
    return to - from;
  }

  /** How much of this span the others do not cover. */
  long unexplainedMillis(Collection<Pause> explanations) {
    List<Pause> ordered =
        explanations.stream().sorted((a, b) -> Long.compare(a.from, b.from)).toList();
    long covered = 0;
    long reached = from;
    for (Pause pause : ordered) {
      long begin = Math.max(pause.from, reached);
      long end = Math.min(pause.to, to);
      if (end > begin) {
        covered += end - begin;
        reached = end;
      }
    }
    return millis() - covered;
  }

  static String line(List<Pause> pauses) {
    return pauses.stream().map(p -> p.from + "-" + p.to).collect(Collectors.joining(" "));
  }

  static List<Pause> parse(String line) {
    return Arrays.stream(line.trim().split(" "))
        .filter(word -> !word.isEmpty())
        .map(word -> word.split("-"))
        .map(ends -> new Pause(Long.parseLong(ends[0]), Long.parseLong(ends[1])))
        .toList();
  }
}
