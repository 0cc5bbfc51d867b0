package dev.earshot.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A figure to reach, written as {@code thr:64 earshot-ws rate >= 0.60 NR}: the median is compared
 * with so many times the median of another contestant of the same run, or with a plain number when
 * no other is named. {@code peers} is the best of the libraries compared with; {@code
 * thr:64/earshot-ws} is a contestant in another workload.
 */
record Target(
    Workload workload,
    String contestant,
    String figure,
    boolean atLeast,
    double factor,
    String of) {
  private static final String FILE = "targets.txt";
  private static final String PEERS = "peers";
  private static final List<Contestants> PEER_LIST =
      List.of(Contestants.JAVA_WEBSOCKET, Contestants.JEROMQ);

  /** The targets that the project has set itself. */
  static List<Target> all() {
    try (InputStream file = Target.class.getResourceAsStream(FILE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Target::parse)
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static Target parse(String line) {
    String[] words = line.trim().split(" +");
    boolean complete = words.length == 5 || words.length == 6;
    if (!complete || !List.of(">=", "<=").contains(words[3])) {
      throw new IllegalArgumentException("not a target: " + line);
    }
    return new Target(
        Workload.parse(words[0]),
        words[1],
        words[2],
        words[3].equals(">="),
        Double.parseDouble(words[4]),
        words.length == 6 ? words[5] : "");
  }

  /** Whether what {@code someone} does with {@code asked} is part of it. */
  boolean compares(Contestants someone, Workload asked) {
    boolean beside = of.equals(PEERS) ? PEER_LIST.contains(someone) : of.equals(someone.word());
    return workload.equals(asked) && (beside || contestant.equals(someone.word()));
  }

  /** What came of it, as a line; empty when the run did not measure it. */
  Optional<String> verdict(List<Outcome> outcomes) {
    double value = median(outcomes, workload, contestant);
    double base = of.isEmpty() ? 1 : base(outcomes);
    double reached = value / base;
    if (Double.isNaN(reached)) {
      return Optional.empty();
    }
    boolean met = atLeast ? reached >= factor : reached <= factor;
    return Optional.of(
        String.format(
            Locale.ROOT, "%-6s  %s  (reached %.3f)", met ? "met" : "MISSED", this, reached));
  }

  private double base(List<Outcome> outcomes) {
    if (of.equals(PEERS)) {
      var each = PEER_LIST.stream().mapToDouble(peer -> median(outcomes, workload, peer.word()));
      var measured = each.filter(value -> !Double.isNaN(value));
      return (atLeast ? measured.max() : measured.min()).orElse(Double.NaN);
    }
    int slash = of.indexOf('/');
    return slash < 0
        ? median(outcomes, workload, of)
        : median(outcomes, Workload.parse(of.substring(0, slash)), of.substring(slash + 1));
  }

  private double median(List<Outcome> outcomes, Workload asked, String name) {
    return outcomes.stream()
        .filter(one -> one.workload().equals(asked) && one.contestant().word().equals(name))
        .findFirst()
        .map(one -> one.median(figure))
        .orElse(Double.NaN);
  }

  @Override
  public String toString() {
    String sign = atLeast ? ">=" : "<=";
    return String.join(" ", workload.toString(), contestant, figure, sign, factor + "", of).trim();
  }
}
