package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections with certificates over real sockets, as a program makes them. */
@Tag("network")
class CertificatesNetworkTest {
  private static final Identity DEN = Identities.mint("Den");
  private static final Identity ADA = Identities.mint("Ada");

  private static TrustEvaluator trusting(Identity peer) {
    return TrustEvaluator.pinned(peer.fingerprint());
  }

  private static Loopback listen(Parameters.Builder parameters, TrustEvaluator trust) {
    return Loopback.listen(parameters.security(Security.pki(DEN, trust)));
  }

  private static Connection dial(Loopback loopback, Security security) {
    return loopback
        .network()
        .connection(
            loopback.endpoint(), loopback.parameters().toBuilder().security(security).build())
        .start();
  }

  private static Reason reason(Connection connection) {
    NetworkException cause = failure(connection);
    assertThat(cause).isInstanceOf(HandshakeException.class);
    return ((HandshakeException) cause).reason();
  }

  private static NetworkException failure(Connection connection) {
    Eventually.holds(
        () -> connection + " is " + connection.state(),
        () -> connection.state() instanceof Connection.State.Failed);
    return ((Connection.State.Failed) connection.state()).cause();
  }

  @Test
  void messagesAndWhoSaysThemArriveBothWays() {
    try (Loopback loopback = listen(Parameters.webSocket(), trusting(ADA))) {
      Connection ada = dial(loopback, Security.pki(ADA, trusting(DEN)));
      Connection den = loopback.accepted().start();
      Eventually.get(ada.ready());
      Eventually.get(den.ready());
      byte[] much = new byte[1_000_000];
      much[500_000] = 7;

      ada.send(Payload.wrap(much));
      den.send(Payload.utf8("hello"));

      assertThat(Eventually.get(den.receiveMessage()).content()).isEqualTo(Payload.wrap(much));
      assertThat(Eventually.get(ada.receiveMessage()).content().toUtf8String()).isEqualTo("hello");
      assertThat(ada.securityMetadata().orElseThrow().protocol()).isEqualTo("TLSv1.3");
      assertThat(ada.securityMetadata().orElseThrow().peerFingerprint())
          .contains(DEN.fingerprint());
      assertThat(den.securityMetadata().orElseThrow().peerCertificates())
          .containsExactly(ADA.certificate());
    }
  }

  @Test
  void aConnectionOfBytesThatIsRefusedAfterItWasReadyFailsForThatReason() {
    Identity stranger = Identities.mint("Stranger");
    try (Loopback loopback = listen(Parameters.tcp(), trusting(ADA))) {
      Connection refused = dial(loopback, Security.pki(stranger, trusting(DEN)));
      Connection accepted = loopback.accepted().start();
      refused.send(Payload.utf8("lost"));

      assertThat(reason(accepted)).isEqualTo(Reason.NOT_TRUSTED);
      assertThat(reason(refused)).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
    }
  }

  @Test
  void aWebSocketConnectionIsNeverReadyForWhoIsRefused() {
    Identity stranger = Identities.mint("Stranger");
    try (Loopback loopback = listen(Parameters.webSocket(), trusting(ADA))) {
      Connection refused = dial(loopback, Security.pki(stranger, trusting(DEN)));
      Connection accepted = loopback.accepted().start();

      assertThat(reason(refused)).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
      assertThat(reason(accepted)).isEqualTo(Reason.NOT_TRUSTED);
      assertThat(Eventually.failure(refused.ready())).isInstanceOf(HandshakeException.class);
    }
  }

