package dev.earshot.security.tls;

import static dev.earshot.security.tls.PairingRoom.otherThan;
import static dev.earshot.security.tls.PairingRoom.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Payload;
import dev.earshot.security.tls.PairingException.Reason;
import dev.earshot.security.tls.pairing.EnteringExchange;
import dev.earshot.security.tls.pairing.Message;
import dev.earshot.security.tls.pairing.MessageCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What somebody without the code can do to the side that shows it: little, and it is told. */
class HostilePairingTest {
  private final PairingRoom room = new PairingRoom(7);

  @AfterEach
  void close() {
    room.close();
  }

  private Message.Answer answerTo(PairingRoom.Raw raw, EnteringExchange exchange) {
    raw.say(exchange.open());
    return (Message.Answer) raw.hear().get(0);
  }

  @Test
  void reconnectingAfterTheAnswerGivesNoMoreTries() {
    Pairing shown = room.show();
    for (int i = 0; i < 3; i++) {
      PairingRoom.Raw raw = room.connect(shown);
      answerTo(raw, raw.exchange("000000"));
      raw.connection.forceCancel();
      room.pass(Duration.ofSeconds(1));
    }
    assertThat(room.shownBy.reasons()).containsOnly(Reason.PEER_GONE).hasSize(3);
    assertThat(reason(shown.paired())).isEqualTo(Reason.TOO_MANY_TRIES);
  }

  @Test
  void whoFallsSilentLosesItsTryAndTheNextHasItsTurn() {
    Pairing shown = room.show();
    PairingRoom.Raw raw = room.connect(shown);
    answerTo(raw, raw.exchange("000000"));
    assertThat(reason(room.tryCode(shown, shown.code()))).isEqualTo(Reason.BUSY);
    room.pass(Duration.ofSeconds(11));
    assertThat(room.shownBy.reasons()).containsExactly(Reason.TIMED_OUT);
    assertThat(room.tryCode(shown, shown.code())).isCompleted();
  }

