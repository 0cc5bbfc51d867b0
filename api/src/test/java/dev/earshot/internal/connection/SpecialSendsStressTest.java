package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.BackPressureException;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.ExpiredException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.SendOptions.Priority;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Outgoing;
import dev.earshot.testing.ThreadLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads send what overtakes, is overtaken or expires, while a loop takes it. */
@Timeout(300)
class SpecialSendsStressTest {
  private static final int PRODUCERS = 4;
  private static final int EACH = 20_000;
  private static final int SOME = 1_000;
  private static final int LIMIT = 60_000;
  private static final int PATIENCE_SECONDS = 60;
  private static final Duration AT_ONCE = Duration.ofNanos(1);
  private static final Duration MAYBE = Duration.ofNanos(100_000);
  private static final Duration NEVER = Duration.ofHours(1);

  private final ThreadLoop loop = new ThreadLoop("loop");
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final Crossing crossing = new Crossing(loop, new SerialQueue(executor, executor));
  private final SendQueue queue =
      new SendQueue(
          crossing,
          Parameters.webSocket().sendBudget(20_000).sendLimit(LIMIT).build(),
          Endpoint.hostPort("den", 1),
          () -> loop.execute(this::drain));

  /** No more is to be sent. */
  private final AtomicBoolean over = new AtomicBoolean();

  /** Those who have not sent some messages yet. */
  private final CountDownLatch running = new CountDownLatch(PRODUCERS);

  // What the loop has taken.
  private final Random random = new Random(1);
  private final Set<Message> arrived = new HashSet<>();
  private final List<Message> wrong = new ArrayList<>();
  private final int[][] last = new int[PRODUCERS][Priority.values().length];

  /** The content of a message: numbers count the messages of one producer and priority. */
  private record Message(int producer, int priority, int number) {
    static Message of(Payload content) {
      ByteBuffer bytes = content.asByteBuffer();
      return new Message(bytes.getInt(), bytes.getInt(), bytes.getInt());
    }

    Payload payload() {
      ByteBuffer bytes = ByteBuffer.allocate(3 * Integer.BYTES);
      return Payload.copyOf(bytes.putInt(producer).putInt(priority).putInt(number).flip());
    }
  }

  /** A message, whether it may expire, and what becomes of it; null if nobody is told. */
  private record Sent(Message message, boolean expires, @Nullable CompletableFuture<Void> fate) {}

  /** One thread that sends. */
  private final class Producer extends Thread {
    private final int number;
    private final Random choices;
    private final int[] count = new int[Priority.values().length];
    private final List<Sent> sent = new ArrayList<>();

    Producer(int number) {
      super("producer " + number);
      this.number = number;
      this.choices = new Random(number);
    }

    @Override
    public void run() {
      for (int i = 0; i < EACH && !over.get(); i++) {
        sendOne();
        if (i == SOME) {
          running.countDown();
        }
        if (i % 50 == 0) { // and otherwise more than there is room for, at times
          queue.send(Payload.empty(), SendOptions.DEFAULT).handle((v, e) -> v).join();
        }
      }
    }

    private void sendOne() {
      Priority priority = Priority.values()[choices.nextInt(3)];
      Message message = new Message(number, priority.ordinal(), ++count[priority.ordinal()]);
      SendOptions options = SendOptions.DEFAULT.withPriority(priority);
      boolean expires = choices.nextInt(3) == 0;
      if (expires) {
        options = options.expiringAfter(List.of(AT_ONCE, MAYBE, NEVER).get(choices.nextInt(3)));
      }
      int how = choices.nextInt(10);
      if (how == 0) {
        queue.sendIdempotent(message.payload(), options);
        sent.add(new Sent(message, expires, null));
      } else if (how == 1 && options.equals(SendOptions.DEFAULT)) {
        boolean taken = queue.trySend(message.payload());
        sent.add(new Sent(message, false, taken ? done() : refused()));
      } else {
        sent.add(new Sent(message, expires, queue.send(message.payload(), options)));
      }
    }

    private static CompletableFuture<Void> done() {
      return CompletableFuture.completedFuture(null);
    }

