package dev.earshot.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A figure to reach, written as {@code thr:64 earshot-ws rate >= 0.60 NR}: it is compared with so
 * many times the same of another contestant of the same run, as {@link Outcome#times} has it, or
 * the median with a plain number when no other is named. {@code peers} is the best of the libraries
 * compared with; {@code thr:64/earshot-ws} is a contestant in another workload.
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
    double reached =
        find(outcomes, workload, contestant).map(one -> reached(one, outcomes)).orElse(Double.NaN);
    if (Double.isNaN(reached)) {
      return Optional.empty();
    }
    boolean met = atLeast ? reached >= factor : reached <= factor;
    return Optional.of(
        String.format(
            Locale.ROOT, "%-6s  %s  (reached %.3f)", met ? "met" : "MISSED", this, reached));
  }

  private double reached(Outcome one, List<Outcome> outcomes) {
    if (of.isEmpty()) {
      return one.median(figure);
    }
    return base(outcomes).map(base -> one.times(figure, base)).orElse(Double.NaN);
  }

  private Optional<Outcome> base(List<Outcome> outcomes) {
    if (of.equals(PEERS)) {
      Comparator<Outcome> order = Comparator.comparingDouble(peer -> peer.median(figure));
      return PEER_LIST.stream()
          .flatMap(peer -> find(outcomes, workload, peer.word()).stream())
          .filter(peer -> !Double.isNaN(peer.median(figure)))
          .max(atLeast ? order : order.reversed());
    }
    int slash = of.indexOf('/');
    return slash < 0
        ? find(outcomes, workload, of)
        : find(outcomes, Workload.parse(of.substring(0, slash)), of.substring(slash + 1));
  }

  private static Optional<Outcome> find(List<Outcome> outcomes, Workload asked, String name) {
    return outcomes.stream()
        .filter(one -> one.workload().equals(asked) && one.contestant().word().equals(name))
        .findFirst();
  }

  @Override
  public String toString() {
    String sign = atLeast ? ">=" : "<=";
    return String.join(" ", workload.toString(), contestant, figure, sign, factor + "", of).trim();
  }
}
