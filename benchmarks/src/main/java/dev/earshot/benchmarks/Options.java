package dev.earshot.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to compare, read from the command line.
 *
 * @param targets whether each workload is asked only of those whom its targets compare
 * @param warmUps rounds that are run and thrown away, if not as many as each workload needs
 * @param rounds rounds that count, if not as many as each workload needs
 * @param starts how often each is started for them, if not as often as each workload needs
 * @param length of a round
 * @param steady whether to keep the machine steady during echoes
 * @param javaHome the JDK the contestants run on, if not this one
 * @param results the folder that the figures are written to
 */
record Options(
    List<Workload> workloads,
    List<Contestants> contestants,
    boolean targets,
    OptionalInt warmUps,
    OptionalInt rounds,
    OptionalInt starts,
    Duration length,
    boolean steady,
    Optional<Path> javaHome,
    Path results) {

  static final String HELP =
      """
      compare [options] [workload ...] [contestant ...]

        --targets        all that the targets compare, and nothing else
        --quick          three short rounds after two, of one start, and 20,000 echoes in the
                         stall test
        --rounds N       measured rounds of each contestant, alternating between contestants
        --warmups N      rounds before them that do not count
        --starts N       how often each contestant is started, each time with --warmups; the
                         measured rounds are shared out among the starts, of which there are no
                         more than rounds. Of all three each workload has as many as it needs,
                         which its table says
        --seconds S      length of a round (1)
        --unsteady       let processors sleep and threads wander during echoes
        --jdk HOME       run the contestants on this JDK
        --results DIR    where the figures go as JSON (results)
        --list           say what can be compared, and end
        --help           say this, and end

      Workloads: thr:SIZE thrm:SIZE:PRODUCERS rtt:SIZE bulk:SIZE file:SIZE conn
                 stall:ECHOES idle:CONNECTIONS udp:SIZE udprtt:SIZE
      Without workloads or contestants, the usual ones take part; --list names all.
      """;

  private static final int QUICK_ECHOES = 20_000;

  /** Who is asked {@code workload}. */
  List<Contestants> contestants(Workload workload) {
    return contestants.stream()
        .filter(one -> one.takesPartIn(workload))
        .filter(one -> !targets || isCompared(one, workload))
        .toList();
  }

  private static boolean isCompared(Contestants one, Workload workload) {
    return Target.all().stream().anyMatch(target -> target.compares(one, workload));
  }

  /** How many rounds of {@code workload} are run and thrown away. */
  int warmUps(Workload workload) {
    return isOnce(workload) ? 0 : warmUps.orElse(workload.kind().warmUps());
  }

  /** How many rounds of {@code workload} count. */
  int rounds(Workload workload) {
    return isOnce(workload) ? 1 : rounds.orElse(workload.kind().rounds());
  }

  /** How often each is started for the rounds of {@code workload} that count. */
  int starts(Workload workload) {
    return Math.min(rounds(workload), starts.orElse(workload.kind().starts()));
  }

  private static boolean isOnce(Workload workload) {
    return workload.kind() == Workload.Kind.STALL;
  }

  static Options parse(String... arguments) {
    Draft draft = new Draft();
    for (Iterator<String> words = Arrays.asList(arguments).iterator(); words.hasNext(); ) {
      draft.take(words.next(), words);
    }
    return draft.options();
  }

  /** Options as far as they have been read. */
  private static final class Draft {
    private final List<Workload> workloads = new ArrayList<>();
    private final List<Contestants> contestants = new ArrayList<>();
    private boolean targets;
    private boolean quick;
    private int warmUps = -1;
    private int rounds = -1;
    private int starts = -1;
    private double seconds = -1;
    private boolean steady = true;
    private Optional<Path> javaHome = Optional.empty();
    private Path results = Path.of("results");

    void take(String word, Iterator<String> rest) {
      switch (word) {
        case "--targets" -> targets = true;
        case "--quick" -> quick = true;
        case "--rounds" -> rounds = Integer.parseInt(value(word, rest));
        case "--starts" -> starts = Integer.parseInt(value(word, rest));
        case "--warmups" -> warmUps = Integer.parseInt(value(word, rest));
        case "--seconds" -> seconds = Double.parseDouble(value(word, rest));
        case "--unsteady" -> steady = false;
        case "--jdk" -> javaHome = Optional.of(Path.of(value(word, rest)));
        case "--results" -> results = Path.of(value(word, rest));
        default -> name(word);
      }
    }

    private void name(String word) {
      if (word.startsWith("-")) {
        throw new IllegalArgumentException("no such option: " + word);
      }
      for (String one : word.split(",")) {
        if (Workload.names(one)) {
          workloads.add(Workload.parse(one));
        } else {
          contestants.add(Contestants.of(one));
        }
      }
    }

    private static String value(String option, Iterator<String> rest) {
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(option + " needs a value");
      }
      return rest.next();
    }

    /** What was asked for, if it is at least {@code least}; otherwise {@code usual} if it is. */
    private static OptionalInt asked(int number, int least, int usual) {
      int value = number >= least ? number : usual;
      return value >= least ? OptionalInt.of(value) : OptionalInt.empty();
    }

    private List<Workload> usualWorkloads() {
      return targets
          ? Target.all().stream().map(Target::workload).distinct().toList()
          : Workload.USUAL;
    }

    private List<Contestants> usualContestants() {
      return targets ? List.of(Contestants.values()) : Contestants.usual();
    }

    Options options() {
      List<Workload> asked = workloads.isEmpty() ? usualWorkloads() : workloads;
      double length = seconds > 0 ? seconds : quick ? 0.5 : 1;
      return new Options(
          asked.stream().map(one -> quick ? one.atMost(QUICK_ECHOES) : one).toList(),
          contestants.isEmpty() ? usualContestants() : List.copyOf(contestants),
          targets,
          asked(warmUps, 0, quick ? 2 : -1),
          asked(rounds, 1, quick ? 3 : -1),
          asked(starts, 1, quick ? 1 : -1),
          Duration.ofNanos((long) (length * 1e9)),
          steady,
          javaHome,
          results);
    }
  }
}
