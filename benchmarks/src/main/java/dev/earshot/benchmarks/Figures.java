package dev.earshot.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Named numbers that a round came to. Immutable; travels between JVMs as one line of text. */
public record Figures(Map<String, Double> values) {
  /** Messages, echoes or connections in the round. */
  static final String COUNT = "count";

  /** How long the round took. */
  static final String SECONDS = "seconds";

  /** Count by seconds. */
  static final String RATE = "rate";

  /** CPU time of client and server together, in µs a message. */
  static final String CPU = "cpu";

  /** CPU taken meanwhile by other processes, in percent of one core. */
  static final String OTHERS = "others";

  /** How often a silent connection had to be woken. */
  static final String NUDGES = "nudges";

  /** Percentiles of the time of one echo or one connection, in µs. */
  static final String P50 = "p50";

  static final String P99 = "p99";
  static final String P999 = "p99.9";
  static final String LONGEST = "longest";

  /** Datagrams that were sent and have not arrived, in percent. */
  static final String LOST = "lost";

  /** Memory in use, in bytes; in the figures of a round, what one connection adds. */
  static final String HEAP = "heap";

  static final String RESIDENT = "resident";

  /** The same of the serving side. */
  static final String SERVER_HEAP = "server-heap";

  static final String SERVER_RESIDENT = "server-resident";

  /** Echoes that took longer than allowed and no collection explains. */
  static final String STALLS = "stalls";

  /** Which start of its contestant a round belongs to, from 1. */
  static final String START = "start";

  public Figures {
    values = Map.copyOf(values);
  }

  static Figures of(String name, double value) {
    return new Figures(Map.of(name, value));
  }

  static Figures rate(long count, long nanos) {
    double seconds = nanos / 1e9;
    return of(COUNT, count).with(SECONDS, seconds).with(RATE, count / seconds);
  }

  static Figures parse(String line) {
    Map<String, Double> values = new LinkedHashMap<>();
    Arrays.stream(line.trim().split(" "))
        .filter(word -> !word.isEmpty())
        .map(word -> word.split("=", 2))
        .forEach(pair -> values.put(pair[0], Double.valueOf(pair[1])));
    return new Figures(values);
  }

  Figures with(String name, double value) {
    Map<String, Double> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new Figures(more);
  }

  Figures with(Figures others) {
    Map<String, Double> more = new LinkedHashMap<>(values);
    more.putAll(others.values);
    return new Figures(more);
  }

  /** The value, NaN when it was not measured. */
  double value(String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  /** The line that {@link #parse} reads. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }
}
