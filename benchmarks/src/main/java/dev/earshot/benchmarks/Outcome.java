package dev.earshot.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
    List<Double> values =
        rounds.stream()
            .map(round -> round.value(figure))
            .sorted(Comparator.naturalOrder())
            .toList();
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
