package dev.earshot.session.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.NetworkClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The queue of a session, on a clock whose thread is the test's. */
class SessionQueueTest {
  private static final int MANY = 10 * SessionQueue.TURN;

  private final StoppableClock clock = new StoppableClock();
  private final SessionQueue queue = new SessionQueue(clock);
  private final List<Integer> done = new ArrayList<>();

  /** A clock without time, whose thread runs when the test says so, until it has stopped. */
  private static final class StoppableClock implements NetworkClock {
    private final ArrayDeque<Runnable> soon = new ArrayDeque<>();
    private boolean stopped;

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      throw new AssertionError("not asked for");
    }

    @Override
    public boolean runSoon(Runnable task) {
      return !stopped && soon.add(task);
    }

    void run() {
      for (Runnable task = soon.poll(); task != null; task = soon.poll()) {
        task.run();
      }
    }
  }

  private void addMany() {
    queue.execute(() -> IntStream.range(0, MANY).forEach(i -> queue.execute(() -> done.add(i))));
  }

  private static List<Integer> all() {
    return IntStream.range(0, MANY).boxed().toList();
  }

  @Test
  void aTaskRunsAtOnceOnTheThreadThatBringsIt() {
    queue.execute(() -> assertThat(queue.inQueue()).isTrue());
    queue.execute(() -> done.add(1));
    assertThat(done).containsExactly(1);
    assertThat(queue.inQueue()).isFalse();
  }

  @Test
  void whatATaskBringsRunsAfterItNeverInsideIt() {
    queue.execute(
        () -> {
          queue.execute(() -> done.add(2));
          done.add(1);
        });
    assertThat(done).containsExactly(1, 2);
  }

  @Test
  void aThreadThatIsKeptBusyHandsOver() {
    addMany();
    assertThat(done).as("this thread has had its turn").hasSizeLessThan(SessionQueue.TURN);
    assertThat(queue.inQueue()).isFalse();
    clock.run();
    assertThat(done).isEqualTo(all());
  }

  @Test
  void whoBringsTheNextTaskGoesOnToo() {
    addMany();
    for (int i = 0; done.size() < MANY; i++) {
      int number = MANY + i;
      queue.execute(() -> done.add(number));
    }
    clock.run();
    assertThat(done).startsWith(all().toArray(Integer[]::new));
  }

  @Test
  void whenTheClockHasStoppedEverythingRunsAllTheSame() {
    clock.stopped = true;
    addMany();
    assertThat(done).isEqualTo(all());
  }

  @Test
  void aTaskThatThrowsChangesNothingForTheNext() {
    queue.execute(
        () -> {
          queue.execute(() -> done.add(1));
          throw new IllegalStateException("on purpose");
        });
    assertThat(done).containsExactly(1);
    assertThat(queue.inQueue()).isFalse();
  }
}
