package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.security.tls.CodeDesk.Admission;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who may try, and how often. */
class CodeDeskTest {
  private final CodeDesk<String> desk = new CodeDesk<>();

  @Test
  void oneAtATimeAndThreeTriesAltogether() {
    for (String visitor : new String[] {"a", "b", "c"}) {
      assertThat(desk.arrived(visitor)).isEmpty();
      assertThat(desk.admit(visitor)).isEqualTo(Admission.ADMITTED);
      assertThat(desk.admit("other")).isEqualTo(Admission.BUSY);
      desk.countTry();
      desk.free();
    }
    assertThat(desk.triesLeft()).isZero();
    assertThat(desk.admit("d")).isEqualTo(Admission.OVER);
  }

  @Test
  void threeTriesAreAllOnHoweverManyThreads() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    Callable<Integer> visits =
        () -> {
          int most = 0;
          for (int i = 0; i < 1_000; i++) {
            if (desk.admit("v") == Admission.ADMITTED) {
              most = Math.max(most, inside.incrementAndGet());
              desk.countTry();
              tries.incrementAndGet();
              inside.decrementAndGet();
              desk.free();
            }
          }
          return most;
        };
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      for (Future<Integer> most : pool.invokeAll(Collections.nCopies(4, visits))) {
        assertThat(most.get()).isLessThanOrEqualTo(1);
      }
    } finally {
      pool.shutdown();
    }
    assertThat(tries).hasValue(Pairing.TRIES);
  }

  @Test
  void whoHasWaitedLongestMakesRoom() {
    for (int i = 0; i < CodeDesk.WAITING; i++) {
      assertThat(desk.arrived("v" + i)).isEmpty();
    }
    desk.left("v0");
    assertThat(desk.arrived("w")).isEmpty();
    assertThat(desk.arrived("x")).contains("v1");
  }

  @Test
  void whoIsAdmittedWaitsNoMoreAndDoesNotMakeRoom() {
    desk.arrived("admitted");
    desk.admit("admitted");
    for (int i = 0; i < CodeDesk.WAITING; i++) {
      assertThat(desk.arrived("v" + i)).isEmpty();
    }
    assertThat(desk.arrived("w")).contains("v0");
  }

  @Test
  void openingsAreCountedWithoutTries() {
    for (int i = 0; i < CodeDesk.OPENINGS; i++) {
      assertThat(desk.triesLeft()).isEqualTo(Pairing.TRIES);
      assertThat(desk.admit("v")).isEqualTo(Admission.ADMITTED);
      desk.free();
    }
    assertThat(desk.triesLeft()).isZero();
    assertThat(desk.admit("v")).isEqualTo(Admission.OVER);
  }

  @Test
  void closingNamesEverybodyWhoIsThereAndLetsNobodyIn() {
    desk.arrived("a");
    desk.arrived("b");
    desk.admit("a");
    assertThat(desk.close()).containsExactlyInAnyOrder("a", "b");
    assertThat(desk.close()).isEmpty();
    assertThat(desk.arrived("c")).contains("c");
    assertThat(desk.admit("c")).isEqualTo(Admission.OVER);
  }
}
