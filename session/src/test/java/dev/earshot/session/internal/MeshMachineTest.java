package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.Payload;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Farewell;
import dev.earshot.session.internal.wire.Versions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The machine by itself, where the other side does what no peer of ours would. */
class MeshMachineTest {
  private static final Endpoint PLACE = Endpoint.hostPort("10.0.0.2", 4242);
  private static final Peer SELF = new Peer(PeerId.of(new UUID(5, 0)), "self");
  private static final Peer SMALLER = new Peer(PeerId.of(new UUID(1, 0)), "smaller");
  private static final Peer LARGER = new Peer(PeerId.of(new UUID(9, 0)), "larger");

  private final List<Effect> effects = new ArrayList<>();
  private final MeshMachine machine =
      new MeshMachine(
          new MeshSettings(SELF, 1, true, 8, 1_000, Duration.ofSeconds(10), Duration.ofSeconds(10)),
          CrossedDials.MESH,
          new SplittableRandom(1),
          effects::add);

  private static Body.Hello hello(Peer peer, int version) {
    Versions versions = new Versions(version, version);
    return new Body.Hello(peer.id(), peer.displayName(), versions, Set.of(), 7, 1_000);
  }

  private static long seconds(double value) {
    return (long) (value * 1e9);
  }

  private List<Body> said() {
    return effects.stream()
        .filter(Effect.Say.class::isInstance)
        .map(effect -> ((Effect.Say) effect).body())
        .toList();
  }

  private List<Farewell> farewells() {
    return said().stream()
        .filter(Body.Goodbye.class::isInstance)
        .map(body -> ((Body.Goodbye) body).code())
        .toList();
  }

  /** An accepted connection with {@code peer}, on which both have said hello. */
  private long greeted(Peer peer) {
    long link = machine.accepted(0, PLACE);
    machine.received(0, link, hello(peer, 1));
    return link;
  }

  @Test
  void helloIsSaidAtOnceWithoutWaiting() {
    machine.accepted(0, PLACE);
    assertThat(said()).singleElement().isInstanceOf(Body.Hello.class);
  }

  @Test
  void theLargerIdIsWelcomedAtOnceAndTheSmallerIsWaitedFor() {
    greeted(LARGER);
    assertThat(said()).last().isInstanceOf(Body.Welcome.class);
    effects.clear();
    long link = greeted(SMALLER);
    assertThat(said()).noneMatch(Body.Welcome.class::isInstance);
    machine.received(0, link, new Body.Welcome());
    assertThat(said()).last().isInstanceOf(Body.Welcome.class);
    assertThat(machine.carries(link)).isTrue();
  }

  @Test
  void theOwnIdOnTheOtherSideIsToldApart() {
    greeted(SELF);
    assertThat(farewells()).containsExactly(Farewell.SELF);
    assertThat(machine.connected()).isEmpty();
  }

  @Test
  void versionsWithNothingInCommonAreToldInWords() {
    long link = machine.accepted(0, PLACE);
    machine.received(0, link, hello(LARGER, 2));
    assertThat(farewells()).containsExactly(Farewell.VERSION);
    assertThat(effects)
        .filteredOn(Effect.ReportFailure.class::isInstance)
        .singleElement()
        .extracting(effect -> ((Effect.ReportFailure) effect).cause())
        .isInstanceOfSatisfying(
            HandshakeException.class,
            cause ->
                assertThat(cause.reason()).isEqualTo(HandshakeException.Reason.PROTOCOL_VERSION));
  }

  @Test
  void nothingBeforeHelloAndNoContentBeforeWelcomeIsStood() {
    long early = machine.accepted(0, PLACE);
    machine.received(0, early, new Body.Ping(1));
    assertThat(farewells()).containsExactly(Farewell.PROTOCOL_ERROR);
    effects.clear();
    long link = greeted(LARGER);
    boolean surfaced = machine.received(0, link, new Body.Message(Payload.utf8("early")));
    assertThat(surfaced).isFalse();
    assertThat(farewells()).containsExactly(Farewell.PROTOCOL_ERROR);
  }

  @Test
  void secondHellosAndWelcomesAndWelcomesOutOfTurnAreViolations() {
    machine.received(0, greeted(LARGER), hello(LARGER, 1));
    assertThat(farewells()).containsExactly(Farewell.PROTOCOL_ERROR);
    effects.clear();
    long link = greeted(SMALLER);
    machine.received(0, link, new Body.Welcome());
    machine.received(0, link, new Body.Welcome());
    assertThat(farewells()).containsExactly(Farewell.PROTOCOL_ERROR);
    assertThat(machine.connected()).isEmpty();
  }

