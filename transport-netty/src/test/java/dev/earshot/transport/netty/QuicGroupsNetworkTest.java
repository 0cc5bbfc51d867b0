package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.TrustEvaluator;
import dev.earshot.UnreachableException;
import dev.earshot.UnsupportedException;
import dev.earshot.security.tls.Identities;
import java.math.BigInteger;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes, ends and datagrams of groups over real sockets. */
@Tag("network")
@ParameterizedClass
@MethodSource("natives")
class QuicGroupsNetworkTest {
  @Parameter String natives;

  private QuicPair pair;
  private final QuicPair.Side dialling = new QuicPair.Side();

  static Stream<String> natives() {
    return Natives.names();
  }

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  // Handshakes.

  @Test
  void bothSidesLearnWhoTheOtherIsAndWhatIsSpoken() {
    ConnectionGroup group = pair.connect(QuicOptions.builder("b", "a").build(), dialling);
    ConnectionGroup other = pair.arrival();
    End.await(other.ready());
    assertThat(group.securityMetadata().orElseThrow().peerFingerprint())
        .contains(QuicPair.DEN.fingerprint());
    assertThat(other.securityMetadata().orElseThrow().peerFingerprint())
        .contains(QuicPair.LAB.fingerprint());
    assertThat(group.securityMetadata().orElseThrow().applicationProtocol()).contains("b");
    assertThat(group.securityMetadata().orElseThrow().protocol()).isEqualTo("TLSv1.3");
    assertThat(group.currentPath().orElseThrow().remoteEndpoint()).isPresent();
  }

  @Test
  void nothingInCommonToSpeakFailsOnBothSides() {
    pair.listen(parameters(QuicPair.DEN, QuicPair.LAB, "one", "two"));
    ConnectionGroup group = pair.dial(parameters(QuicPair.LAB, QuicPair.DEN, "three"), dialling);
    assertThat(reason(group)).isEqualTo(Reason.NO_COMMON_PROTOCOL);
    assertThat(reason(pair.arrival())).isEqualTo(Reason.NO_COMMON_PROTOCOL);
  }

  @Test
  void aServerThatIsNotTrustedIsToldSo() {
    pair.listen(parameters(QuicPair.DEN, QuicPair.LAB, "x"));
    ConnectionGroup group = pair.dial(parameters(QuicPair.LAB, QuicPair.LAB, "x"), dialling);
    assertThat(reason(group)).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(reason(pair.arrival())).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
  }

  @Test
  void aClientThatIsNotTrustedIsToldSo() {
    pair.listen(parameters(QuicPair.DEN, QuicPair.DEN, "x"));
    ConnectionGroup group = pair.dial(parameters(QuicPair.LAB, QuicPair.DEN, "x"), dialling);
    assertThat(reason(pair.arrival())).isEqualTo(Reason.NOT_TRUSTED);
    // It was ready, in its own eyes, before the listener had its certificate.
    StateWait.until(() -> group.state() instanceof Connection.State.Failed);
    assertThat(failure(group)).hasMessageContaining("about this side's certificate");
  }

  @Test
  void aClientWithoutCertificateIsToldSo() {
    pair.listen(parameters(QuicPair.DEN, QuicPair.LAB, "x"));
    Parameters anonymous =
        Parameters.quic("x")
            .security(Security.pki(TrustEvaluator.pinned(QuicPair.DEN.fingerprint())))
            .localAddress(InetAddress.getLoopbackAddress())
            .build();
    ConnectionGroup group = pair.dial(anonymous, dialling);
    assertThat(reason(pair.arrival())).isEqualTo(Reason.NO_CERTIFICATE);
    StateWait.until(() -> group.state() instanceof Connection.State.Failed);
  }