    private static CompletableFuture<Void> refused() {
      return CompletableFuture.failedFuture(new BackPressureException("no room"));
    }
  }

  @AfterEach
  void close() {
    loop.close();
    executor.shutdownNow();
  }

  @Test
  void whatIsTakenArrivesOnceAndInOrderAndWhatIsNotIsToldWhy() throws Exception {
    List<Producer> producers = begin();
    List<Sent> sent = all(producers);
    onLoop(this::drainAll);
    awaitAll(sent);
    onLoop(
        () -> {
          assertThat(wrong).as("twice, or out of order").isEmpty();
          sent.forEach(this::verify);
          assertThat(sent).filteredOn(one -> arrived.contains(one.message)).isNotEmpty();
          assertThat(sent).filteredOn(one -> cause(one) instanceof ExpiredException).isNotEmpty();
          assertThat(queue.outbound().poll()).isNull();
        });
    // Nothing counts as waiting: as much as there may be at all finds room.
    CompletableFuture<Void> all = queue.send(Payload.wrap(new byte[LIMIT]), SendOptions.DEFAULT);
    all.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void everySendCompletesThoughTheQueueEndsInTheMiddle() throws Exception {
    List<Producer> producers = begin();
    assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    loop.execute(() -> queue.end(new ConnectionLostException("over")));
    loop.execute(() -> over.set(true));
    awaitAll(all(producers));
    onLoop(
        () -> {
          assertThat(wrong).as("twice, or out of order").isEmpty();
          assertThat(queue.outbound().poll()).isNull();
        });
  }

  private List<Producer> begin() throws Exception {
    onLoop(queue::begin);
    loop.execute(this::drain);
    List<Producer> producers = new ArrayList<>();
    for (int p = 0; p < PRODUCERS; p++) {
      producers.add(new Producer(p));
    }
    producers.forEach(Thread::start);
    return producers;
  }

  /** What they have sent, when all of them are done. */
  private static List<Sent> all(List<Producer> producers) throws InterruptedException {
    List<Sent> sent = new ArrayList<>();
    for (Producer producer : producers) {
      producer.join();
      sent.addAll(producer.sent);
    }
    return sent;
  }

  private static void awaitAll(List<Sent> sent) throws Exception {
    for (Sent one : sent) {
      if (one.fate != null) {
        one.fate.handle((nothing, thrown) -> thrown).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  private static @Nullable Throwable cause(Sent one) {
    return one.fate == null ? null : one.fate.handle((nothing, thrown) -> thrown).join();
  }

  /** What was said of it is true, and said for a reason. */
  private void verify(Sent one) {
    if (one.fate == null) {
      return; // it may have been dropped
    }
    Throwable cause = cause(one);
    assertThat(arrived.contains(one.message)).as("%s, %s", one, cause).isEqualTo(cause == null);
    if (cause != null && !(one.expires && cause instanceof ExpiredException)) {
      assertThat(cause).isInstanceOf(BackPressureException.class);
    }
  }

  private void onLoop(Runnable task) throws Exception {
    CompletableFuture.runAsync(task, loop).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void drain() {
    int most = 1 + random.nextInt(500); // at times less than there is, as if the network were full
    if (take(most) == most) {
      loop.execute(this::drain);
    }
  }

  private void drainAll() {
    while (take(Integer.MAX_VALUE) > 0) {
      Thread.onSpinWait();
    }
  }

  /** Takes so many at most; how many. */
  private int take(int most) {
    int count = 0;
    Outgoing next = queue.outbound().poll();
    while (next != null) {
      note(next.content());
      count++;
      next = count < most ? queue.outbound().poll() : null;
    }
    queue.outbound().taken();
    return count;
  }

  private void note(Payload content) {
    if (content.length() != 3 * Integer.BYTES) {
      return;
    }
    Message message = Message.of(content);
    int[] before = last[message.producer];
    if (!arrived.add(message) || message.number <= before[message.priority]) {
      wrong.add(message);
    }
    before[message.priority] = message.number;
  }
}
