package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Does an echo ever hang? Runs a given number of echoes and notes when one took longer than {@link
 * #ALLOWED}; the asker takes off the time that collections explain. Gives up after {@link #ENOUGH}.
 */
final class Stalls implements Question {
  static final Duration ALLOWED = Duration.ofMillis(100);
  private static final int ENOUGH = 20;

  /** Echoes before the first that counts: loading classes is no stall. */
  private static final int WARM_UP = 200;

  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Echo echo;
  private final int echoes;

  Stalls(Link link, Workload workload) throws Exception {
    this.echo = new Echo(link, workload.size());
    this.echoes = workload.count();
  }

  /** Runs all echoes, however long that takes. */
  @Override
  public Answer round(Duration ignored) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      echo.once(PATIENCE);
    }
    Latencies latencies = new Latencies();
    List<Pause> silences = new ArrayList<>();
    long nudgesBefore = echo.nudges();
    long began = System.nanoTime();
    while (latencies.count() < echoes && silences.size() < ENOUGH) {
      long took = echo.once(PATIENCE);
      latencies.record(took);
      if (took > ALLOWED.toNanos()) {
        long now = System.currentTimeMillis();
        silences.add(new Pause(now - took / 1_000_000, now));
      }
    }
    Figures figures =
        Figures.rate(latencies.count(), System.nanoTime() - began)
            .with(latencies.figures())
            .with(Figures.NUDGES, echo.nudges() - nudgesBefore);
    return new Answer(figures, silences);
  }

  @Override
  public void close() {
    echo.close();
  }
}
