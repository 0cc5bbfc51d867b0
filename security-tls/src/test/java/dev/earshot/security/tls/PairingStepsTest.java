package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.CancelledException;
import dev.earshot.testing.LinkFault;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A pairing is disturbed at every moment of its life, a millisecond apart: each side's future
 * completes, both have the same key or at most one believes to have one, and nothing is left over.
 */
class PairingStepsTest {
  /** Longer than a whole pairing takes on this wire. */
  private static final int MOMENTS = 40;

  private enum Disturbance {
    SHOWING_CANCELS,
    ENTERING_CANCELS,
    SHOWING_NETWORK_CLOSES,
    ENTERING_NETWORK_CLOSES,
    CUT,
    STALL,
    HALF_CLOSE,
    FAREWELL,
    CORRUPT
  }

  static Stream<Arguments> disturbances() {
    return Stream.of(Disturbance.values()).map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("disturbances")
  void everyFutureCompletesWhateverHappensWhenever(Object disturbance) {
    for (int moment = 0; moment < MOMENTS; moment++) {
      disturb((Disturbance) disturbance, moment);
    }
  }

  /** The same with whatever chance brings, two disturbances after each other. */
  @Test
  @Tag("soak")
  void everyFutureCompletesAfterTwoDisturbancesAtAnyMoment() {
    Random random = new Random(1);
    Disturbance[] all = Disturbance.values();
    for (int i = 0; i < 5_000; i++) {
      disturb(
          i,
          random.nextInt(MOMENTS),
          all[random.nextInt(all.length)],
          all[random.nextInt(all.length)]);
    }
  }

  private void disturb(Disturbance disturbance, int moment) {
    disturb(moment, moment, disturbance);
  }

  private void disturb(long seed, int moment, Disturbance... disturbances) {
    try (PairingRoom room = new PairingRoom(seed)) {
      Pairing shown = room.show();
      Pairing entered = room.enter(shown, shown.code()).start(room.enteredBy, room.kitchen.queue());
      for (Disturbance disturbance : disturbances) {
        room.pass(Duration.ofMillis(moment));
        strike(disturbance, room, shown, entered);
      }

      CompletableFuture<PairedPeer> here = shown.paired();
      CompletableFuture<PairedPeer> there = entered.paired();
      String when = List.of(disturbances) + " after " + moment + " ms, seed " + seed;
      assertThat(room.passUntil(() -> here.isDone() && there.isDone())).as(when).isTrue();
      room.pass(Duration.ofMillis(10));
      if (!here.isCompletedExceptionally() && !there.isCompletedExceptionally()) {
        assertThat(here.join().key().matches(there.join().key())).as(when).isTrue();
      }
      BiConsumer<String, CompletableFuture<PairedPeer>> typed =
          (side, future) -> {
            if (future.isCompletedExceptionally()) {
              assertThat(PairingRoom.failure(future))
                  .as(side + ", " + when)
                  .isInstanceOfAny(PairingException.class, CancelledException.class);
            }
          };
      typed.accept("showing", here);
      typed.accept("entering", there);
      shown.cancel();
      entered.cancel();
    }
  }

  private static void strike(
      Disturbance disturbance, PairingRoom room, Pairing shown, Pairing entered) {
    switch (disturbance) {
      case SHOWING_CANCELS -> shown.cancel();
      case ENTERING_CANCELS -> entered.cancel();
      case SHOWING_NETWORK_CLOSES -> room.den.close();
      case ENTERING_NETWORK_CLOSES -> room.kitchen.close();
      default -> room.room.wire().strike(LinkFault.valueOf(disturbance.name()));
    }
  }
}