  @Test
  void aSecondGoodbyeAndAllThatComesAfterTheFirstIsIgnored() {
    long link = greeted(LARGER);
    machine.received(0, link, new Body.Welcome());
    machine.received(0, link, new Body.Goodbye(Farewell.LEAVING, ""));
    effects.clear();
    machine.received(0, link, new Body.Goodbye(Farewell.LEAVING, ""));
    machine.received(0, link, new Body.Message(Payload.utf8("late")));
    machine.ended(0, link, new ConnectionLostException("closed"));
    assertThat(effects).isEmpty();
  }

  @Test
  void whoSaysNothingIsGivenUpAfterTenSeconds() {
    machine.accepted(0, PLACE);
    machine.expire(seconds(9.9));
    assertThat(farewells()).isEmpty();
    machine.expire(seconds(10));
    assertThat(farewells()).containsExactly(Farewell.TIMED_OUT);
  }

  @Test
  void aComputerThatSleptDoesNotTakeItsPeersForDead() {
    long link = greeted(LARGER);
    machine.received(0, link, new Body.Welcome());
    effects.clear();
    machine.expire(seconds(3_600)); // the lid was shut for an hour
    assertThat(farewells()).isEmpty();
    assertThat(said()).singleElement().isInstanceOf(Body.Ping.class);
    for (double now = 3_600; now <= 3_610; now += 0.5) {
      machine.expire(seconds(now));
    }
    assertThat(farewells()).as("dead all the same").containsExactly(Farewell.TIMED_OUT);
  }

  @Test
  void strangersWhoSayNothingAreBounded() {
    for (int i = 0; i < MeshSettings.MAXIMUM_UNSETTLED; i++) {
      machine.accepted(0, PLACE);
    }
    assertThat(farewells()).isEmpty();
    machine.accepted(0, PLACE);
    assertThat(farewells()).containsExactly(Farewell.TOO_MANY_PEERS);
  }

  /**
   * A dial that began at 0 and is under way, and the larger id's, whose hello comes at {@code at}.
   */
  private void crossed(double at) {
    machine.connect(0, 1, PLACE);
    machine.accepted(seconds(at), PLACE);
    machine.received(seconds(at), 2, hello(LARGER, 1));
    assertThat(said()).noneMatch(Body.Welcome.class::isInstance);
  }

  private boolean hasWelcomed(long link) {
    return effects.stream()
        .filter(Effect.Say.class::isInstance)
        .map(Effect.Say.class::cast)
        .anyMatch(say -> say.link() == link && say.body() instanceof Body.Welcome);
  }

  @Test
  void theOwnDialIsGivenASecond() {
    crossed(0.1);
    machine.expire(seconds(1.09));
    assertThat(hasWelcomed(2)).isFalse();
    machine.expire(seconds(1.1));
    assertThat(hasWelcomed(2)).isTrue();
  }

  @Test
  void anOwnDialThatTakesLongIsGivenAsLongAgain() {
    crossed(2);
    machine.expire(seconds(3.9));
    assertThat(hasWelcomed(2)).isFalse();
    machine.opened(seconds(3.9), 1);
    machine.received(seconds(3.95), 1, hello(LARGER, 1));
    assertThat(hasWelcomed(1)).isTrue();
    assertThat(farewells()).containsExactly(Farewell.DUPLICATE);
  }

  @Test
  void anOwnDialThatNeverComesThroughIsGivenThreeSecondsAtMost() {
    crossed(6);
    machine.expire(seconds(8.9));
    assertThat(hasWelcomed(2)).isFalse();
    machine.expire(seconds(9));
    assertThat(hasWelcomed(2)).isTrue();
  }

  @Test
  void aComputerThatStoodStillDoesNotTakeItsOwnDialForLate() {
    crossed(0.1);
    machine.expire(seconds(5)); // the timer comes first of all that has waited
    assertThat(hasWelcomed(2)).isFalse();
    machine.opened(seconds(5), 1);
    machine.received(seconds(5), 1, hello(LARGER, 1));
    assertThat(hasWelcomed(1)).isTrue();
    assertThat(farewells()).containsExactly(Farewell.DUPLICATE);
  }
}
