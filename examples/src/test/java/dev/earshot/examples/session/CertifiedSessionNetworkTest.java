package dev.earshot.examples.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.EncryptionPreference;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions whose peers prove themselves with certificates, over real sockets on loopback. */
@Tag("network")
class CertifiedSessionNetworkTest {
  private static final Identity ADA = Identities.mint("Ada");
  private static final Identity BOB = Identities.minting("Bob").mint();
  private static final Identity EVE = Identities.mint("Eve");

  private Network network;
  private Network elsewhere;

  @TempDir private Path here;
  @TempDir private Path there;

  @BeforeEach
  void open() {
    network = Network.open();
    elsewhere = Network.open();
  }

  @AfterEach
  void close() {
    network.close();
    elsewhere.close();
  }

  private static Security pinning(Identity own, Identity... peers) {
    return Security.pki(
        own,
        TrustEvaluator.pinned(
            Arrays.stream(peers).map(Identity::fingerprint).collect(Collectors.toSet())));
  }

  private static Security asking(Identity own) {
    return Security.pki(own, TrustEvaluator.bySession());
  }

  private static Peer bound(Identity identity, String name) {
    return new Peer(PeerId.ofKey(identity.certificate().getPublicKey()), name);
  }

  private static final UnaryOperator<Session.Builder> BINDING = Session.Builder::bindPeerIds;

  private static HandshakeException refused(LoopbackPeer dialling, LoopbackPeer to)
      throws Exception {
    try {
      Peer peer = dialling.connect(to);
      throw new AssertionError("connected with " + peer);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(HandshakeException.class);
      return (HandshakeException) e.getCause();
    }
  }

  private static HandshakeException told(LoopbackPeer peer) throws Exception {
    NetworkException failure = peer.failures.poll(LoopbackPeer.SECONDS, TimeUnit.SECONDS);
    assertThat(failure).isInstanceOf(HandshakeException.class);
    return (HandshakeException) failure;
  }

  @Test
  void peersThatPinEachOtherExchangeMessagesAndFilesBothWays() throws Exception {
    Path file = here.resolve("some.bin");
    byte[] content = new byte[5_000_000];
    new Random(1).nextBytes(content);
    Files.write(file, content);
    try (LoopbackPeer ada = new LoopbackPeer(network, "ada", pinning(ADA, BOB, EVE)).ready();
        LoopbackPeer bob = new LoopbackPeer(elsewhere, "bob", pinning(BOB, ADA)).ready()) {
      ada.connect(bob);
      bob.states.poll(LoopbackPeer.SECONDS, TimeUnit.SECONDS);
      LoopbackPeer.get(ada.session.send(Payload.utf8("hello"), Set.of(bob.self())));
      assertThat(bob.messages.poll(LoopbackPeer.SECONDS, TimeUnit.SECONDS)).isEqualTo("ada: hello");
      assertThat(bob.session.securityMetadata(ada.self()).orElseThrow().peerFingerprint())
          .contains(ADA.fingerprint());
      SessionNetworkTest.until(() -> bob.knows(ada));
      sendFile(file, content, ada, bob);
      sendFile(file, content, bob, ada);
    }
  }

  private void sendFile(Path file, byte[] content, LoopbackPeer from, LoopbackPeer to)
      throws Exception {
    BlockingQueue<ResourceTransfer> transfers = new LinkedBlockingQueue<>();
    to.onOffer = offer -> transfers.add(offer.accept(there));
    ResourceTransfer sent = from.session.sendResource(file, "some.bin", to.self());
    LoopbackPeer.get(sent.completion());
    ResourceTransfer received = transfers.poll(1, TimeUnit.SECONDS);
    assertThat(Files.readAllBytes(LoopbackPeer.get(received.completion()))).isEqualTo(content);
  }

