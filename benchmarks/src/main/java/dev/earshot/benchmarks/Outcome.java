package dev.earshot.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All that one contestant came to in one workload.
 *
 * @param rounds in the order they were run
 * @param failure why it has no more rounds
 */
record Outcome(
    Contestants contestant, Workload workload, List<Figures> rounds, Optional<String> failure) {

  /** The median over the rounds; NaN without any. */
  double median(String figure) {
    return middle(rounds.stream().map(round -> round.value(figure)));
  }

  /**
   * How many times that of {@code base}: the median of what each round says, since those of a round
   * run after each other, and the machine is not as fast at one hour as at another. Between
   * different workloads, or if one has fewer rounds, that of the medians.
   */
  double times(String figure, Outcome base) {
    if (!workload.equals(base.workload) || rounds.size() != base.rounds.size()) {
      return median(figure) / base.median(figure);
    }
    return middle(
        IntStream.range(0, rounds.size())
            .mapToObj(i -> rounds.get(i).value(figure) / base.rounds.get(i).value(figure)));
  }

  private static double middle(Stream<Double> unsorted) {
    List<Double> values = unsorted.sorted(Comparator.naturalOrder()).toList();
    int count = values.size();
    if (count == 0) {
      return Double.NaN;
    }
    return (values.get((count - 1) / 2) + values.get(count / 2)) / 2;
  }

  double greatest(String figure) {
    return rounds.stream().mapToDouble(one -> one.value(figure)).max().orElse(Double.NaN);
  }

  double least(String figure) {
    return rounds.stream().mapToDouble(one -> one.value(figure)).min().orElse(Double.NaN);
  }

  double sum(String figure) {
    return rounds.stream().mapToDouble(one -> one.value(figure)).sum();
  }
}
