package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The gate that a goodbye waits behind. */
class SendGateTest {
  private static final int ROUNDS = 3_000;

  @Test
  void aGateThatWasNeverOpenedLetsNobodyIn() {
    SendGate gate = new SendGate();
    assertThat(gate.enter()).isFalse();
    List<String> done = new ArrayList<>();
    gate.shut(() -> done.add("last"));
    assertThat(done).containsExactly("last");
  }

  @Test
  void theLastOneOutDoesWhatIsToBeDone() {
    SendGate gate = new SendGate();
    gate.open();
    assertThat(gate.enter()).isTrue();
    assertThat(gate.enter()).isTrue();
    List<String> done = new ArrayList<>();
    gate.shut(() -> done.add("last"));
    assertThat(gate.enter()).isFalse();
    gate.leave();
    assertThat(done).isEmpty();
    gate.leave();
    assertThat(done).containsExactly("last");
  }

  /** Nobody is inside once the last task has run, and it runs exactly once, whoever races. */
  @Test
  void nobodyGetsThroughAfterTheLast() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      SendGate gate = new SendGate();
      gate.open();
      AtomicInteger sent = new AtomicInteger();
      AtomicInteger sentBeforeLast = new AtomicInteger(-1);
      AtomicInteger lasts = new AtomicInteger();
      CyclicBarrier start = new CyclicBarrier(2);
      CountDownLatch sender = new CountDownLatch(1);
      Thread thread =
          new Thread(
              () -> {
                await(start);
                for (int i = 0; i < 50 && gate.enter(); i++) {
                  sent.incrementAndGet();
                  gate.leave();
                }
                sender.countDown();
              });
      thread.start();
      await(start);
      gate.shut(
          () -> {
            sentBeforeLast.set(sent.get());
            lasts.incrementAndGet();
          });
      assertThat(sender.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(lasts).hasValue(1);
      assertThat(sentBeforeLast).hasValue(sent.get());
      thread.join();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
