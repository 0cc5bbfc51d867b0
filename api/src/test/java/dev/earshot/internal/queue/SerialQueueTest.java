package dev.earshot.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SerialQueueTest {
  private static final int LONG_LOOP = 2_000_000;

  private final Queue<Runnable> submitted = new ArrayDeque<>();
  private final SerialQueue byHand = new SerialQueue(submitted::add, Runnable::run);

  @Test
  void tasksRunInTheOrderTheyCame() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      byHand.execute(() -> order.add(number));
    }
    submitted.remove().run();
    assertThat(order).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void manyTasksAreOneSubmission() {
    for (int i = 0; i < 1_000; i++) {
      byHand.execute(() -> {});
    }
    assertThat(submitted).hasSize(1);
  }

  @Test
  void anEmptiedQueueIsSubmittedAgain() {
    List<String> order = new ArrayList<>();
    byHand.execute(() -> order.add("first"));
    submitted.remove().run();
    byHand.execute(() -> order.add("second"));
    submitted.remove().run();
    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void aTaskAddedByATaskRunsAfterIt() {
    SerialQueue queue = new SerialQueue(Runnable::run, Runnable::run);
    List<String> order = new ArrayList<>();
    queue.execute(
        () -> {
          queue.execute(() -> order.add("inner"));
          order.add("outer");
        });
    assertThat(order).containsExactly("outer", "inner");
  }

  @Test
  void whatOneTaskThrowsDoesNotStopTheNext() {
    List<String> order = new ArrayList<>();
    byHand.execute(
        () -> {
          throw new IllegalStateException("thrown on purpose");
        });
    byHand.execute(
        () -> {
          throw new AssertionError("thrown on purpose");
        });
    byHand.execute(() -> order.add("next"));
    submitted.remove().run();
    assertThat(order).containsExactly("next");
  }

  @Test
  void anEndlessLoopLetsOthersRunInBetween() {
    SerialQueue other = new SerialQueue(submitted::add, Runnable::run);
    AtomicInteger steps = new AtomicInteger();
    AtomicInteger others = new AtomicInteger();
    byHand.execute(new Loop(byHand, steps, Integer.MAX_VALUE, () -> {}));
    other.execute(others::incrementAndGet);
    submitted.remove().run();
    submitted.remove().run();
    assertThat(steps).hasValueGreaterThanOrEqualTo(SerialQueue.TURN);
    assertThat(others).hasValue(1);
    assertThat(submitted).as("the loop is to go on").hasSize(1);
  }

  @Test
  void aLoopThatFeedsItselfDoesNotGrowTheStackOfTheCallingThread() throws Exception {
    runOnSmallStack(
        done -> {
          SerialQueue queue = new SerialQueue(Runnable::run, Runnable::run);
          queue.execute(new Loop(queue, new AtomicInteger(), LONG_LOOP, done));
        });
  }

  @Test
  void aLoopThatFeedsItselfDoesNotGrowTheStackOfAPool() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2, SerialQueueTest::smallStack);
    try {
      CountDownLatch done = new CountDownLatch(1);
      SerialQueue queue = new SerialQueue(pool, Runnable::run);
      queue.execute(new Loop(queue, new AtomicInteger(), LONG_LOOP, done::countDown));
      assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void tasksOfManyThreadsNeverOverlapAndKeepEachThreadsOrder() throws Exception {
    int threads = 4;
    int each = 50_000;
    SerialQueue queue = new SerialQueue(ForkJoinPool.commonPool(), Runnable::run);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    AtomicInteger disorder = new AtomicInteger();
    int[] last = new int[threads]; // guarded by the queue
    CountDownLatch done = new CountDownLatch(threads * each);
    List<Thread> producers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int self = t;
      Thread producer =
          new Thread(
              () -> {
                for (int i = 1; i <= each; i++) {
                  int number = i;
                  queue.execute(
                      () -> {
                        if (inside.incrementAndGet() != 1) {
                          overlaps.incrementAndGet();
                        }
                        if (last[self] != number - 1) {
                          disorder.incrementAndGet();
                        }
                        last[self] = number;
                        inside.decrementAndGet();
                        done.countDown();
                      });
                }
              });
      producers.add(producer);
      producer.start();
    }
    for (Thread producer : producers) {
      producer.join();
    }
    assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
    assertThat(overlaps).hasValue(0);
    assertThat(disorder).hasValue(0);
  }

  @Test
  void anExecutorThatRefusesIsReplacedByTheFallback() {
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("shut down");
        };
    SerialQueue queue = new SerialQueue(refusing, submitted::add);
    List<String> order = new ArrayList<>();
    queue.execute(() -> order.add("first"));
    queue.execute(() -> order.add("second"));
    submitted.remove().run();
    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void anExecutorThatIsShutDownInTheMiddleLosesNothing() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    SerialQueue queue = new SerialQueue(pool, ForkJoinPool.commonPool());
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger steps = new AtomicInteger();
    queue.execute(new Loop(queue, steps, 20_000, done::countDown));
    pool.shutdown();
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(steps).hasValue(20_000);
  }

  @Test
  void whatAnExecutorDroppedWhenItWasShutDownRunsWithTheNextTask() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    CountDownLatch busy = new CountDownLatch(1);
    executor.execute(() -> awaitWhateverHappens(busy));
    SerialQueue queue = new SerialQueue(executor, Runnable::run);
    List<String> order = new ArrayList<>();
    queue.execute(() -> order.add("dropped"));
    assertThat(executor.shutdownNow()).hasSize(1);
    assertThat(order).isEmpty();
    queue.execute(() -> order.add("next"));
    assertThat(order).containsExactly("dropped", "next");
    busy.countDown();
    assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitWhateverHappens(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void tasksRunEvenIfTheFallbackRefusesToo() {
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("shut down");
        };
    SerialQueue queue = new SerialQueue(refusing, refusing);
    AtomicInteger steps = new AtomicInteger();
    queue.execute(new Loop(queue, steps, LONG_LOOP, () -> {}));
    assertThat(steps).hasValue(LONG_LOOP);
  }

  @Test
  void anExecutorThatRunsWhatItIsGivenTwiceDoesNoHarm() {
    SerialQueue queue =
        new SerialQueue(
            task -> {
              task.run();
              task.run();
            },
            Runnable::run);
    AtomicInteger steps = new AtomicInteger();
    queue.execute(new Loop(queue, steps, 10_000, () -> {}));
    assertThat(steps).hasValue(10_000);
  }

  @Test
  void aQueueKnowsWhoRunsItsTasks() {
    AtomicReference<Boolean> inside = new AtomicReference<>();
    byHand.execute(() -> inside.set(byHand.inQueue()));
    assertThat(byHand.inQueue()).isFalse();
    assertThatThrownBy(byHand::assertInQueue).isInstanceOf(IllegalStateException.class);
    submitted.remove().run();
    assertThat(inside).hasValue(true);
    assertThat(byHand.inQueue()).isFalse();
  }

  @Test
  void aQueueMovesToAnotherExecutorBetweenRuns() {
    Queue<Runnable> others = new ArrayDeque<>();
    byHand.execute(() -> {});
    byHand.moveTo(others::add);
    byHand.execute(() -> {});
    submitted.remove().run();
    byHand.execute(() -> {});
    assertThat(submitted).isEmpty();
    assertThat(others).hasSize(1);
  }

  private static void runOnSmallStack(Consumer<Runnable> body) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    Thread thread = smallStack(() -> body.accept(done::countDown));
    thread.start();
    assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
    thread.join();
  }

  private static Thread smallStack(Runnable body) {
    return new Thread(null, body, "small stack", 512 << 10);
  }

  /** A task that adds itself again until it has run often enough. */
  private record Loop(SerialQueue queue, AtomicInteger steps, int limit, Runnable done)
      implements Runnable {
    @Override
    public void run() {
      if (steps.incrementAndGet() < limit) {
        queue.execute(this);
      } else {
        done.run();
      }
    }
  }
}
