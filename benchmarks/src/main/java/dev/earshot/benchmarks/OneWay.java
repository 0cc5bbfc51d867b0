package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many messages a second go one way? Producers send for the length of the round, each ends with
 * a mark that asks the receiver for its count, and the clock stops when the last answer is there. A
 * lost or misshapen message fails the round. A connection that is silent for long is nudged, since
 * one of the contestants forgets at times to send an answer that it has.
 */
final class OneWay implements Question {
  private static final Duration DRAIN = Duration.ofSeconds(60);
  private static final Duration SILENCE = Duration.ofMillis(200);

  private final Link link;
  private final List<Producer> producers = new ArrayList<>();

  OneWay(Link link, Workload workload) {
    this.link = link;
    for (int i = 0; i < workload.producers(); i++) {
      producers.add(new Producer(link, workload.size()));
    }
  }

  @Override
  public Answer round(Duration length) throws Exception {
    long began = System.nanoTime();
    List<Future<Long>> sending = new ArrayList<>();
    for (Producer producer : producers) {
      sending.add(producer.begin(began + length.toNanos()));
    }
    List<byte[]> answers = new ArrayList<>();
    long deadline = began + length.plus(DRAIN).toNanos();
    long nudges = 0;
    while (answers.size() < producers.size()) {
      boolean allSent = sending.stream().allMatch(Future::isDone);
      byte[] answer = link.receive(SILENCE);
      if (answer != null) {
        answers.add(answer);
      } else if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("the receiver has not answered the mark");
      } else {
        Producer.throwFailureOf(sending);
        if (allSent) {
          link.nudge();
          nudges++;
        }
      }
    }
    long took = System.nanoTime() - began;
    long sent = 0;
    for (Future<Long> one : sending) {
      sent += one.get();
    }
    Tally.verify(answers, sent);
    return new Answer(Figures.rate(sent, took).with(Figures.NUDGES, nudges));
  }

  @Override
  public void close() {
    producers.forEach(Producer::close);
    link.close();
  }

  /** One sending thread. It keeps its way to send, because some libraries tie that to a thread. */
  private static final class Producer {
    /** How many bytes to send between two looks at the clock. */
    private static final int STRETCH = 128 * 1024;

    private final Link link;
    private final byte[] data;
    private final byte[] mark;
    private final int stretch;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private Link.Sender sender;

    Producer(Link link, int size) {
      this.link = link;
      this.data = Messages.data(size);
      this.mark = Messages.mark(size);
      this.stretch = Math.min(256, Math.max(1, STRETCH / size));
    }

    Future<Long> begin(long deadline) {
      return thread.submit(() -> sendUntil(deadline));
    }

    private long sendUntil(long deadline) throws Exception {
      if (sender == null) {
        sender = link.sender();
      }
      long sent = 0;
      do {
        for (int i = 0; i < stretch; i++) {
          sender.send(data);
        }
        sent += stretch;
      } while (System.nanoTime() - deadline < 0);
      sender.send(mark);
      return sent;
    }

    static void throwFailureOf(List<Future<Long>> sending) throws Exception {
      for (Future<Long> one : sending) {
        if (one.isDone()) {
          one.get();
        }
      }
    }

    void close() {
      thread.shutdownNow();
    }
  }
}