  @Test
  void aListenerMayLetUnknownClientsIn() {
    pair.listen(
        Parameters.quic("x")
            .security(
                Security.pki(QuicPair.DEN, TrustEvaluator.pinned(QuicPair.LAB.fingerprint()))
                    .withoutClientCertificate())
            .localAddress(InetAddress.getLoopbackAddress())
            .build());
    Parameters anonymous =
        Parameters.quic("x")
            .security(Security.pki(TrustEvaluator.pinned(QuicPair.DEN.fingerprint())))
            .localAddress(InetAddress.getLoopbackAddress())
            .build();
    End.await(pair.dial(anonymous, dialling).ready());
    ConnectionGroup arrived = pair.arrival();
    End.await(arrived.ready());
    assertThat(arrived.securityMetadata().orElseThrow().peerCertificates()).isEmpty();
  }

  @Test
  void aProgramDecidesLaterAndNothingIsToldBefore() {
    AtomicReference<CompletableFuture<Boolean>> decision =
        new AtomicReference<>(new CompletableFuture<>());
    Parameters asking =
        Parameters.quic("x")
            .security(
                Security.pki(
                    QuicPair.DEN,
                    TrustEvaluator.callback(request -> decision.get(), Runnable::run)))
            .localAddress(InetAddress.getLoopbackAddress())
            .build();
    pair.listen(asking);
    ConnectionGroup group = pair.dial(parameters(QuicPair.LAB, QuicPair.DEN, "x"), dialling);
    Connection stream = End.await(group.ready()).openStream().start();
    stream.send(Payload.utf8("early"), SendOptions.FINAL);
    ConnectionGroup arrived = pair.arrival();
    StateWait.until(() -> arrived.state() instanceof Connection.State.Preparing);
    assertThat(pair.listening().streams).isEmpty();
    decision.get().complete(true);
    assertThat(QuicPair.readAll(pair.listening().next())).isEqualTo(Payload.utf8("early"));

    decision.set(CompletableFuture.completedFuture(false));
    pair.dial(parameters(QuicPair.LAB, QuicPair.DEN, "x"), dialling);
    assertThat(reason(pair.arrival())).isEqualTo(Reason.NOT_TRUSTED);
  }

  @Test
  void aProgramThatNeverDecidesRefuses() {
    Parameters asking =
        Parameters.quic("x")
            .security(
                Security.pki(
                    QuicPair.LAB,
                    TrustEvaluator.callback(request -> new CompletableFuture<>(), Runnable::run)
                        .within(Duration.ofMillis(200))))
            .localAddress(InetAddress.getLoopbackAddress())
            .build();
    pair.listen(parameters(QuicPair.DEN, QuicPair.LAB, "x"));
    assertThat(reason(pair.dial(asking, dialling))).isEqualTo(Reason.TRUST_TIMED_OUT);
  }

  @Test
  void otherKindsOfKeysWorkToo() {
    Identity ed25519 = Identities.minting("ed").keyType(Identities.KeyType.ED25519).mint();
    pair.listen(parameters(ed25519, QuicPair.LAB, "x"));
    End.await(pair.dial(parameters(QuicPair.LAB, ed25519, "x"), dialling).ready());
  }

  @Test
  void aKeyThatNeverLeavesItsHardwareSigns() {
    Identity hardware =
        Identity.of(
            new HardwareKey((ECPrivateKey) QuicPair.DEN.privateKey()), QuicPair.DEN.chain());
    pair.listen(parameters(hardware, QuicPair.LAB, "x"));
    End.await(pair.dial(parameters(QuicPair.LAB, QuicPair.DEN, "x"), dialling).ready());
    pair.listen(parameters(QuicPair.LAB, QuicPair.DEN, "x"));
    End.await(pair.dial(parameters(hardware, QuicPair.LAB, "x"), dialling).ready());
  }

  @Test
  void anIdentityThatWasDestroyedProvesNothing() {
    Identity gone = Identities.mint("gone");
    pair.listen(parameters(QuicPair.DEN, gone, "x"));
    Parameters parameters = parameters(gone, QuicPair.DEN, "x");
    gone.destroy();
    assertThat(reason(pair.dial(parameters, dialling))).isEqualTo(Reason.OTHER);
  }

