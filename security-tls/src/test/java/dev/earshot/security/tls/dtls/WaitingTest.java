package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.StreamSecurity.Role;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagram handshakes that wait for a program's word: what is said if it does not come, or ill. */
class WaitingTest {
  private static final PreSharedKey KEY = PreSharedKey.random("den");
  private static final Identity ADA = Identities.mint("Ada");
  private static final Identity BOB = Identities.mint("Bob");

  private final CompletableFuture<Boolean> decision = new CompletableFuture<>();

  private static DtlsPair pairOf(PskSource server) {
    DatagramSecurity client = new PskDatagrams(PskSource.of(KEY), DtlsSuite.of(false));
    return DtlsPair.of(client, new PskDatagrams(server, DtlsSuite.of(false)));
  }

  private static void assertSuspected(DtlsPair.End end, Reason reason, String words) {
    assertThat(end.flow().suspicion())
        .get(type(HandshakeException.class))
        .satisfies(why -> assertThat(why.reason()).isEqualTo(reason))
        .satisfies(why -> assertThat(why).hasMessageContaining(words));
  }

  @Test
  void aLookUpThatIsNotOverInTimeIsNamed() {
    DtlsPair pair = pairOf(identity -> new CompletableFuture<>());

    pair.shakeHands(Duration.ofSeconds(9));

    assertSuspected(pair.server, Reason.TIMED_OUT, "looking up its key was not over in time");
  }

  @Test
  void aSourceThatBreaksKnowsNoKey() {
    DtlsPair pair =
        pairOf(
            identity -> {
              throw new StackOverflowError("in the program's source");
            });

    pair.shakeHands(Duration.ofSeconds(9));

    assertSuspected(pair.server, Reason.UNKNOWN_IDENTITY, "StackOverflowError");
    assertSuspected(pair.client, Reason.WRONG_KEY, "'den'");
  }

  private DtlsPair pairInWhich(Role asks) {
    TrustEvaluator asking =
        TrustEvaluator.callback(request -> decision, Runnable::run).within(Duration.ofMinutes(1));
    TrustEvaluator ofAda = asks == Role.SERVER ? asking : TrustEvaluator.pinned(ADA.fingerprint());
    TrustEvaluator ofBob = asks == Role.CLIENT ? asking : TrustEvaluator.pinned(BOB.fingerprint());
    return DtlsPair.of(
        new CertificateDatagrams(Security.pki(mortal(ADA), ofBob)),
        new CertificateDatagrams(Security.pki(mortal(BOB), ofAda)));
  }

  /** The same identity, which may be destroyed without the other being so. */
  private Identity mortal(Identity whose) {
    Identity copy = Identity.of(whose.privateKey(), whose.chain());
    decision.whenComplete((trusted, error) -> copy.destroy());
    return copy;
  }

  @ParameterizedTest
  @EnumSource
  void aDecisionThatTakesLongerThanTheHandshakeMayIsNamed(Role asks) {
    DtlsPair pair = pairInWhich(asks);

    pair.shakeHands(Duration.ofSeconds(9));

    DtlsPair.End asking = asks == Role.CLIENT ? pair.client : pair.server;
    assertSuspected(asking, Reason.TRUST_TIMED_OUT, "did not decide in time");
    DtlsPair.End other = asks == Role.CLIENT ? pair.server : pair.client;
    assertThat(other.flow().suspicion()).isEqualTo(Optional.empty());
  }

  /** What a side signs with is asked for once the peer is trusted, and may be gone by then. */
  @Test
  void anIdentityThatIsDestroyedMeanwhileEndsTheHandshakeAtOnce() {
    DtlsPair pair = pairInWhich(Role.CLIENT);
    pair.shakeHands(Duration.ofSeconds(1));

    decision.complete(true);
    pair.pass();

    assertThat(pair.client.failure)
        .asInstanceOf(type(HandshakeException.class))
        .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.OTHER))
        .satisfies(why -> assertThat(why).hasMessageContaining("has been destroyed"));
    assertThat(pair.server.failure)
        .asInstanceOf(type(HandshakeException.class))
        .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.PROTOCOL_ERROR));
  }
}
