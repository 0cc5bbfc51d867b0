package dev.earshot.security.tls;

import static dev.earshot.security.tls.PairingRoom.failure;
import static dev.earshot.security.tls.PairingRoom.otherThan;
import static dev.earshot.security.tls.PairingRoom.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.security.tls.PairingException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Somebody between the two: what one guess brings, and who hears of it. */
class ManInTheMiddleTest {
  private static final String STRANGER = "10.0.0.66";

  private final PairingRoom room = new PairingRoom(11);

  @AfterEach
  void close() {
    room.close();
  }

  /** Types the right code, but is led to the one in the middle. */
  private CompletableFuture<PairedPeer> deceived(Pairing shown, ManInTheMiddle middle) {
    room.passUntil(() -> middle.listener.port().isPresent());
    Endpoint astray = Endpoint.hostPort(STRANGER, middle.listener.port().getAsInt());
    CompletableFuture<PairedPeer> paired =
        room.enter(astray, shown.code())
            .start(new RecordingPairing(() -> true), room.kitchen.queue())
            .paired();
    assertThat(room.passUntil(paired::isDone)).isTrue();
    room.pass(Duration.ofSeconds(2));
    return paired;
  }

  @Test
  void aWrongGuessGivesNoKeyAndIsToldOnBothSides() {
    Pairing shown = room.show();
    ManInTheMiddle middle =
        ManInTheMiddle.guessing(
            room.stranger.network(), PairingRoom.address(shown), otherThan(shown));
    CompletableFuture<PairedPeer> entered = deceived(shown, middle);

    assertThat(middle.guessWasWrong).isTrue();
    assertThat(middle.withEntering).isEmpty();
    assertThat(middle.withShowing).isEmpty();
    assertThat(reason(entered)).isIn(Reason.WRONG_CODE, Reason.PEER_GONE);
    assertThat(failure(entered)).hasMessageContaining("new code");
    assertThat(room.shownBy.reasons()).containsExactly(Reason.WRONG_CODE);
    assertThat(room.shownBy.failedTries.get(0)).hasMessageContaining("somebody else is guessing");
    assertThat(shown.paired()).isNotDone();
  }

  /**
   * The attack is a real one: with luck it works, and that is what three tries in a million are.
   */
  @Test
  void aRightGuessWouldGiveItAKeyWithEach() {
    Pairing shown = room.show();
    ManInTheMiddle middle =
        ManInTheMiddle.guessing(room.stranger.network(), PairingRoom.address(shown), shown.code());
    CompletableFuture<PairedPeer> entered = deceived(shown, middle);

    assertThat(entered.join().key().matches(middle.withEntering.orElseThrow().key())).isTrue();
    assertThat(shown.paired().join().key().matches(middle.withShowing.orElseThrow().key()))
        .isTrue();
    assertThat(shown.paired().join().identity()).isNotEqualTo(entered.join().identity());
  }

  @Test
  void whoOnlyPassesOnWhatIsSaidLearnsNoKey() {
    Pairing shown = room.show();
    ManInTheMiddle middle =
        ManInTheMiddle.relaying(room.stranger.network(), PairingRoom.address(shown));
    CompletableFuture<PairedPeer> entered = deceived(shown, middle);

    assertThat(entered.join().key().matches(shown.paired().join().key())).isTrue();
  }
}
