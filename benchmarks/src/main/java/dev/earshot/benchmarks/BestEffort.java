package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many datagrams a second arrive, and how many of those sent do not? One producer sends for the
 * length of the round; then marks go out until one is answered with what the receiver has counted.
 * A misshapen datagram fails the round, and so does a receiver that counts more than was sent.
 */
final class BestEffort implements Question {
  /** How many bytes to send between two looks at the clock. */
  private static final int STRETCH = 128 * 1024;

  private static final Duration PATIENCE = Duration.ofMillis(20);
  private static final int MARKS = 250;

  private final Link link;
  private final int size;
  private final byte[] data;
  private final int stretch;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private Link.Sender sender;
  private long marks;
  private long arrivedBefore;

  BestEffort(Link link, Workload workload) {
    this.link = link;
    this.size = workload.size();
    this.data = Messages.data(size);
    this.stretch = Math.min(256, Math.max(1, STRETCH / size));
  }

  @Override
  public Answer round(Duration length) throws Exception {
    Future<Answer> round = thread.submit(() -> sendFor(length));
    return round.get();
  }

  private Answer sendFor(Duration length) throws Exception {
    if (sender == null) {
      sender = link.sender();
    }
    long began = System.nanoTime();
    long sent = 0;
    do {
      for (int i = 0; i < stretch; i++) {
        sender.send(data);
      }
      sent += stretch;
    } while (System.nanoTime() - began < length.toNanos());
    long total = Tally.arrived(answer());
    long took = System.nanoTime() - began;
    long arrived = total - arrivedBefore;
    arrivedBefore = total;
    if (arrived > sent) {
      throw new IllegalStateException(arrived + " datagrams arrived of " + sent);
    }
    return new Answer(
        Figures.rate(arrived, took)
            .with(Figures.LOST, 100.0 * (sent - arrived) / sent)
            .with(Figures.NUDGES, 0));
  }

  /** The answer to the mark sent last; earlier ones may have been given too early. */
  private byte[] answer() throws Exception {
    for (int i = 0; i < MARKS; i++) {
      sender.send(Messages.mark(size, ++marks));
      byte[] answer = link.receive(PATIENCE);
      while (answer != null && Tally.serial(answer) != marks) {
        answer = link.receive(PATIENCE);
      }
      if (answer != null) {
        return answer;
      }
    }
    throw new IllegalStateException("the receiver has answered none of " + MARKS + " marks");
  }

  @Override
  public void close() {
    thread.shutdownNow();
    link.close();
  }
}
