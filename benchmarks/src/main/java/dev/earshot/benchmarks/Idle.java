package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What does a connection cost that does nothing? Each round opens many, with one echo on each, and
 * leaves them open for the asker to look at both JVMs. A few stay open throughout, so that what a
 * library makes once is not counted.
 */
final class Idle implements Question {
  private static final int BASE = 50;
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final Contestant contestant;
  private final String contact;
  private final Workload workload;
  private final List<Echo> base = new ArrayList<>();
  private final List<Echo> open = new ArrayList<>();

  Idle(Contestant contestant, String contact, Workload workload) throws Exception {
    this.contestant = contestant;
    this.contact = contact;
    this.workload = workload;
    open(base, BASE);
  }

  private void open(List<Echo> where, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Echo echo = new Echo(contestant.connect(contact, workload), workload.size());
      where.add(echo);
      echo.once(PATIENCE);
    }
  }

  @Override
  public Answer round(Duration ignored) throws Exception {
    long began = System.nanoTime();
    open(open, workload.count());
    long nudges = open.stream().mapToLong(Echo::nudges).sum();
    return new Answer(
        Figures.rate(workload.count(), System.nanoTime() - began).with(Figures.NUDGES, nudges));
  }

  @Override
  public void release() {
    open.forEach(Echo::close);
    open.clear();
  }

  @Override
  public void close() {
    release();
    base.forEach(Echo::close);
  }
}
