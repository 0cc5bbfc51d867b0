package dev.earshot.benchmarks;

import java.time.Duration;

/**
 * How long does one echo take? The application's thread sends, sleeps until the echo has been
 * handed to it, and sends the next. What comes back is compared with what was sent.
 */
final class RoundTrip implements Question {
  private static final Duration PATIENCE = Duration.ofMillis(50);

  private final Echo echo;

  RoundTrip(Link link, Workload workload) throws Exception {
    this.echo = new Echo(link, workload.size());
  }

  @Override
  public Answer round(Duration length) throws Exception {
    Latencies latencies = new Latencies();
    long nudgesBefore = echo.nudges();
    long began = System.nanoTime();
    long deadline = began + length.toNanos();
    long now;
    do {
      latencies.record(echo.once(PATIENCE));
      now = System.nanoTime();
    } while (now - deadline < 0);
    return new Answer(
        Figures.rate(latencies.count(), now - began)
            .with(latencies.figures())
            .with(Figures.NUDGES, echo.nudges() - nudgesBefore));
  }

  @Override
  public void close() {
    echo.close();
  }
}
