package dev.earshot.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.spi.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  private final VirtualTime time = new VirtualTime(7);
  private final List<String> log = new ArrayList<>();

  @Test
  void tasksOfOneLoopKeepTheirOrderAndNothingRunsByItself() {
    VirtualLoop loop = time.loop("loop");
    loop.execute(() -> log.add("1"));
    loop.execute(() -> log.add("2"));
    assertThat(log).isEmpty();
    time.runUntilIdle();
    assertThat(log).containsExactly("1", "2");
  }

  @Test
  void timersRunAtTheirMoment() {
    VirtualLoop loop = time.loop("loop");
    loop.schedule(Duration.ofSeconds(2), () -> log.add("late at " + time.now()));
    loop.schedule(Duration.ofSeconds(1), () -> log.add("early at " + time.now()));
    Loop.Timer never = loop.schedule(Duration.ofSeconds(1), () -> log.add("never"));
    never.cancel();
    time.advance(Duration.ofSeconds(3));
    assertThat(log).containsExactly("early at PT1S", "late at PT2S");
    assertThat(time.now()).isEqualTo(Duration.ofSeconds(3));
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void aLoopKnowsThatItRuns() {
    VirtualLoop loop = time.loop("loop");
    VirtualLoop other = time.loop("other");
    loop.execute(() -> log.add(loop.inLoop() + " " + other.inLoop()));
    time.runUntilIdle();
    assertThat(log).containsExactly("true false");
    assertThat(loop.inLoop()).isFalse();
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(run(3)).isEqualTo(run(3));
    assertThat(List.of(run(1), run(2), run(3), run(4)).stream().distinct().count())
        .isGreaterThan(1);
  }

  @Test
  void aPausedExecutorRunsNothingUntilItIsResumed() {
    VirtualExecutor executor = time.executor("user");
    executor.pause();
    executor.execute(() -> log.add("task"));
    time.advance(Duration.ofSeconds(1));
    assertThat(log).isEmpty();
    assertThat(executor.waiting()).isEqualTo(1);
    executor.resume();
    time.runUntilIdle();
    assertThat(log).containsExactly("task");
  }

  private static List<Integer> run(long seed) {
    VirtualTime time = new VirtualTime(seed);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      time.loop("loop " + i).execute(() -> order.add(number));
    }
    time.runUntilIdle();
    return order;
  }
}
