package dev.earshot.benchmarks;

import java.time.Duration;

/** How many connections a second? Connect, one echo, close, and only then the next. */
final class Connects implements Question {
  private static final Duration PATIENCE = Duration.ofMillis(50);

  private final Contestant contestant;
  private final String contact;
  private final Workload workload;

  Connects(Contestant contestant, String contact, Workload workload) {
    this.contestant = contestant;
    this.contact = contact;
    this.workload = workload;
  }

  @Override
  public Answer round(Duration length) throws Exception {
    Latencies latencies = new Latencies();
    long nudges = 0;
    long began = System.nanoTime();
    long deadline = began + length.toNanos();
    long now = began;
    do {
      long start = now;
      try (Echo echo = new Echo(contestant.connect(contact, workload), workload.size())) {
        echo.once(PATIENCE);
        nudges += echo.nudges();
      }
      now = System.nanoTime();
      latencies.record(now - start);
    } while (now - deadline < 0);
    return new Answer(
        Figures.rate(latencies.count(), now - began)
            .with(latencies.figures())
            .with(Figures.NUDGES, nudges));
  }

  @Override
  public void close() {}
}