  @Test
  void manyWhoWaitForADecisionKeepNobodyOut() {
    CompletableFuture<Boolean> never = new CompletableFuture<>();
    TrustEvaluator deciding =
        TrustEvaluator.callback(
                request ->
                    request.fingerprint().equals(ADA.fingerprint())
                        ? CompletableFuture.completedStage(true)
                        : never,
                Runnable::run)
            .within(Eventually.PATIENCE);
    Parameters.Builder parameters =
        Parameters.webSocket()
            .maximumHandshakes(64, 64)
            .handshakeTimeout(Eventually.PATIENCE.multipliedBy(2));
    try (Loopback loopback = listen(parameters, deciding)) {
      List<Connection> waiting = new ArrayList<>();
      for (int i = 0; i < 30; i++) { // more than there are workers
        waiting.add(dial(loopback, Security.pki(Identities.mint("W" + i), trusting(DEN))));
        loopback.accepted().start();
      }
      Connection ada = dial(loopback, Security.pki(ADA, trusting(DEN)));
      Connection den = loopback.accepted().start();

      Eventually.get(ada.ready());
      Eventually.get(den.ready());
      assertThat(waiting)
          .allSatisfy(c -> assertThat(c.state()).isInstanceOf(Connection.State.Preparing.class));

      never.complete(false);
      assertThat(waiting)
          .allSatisfy(c -> assertThat(reason(c)).isEqualTo(Reason.NOT_TRUSTED_BY_PEER));
    }
  }

  @Test
  void aProgramThatDoesNotDecideIsToldSoAndThePeerIsRefused() {
    TrustEvaluator never =
        TrustEvaluator.callback(request -> new CompletableFuture<>(), Runnable::run)
            .within(Duration.ofMillis(300));
    try (Loopback loopback = listen(Parameters.webSocket(), never)) {
      Connection ada = dial(loopback, Security.pki(ADA, trusting(DEN)));
      Connection den = loopback.accepted().start();

      assertThat(reason(den)).isEqualTo(Reason.TRUST_TIMED_OUT);
      assertThat(reason(ada)).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
    }
  }

  @Test
  void theDeadlineOfTheHandshakeEndsADecisionTooAndSaysWhatItWaitedFor() {
    TrustEvaluator never =
        TrustEvaluator.callback(request -> new CompletableFuture<>(), Runnable::run);
    Parameters.Builder hasty = Parameters.webSocket().handshakeTimeout(Duration.ofSeconds(3));
    try (Loopback loopback = listen(hasty, never)) {
      Parameters patient =
          loopback.parameters().toBuilder()
              .security(Security.pki(ADA, trusting(DEN)))
              .handshakeTimeout(Duration.ofSeconds(20))
              .build();
      loopback.network().connection(loopback.endpoint(), patient).start();

      assertThat(reason(loopback.accepted().start())).isEqualTo(Reason.TRUST_TIMED_OUT);
    }
  }

  @Test
  void aConnectionThatIsCancelledAsksNobodyAnyMore() {
    List<Runnable> queue = new ArrayList<>();
    List<Object> asked = new ArrayList<>();
    TrustEvaluator later =
        TrustEvaluator.callback(
            request -> {
              asked.add(request);
              return CompletableFuture.completedStage(true);
            },
            task -> {
              synchronized (queue) {
                queue.add(task);
              }
            });
    try (Loopback loopback = listen(Parameters.webSocket(), later)) {
      Connection ada = dial(loopback, Security.pki(ADA, trusting(DEN)));
      Connection den = loopback.accepted().start();
      Eventually.holds(
          "a question waits",
          () -> {
            synchronized (queue) {
              return !queue.isEmpty();
            }
          });
      Eventually.get(den.cancel());
      queue.forEach(Runnable::run);

      assertThat(asked).isEmpty();
      failure(ada);
    }
  }

