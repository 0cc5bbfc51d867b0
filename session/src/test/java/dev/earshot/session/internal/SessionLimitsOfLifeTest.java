package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.Payload;
import dev.earshot.session.Peer;
import dev.earshot.session.Session;
import dev.earshot.session.internal.SessionRoom.Member;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What a session answers before its start and after its end. */
class SessionLimitsOfLifeTest {
  private static final Payload HELLO = Payload.utf8("hello");
  private static final Endpoint PLACE = Endpoint.hostPort("10.0.0.9", 4242);

  @Test
  void beforeTheStartWhatNeedsThreadsThrowsAndWhatOnlyAsksAnswers() {
    try (SessionRoom room = new SessionRoom(1)) {
      Member ada = room.member(1, "ada");
      Member bob = room.member(2, "bob");
      String why = "the session has not been started";
      assertThatThrownBy(() -> ada.session.connect(PLACE)).hasMessage(why);
      assertThatThrownBy(() -> ada.session.sendToAll(HELLO)).hasMessage(why);
      assertThatThrownBy(() -> ada.session.send(HELLO, List.of(bob.self))).hasMessage(why);
      assertThatThrownBy(() -> ada.session.disconnect(bob.self))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(why);
      assertThat(ada.session.state()).isEqualTo(new Session.State.Setup());
      assertThat(ada.session.port()).isEmpty();
      assertThat(ada.session.connectedPeers()).isEmpty();
      assertThat(ada.session.nearbyPeers()).isEmpty();
      assertThat(ada.session.currentPath(bob.self)).isEmpty();
      assertThat(ada.session.securityMetadata(bob.self)).isEmpty();
      ada.session.leave();
      assertThatThrownBy(() -> ada.session.connect(PLACE)).hasMessage("the session was left");
    }
  }

  @Test
  void afterLeaveWhatIsSentOrAskedFailsAndSaysWhy() {
    try (SessionRoom room = new SessionRoom(2)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      CompletableFuture<Void> left = ada.session.leave();
      CompletableFuture<?> early = ada.session.sendToAll(HELLO);
      room.pass(Duration.ofSeconds(2));
      assertThat(left).isCompleted();
      CompletableFuture<?> toAll = ada.session.sendToAll(HELLO);
      CompletableFuture<?> toOne = ada.session.send(HELLO, List.of(bob.self));
      CompletableFuture<Peer> connect = ada.session.connect(bob.endpoint());
      room.pass(Duration.ofSeconds(1));
      for (CompletableFuture<?> each : List.of(early, toAll, toOne, connect)) {
        assertThat(each)
            .isCompletedExceptionally()
            .failsWithin(Duration.ZERO)
            .withThrowableThat()
            .havingCause()
            .isInstanceOf(CancelledException.class)
            .withMessage("the session was left");
      }
      assertThat(bob.seen.messages).isEmpty();
    }
  }

  @Test
  void toNobodyIsCompleteWhileTheSessionLives() {
    try (SessionRoom room = new SessionRoom(3)) {
      Member ada = room.member(1, "ada").start();
      room.pass(Duration.ofSeconds(1));
      var sent = ada.session.sendToAll(HELLO);
      room.pass(Duration.ofSeconds(1));
      assertThat(sent.join().isComplete()).isTrue();
      assertThat(sent.join().sent()).isEmpty();
    }
  }

  @Test
  void whoDialsItselfIsToldSo() {
    try (SessionRoom room = new SessionRoom(4)) {
      Member ada = room.member(1, "ada").start();
      room.pass(Duration.ofSeconds(1));
      CompletableFuture<Peer> attempt = ada.session.connect(ada.endpoint());
      room.pass(Duration.ofSeconds(2));
      assertThat(attempt.handle((peer, failure) -> failure).join())
          .asInstanceOf(InstanceOfAssertFactories.type(HandshakeException.class))
          .extracting(HandshakeException::reason)
          .isEqualTo(HandshakeException.Reason.SELF);
      assertThat(ada.seen.peers).isEmpty();
    }
  }
}