  @Test
  void whoIsNotPinnedIsRefusedAndBothAreTold() throws Exception {
    try (LoopbackPeer bob = new LoopbackPeer(network, "bob", pinning(BOB, ADA)).ready();
        LoopbackPeer eve = new LoopbackPeer(elsewhere, "eve", pinning(EVE, BOB)).ready()) {
      assertThat(refused(eve, bob).reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
      assertThat(told(bob).reason()).isEqualTo(Reason.NOT_TRUSTED);
    }
  }

  @Test
  void theHandlerIsAskedAboutEachPeerByName() throws Exception {
    try (LoopbackPeer ada = new LoopbackPeer(network, "ada", asking(ADA)).ready();
        LoopbackPeer bob = new LoopbackPeer(elsewhere, "bob", asking(BOB)).ready()) {
      CompletableFuture<Boolean> later = new CompletableFuture<>();
      BlockingQueue<Peer> asked = new LinkedBlockingQueue<>();
      ada.onTrust =
          (peer, chain) -> {
            asked.add(peer);
            return CompletableFuture.completedStage(chain.get(0).equals(BOB.certificate()));
          };
      bob.onTrust =
          (peer, chain) -> {
            asked.add(peer);
            return later;
          };
      CompletableFuture<Peer> connecting = ada.session.connect(bob.endpoint());

      Peer first = asked.poll(LoopbackPeer.SECONDS, TimeUnit.SECONDS);
      Peer second = asked.poll(LoopbackPeer.SECONDS, TimeUnit.SECONDS);
      assertThat(Set.of(first, second)).isEqualTo(Set.of(ada.self(), bob.self()));
      assertThat(ada.knows(bob) || bob.knows(ada)).isFalse();
      later.complete(true);

      assertThat(LoopbackPeer.get(connecting)).isEqualTo(bob.self());
      SessionNetworkTest.until(() -> bob.knows(ada));
    }
  }

  @Test
  void nobodyIsTrustedByDefaultAndBothAreTold() throws Exception {
    try (LoopbackPeer ada = new LoopbackPeer(network, "ada", asking(ADA)).ready();
        LoopbackPeer bob = new LoopbackPeer(elsewhere, "bob", asking(BOB)).ready()) {
      ada.onTrust = (peer, chain) -> CompletableFuture.completedStage(true);

      assertThat(refused(ada, bob).reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
      HandshakeException told = told(bob);
      assertThat(told.reason()).isEqualTo(Reason.NOT_TRUSTED);
      assertThat(told).hasMessageContaining("'ada' with the certificate " + ADA.fingerprint());
      assertThat(bob.states).as("who was never known as a peer").isEmpty();
    }
  }

  @Test
  void aProgramThatDoesNotDecideIsToldSo() throws Exception {
    try (LoopbackPeer ada = new LoopbackPeer(network, "ada", asking(ADA)).ready();
        LoopbackPeer bob = new LoopbackPeer(elsewhere, "bob", asking(BOB)).ready()) {
      ada.onTrust = (peer, chain) -> CompletableFuture.completedStage(true);
      bob.onTrust = (peer, chain) -> new CompletableFuture<>();

      assertThat(refused(ada, bob).reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
      assertThat(told(bob).reason()).isEqualTo(Reason.TRUST_TIMED_OUT);
    }
  }

  @Test
  void idsThatAreBoundCannotBeClaimedByAnother() throws Exception {
    Security all = pinning(BOB, ADA, EVE);
    Peer ada = bound(ADA, "ada");
    try (LoopbackPeer bob = new LoopbackPeer(network, bound(BOB, "bob"), all, BINDING).ready();
        LoopbackPeer real = new LoopbackPeer(elsewhere, ada, pinning(ADA, BOB), BINDING).ready();
        LoopbackPeer liar =
            new LoopbackPeer(elsewhere, ada, pinning(EVE, BOB), UnaryOperator.identity()).ready()) {
      assertThat(real.connect(bob)).isEqualTo(bob.self());

      HandshakeException refusal = refused(liar, bob);

      assertThat(refusal.reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
      assertThat(refusal).hasMessageContaining("this side's id is not that of its certificate");
      assertThat(told(bob)).hasMessageContaining("claims the id " + ada.id());
      LoopbackPeer.get(real.session.send(Payload.utf8("still here"), Set.of(bob.self())));
      assertThat(bob.messages.poll(LoopbackPeer.SECONDS, TimeUnit.SECONDS))
          .isEqualTo("ada: still here");
    }
  }

  @Test
  void whatIsSaidOfEncryptionIsWhatIsDone() {
    Session.Builder plain =
        Session.builder(network, Peer.named("ada"))
            .security(Security.none())
            .encryptionPreference(EncryptionPreference.REQUIRED);
    assertThatIllegalArgumentException()
        .isThrownBy(plain::build)
        .withMessageContaining("security is none");
    Session.Builder optional =
        Session.builder(network, Peer.named("ada"))
            .security(pinning(ADA, BOB))
            .encryptionPreference(EncryptionPreference.OPTIONAL);
    assertThatIllegalArgumentException()
        .isThrownBy(optional::build)
        .withMessageContaining("protects nobody");
    optional.encryptionPreference(EncryptionPreference.REQUIRED).build().close();
  }

  @Test
  void bindingNeedsCertificatesAndOnesOwnId() {
    Session.Builder key =
        Session.builder(network, Peer.named("ada"))
            .security(Security.psk(PreSharedKey.random("group")))
            .bindPeerIds();
    assertThatIllegalArgumentException()
        .isThrownBy(key::build)
        .withMessageContaining("needs certificates");
    Session.Builder random =
        Session.builder(network, Peer.named("ada")).security(pinning(ADA, BOB)).bindPeerIds();
    assertThatIllegalArgumentException()
        .isThrownBy(random::build)
        .withMessageContaining(bound(ADA, "ada").id().toString());
    Session.Builder nobody =
        Session.builder(network, Peer.named("ada"))
            .security(Security.pki(TrustEvaluator.bySession()));
    assertThatIllegalArgumentException()
        .isThrownBy(nobody::build)
        .withMessageContaining("needs an identity");
    Session.Builder unasked =
        Session.builder(network, Peer.named("ada"))
            .security(Security.pki(ADA, TrustEvaluator.bySession()).withoutClientCertificate());
    assertThatIllegalArgumentException()
        .isThrownBy(unasked::build)
        .withMessageContaining("show certificates");
  }
}
