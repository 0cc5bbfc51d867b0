package dev.earshot.security.tls;

import static dev.earshot.security.tls.PairingRoom.failure;
import static dev.earshot.security.tls.PairingRoom.otherThan;
import static dev.earshot.security.tls.PairingRoom.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.earshot.CancelledException;
import dev.earshot.Endpoint;
import dev.earshot.security.tls.PairingException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two people pair, or fail to, over the memory transport. */
class PairingTest {
  private final PairingRoom room = new PairingRoom(1);

  @AfterEach
  void close() {
    room.close();
  }

  @Test
  void theRightCodeGivesBothTheSameNewKey() {
    Pairing shown = room.show();
    Pairing entered = room.enter(shown, shown.code()).start(room.enteredBy, room.kitchen.queue());
    PairedPeer kitchen = room.room.await(shown.paired());
    PairedPeer den = room.room.await(entered.paired());

    assertThat(kitchen.key().matches(den.key())).isTrue();
    assertThat(kitchen.key().<Integer>use(key -> key.length)).isEqualTo(32);
    assertThat(kitchen.identity().toUtf8String()).matches("earshot-[0-9a-f]{32}");
    assertThat(kitchen.name()).isEqualTo("Kitchen");
    assertThat(den.name()).isEqualTo("Den");
    assertThat(room.shownBy.stateNames())
        .containsExactly("Preparing", "Open", "Exchanging", "Paired");
    assertThat(room.enteredBy.stateNames()).containsExactly("Preparing", "Exchanging", "Paired");
    assertThat(shown.port()).isEmpty();
  }

  @Test
  void eachPairingGivesAnotherKey() {
    Pairing first = room.show();
    PairedPeer one = room.tryCode(first, first.code()).join();
    PairingRoom other = new PairingRoom(2);
    Pairing second = other.show();
    PairedPeer two = other.tryCode(second, second.code()).join();
    other.close();
    assertThat(one.identity()).isNotEqualTo(two.identity());
    assertThat(one.key().matches(two.key())).isFalse();
  }

  @Test
  void theOtherSideIsFoundByBonjourAsLongAsTheCodeIsShown() {
    Pairing shown = room.show();
    room.pass(Duration.ofSeconds(1));
    assertThat(room.shownBy.advertised)
        .containsExactly(Endpoint.bonjour("Den", Pairing.SERVICE_TYPE));
    Pairing entered =
        room.enter(room.shownBy.advertised.get(0), shown.code())
            .start(room.enteredBy, room.kitchen.queue());
    assertThat(room.room.await(entered.paired()).name()).isEqualTo("Den");
    room.pass(Duration.ofSeconds(1));
    assertThat(room.room.air().advertised()).isEmpty();
  }

  @Test
  void aWrongCodeIsToldOnBothSidesAndCostsOneTry() {
    Pairing shown = room.show();
    CompletableFuture<PairedPeer> entered = room.tryCode(shown, otherThan(shown));

    assertThat(reason(entered)).isEqualTo(Reason.WRONG_CODE);
    assertThat(failure(entered)).hasMessageContaining("type it again");
    assertThat(room.shownBy.reasons()).containsExactly(Reason.WRONG_CODE);
    assertThat(room.shownBy.triesLeft).containsExactly(2);
    assertThat(room.shownBy.failedTries.get(0)).hasMessageContaining("2 tries are left");
    assertThat(room.shownBy.states).endsWith(new Pairing.State.Open(2));

    assertThat(room.tryCode(shown, shown.code())).isCompleted();
    assertThat(shown.paired()).isCompleted();
  }

  @Test
  void afterThreeWrongTriesTheCodeIsNoGood() {
    Pairing shown = room.show();
    for (int i = 0; i < 3; i++) {
      assertThat(reason(room.tryCode(shown, otherThan(shown)))).isEqualTo(Reason.WRONG_CODE);
    }
    assertThat(reason(shown.paired())).isEqualTo(Reason.TOO_MANY_TRIES);
    assertThat(failure(shown.paired())).hasMessageContaining("Show a new one");
    assertThat(room.shownBy.triesLeft).containsExactly(2, 1, 0);
  }

