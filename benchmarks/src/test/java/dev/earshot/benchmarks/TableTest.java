package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Workload THR = Workload.parse("thr:64");

  private static Outcome rates(Contestants contestant, double... rates) {
    List<Figures> rounds =
        Arrays.stream(rates)
            .mapToObj(rate -> Figures.of(Figures.RATE, rate).with(Figures.CPU, 0.08))
            .map(figures -> figures.with(Figures.OTHERS, 3).with(Figures.NUDGES, 1))
            .toList();
    return new Outcome(contestant, THR, rounds, Optional.empty());
  }

  @Test
  void showsBestAndMedianAndHowThatComparesWithTheLimit() {
    List<Outcome> outcomes =
        List.of(
            rates(Contestants.NR, 20e6, 10e6, 12e6), rates(Contestants.NWS, 150e3, 160e3, 600e3));

    assertThat(new Table(THR, outcomes))
        .hasToString(
            """
            64 B messages one way, one producer
              thr:64  best msg/s   median   x NR    least  nudges  CPU us  others %
              NR         20.00 M  12.00 M  1.000  10.00 M       3    0.08         3
              NWS        600.0 k  160.0 k  0.016  150.0 k       3    0.08         3
            """);
  }

  @Test
  void whatIsLostIsShownAndDatagramsHaveALimitOfTheirOwn() {
    Workload udp = Workload.parse("udp:1024");
    Figures limit = Figures.of(Figures.RATE, 1.5e6).with(Figures.LOST, 4);
    Figures ours = Figures.of(Figures.RATE, 1.2e6).with(Figures.LOST, 0.5);
    List<Outcome> outcomes =
        List.of(
            new Outcome(Contestants.NETTY_UDP, udp, List.of(limit), Optional.empty()),
            new Outcome(Contestants.EARSHOT_UDP, udp, List.of(ours), Optional.empty()));

    assertThat(new Table(udp, outcomes).toString().lines().map(line -> line.replaceAll(" +", " ")))
        .satisfiesExactly(
            title -> assertThat(title).startsWith("1 KiB datagrams"),
            head -> assertThat(head).contains("x netty-udp").contains(" lost % most lost % "),
            first -> assertThat(first).startsWith(" netty-udp 1.50 M 1.50 M 1.000 1.50 M 4.00"),
            second ->
                assertThat(second).startsWith(" earshot-udp 1.20 M 1.20 M 0.800 1.20 M 0.50"));
  }

  @Test
  void filesAndQuicHaveLimitsOfTheirOwn() {
    Figures limit = Figures.of(Figures.RATE, 10_000);
    Figures ours = Figures.of(Figures.RATE, 9_000);
    Workload file = Workload.parse("file");
    Workload bulk = Workload.parse("bulk");

    assertThat(
            new Table(
                    file,
                    List.of(
                        new Outcome(Contestants.EARSHOT_TCP, file, List.of(ours), Optional.empty()),
                        new Outcome(
                            Contestants.NETTY_FILE_REGION, file, List.of(limit), Optional.empty())))
                .toString())
        .contains("x netty-file-region")
        .contains("0.900");
    assertThat(
            new Table(
                    bulk,
                    List.of(
                        new Outcome(
                            Contestants.EARSHOT_QUIC, bulk, List.of(ours), Optional.empty()),
                        new Outcome(
                            Contestants.NETTY_QUIC, bulk, List.of(limit), Optional.empty())))
                .toString())
        .contains("x netty-quic")
        .contains("0.900");
  }

  @Test
  void saysWhyAContestantHasNoFigures() {
    Outcome failed =
        new Outcome(Contestants.JEROMQ, THR, List.of(), Optional.of("the process has ended"));

    assertThat(new Table(THR, List.of(failed)).toString())
        .contains("jeromq")
        .contains("-")
        .endsWith("the process has ended\n");
  }

  @Test
  void medianOfAnEvenNumberIsTheMiddleOfTheTwoInside() {
    assertThat(rates(Contestants.NR, 4, 1, 3, 2).median(Figures.RATE)).isEqualTo(2.5);
  }
}