  @Test
  void whoIsCertifiedForTheHostIsTrustedByItsAuthorityOnly() {
    try (Loopback loopback = listen(Parameters.webSocket(), trusting(ADA))) {
      Connection ada = dial(loopback, Security.pki(ADA)); // the platform's authorities
      loopback.accepted().start();

      assertThat(reason(ada)).isEqualTo(Reason.NOT_TRUSTED);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPeerWithoutTlsIsCalledThat(boolean dialling) {
    if (dialling) {
      try (Loopback plain = Loopback.listen(Parameters.webSocket())) {
        Connection secured = dial(plain, Security.pki(ADA, trusting(DEN)));
        Connection accepted = plain.accepted().start();
        assertThat(reason(secured)).isEqualTo(Reason.PLAINTEXT_PEER);
        assertThat(reason(accepted)).isEqualTo(Reason.TLS_PEER);
      }
    } else {
      try (Loopback secured = listen(Parameters.webSocket(), trusting(ADA))) {
        Connection plain = dial(secured, Security.none());
        Connection accepted = secured.accepted().start();
        assertThat(reason(accepted)).isEqualTo(Reason.PLAINTEXT_PEER);
        assertThat(reason(plain)).isEqualTo(Reason.TLS_PEER);
      }
    }
  }

  @Test
  void aPeerWithAKeyInsteadHasNoSuiteInCommon() {
    Security key = Security.psk(PreSharedKey.random("kitchen"));
    try (Loopback loopback = listen(Parameters.webSocket(), trusting(ADA))) {
      Connection client = dial(loopback, key);
      Connection accepted = loopback.accepted().start();
      assertThat(reason(accepted)).isEqualTo(Reason.NO_COMMON_SUITE);
      assertThat(reason(client)).isEqualTo(Reason.NO_COMMON_SUITE);
    }
  }

  /** As old programs say hello: SSL 3.0, TLS 1.0, TLS 1.1. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void oldVersionsAreRefusedWithTheirName(int minor) throws Exception {
    try (Loopback loopback = listen(Parameters.webSocket(), trusting(ADA));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), loopback.port())) {
      Connection accepted = loopback.accepted().start();
      String version = "030" + minor;
      String random = "ab".repeat(32);
      String hello = version + random + "00" + "0004002f0035" + "0100";
      int length = hello.length() / 2;
      String message = "01" + "%06x".formatted(length) + hello;
      String record = "16" + version + "%04x".formatted(length + 4) + message;
      socket.getOutputStream().write(HexFormat.of().parseHex(record));

      assertThat(reason(accepted)).isEqualTo(Reason.PROTOCOL_VERSION);
      byte[] answer = socket.getInputStream().readNBytes(7);
      assertThat(answer).startsWith(21, 3).endsWith(2, 70); // fatal protocol_version
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 40})
  void whoSaysPartOfAHelloIsGivenUpInTime(int bytes) throws Exception {
    Parameters.Builder hasty = Parameters.webSocket().handshakeTimeout(Duration.ofMillis(700));
    try (Loopback loopback = listen(hasty, trusting(ADA));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), loopback.port())) {
      Connection accepted = loopback.accepted().start();
      byte[] hello = HexFormat.of().parseHex("16030102000100 01fc0303".replace(" ", ""));
      OutputStream out = socket.getOutputStream();
      out.write(Arrays.copyOf(hello, bytes));
      out.flush();

      assertThat(reason(accepted)).isEqualTo(Reason.TIMED_OUT);
    }
  }

  @Test
  void whoLeavesInTheMiddleOfAHelloIsCalledThat() throws Exception {
    try (Loopback loopback = listen(Parameters.webSocket(), trusting(ADA))) {
      Connection accepted;
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), loopback.port())) {
        accepted = loopback.accepted().start();
        socket.getOutputStream().write(HexFormat.of().parseHex("160301020001"));
      }
      assertThat(reason(accepted)).isEqualTo(Reason.CLOSED);
    }
  }

  @Test
  void aListenerNeedsAnIdentityAndSomethingThatJudges() {
    try (Network network = Network.open()) {
      Parameters nameless = Parameters.tcp().security(Security.pki(trusting(ADA))).build();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.listener(nameless))
          .withMessageContaining("needs an identity");
      Parameters forSessions =
          Parameters.tcp().security(Security.pki(DEN, TrustEvaluator.bySession())).build();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.listener(forSessions))
          .withMessageContaining("is for sessions");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.connection(Endpoint.hostPort("127.0.0.1", 1), forSessions))
          .withMessageContaining("is for sessions");
    }
  }

  @Test
  void bytesEndOneDirectionAtATime() {
    try (Loopback loopback = listen(Parameters.tcp(), trusting(ADA))) {
      Connection ada = dial(loopback, Security.pki(ADA, trusting(DEN)));
      Connection den = loopback.accepted().start();
      Eventually.get(ada.ready());
      ada.send(Payload.utf8("question"), SendOptions.FINAL);
      Received question = Eventually.get(den.receive(8, 100));
      den.send(Payload.utf8("answer"), SendOptions.FINAL);

      assertThat(question.content().toUtf8String()).isEqualTo("question");
      assertThat(Eventually.get(ada.receive(6, 100)).content().toUtf8String()).isEqualTo("answer");
    }
  }
}
