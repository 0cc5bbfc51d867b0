package dev.earshot.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The client's part of a workload. Asked again and again, warm-up first, by one thread. */
interface Question extends AutoCloseable {

  /** Runs one round, for about so long. */
  Answer round(Duration length) throws Exception;

  /** Gives up what a round has left open, once it has been looked at. */
  default void release() {}

  @Override
  void close();

  /**
   * Prepares the question a workload stands for.
   *
   * @param file what to send, if the workload sends a file
   */
  static Question of(Contestant contestant, String contact, Workload workload, Optional<Path> file)
      throws Exception {
    return switch (workload.kind()) {
      case THR, THRM, BULK -> new OneWay(contestant.connect(contact, workload), workload);
      case UDP -> new BestEffort(contestant.connect(contact, workload), workload);
      case RTT, UDPRTT -> new RoundTrip(contestant.connect(contact, workload), workload);
      case STALL -> new Stalls(contestant.connect(contact, workload), workload);
      case FILE ->
          new FileTransfer(contestant.connect(contact, workload), workload, file.orElseThrow());
      case CONN -> new Connects(contestant, contact, workload);
      case IDLE -> new Idle(contestant, contact, workload);
    };
  }

  /**
   * What a round came to.
   *
   * @param silences the times in which nothing moved, for the asker to compare with collections
   */
  record Answer(Figures figures, List<Pause> silences) {
    Answer(Figures figures) {
      this(figures, List.of());
    }
  }
}
