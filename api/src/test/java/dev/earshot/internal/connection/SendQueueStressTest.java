package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Outgoing;
import dev.earshot.testing.ThreadLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads add while a loop takes, goes idle and is woken. */
@Timeout(300)
class SendQueueStressTest {
  private static final int PRODUCERS = 4;

  private final ThreadLoop loop = new ThreadLoop("loop");
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final Crossing crossing = new Crossing(loop, new SerialQueue(executor, executor));
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong disorder = new AtomicLong();
  private final int[] lastOfProducer = new int[PRODUCERS]; // the loop's
  private final Random random = new Random(1); // the loop's
  private final SendQueue queue =
      new SendQueue(
          crossing,
          Parameters.tcp().sendBudget(20_000).sendLimit(60_000).build(),
          Endpoint.hostPort("den", 1),
          () -> loop.execute(this::drain));

  @AfterEach
  void close() {
    loop.close();
    executor.shutdownNow();
  }

  @Test
  void nothingIsLostDoubledOrReorderedAndNobodySleepsThroughAWakeUp() throws Exception {
    addAndTake(100_000);
  }

  @Test
  @Tag("soak")
  void nothingIsLostDoubledOrReorderedForALongTime() throws Exception {
    for (int i = 0; i < 10; i++) {
      received.set(0);
      Arrays.fill(lastOfProducer, 0);
      addAndTake(300_000);
    }
  }

  @Test
  void everySendCompletesThoughTheQueueEndsInTheMiddle() throws Exception {
    loop.execute(this::drain);
    AtomicBoolean over = new AtomicBoolean();
    List<List<CompletableFuture<Void>>> sent = new ArrayList<>();
    CountDownLatch running = new CountDownLatch(PRODUCERS);
    List<Thread> producers = new ArrayList<>();
    for (int p = 0; p < PRODUCERS; p++) {
      List<CompletableFuture<Void>> mine = new ArrayList<>();
      sent.add(mine);
      Payload content = number(p, 0);
      producers.add(
          new Thread(
              () -> {
                for (int i = 0; i < 200_000 && !over.get(); i++) {
                  mine.add(queue.send(content, SendOptions.DEFAULT));
                  if (i == 1_000) {
                    running.countDown();
                  }
                }
              }));
    }
    producers.forEach(Thread::start);
    assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
    loop.execute(() -> queue.end(new ConnectionLostException("over")));
    loop.execute(() -> over.set(true));
    for (Thread producer : producers) {
      producer.join();
    }
    for (List<CompletableFuture<Void>> mine : sent) {
      CompletableFuture.allOf(mine.toArray(CompletableFuture[]::new))
          .handle((nothing, thrown) -> nothing)
          .get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aFinalMessageIsTheLastWhoeverElseAdds() throws Exception {
    for (int round = 0; round < 300; round++) {
      finishWhileOthersAdd();
    }
  }

  private void finishWhileOthersAdd() throws Exception {
    SendQueue small =
        new SendQueue(crossing, Parameters.tcp().build(), Endpoint.hostPort("den", 1), () -> {});
    AtomicLong added = new AtomicLong();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> producers = new ArrayList<>();
    for (int p = 0; p < 2; p++) {
      producers.add(
          new Thread(
              () -> {
                await(go);
                while (small.trySend(Payload.utf8("more"))) {
                  added.incrementAndGet();
                }
              }));
    }
    producers.forEach(Thread::start);
    go.countDown();
    small.send(Payload.utf8("last"), SendOptions.FINAL);
    for (Thread producer : producers) {
      producer.join();
    }
    CompletableFuture<List<String>> taken = new CompletableFuture<>();
    loop.execute(() -> taken.complete(takeAll(small)));
    List<String> all = taken.get(60, TimeUnit.SECONDS);
    assertThat(all).endsWith("last").hasSize(added.intValue() + 1);
  }

  private static List<String> takeAll(SendQueue from) {
    List<String> taken = new ArrayList<>();
    for (Outgoing next = from.outbound().poll(); next != null; next = from.outbound().poll()) {
      taken.add(next.content().toUtf8String());
    }
    return taken;
  }

  private void addAndTake(int each) throws Exception {
    loop.execute(this::drain);
    List<Thread> producers = new ArrayList<>();
    for (int p = 0; p < PRODUCERS; p++) {
      int producer = p;
      producers.add(new Thread(() -> produce(producer, each)));
    }
    producers.forEach(Thread::start);
    for (Thread producer : producers) {
      producer.join();
    }
    CompletableFuture<Void> all = queue.send(number(0, each + 1), SendOptions.DEFAULT);
    all.get(60, TimeUnit.SECONDS);
    CountDownLatch seen = new CountDownLatch(1);
    loop.execute(
        () -> {
          drain();
          seen.countDown();
        });
    assertThat(seen.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(received).hasValue((long) PRODUCERS * each + 1);
    assertThat(disorder).hasValue(0);
  }

  /** One half of them by trySend, one half by send; waits where there is no room. */
  private void produce(int producer, int each) {
    for (int i = 1; i <= each; i++) {
      Payload content = number(producer, i);
      if (i % 2 == 0) {
        while (!queue.trySend(content)) {
          queue.send(Payload.empty(), SendOptions.DEFAULT).handle((v, e) -> v).join();
        }
      } else {
        sendUntilTaken(content);
      }
    }
  }

  private void sendUntilTaken(Payload content) {
    boolean taken = false;
    while (!taken) {
      CompletableFuture<Void> sent = queue.send(content, SendOptions.DEFAULT);
      taken = sent.handle((nothing, thrown) -> thrown == null).join();
    }
  }

  private void drain() {
    int most = 1 + random.nextInt(500); // at times less than there is, as if the network were full
    int count = 0;
    Outgoing next = queue.outbound().poll();
    while (next != null) {
      check(next.content());
      count++;
      next = count < most ? queue.outbound().poll() : null;
    }
    queue.outbound().taken();
    if (count == most) {
      loop.execute(this::drain);
    }
  }

  private void check(Payload content) {
    if (content.isEmpty()) {
      return;
    }
    ByteBuffer bytes = content.asByteBuffer();
    int producer = bytes.getInt();
    int number = bytes.getInt();
    if (number != lastOfProducer[producer] + 1) {
      disorder.incrementAndGet();
    }
    lastOfProducer[producer] = number;
    received.incrementAndGet();
  }

  private static Payload number(int producer, int number) {
    return Payload.copyOf(ByteBuffer.allocate(8).putInt(producer).putInt(number).flip());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
