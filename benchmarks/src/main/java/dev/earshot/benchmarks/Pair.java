package dev.earshot.benchmarks;

import dev.earshot.benchmarks.Question.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A contestant's server and client, each in a JVM of its own, for one workload. */
final class Pair implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LONG_PATIENCE = Duration.ofMinutes(30);

  private final Contestants contestant;
  private final Workload workload;
  private final Participant.Remote server;
  private final Participant.Remote client;

  private Pair(
      Contestants contestant,
      Workload workload,
      Participant.Remote server,
      Participant.Remote client) {
    this.contestant = contestant;
    this.workload = workload;
    this.server = server;
    this.client = client;
  }

  /**
   * Where and with what pairs are started.
   *
   * @param file what clients send, if the workload sends a file
   */
  record Ground(Launch launch, Steadiness steadiness, Optional<SampleFile> file) {}

  /** Starts both; returns when they are connected. */
  static Pair start(Ground ground, Contestants contestant, Workload workload)
      throws IOException, InterruptedException {
    List<String> what = List.of(contestant.word(), workload.toString());
    Participant.Remote server =
        remote(ground.steadiness().servers(ground.launch()), "serve", what, List.of());
    Participant.Remote client = null;
    try {
      List<String> with = new ArrayList<>(List.of(server.ready()));
      ground.file().ifPresent(file -> with.add(file.path().toString()));
      client = remote(ground.steadiness().clients(ground.launch()), "ask", what, with);
      client.ready();
      return new Pair(contestant, workload, server, client);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      server.close();
      if (client != null) {
        client.close();
      }
      throw failure;
    }
  }

  private static Participant.Remote remote(
      Launch launch, String role, List<String> what, List<String> with) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(role));
    arguments.addAll(what);
    arguments.addAll(with);
    List<String> command = launch.command(Participant.class, arguments.toArray(String[]::new));
    return new Participant.Remote(ChildJvm.start(command));
  }

  Contestants contestant() {
    return contestant;
  }

  /** Runs a round and adds what both JVMs and the rest of the machine used meanwhile. */
  Figures round(Duration length, Load.Own others) throws InterruptedException {
    return workload.kind() == Workload.Kind.IDLE
        ? withMemory(length, others)
        : timed(length, others);
  }

  /** A round that leaves connections open, and the memory that each of them takes. */
  private Figures withMemory(Duration length, Load.Own others) throws InterruptedException {
    Figures clientBefore = client.memory();
    Figures serverBefore = server.memory();
    Figures figures = timed(length, others);
    Figures clientAfter = client.memory();
    Figures serverAfter = server.memory();
    client.release();
    return figures
        .with(Figures.HEAP, each(Figures.HEAP, clientBefore, clientAfter))
        .with(Figures.RESIDENT, each(Figures.RESIDENT, clientBefore, clientAfter))
        .with(Figures.SERVER_HEAP, each(Figures.HEAP, serverBefore, serverAfter))
        .with(Figures.SERVER_RESIDENT, each(Figures.RESIDENT, serverBefore, serverAfter));
  }

  private double each(String figure, Figures before, Figures after) {
    return (after.value(figure) - before.value(figure)) / workload.count();
  }

  private Figures timed(Duration length, Load.Own others) throws InterruptedException {
    Load before = Load.now(() -> others.cpu().plus(own()));
    long cpuBefore = server.cpuNanos() + client.cpuNanos();
    boolean open = workload.kind() == Workload.Kind.STALL;
    Answer answer = client.round(length, open ? LONG_PATIENCE : PATIENCE);
    long cpu = server.cpuNanos() + client.cpuNanos() - cpuBefore;
    double foreign = Load.now(() -> others.cpu().plus(own())).foreignPercentSince(before);
    Figures figures =
        answer
            .figures()
            .with(Figures.CPU, cpu / 1e3 / answer.figures().value(Figures.COUNT))
            .with(Figures.OTHERS, foreign);
    return open ? figures.with(Figures.STALLS, stalls(answer.silences())) : figures;
  }

  private Duration own() {
    return server.systemCpu().plus(client.systemCpu());
  }

  private long stalls(List<Pause> silences) throws InterruptedException {
    List<Pause> collections = new ArrayList<>(server.pauses());
    collections.addAll(client.pauses());
    return silences.stream()
        .filter(one -> one.unexplainedMillis(collections) >= Stalls.ALLOWED.toMillis())
        .count();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