  @Test
  void aCodeThatIsOverIsNotFound() {
    Pairing shown = room.show();
    Endpoint address = PairingRoom.address(shown);
    room.room.await(shown.cancel());
    Pairing entered = room.enter(address, shown.code()).start(room.enteredBy, room.kitchen.queue());
    assertThat(room.passUntil(() -> entered.state().isOver())).isTrue();
    assertThat(reason(entered.paired())).isEqualTo(Reason.NOT_THERE);
    assertThat(failure(entered.paired())).hasMessageContaining("still shows its code");
  }

  @Test
  void aCodeLivesTwoMinutes() {
    Pairing shown = room.show();
    room.pass(Pairing.CODE_LIFE.minusSeconds(1));
    assertThat(shown.state()).isInstanceOf(Pairing.State.Open.class);
    room.pass(Duration.ofSeconds(2));
    assertThat(reason(shown.paired())).isEqualTo(Reason.EXPIRED);
    assertThat(shown.port()).isEmpty();
    CompletableFuture<Throwable> bare = shown.paired().handle((peer, thrown) -> thrown);
    assertThat(bare.join()).isInstanceOf(PairingException.class);
  }

  @Test
  void aFailedTryDoesNotMakeACodeLiveLonger() {
    Pairing shown = room.show();
    room.pass(Pairing.CODE_LIFE.minusSeconds(5));
    room.tryCode(shown, otherThan(shown));
    room.pass(Duration.ofSeconds(6));
    assertThat(reason(shown.paired())).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void cancellingEndsInCancelledOnce() {
    Pairing shown = room.show();
    room.room.await(shown.cancel());
    shown.close();
    assertThat(failure(shown.paired())).isInstanceOf(CancelledException.class);
    room.pass(Duration.ofMinutes(5));
    assertThat(room.shownBy.stateNames()).containsExactly("Preparing", "Open", "Cancelled");
  }

  @Test
  void aClosedNetworkCancelsBothSides() {
    Pairing shown = room.show();
    Pairing entered = room.enter(shown, shown.code()).start(room.enteredBy, room.kitchen.queue());
    room.den.close();
    room.kitchen.close();
    assertThat(failure(shown.paired())).isInstanceOf(CancelledException.class);
    assertThat(entered.paired()).isCompletedExceptionally();
    assertThatIllegalStateException()
        .isThrownBy(() -> Pairing.show(room.den.network(), PairingRoom.options("Den")));
  }

  @Test
  void aPairingIsStartedOnce() {
    Pairing shown = room.show();
    assertThatIllegalStateException().isThrownBy(() -> shown.start(room.shownBy, room.den.queue()));
    Pairing never = room.enter(shown, "000000");
    never.cancel();
    assertThat(failure(never.paired())).isInstanceOf(CancelledException.class);
    assertThatIllegalStateException()
        .isThrownBy(() -> never.start(room.enteredBy, room.kitchen.queue()));
  }

  @Test
  void codesAreReadAsPeopleTypeThem() {
    Pairing shown = room.show();
    assertThat(shown.code()).matches("[0-9]{3} [0-9]{3}");
    assertThat(room.enter(shown, " 48-29 13 ").code()).isEqualTo("482 913");
    assertThat(room.enter(shown, "\u0664\u0668\u0662\u0669\u0661\u0663").code())
        .isEqualTo("482 913");
    for (String bad : new String[] {"", "12345", "1234567", "12345x", "-----"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> room.enter(shown, bad))
          .withMessage("a pairing code has six digits, such as 482 913");
    }
  }

  @Test
  void aHandlerThatThrowsAndAnExecutorThatRefusesChangeNothing() {
    Pairing shown = room.show();
    Pairing entered = room.enter(shown, shown.code());
    Pairing.Handler throwing =
        new Pairing.Handler() {
          @Override
          public void stateUpdated(Pairing pairing, Pairing.State state) {
            throw new IllegalStateException("on purpose");
          }
        };
    entered.start(
        throwing,
        task -> {
          throw new java.util.concurrent.RejectedExecutionException("on purpose");
        });
    assertThat(room.room.await(entered.paired()).name()).isEqualTo("Den");
  }
}
