package dev.earshot.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HandleSetTest {
  private final HandleSet<Object> handles = new HandleSet<>();

  @Test
  void itIsDrainedWhenItIsClosedAndTheLastHasEnded() {
    Object one = new Object();
    Object other = new Object();
    assertThat(handles.opened(one)).isTrue();
    assertThat(handles.opened(other)).isTrue();
    handles.ended(one);
    assertThat(handles.drained()).isNotDone();
    assertThat(handles.close()).containsExactly(other);
    assertThat(handles.drained()).isNotDone();
    handles.ended(other);
    assertThat(handles.drained()).isCompleted();
  }

  @Test
  void anEmptySetIsDrainedAtOnce() {
    assertThat(handles.close()).isEmpty();
    assertThat(handles.drained()).isCompleted();
  }

  @Test
  void nobodyComesInAfterTheClose() {
    Object early = new Object();
    handles.made(early);
    handles.close();
    assertThat(handles.made(new Object())).isFalse();
    assertThat(handles.opened(early)).isFalse();
  }

  @Test
  void whoWasMadeAndHoldsNothingIsClosedTooAndNotWaitedFor() {
    Object made = new Object();
    handles.made(made);
    assertThat(handles.open()).isEmpty();
    assertThat(handles.close()).containsExactly(made);
    assertThat(handles.drained()).isCompleted();
  }

  @Test
  void whoWasMadeAndForgottenIsNotKept() {
    WeakReference<Object> forgotten = makeAndForget();
    for (int i = 0; i < 1_000 && forgotten.get() != null; i++) {
      System.gc();
    }
    assertThat(forgotten.get()).isNull();
    assertThat(handles.close()).isEmpty();
  }

  private WeakReference<Object> makeAndForget() {
    Object made = new Object();
    handles.made(made);
    return new WeakReference<>(made);
  }

  @Test
  void whoComesWhileItIsClosedIsEitherClosedOrRefused() throws Exception {
    for (int round = 0; round < 200; round++) {
      HandleSet<Object> contested = new HandleSet<>();
      AtomicInteger admitted = new AtomicInteger();
      CyclicBarrier barrier = new CyclicBarrier(3);
      CountDownLatch done = new CountDownLatch(2);
      for (int i = 0; i < 2; i++) {
        new Thread(
                () -> {
                  try {
                    barrier.await();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                  admitted.addAndGet(contested.opened(new Object()) ? 1 : 0);
                  done.countDown();
                })
            .start();
      }
      barrier.await();
      int closed = contested.close().size();
      done.await();
      assertThat(closed).isEqualTo(admitted.get());
      assertThat(contested.drained().isDone()).isEqualTo(closed == 0);
    }
  }
}
