package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What users are told comes one call at a time, in order, and all of it. */
class CallbacksTest {
  private static final int THREADS = 4;
  private static final int EACH = 20_000;

  @Test
  void manyThreadsAddAndEverythingRunsOnceInOrderAndAlone() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(3);
    ExecutorService adders = Executors.newFixedThreadPool(THREADS);
    Callbacks callbacks = new Callbacks(executor);
    AtomicInteger inside = new AtomicInteger();
    List<List<Integer>> seen = new ArrayList<>();
    List<String> overlaps = new ArrayList<>();
    CompletableFuture<Void> all = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(THREADS * EACH);
    for (int t = 0; t < THREADS; t++) {
      seen.add(new ArrayList<>());
      int thread = t;
      adders.execute(
          () -> {
            for (int i = 0; i < EACH; i++) {
              int number = i;
              callbacks.add(
                  () -> {
                    if (inside.incrementAndGet() != 1) {
                      overlaps.add(thread + ":" + number);
                    }
                    seen.get(thread).add(number);
                    inside.decrementAndGet();
                    if (left.decrementAndGet() == 0) {
                      all.complete(null);
                    }
                  });
              callbacks.run();
            }
          });
    }
    all.get(60, TimeUnit.SECONDS);
    adders.shutdown();
    executor.shutdown();
    assertThat(overlaps).isEmpty();
    assertThat(seen).allSatisfy(numbers -> assertThat(numbers).isSorted().hasSize(EACH));
  }

  @Test
  void whatACallAddsComesAfterItAlsoOnAnExecutorThatRunsAtOnce() {
    List<String> order = new ArrayList<>();
    Callbacks callbacks = new Callbacks(Runnable::run);
    callbacks.add(
        () -> {
          callbacks.add(() -> order.add("second"));
          callbacks.run();
          order.add("first");
          throw new IllegalStateException("on purpose");
        });
    callbacks.run();
    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void anExecutorThatRefusesDoesNotKeepAnythingBack() {
    AtomicInteger ran = new AtomicInteger();
    Callbacks callbacks =
        new Callbacks(
            task -> {
              throw new RejectedExecutionException("on purpose");
            });
    for (int i = 0; i < 3; i++) {
      callbacks.add(ran::incrementAndGet);
      callbacks.run();
    }
    assertThat(ran).hasValue(3);
  }
}
