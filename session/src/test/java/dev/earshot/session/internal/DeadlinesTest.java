package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.session.internal.Deadlines.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is to be done later, and what is not to be done after all. */
class DeadlinesTest {
  private final Deadlines deadlines = new Deadlines();
  private final List<Long> done = new ArrayList<>();

  private Deadline at(long nanos) {
    return deadlines.at(nanos, () -> done.add(nanos));
  }

  @Test
  void whatIsDueIsDoneTheEarlierFirst() {
    at(3);
    at(1);
    at(2);
    deadlines.run(2);
    assertThat(done).containsExactly(1L, 2L);
    assertThat(deadlines.next()).hasValue(3);
  }

  @Test
  void whatIsCancelledIsNotDoneAndNotWaitedFor() {
    Deadline first = at(1);
    Deadline second = at(2);
    at(3);
    deadlines.cancel(second);
    deadlines.cancel(first);
    deadlines.cancel(first);
    assertThat(deadlines.next()).hasValue(3);
    deadlines.run(3);
    assertThat(done).containsExactly(3L);
    assertThat(deadlines.next()).isEmpty();
  }

  @Test
  void cancellingWhatIsDoneOrForgottenChangesNothing() {
    Deadline early = at(1);
    deadlines.run(1);
    deadlines.cancel(early);
    Deadline forgotten = at(2);
    deadlines.clear();
    deadlines.cancel(forgotten);
    at(3);
    deadlines.run(3);
    assertThat(done).containsExactly(1L, 3L);
  }

  @Test
  void oneThatIsDoneMayCancelAnother() {
    Deadline other = at(2);
    deadlines.at(1, () -> deadlines.cancel(other));
    deadlines.run(5);
    assertThat(done).isEmpty();
  }

  @Test
  void whateverIsCancelledAmongVeryManyTheRestIsDone() {
    SplittableRandom random = new SplittableRandom(1);
    List<Long> expected = new ArrayList<>();
    List<Deadline> cancelled = new ArrayList<>();
    for (long i = 0; i < 20_000; i++) {
      Deadline deadline = at(i);
      if (random.nextInt(10) == 0) {
        expected.add(i);
      } else {
        cancelled.add(deadline);
      }
    }
    while (!cancelled.isEmpty()) {
      deadlines.cancel(cancelled.remove(cancelled.size() - 1));
    }
    deadlines.run(20_000);
    assertThat(done).isEqualTo(expected);
  }
}