  @Test
  void garbageInsteadOfAnOpeningIsClosedWithoutAWordAndCostsNothing() {
    Pairing shown = room.show();
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      byte[] garbage = new byte[1 + random.nextInt(Message.MAXIMUM_BYTES)];
      random.nextBytes(garbage);
      garbage[0] = (byte) (i % 8);
      garbage[Math.min(1, garbage.length - 1)] = 1;
      PairingRoom.Raw raw = room.connect(shown);
      raw.say(Payload.wrap(garbage));
      assertThat(raw.hear()).as("message %d", i).isEmpty();
    }
    assertThat(room.shownBy.failedTries).isEmpty();
    assertThat(room.tryCode(shown, shown.code())).isCompleted();
  }

  @Test
  void openingsThatProveNothingAreLookedAtSoManyTimesAndNoMore() {
    Pairing shown = room.show();
    byte[] opening = new byte[MessageCodec.encode(opening(room.connect(shown))).length()];
    opening[0] = 1;
    opening[1] = 1;
    for (int i = 0; i < CodeDesk.OPENINGS; i++) {
      assertThat(shown.state().isOver()).isFalse();
      PairingRoom.Raw raw = room.connect(shown);
      raw.say(Payload.wrap(opening));
      assertThat(raw.hear()).isEmpty();
    }
    room.pass(Duration.ofSeconds(1));
    assertThat(reason(shown.paired())).isEqualTo(Reason.TOO_MANY_TRIES);
    assertThat(room.shownBy.reasons()).containsOnly(Reason.PROTOCOL_ERROR);
  }

  private static Message.Opening opening(PairingRoom.Raw raw) {
    return raw.exchange("000000").open();
  }

  @Test
  void aFloodOfSilentVisitorsDoesNotKeepTheRightOneOut() {
    Pairing shown = room.show();
    List<PairingRoom.Raw> flood = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      flood.add(room.connect(shown));
    }
    assertThat(room.tryCode(shown, shown.code())).isCompleted();
    room.pass(Duration.ofSeconds(1));
    assertThat(flood)
        .allSatisfy(raw -> assertThat(raw.connection.state()).isNotInstanceOf(ready()));
  }

  private static Class<?> ready() {
    return dev.earshot.Connection.State.Ready.class;
  }

  @Test
  void aVisitorWhoSaysNothingIsSentAwayAfterTenSeconds() {
    Pairing shown = room.show();
    PairingRoom.Raw raw = room.connect(shown);
    room.pass(Duration.ofSeconds(11));
    assertThat(raw.connection.state()).isNotInstanceOf(ready());
    assertThat(room.shownBy.failedTries).isEmpty();
    assertThat(shown.state()).isInstanceOf(Pairing.State.Open.class);
  }

  @Test
  void anotherVersionIsRefusedInSoManyWords() {
    Pairing shown = room.show();
    PairingRoom.Raw raw = room.connect(shown);
    byte[] opening = MessageCodec.encode(opening(raw)).toByteArray();
    opening[1] = 2;
    raw.say(Payload.wrap(opening));
    assertThat(raw.hear()).containsExactly(new Message.Refusal(Message.Reason.VERSION));
    assertThat(room.shownBy.failedTries).isEmpty();
  }

  @Test
  void whatWasSaidInOneExchangeIsWorthNothingInTheNext() {
    Pairing shown = room.show();
    PairingRoom.Raw first = room.connect(shown);
    EnteringExchange exchange = first.exchange(shown.code());
    Message.Opening opening = exchange.open();
    first.say(opening);
    Message.Proof proof = prove(exchange, (Message.Answer) first.hear().get(0));
    first.connection.forceCancel();
    room.pass(Duration.ofSeconds(1));

    PairingRoom.Raw second = room.connect(shown);
    second.say(opening);
    second.hear();
    second.say(proof);
    assertThat(second.hear()).isEmpty(); // the proof of round two is for another base
    room.pass(Duration.ofSeconds(1));
    assertThat(room.shownBy.reasons()).containsExactly(Reason.PEER_GONE, Reason.PROTOCOL_ERROR);
    assertThat(shown.paired()).isNotDone();
  }

  @Test
  void aMessageOutOfTurnEndsTheExchange() {
    Pairing shown = room.show();
    PairingRoom.Raw raw = room.connect(shown);
    Message.Opening opening = opening(raw);
    raw.say(opening);
    raw.hear();
    raw.say(opening);
    assertThat(raw.hear()).isEmpty();
    assertThat(room.shownBy.reasons()).containsExactly(Reason.PROTOCOL_ERROR);
  }

  @Test
  void aLastMessageThatWasChangedGivesNoKey() throws Exception {
    Pairing shown = room.show();
    PairingRoom.Raw raw = room.connect(shown);
    EnteringExchange exchange = raw.exchange(shown.code());
    raw.say(prove(exchange, answerTo(raw, exchange)));
    Message.Done done = exchange.conclude((Message.Acceptance) raw.hear().get(0)).reply();
    byte[] changed = MessageCodec.encode(done).toByteArray();
    changed[changed.length - 1] ^= 1;
    raw.say(Payload.wrap(changed));
    raw.hear();
    assertThat(room.shownBy.reasons()).containsExactly(Reason.PROTOCOL_ERROR);
    assertThat(shown.paired()).isNotDone();
  }

  private static Message.Proof prove(EnteringExchange exchange, Message.Answer answer) {
    try {
      return exchange.prove(answer);
    } catch (dev.earshot.FramingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anyByteOfTheProofThatIsChangedGivesNoKey() {
    int length = 276;
    for (int at = 2; at < length; at += 31) {
      PairingRoom fresh = new PairingRoom(at);
      Pairing shown = fresh.show();
      PairingRoom.Raw raw = fresh.connect(shown);
      EnteringExchange exchange = raw.exchange(shown.code());
      byte[] proof = MessageCodec.encode(prove(exchange, answerTo(raw, exchange))).toByteArray();
      assertThat(proof).hasSize(length);
      proof[at] ^= 4;
      raw.say(Payload.wrap(proof));
      raw.hear();
      assertThat(fresh.shownBy.triesLeft).as("byte %d", at).containsExactly(2);
      assertThat(shown.paired()).isNotDone();
      fresh.close();
    }
  }

  /** However many come at once: one is looked at, the others hear so, and three tries are all. */
  @Test
  void manyWhoTryAtOnceHaveThreeTriesAltogether() {
    Pairing shown = room.show();
    String wrong = otherThan(shown);
    int answers = 0;
    while (!shown.state().isOver()) {
      List<PairingRoom.Raw> crowd = new ArrayList<>();
      List<EnteringExchange> exchanges = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        crowd.add(room.connect(shown));
        exchanges.add(crowd.get(i).exchange(wrong));
      }
      for (int i = 0; i < crowd.size(); i++) {
        crowd.get(i).say(exchanges.get(i).open());
      }
      for (int i = 0; i < crowd.size(); i++) {
        List<Message> heard = crowd.get(i).hear();
        if (heard.size() == 1 && heard.get(0) instanceof Message.Answer answer) {
          answers++;
          crowd.get(i).say(prove(exchanges.get(i), answer));
        }
      }
      room.pass(Duration.ofSeconds(1));
    }
    assertThat(answers).isEqualTo(Pairing.TRIES);
    assertThat(reason(shown.paired())).isEqualTo(Reason.TOO_MANY_TRIES);
  }

  @Test
  void aCodeThatEndsInTheMiddleOfAnExchangeGivesNoKeyAnyMore() {
    Pairing shown = room.show();
    room.pass(Pairing.CODE_LIFE.minusSeconds(1));
    PairingRoom.Raw raw = room.connect(shown);
    EnteringExchange exchange = raw.exchange(shown.code());
    Message.Answer answer = answerTo(raw, exchange);

    room.pass(Duration.ofSeconds(2));
    raw.say(prove(exchange, answer));

    assertThat(raw.hear()).isEmpty();
    assertThat(reason(shown.paired())).isEqualTo(Reason.EXPIRED);
    assertThat(room.shownBy.failedTries).as("nothing is told after the end").isEmpty();
  }

  @Test
  void twoWithDifferentCodesDoNotComeTogether() {
    Pairing shown = room.show();
    CompletableFuture<PairedPeer> wrong = room.tryCode(shown, otherThan(shown));
    assertThat(wrong).isCompletedExceptionally();
    assertThat(shown.paired()).isNotDone();
  }
}
