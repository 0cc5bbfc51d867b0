package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.Payload;
import dev.earshot.TooLargeException;
import dev.earshot.UnreachableException;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.SendResult;
import dev.earshot.session.Session;
import dev.earshot.session.internal.SessionRoom.Member;
import dev.earshot.testing.LinkFault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Whole sessions over a network in memory, in virtual time. */
class LiveSessionTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void peersThatFindEachOtherConnectOnceAndTalk() {
    try (SessionRoom room = new SessionRoom(1)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      CompletableFuture<SendResult> sent = ada.session.sendToAll(Payload.utf8("hello"));
      room.pass(SECOND);
      assertThat(sent.join().sent()).isEqualTo(Set.of(bob.self));
      assertThat(sent.join().isComplete()).isTrue();
      assertThat(bob.seen.messages).containsExactly("ada: hello");
      assertThat(ada.seen.peers).containsExactly("bob Connecting", "bob Connected");
      assertThat(ada.seen.states).containsExactly("Ready");
      assertThat(ada.session.state()).isEqualTo(new Session.State.Ready());
      assertThat(ada.session.securityMetadata(bob.self)).isPresent();
      assertThat(ada.session.currentPath(bob.self)).isPresent();
      assertThat(ada.seen.violations).isEmpty();
    }
  }

  @Test
  void threePeersAreEachConnectedWithEach() {
    try (SessionRoom room = new SessionRoom(2)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      Member cem = room.member(3, "cem").start();
      room.untilConnected(ada, bob, cem);
      room.pass(Duration.ofSeconds(30));
      assertThat(ada.session.connectedPeers()).containsExactlyInAnyOrder(bob.self, cem.self);
      for (Member member : List.of(ada, bob, cem)) {
        assertThat(member.seen.peers)
            .as("%s lost nobody", member)
            .noneMatch(p -> p.contains("Dis"));
        assertThat(member.seen.failures).isEmpty();
        assertThat(member.session.nearbyPeers()).hasSize(2);
      }
    }
  }

  @Test
  void twoThatDialEachOtherAtOnceKeepTheConnectionOfTheSmallerId() {
    for (int seed = 0; seed < 50; seed++) {
      try (SessionRoom room = new SessionRoom(seed)) {
        Member ada = room.member(1, "ada", Session.Builder::withoutDiscovery).start();
        Member bob = room.member(2, "bob", Session.Builder::withoutDiscovery).start();
        room.pass(SECOND);
        CompletableFuture<Peer> there = ada.session.connect(bob.endpoint());
        CompletableFuture<Peer> back = bob.session.connect(ada.endpoint());
        room.pass(Duration.ofSeconds(5));
        assertThat(there.join()).isEqualTo(bob.self);
        assertThat(back.join()).isEqualTo(ada.self);
        assertThat(remotePort(ada, bob)).isEqualTo(bob.session.port().orElseThrow());
        assertThat(remotePort(bob, ada)).isNotEqualTo(ada.session.port().orElseThrow());
        assertThat(room.room.wire().open()).as("ports and the ends of one connection").hasSize(4);
      }
    }
  }

  private static int remotePort(Member from, Member to) {
    return from.session.currentPath(to.self).orElseThrow().remoteEndpoint().orElseThrow().getPort();
  }

  @Test
  void connectingToWhomOneIsConnectedWithKeepsTheConnection() {
    try (SessionRoom room = new SessionRoom(3)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      int port = remotePort(ada, bob);
      assertThat(room.room.await(ada.session.connect(bob.endpoint()))).isEqualTo(bob.self);
      assertThat(room.room.await(bob.session.connect(ada.endpoint()))).isEqualTo(ada.self);
      room.pass(Duration.ofSeconds(5));
      assertThat(remotePort(ada, bob)).isEqualTo(port);
      assertThat(bob.seen.peers).noneMatch(p -> p.contains("Dis"));
    }
  }

  @Test
  void connectingToOneselfFailsInWords() {
    try (SessionRoom room = new SessionRoom(4)) {
      Member ada = room.member(1, "ada").start();
      room.pass(SECOND);
      CompletableFuture<Peer> self = ada.session.connect(ada.endpoint());
      room.pass(SECOND);
      assertThatThrownBy(self::join)
          .hasCauseInstanceOf(HandshakeException.class)
          .hasMessageContaining("is this peer itself");
    }
  }

  @Test
  void connectingWhereNobodyListensFails() {
    try (SessionRoom room = new SessionRoom(5)) {
      Member ada = room.member(1, "ada").start();
      room.pass(SECOND);
      CompletableFuture<Peer> nobody = ada.session.connect(Endpoint.hostPort("10.0.0.1", 9));
      room.pass(Duration.ofSeconds(11));
      assertThatThrownBy(nobody::join).hasCauseInstanceOf(UnreachableException.class);
      assertThat(ada.seen.failures).as("told once, by the future").isEmpty();
    }
  }

  @Test
  void connectingToWhomNeverAnswersFailsAtTheConnectTimeout() {
    try (SessionRoom room = new SessionRoom(6)) {
      Member ada = room.member(1, "ada", Session.Builder::withoutDiscovery).start();
      Member bob = room.member(2, "bob", Session.Builder::withoutDiscovery).start();
      room.pass(SECOND);
      room.room.wire().plan(LinkFault.DROP_DIAL);
      CompletableFuture<Peer> silent = ada.session.connect(bob.endpoint());
      room.pass(Duration.ofSeconds(9));
      assertThat(silent).isNotDone();
      room.pass(Duration.ofSeconds(2));
      assertThatThrownBy(silent::join).hasMessageContaining("in time");
    }
  }

  @Test
  void aWrongKeyIsToldInWordsOnBothSides() {
    try (SessionRoom room = new SessionRoom(7)) {
      Member ada = room.member(1, "ada").start();
      byte[] other = "another key of 32 bytes, all told".getBytes();
      Member eve = room.member(2, "eve", b -> b.security(SessionRoom.key("group", other))).start();
      room.pass(Duration.ofSeconds(10));
      for (Member member : List.of(ada, eve)) {
        assertThat(member.seen.failures)
            .isNotEmpty()
            .allSatisfy(
                failure ->
                    assertThat(failure)
                        .asInstanceOf(InstanceOfAssertFactories.type(HandshakeException.class))
                        .extracting(HandshakeException::reason)
                        .isEqualTo(HandshakeException.Reason.WRONG_KEY));
        assertThat(member.session.connectedPeers()).isEmpty();
      }
      int told = ada.seen.failures.size();
      room.pass(Duration.ofMinutes(5));
      assertThat(ada.seen.failures).as("nobody tries again in vain").hasSize(told);
    }
  }

  @Test
  void whoLeavesSaysGoodbyeAndIsNotMissed() {
    try (SessionRoom room = new SessionRoom(8)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      CompletableFuture<SendResult> last = bob.session.sendToAll(Payload.utf8("last"));
      CompletableFuture<Void> left = bob.session.leave();
      room.pass(SECOND);
      assertThat(left).isCompleted();
      assertThat(last.join().isComplete()).isTrue();
      assertThat(ada.seen.messages).containsExactly("bob: last");
      assertThat(ada.seen.peers).endsWith("bob Disconnected");
      assertThat(ada.seen.causes).isEmpty();
      assertThat(bob.seen.peers).endsWith("ada Disconnected");
      assertThat(bob.seen.states).containsExactly("Ready", "Left");
      assertThat(bob.session.connectedPeers()).isEmpty();
      room.pass(Duration.ofMinutes(1));
      assertThat(ada.seen.failures).isEmpty();
    }
  }

  @Test
  void aPeerThatIsDisconnectedStaysAway() {
    try (SessionRoom room = new SessionRoom(9)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      bob.session.disconnect(ada.self);
      room.pass(Duration.ofMinutes(2));
      assertThat(ada.session.connectedPeers()).isEmpty();
      assertThat(bob.session.connectedPeers()).isEmpty();
      assertThat(ada.seen.peers)
          .containsExactly("bob Connecting", "bob Connected", "bob Disconnected");
      assertThatThrownBy(() -> room.room.await(ada.session.connect(bob.endpoint())))
          .as("bob does not want to")
          .isInstanceOf(CompletionException.class);
      assertThat(room.room.await(bob.session.connect(ada.endpoint()))).isEqualTo(ada.self);
    }
  }

  @Test
  void aLostConnectionIsMadeAgain() {
    try (SessionRoom room = new SessionRoom(10)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      room.room.wire().strike(LinkFault.CUT);
      room.until(() -> ada.seen.peers.contains("bob Disconnected"));
      room.untilConnected(ada, bob);
      assertThat(ada.seen.causes).hasOnlyElementsOfType(ConnectionLostException.class);
      ada.session.sendToAll(Payload.utf8("again"));
      room.pass(SECOND);
      assertThat(bob.seen.messages).containsExactly("ada: again");
    }
  }

  @Test
  void aSilentPeerIsGivenUpAfterThePeerTimeout() {
    try (SessionRoom room = new SessionRoom(11)) {
      Member ada = room.member(1, "ada", Session.Builder::withoutDiscovery).start();
      Member bob = room.member(2, "bob", Session.Builder::withoutDiscovery).start();
      room.pass(SECOND);
      room.room.await(ada.session.connect(bob.endpoint()));
      room.pass(Duration.ofMinutes(1));
      assertThat(ada.session.connectedPeers()).as("idle, and alive").containsExactly(bob.self);
      room.room.wire().strike(LinkFault.STALL);
      room.pass(Duration.ofSeconds(6));
      assertThat(ada.session.connectedPeers()).containsExactly(bob.self);
      room.pass(Duration.ofSeconds(8));
      assertThat(ada.session.connectedPeers()).isEmpty();
      assertThat(bob.session.connectedPeers()).isEmpty();
      assertThat(ada.seen.causes).singleElement().asString().contains("was silent for PT10S");
    }
  }

  @Test
  void aPeerThatFailedAndCameBackIsLetInWithinSeconds() {
    try (SessionRoom room = new SessionRoom(12)) {
      Member ada = room.member(1, "ada", Session.Builder::withoutDiscovery).start();
      Member bob = room.member(2, "bob", Session.Builder::withoutDiscovery).start();
      room.pass(SECOND);
      room.room.await(bob.session.connect(ada.endpoint()));
      room.untilConnected(ada, bob);
      room.room.wire().strike(LinkFault.STALL); // bob's power fails: nobody tells ada
      Member again = room.member(2, "bob", Session.Builder::withoutDiscovery).start();
      room.pass(SECOND);
      assertThat(room.room.await(again.session.connect(ada.endpoint()))).isEqualTo(ada.self);
      room.pass(SECOND);
      assertThat(ada.seen.peers)
          .containsSubsequence("bob Connected", "bob Disconnected", "bob Connected");
      assertThat(room.room.time().now()).isLessThan(Duration.ofSeconds(8));
    }
  }

  @Test
  void nobodyCanTakeThePlaceOfALivingPeer() {
    try (SessionRoom room = new SessionRoom(13)) {
      Member ada = room.member(1, "ada", Session.Builder::withoutDiscovery).start();
      Member bob = room.member(2, "bob", Session.Builder::withoutDiscovery).start();
      Member liar = room.member(2, "liar", Session.Builder::withoutDiscovery).start();
      room.pass(SECOND);
      room.room.await(bob.session.connect(ada.endpoint()));
      CompletableFuture<Peer> lie = liar.session.connect(ada.endpoint());
      room.pass(Duration.ofSeconds(15));
      assertThat(lie).isCompletedExceptionally();
      assertThat(ada.seen.peers).containsExactly("bob Connecting", "bob Connected");
      ada.session.sendToAll(Payload.utf8("secret"));
      room.pass(SECOND);
      assertThat(bob.seen.messages).containsExactly("ada: secret");
      assertThat(liar.seen.messages).isEmpty();
    }
  }

  @Test
  void oneSidedDiscoveryIsEnough() {
    try (SessionRoom room = new SessionRoom(14)) {
      Member ada = room.member(1, "ada", Session.Builder::withoutAutomaticConnect).start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      assertThat(remotePort(bob, ada)).isEqualTo(ada.session.port().orElseThrow());
    }
  }

  @Test
  void tooManyPeersAreTurnedAway() {
    try (SessionRoom room = new SessionRoom(15)) {
      Member ada = room.member(1, "ada", b -> b.withoutDiscovery().maximumPeers(1)).start();
      Member bob = room.member(2, "bob", Session.Builder::withoutDiscovery).start();
      Member cem = room.member(3, "cem", Session.Builder::withoutDiscovery).start();
      room.pass(SECOND);
      room.room.await(bob.session.connect(ada.endpoint()));
      CompletableFuture<Peer> second = cem.session.connect(ada.endpoint());
      room.pass(SECOND);
      assertThatThrownBy(second::join)
          .hasMessageContaining("as many peers as it allows")
          .cause()
          .asInstanceOf(InstanceOfAssertFactories.type(HandshakeException.class))
          .extracting(HandshakeException::reason)
          .isEqualTo(HandshakeException.Reason.TOO_MANY);
    }
  }

  @Test
  void whatIsTooLargeOrForNobodyIsReportedPerPeer() {
    try (SessionRoom room = new SessionRoom(16)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob", b -> b.maximumMessageSize(1_000)).start();
      room.untilConnected(ada, bob);
      Peer nobody = new Peer(PeerId.random(), "nobody");
      Payload large = Payload.wrap(new byte[1_001]);
      SendResult result = room.room.await(ada.session.send(large, List.of(bob.self, nobody)));
      assertThat(result.sent()).isEmpty();
      assertThat(result.failed().get(bob.self)).isInstanceOf(TooLargeException.class);
      assertThat(result.failed().get(nobody)).isInstanceOf(UnreachableException.class);
      assertThat(room.room.await(bob.session.sendToAll(large)).failed().get(ada.self))
          .isInstanceOf(TooLargeException.class);
      SendResult fits = room.room.await(ada.session.sendToAll(large.slice(0, 1_000)));
      assertThat(fits.isComplete()).isTrue();
    }
  }

  @Test
  void aUserThatIsBusySlowsThePeerDownAndLosesNothing() {
    try (SessionRoom room = new SessionRoom(17)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      bob.computer.queue().pause();
      int taken = 0;
      boolean pushedBack = false;
      for (int i = 0; i < 200 && !pushedBack; i++) {
        Payload large = Payload.utf8(i + "x".repeat(64 << 10));
        CompletableFuture<SendResult> sent = ada.session.sendToAll(large);
        room.pass(Duration.ofMillis(100));
        pushedBack = sent.isDone() && !sent.join().isComplete();
        taken += pushedBack ? 0 : 1;
      }
      assertThat(pushedBack).as("somebody says when to stop").isTrue();
      assertThat(taken).isLessThan(120);
      room.pass(Duration.ofMinutes(1));
      assertThat(ada.session.connectedPeers()).as("busy is not dead").containsExactly(bob.self);
      bob.computer.queue().resume();
      room.pass(Duration.ofSeconds(20));
      assertThat(bob.seen.messages).hasSize(taken);
    }
  }

  @Test
  void leavingBeforeStartingEndsIt() {
    try (SessionRoom room = new SessionRoom(18)) {
      Member ada = room.member(1, "ada");
      assertThat(ada.session.leave()).isCompleted();
      assertThat(ada.session.state()).isEqualTo(new Session.State.Left());
      assertThatThrownBy(ada::start).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> ada.session.ready().join())
          .hasCauseInstanceOf(CancelledException.class);
    }
  }

  @Test
  void closingTheNetworkEndsTheSession() {
    try (SessionRoom room = new SessionRoom(19)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      CompletableFuture<Peer> pending = ada.session.connect(Endpoint.hostPort("10.0.0.77", 1));
      room.room.close(ada.computer);
      room.pass(SECOND);
      assertThat(ada.seen.states).containsExactly("Ready", "Left");
      assertThat(room.room.await(ada.session.leave())).isNull();
      assertThat(pending).isCompletedExceptionally();
      assertThat(bob.seen.peers).endsWith("ada Disconnected");
    }
  }

  @Test
  void nothingIsLeftWhenAllHaveLeft() {
    try (SessionRoom room = new SessionRoom(20)) {
      Member ada = room.member(1, "ada").start();
      Member bob = room.member(2, "bob").start();
      room.untilConnected(ada, bob);
      room.room.close(ada.session);
      room.room.close(bob.session);
      assertThat(room.room.wire().open()).isEmpty();
      assertThat(room.room.air().advertised()).isEmpty();
      assertThat(room.room.air().browsing()).isZero();
    }
  }
}
