package dev.earshot.security.tls.pki;

import static dev.earshot.security.tls.pki.PkiPair.trusting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.NetworkException;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.TrustRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program decides whom to trust, in its own time and on its own queue. */
class TrustDecisionTest {
  private static final Identity ADA = PkiPair.identity("Ada");
  private static final Identity BEA = PkiPair.identity("Bea");

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final List<TrustRequest> requests = new ArrayList<>();
  private final CompletableFuture<Boolean> answer = new CompletableFuture<>();
  private final TrustEvaluator.Callback asking =
      TrustEvaluator.callback(this::decide, queue::add).within(Duration.ofSeconds(3));

  private CompletionStage<Boolean> decide(TrustRequest request) {
    requests.add(request);
    return answer;
  }

  private PkiPair clientAsks(String version) {
    return new PkiPair(
            Versioned.of(Security.pki(ADA, asking), version),
            Versioned.of(Security.pki(BEA, trusting(ADA)), version))
        .exchange();
  }

  private PkiPair serverAsks(String version) {
    return new PkiPair(
            Versioned.of(Security.pki(ADA, trusting(BEA)), version),
            Versioned.of(Security.pki(BEA, asking), version))
        .exchange();
  }

  private void runQueue() {
    while (!queue.isEmpty()) {
      queue.remove().run();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theProgramIsAskedOnItsQueueAndNothingGoesOnBeforeItAnswers(String version) {
    PkiPair pair = clientAsks(version);

    assertThat(requests).as("asked on the queue only").isEmpty();
    assertThat(pair.client.pause.patience()).isEqualTo(Duration.ofSeconds(3));
    runQueue();
    pair.goOn();
    assertThat(requests).hasSize(1);
    assertThat(pair.client.finished || pair.server.finished).isFalse();
    assertThat(requests.get(0).chain()).containsExactly(BEA.certificate());
    assertThat(requests.get(0).endpoint()).isEqualTo(PkiPair.SERVER);
    assertThat(requests.get(0).accepting()).isFalse();
    assertThat(requests.get(0).protocol()).contains(version);
    assertThat(requests.get(0).cipherSuite()).isPresent();

    answer.complete(true);
    pair.goOn();

    assertThat(pair.client.finished && pair.server.finished).isTrue();
    pair.client.send("hello");
    pair.goOn();
    assertThat(pair.server.received()).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void whatAnEagerPeerSendsIsNotShownBeforeTheAnswer(String version) {
    PkiPair pair = serverAsks(version);
    runQueue();
    if (pair.client.finished) {
      pair.client.send("too early");
      pair.goOn();
    }

    assertThat(pair.server.finished).isFalse();
    assertThat(pair.server.received()).isEmpty();
    assertThat(requests.get(0).accepting()).isTrue();
    assertThat(requests.get(0).endpoint()).isEqualTo(PkiPair.CLIENT);

    answer.complete(true);
    pair.goOn();
    assertThat(pair.server.finished).isTrue();
    assertThat(pair.server.received()).isEqualTo(version.equals("TLSv1.3") ? "too early" : "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aRefusalIsToldToBothSides(String version) {
    PkiPair asClient = clientAsks(version);
    runQueue();
    answer.complete(false);
    asClient.goOn();

    assertThat(asClient.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(asClient.client.failure).hasMessageContaining("was refused by this program");
    assertThat(asClient.server.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
    // In TLS 1.3 what the refused one waited for was on its way already.
    assertThat(asClient.server.finished).isEqualTo(version.equals("TLSv1.3"));

    PkiPair asServer = serverAsks(version);
    runQueue();
    asServer.goOn();

    assertThat(asServer.server.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(asServer.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
    assertThat(asServer.client.finished).isEqualTo(version.equals("TLSv1.3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aProgramThatNeverAnswersTrustsNobody(String version) {
    PkiPair pair = serverAsks(version);
    runQueue();
    NetworkException suspicion = pair.server.stream.suspicion().orElseThrow();

    pair.server.pause.giveUp();
    pair.goOn();

    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.TRUST_TIMED_OUT);
    assertThat(pair.server.failure)
        .hasMessageContaining("did not decide in time whether to trust the peer's certificate")
        .hasMessageContaining(ADA.fingerprint().toString())
        .hasMessage(suspicion.getMessage());
    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);

    answer.complete(true);
    pair.goOn();
    assertThat(pair.server.finished).as("an answer that is too late").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aConnectingProgramThatNeverAnswersTrustsNobodyEither(String version) {
    PkiPair pair = clientAsks(version);
    runQueue();

    pair.client.pause.giveUp();
    pair.goOn();

    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.TRUST_TIMED_OUT);
    assertThat(pair.client.finished).isFalse();
    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
  }

  @Test
  void aProgramIsNotAskedAboutAConnectionThatIsGone() {
    PkiPair pair = serverAsks("TLSv1.3");

    pair.server.engine.closeOutbound();
    runQueue();

    assertThat(requests).isEmpty();
  }

  @Test
  void aProgramIsNotAskedAboutWhatNobodyCanLetThrough() {
    Duration day = Duration.ofDays(1);
    Identity expired = PkiPair.identity("Old", false, day.multipliedBy(-3), day.negated());
    PkiPair pair =
        new PkiPair(Security.pki(expired, trusting(BEA)), Security.pki(BEA, asking)).exchange();
    runQueue();

    assertThat(requests).isEmpty();
    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
  }

  @Test
  void whatThrowsOrReturnsNullOrFailsTrustsNobody() {
    List<TrustEvaluator.Decision> wrong =
        List.of(
            request -> {
              throw new IllegalStateException("oops");
            },
            request -> null,
            request -> CompletableFuture.completedStage(null),
            request -> CompletableFuture.failedStage(new IllegalStateException("oops")));
    for (TrustEvaluator.Decision decision : wrong) {
      PkiPair pair =
          new PkiPair(
                  Security.pki(ADA, TrustEvaluator.callback(decision, Runnable::run)),
                  Security.pki(BEA, trusting(ADA)))
              .exchange();

      assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED);
      assertThat(pair.client.finished).isFalse();
    }
  }

  @Test
  void aQueueThatTakesNothingTrustsNobody() {
    TrustEvaluator closed =
        TrustEvaluator.callback(
            this::decide,
            task -> {
              throw new RejectedExecutionException("closed");
            });
    PkiPair pair =
        new PkiPair(Security.pki(ADA, closed), Security.pki(BEA, trusting(ADA))).exchange();

    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED);
  }

  @Test
  void twoProgramsMayDecideAtTheSameTime() {
    PkiPair pair =
        new PkiPair(
                Security.pki(ADA, TrustEvaluator.callback(this::decide, queue::add)),
                Security.pki(BEA, TrustEvaluator.callback(this::decide, queue::add)))
            .exchange();
    runQueue();
    answer.complete(true);
    pair.goOn();
    runQueue();
    pair.goOn();

    assertThat(requests).hasSize(2);
    assertThat(pair.client.finished && pair.server.finished).isTrue();
  }

  @Test
  void whatIsForSessionsIsRefusedByConnections() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PkiSecurity(Security.pki(ADA, TrustEvaluator.bySession())))
        .withMessageContaining("is for sessions");
  }
}
