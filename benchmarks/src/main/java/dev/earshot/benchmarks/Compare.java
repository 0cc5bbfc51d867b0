package dev.earshot.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How does Earshot compare with other libraries, on this machine, now? Runs every contestant in
 * every workload, client and server in JVMs of their own over the loopback, rounds alternating
 * between the contestants, and prints a table a workload.
 */
public final class Compare {
  private static final DateTimeFormatter FILE_NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss'.json'").withZone(ZoneOffset.UTC);

  private final Options options;
  private final Launch launch;
  private final List<Outcome> outcomes = new ArrayList<>();

  Compare(Options options, Launch launch) {
    this.options = options;
    this.launch = launch;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    if (words.contains("--help")) {
      System.out.print(Options.HELP);
      return;
    }
    if (words.contains("--list")) {
      list();
      return;
    }
    try {
      Options options = Options.parse(arguments);
      Launch launch = options.javaHome().map(Launch.alike()::on).orElse(Launch.alike());
      new Compare(options, launch).run();
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
    } catch (MissingLibraryException missing) {
      System.err.println(missing.getMessage());
      System.exit(3);
    }
  }

  private static void list() {
    Workload.USUAL.forEach(one -> System.out.printf("%-20s%s%n", one, one.title()));
    for (Contestants one : Contestants.values()) {
      System.out.printf("%-20s%s%n", one.word(), one.description());
    }
  }

  /**
   * Runs all of it.
   *
   * @throws MissingLibraryException at once, if one of the contestants cannot work here
   */
  List<Outcome> run() throws IOException, InterruptedException {
    options.workloads().stream()
        .flatMap(workload -> options.contestants(workload).stream())
        .forEach(Contestants::requireLibrary);
    Instant began = Instant.now();
    System.out.println(setting());
    for (Workload workload : options.workloads()) {
      List<Outcome> these = measure(workload);
      outcomes.addAll(these);
      System.out.print("\n" + effort(workload) + ": " + new Table(workload, these));
    }
    judge();
    System.out.println("\nfigures: " + write(began));
    return outcomes;
  }

  private String effort(Workload workload) {
    int starts = options.starts(workload);
    return String.format(
        "%d rounds%s after %d to warm up%s",
        options.rounds(workload),
        starts > 1 ? " over " + starts + " starts," : "",
        options.warmUps(workload),
        starts > 1 ? " in each" : "");
  }

  private void judge() {
    List<String> verdicts =
        Target.all().stream().flatMap(one -> one.verdict(outcomes).stream()).toList();
    if (!verdicts.isEmpty()) {
      System.out.println("\ntargets");
      verdicts.forEach(line -> System.out.println("  " + line));
    }
  }

  private List<Outcome> measure(Workload workload) throws IOException, InterruptedException {
    Optional<SampleFile> file = SampleFile.of(workload);
    try (Steadiness steadiness =
        options.steady() && workload.echoes() ? Steadiness.keep(launch) : Steadiness.none()) {
      return measure(workload, new Pair.Ground(launch, steadiness, file));
    } finally {
      file.ifPresent(SampleFile::close);
    }
  }

  private List<Outcome> measure(Workload workload, Pair.Ground ground)
      throws IOException, InterruptedException {
    List<Entry> entries =
        options.contestants(workload).stream().map(one -> new Entry(one, workload)).toList();
    int rounds = options.rounds(workload);
    for (int starts = options.starts(workload); starts > 0; starts--) {
      int share = rounds / starts;
      runOneStart(entries, ground, -options.warmUps(workload), share);
      rounds -= share;
    }
    return entries.stream().map(Entry::outcome).toList();
  }

  private void runOneStart(List<Entry> entries, Pair.Ground ground, int first, int end)
      throws IOException, InterruptedException {
    try {
      for (Entry entry : entries) {
        entry.start(ground);
      }
      for (int round = first; round < end; round++) {
        for (Entry entry : entries) {
          entry.round(options.length(), ground.steadiness(), round >= 0);
        }
      }
    } finally {
      entries.forEach(Entry::close);
    }
  }

  /** One contestant in one workload; out of the running once it has failed. */
  private static final class Entry implements AutoCloseable {
    private final Contestants contestant;
    private final Workload workload;
    private final List<Figures> rounds = new ArrayList<>();
    private Pair pair;
    private int starts;
    private String failure;

    Entry(Contestants contestant, Workload workload) {
      this.contestant = contestant;
      this.workload = workload;
    }

    void start(Pair.Ground ground) throws IOException, InterruptedException {
      if (failure != null) {
        return;
      }
      starts++;
      try {
        pair = Pair.start(ground, contestant, workload);
      } catch (IllegalStateException failed) {
        failure = failed.getMessage();
      }
    }

    void round(Duration length, Load.Own others, boolean counts) throws InterruptedException {
      if (failure != null) {
        return;
      }
      try {
        Figures figures = pair.round(length, others);
        if (counts) {
          rounds.add(figures.with(Figures.START, starts));
        }
      } catch (IllegalStateException failed) {
        failure = failed.getMessage();
        close();
      }
    }

    Outcome outcome() {
      return new Outcome(contestant, workload, List.copyOf(rounds), Optional.ofNullable(failure));
    }

    @Override
    public void close() {
      if (pair != null) {
        pair.close();
        pair = null;
      }
    }
  }

  private String setting() {
    return "JDK "
        + launch.version()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors, TCP "
        + congestionControl()
        + ", rounds of "
        + options.length().toMillis()
        + " ms";
  }

  private static String congestionControl() {
    try {
      return Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control")).trim();
    } catch (IOException expected) {
      return "of the system";
    }
  }

  private Path write(Instant began) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("began", began.toString());
    all.put("setting", setting());
    all.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    all.put("options", launch.options());
    all.put("outcomes", outcomes.stream().map(this::entry).toList());
    Files.createDirectories(options.results());
    Path file = options.results().resolve(FILE_NAME.format(began));
    return Files.writeString(file, Json.of(all) + "\n");
  }

  private Map<String, Object> entry(Outcome outcome) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("workload", outcome.workload().toString());
    entry.put("contestant", outcome.contestant().word());
    entry.put("warmUps", options.warmUps(outcome.workload()));
    entry.put("starts", options.starts(outcome.workload()));
    outcome.failure().ifPresent(failure -> entry.put("failure", failure));
    entry.put("rounds", outcome.rounds().stream().map(Figures::values).toList());
    return entry;
  }
}
