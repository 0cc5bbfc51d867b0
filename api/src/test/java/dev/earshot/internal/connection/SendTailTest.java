package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Payload;
import dev.earshot.SendOptions;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendTailTest {
  private static final int PRODUCERS = 4;
  private static final int EACH = 100_000;

  private final SendEntry first = SendEntry.blank(0);
  private final SendTail tail = new SendTail(first);

  @Test
  void whatWasAddedIsTheLastThoughThePlaceIsAnother() {
    tail.move();
    assertThat(tail.last()).isSameAs(first);
    SendEntry second = entry();
    assertThat(tail.replace(first, second)).isTrue();
    assertThat(tail.last()).isSameAs(second);
    tail.move();
    tail.move();
    assertThat(tail.last()).isSameAs(second);
  }

  @Test
  void nothingIsAddedAfterWhatIsNotTheLast() {
    SendEntry second = entry();
    tail.replace(first, second);
    tail.move();
    assertThat(tail.replace(first, entry())).isFalse();
    assertThat(tail.last()).isSameAs(second);
  }

  @Test
  void aPlaceThatWasLeftKeepsNeitherTheNextNorAnEntry() throws Exception {
    Object place = valueOf("place", tail);
    tail.move();
    assertThat(valueOf("place", tail)).isNotSameAs(place);
    assertThat(valueOf("last", place))
        .isNotSameAs(valueOf("place", tail))
        .isNotInstanceOf(SendEntry.class);
  }

  @Test
  void allThatManyAddIsLinkedThoughEachMovesOnEveryTime() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> producers = new ArrayList<>();
    for (int p = 0; p < PRODUCERS; p++) {
      Thread producer =
          new Thread(
              () -> {
                awaitUnlessInterrupted(go);
                for (int i = 0; i < EACH; i++) {
                  add(entry());
                  tail.move();
                }
              });
      producer.start();
      producers.add(producer);
    }
    go.countDown();
    for (Thread producer : producers) {
      producer.join();
    }
    int count = 0;
    SendEntry at = first;
    for (SendEntry next = at.next(); next != null; next = at.next()) {
      at = next;
      count++;
    }
    assertThat(count).isEqualTo(PRODUCERS * EACH);
    assertThat(tail.last()).isSameAs(at);
  }

  @Test
  void whateverIsTheLastCanBeReplaced() {
    tail.replace(first, entry());
    tail.move();
    SendEntry end = SendEntry.blank(1);
    tail.replaceAny(end);
    assertThat(tail.last()).isSameAs(end);
  }

  private void add(SendEntry entry) {
    SendEntry last;
    do {
      last = tail.last();
    } while (!tail.replace(last, entry));
    last.linkTo(entry);
  }

  private static SendEntry entry() {
    return new SendEntry.Plain(Payload.empty(), SendOptions.DEFAULT);
  }

  private static Object valueOf(String field, Object of) throws ReflectiveOperationException {
    Field found = of.getClass().getDeclaredField(field);
    found.setAccessible(true);
    return found.get(of);
  }

  private static void awaitUnlessInterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