  @Test
  void aListenerIsNotKeptFromOthersByWhoSaysNothingOfUse() throws Exception {
    int port = pair.listen(parameters(QuicPair.DEN, QuicPair.LAB, "x"));
    try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Random random = new Random(11);
      for (int i = 0; i < 2_000; i++) {
        byte[] noise = new byte[1 + random.nextInt(1_300)];
        random.nextBytes(noise);
        noise[0] |= (byte) (i % 2 == 0 ? 0xC0 : 0x40); // long headers and short ones
        stranger.send(
            new DatagramPacket(noise, noise.length, InetAddress.getLoopbackAddress(), port));
      }
    }
    End.await(pair.dial(parameters(QuicPair.LAB, QuicPair.DEN, "x"), dialling).ready());
  }

  @Test
  void nobodyThereIsUnreachable() throws Exception {
    int port = ForeignTool.freePort();
    ConnectionGroup group =
        pair.network()
            .connectionGroup(
                Endpoint.hostPort("127.0.0.1", port), parameters(QuicPair.LAB, QuicPair.DEN, "x"))
            .start(dialling, Runnable::run);
    StateWait.until(() -> group.state() instanceof Connection.State.Waiting);
    assertThat(((Connection.State.Waiting) group.state()).reason())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("refused");
  }

  // Ends.

  @Test
  void theEndOfAGroupIsTheEndOfItsStreams() {
    ConnectionGroup group = pair.connect(options().build(), dialling);
    ConnectionGroup other = pair.arrival();
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("last words"));
    Connection there = pair.listening().next();
    Connection never = group.openStream();
    CompletableFuture<Received> read = stream.receive(1, 10);
    CompletableFuture<Payload> all = CompletableFuture.supplyAsync(() -> QuicPair.readAll(there));
    End.await(group.cancel());
    assertThatThrownBy(() -> End.await(read))
        .hasCauseInstanceOf(CancelledException.class)
        .hasMessageContaining("the group was cancelled");
    assertThat(stream.state()).isInstanceOf(Connection.State.Cancelled.class);
    assertThat(End.await(all)).isEqualTo(Payload.utf8("last words"));
    StateWait.until(() -> other.state() instanceof Connection.State.Failed);
    assertThat(failure(other)).isInstanceOf(ClosedByPeerException.class);
    StateWait.until(() -> there.state() instanceof Connection.State.Failed);
    never.start();
    StateWait.until(() -> never.state() instanceof Connection.State.Failed);
    assertThatThrownBy(() -> End.await(never.ready()))
        .hasMessageContaining("the group was cancelled");
    assertThat(dialling.states).endsWith(new Connection.State.Cancelled());
  }

  @Test
  void aGroupThatIsForceCancelledIsLostToTheOtherSide() {
    ConnectionGroup group = pair.connect(options().build(), dialling);
    ConnectionGroup other = pair.arrival();
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("x"));
    Connection there = pair.listening().next();
    group.forceCancel();
    StateWait.until(() -> other.state() instanceof Connection.State.Failed);
    assertThat(failure(other)).isInstanceOf(ConnectionLostException.class);
    StateWait.until(() -> there.state() instanceof Connection.State.Failed);
    StateWait.until(() -> stream.state() instanceof Connection.State.Cancelled);
  }

  @Test
  void silenceEndsAGroup() {
    QuicOptions brief = options().idleTimeout(Duration.ofSeconds(2)).build();
    ConnectionGroup group = pair.connect(brief, dialling);
    Connection stream = group.openStream().start();
    StateWait.until(() -> group.state() instanceof Connection.State.Failed);
    assertThat(failure(group))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("idleTimeout");
    StateWait.until(() -> stream.state() instanceof Connection.State.Failed);
  }

  @Test
  void aGroupThatKeepsItselfAliveOutlivesItsIdleTimeout() {
    QuicOptions kept =
        options().idleTimeout(Duration.ofSeconds(3)).keepAlive(Duration.ofMillis(250)).build();
    ConnectionGroup group = pair.connect(kept, dialling);
    CompletableFuture<Void> later = new CompletableFuture<>();
    assertThatThrownBy(() -> later.get(4, TimeUnit.SECONDS))
        .isNotInstanceOf(ExecutionException.class);
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
    assertThat(pair.listening().streams).isEmpty();
  }

  @Test
  void aClosedNetworkEndsGroupsAndStreams() {
    ConnectionGroup group = pair.connect(options().build(), dialling);
    Connection stream = group.openStream().start();
    Connection unstarted = group.openStream();
    CompletableFuture<Connection> ready = unstarted.ready();
    pair.network().close();
    StateWait.until(() -> group.state() instanceof Connection.State.Cancelled);
    StateWait.until(() -> stream.state() instanceof Connection.State.Cancelled);
    assertThatThrownBy(() -> End.await(ready)).hasCauseInstanceOf(CancelledException.class);
  }

  // Datagrams.

  @Test
  void datagramsGoBesideStreamsAndHaveALimit() {
    ConnectionGroup group = pair.connect(options().datagrams().build(), dialling);
    Connection here = End.await(group.datagrams().start().ready());
    Connection there = End.await(pair.arrival().datagrams().start().ready());
    int most = here.maximumDatagramSize();
    assertThat(most).isBetween(1_000, 1_350);
    here.send(Payload.wrap(new byte[most]));
    Received large = End.await(there.receiveMessage());
    assertThat(large.content().length()).isEqualTo(most);
    assertThat(large.endOfMessage()).isTrue();
    assertThatThrownBy(() -> End.await(here.send(Payload.wrap(new byte[most + 1]))))
        .hasCauseInstanceOf(TooLargeException.class);
    there.send(Payload.utf8("back"));
    assertThat(End.await(here.receiveMessage()).content()).isEqualTo(Payload.utf8("back"));
    assertThat(group.datagrams()).isSameAs(here);
  }

  @Test
  void datagramsThatOneSideHasNotAreUnsupported() {
    ConnectionGroup group = pair.connect(options().build(), dialling);
    assertThatThrownBy(() -> End.await(group.datagrams().start().ready()))
        .hasCauseInstanceOf(UnsupportedException.class)
        .hasMessageContaining("they are off here");
    assertThat(group.datagrams().maximumDatagramSize()).isZero();
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
  }

  @Test
  void aGreaterPayloadMakesGreaterDatagrams() {
    ConnectionGroup group =
        pair.connect(options().datagrams().maximumUdpPayload(9_000).build(), dialling);
    Connection here = End.await(group.datagrams().start().ready());
    assertThat(here.maximumDatagramSize()).isGreaterThan(8_000);
  }

  private static QuicOptions.Builder options() {
    return QuicPair.options();
  }

  private static Parameters parameters(Identity own, Identity other, String... alpn) {
    return QuicPair.parameters(own, other, QuicOptions.builder(alpn).build());
  }

  private static Throwable failure(ConnectionGroup group) {
    return ((Connection.State.Failed) group.state()).cause();
  }

  private static Reason reason(ConnectionGroup group) {
    StateWait.until(() -> group.state() instanceof Connection.State.Failed);
    Throwable cause = failure(group);
    assertThat(cause).isInstanceOf(HandshakeException.class);
    return ((HandshakeException) cause).reason();
  }

  /** A key that can be signed with, and not be read. */
  private static final class HardwareKey implements ECPrivateKey {
    private static final long serialVersionUID = 1L;
    private final BigInteger secret;
    private final transient ECParameterSpec curve;

    HardwareKey(ECPrivateKey real) {
      secret = real.getS();
      curve = real.getParams();
    }

    @Override
    public BigInteger getS() {
      return secret;
    }

    @Override
    public ECParameterSpec getParams() {
      return curve;
    }

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return null;
    }

    @Override
    public byte[] getEncoded() {
      return null;
    }
  }
}
