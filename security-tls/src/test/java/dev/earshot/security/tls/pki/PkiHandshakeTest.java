package dev.earshot.security.tls.pki;

import static dev.earshot.security.tls.pki.PkiPair.trusting;
import static dev.earshot.security.tls.pki.PkiPair.trustingKey;
import static dev.earshot.security.tls.pki.PkiPair.trustingNobody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import dev.earshot.TrustEvaluator;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PkiHandshakeTest {
  private static final Identity ADA = PkiPair.identity("Ada");
  private static final Identity BEA = PkiPair.identity("Bea");

  static Stream<Arguments> kinds() {
    Identity ed = PkiPair.edwards("Ed");
    return Stream.of(
        Arguments.of("TLSv1.3", ADA, BEA, "TLS_AES_128_GCM_SHA256"),
        Arguments.of("TLSv1.3", ed, ed, "TLS_AES_128_GCM_SHA256"),
        Arguments.of("TLSv1.3", ADA, ed, "TLS_AES_128_GCM_SHA256"),
        Arguments.of("TLSv1.2", ADA, BEA, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        Arguments.of("TLSv1.2", ed, ed, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        Arguments.of("TLSv1.2", ed, BEA, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void bothSidesProveThemselvesAndTalk(String version, Identity one, Identity other, String suite) {
    PkiPair pair =
        new PkiPair(
            Versioned.of(Security.pki(one, trusting(other)), version),
            Versioned.of(Security.pki(other, trustingKey(one)), version));

    pair.exchange();

    assertThat(pair.client.failure).isNull();
    assertThat(pair.server.failure).isNull();
    assertThat(pair.client.finished).isTrue();
    assertThat(pair.server.finished).isTrue();
    SecurityMetadata seen = pair.client.stream.metadata();
    assertThat(seen.protocol()).isEqualTo(version);
    assertThat(seen.cipherSuite()).isEqualTo(suite);
    assertThat(seen.peerCertificates()).containsExactly(other.certificate());
    assertThat(pair.server.stream.metadata().peerFingerprint()).contains(one.fingerprint());
    pair.client.send("hello");
    pair.server.send("and hello to you");
    pair.goOn();
    assertThat(pair.server.received()).isEqualTo("hello");
    assertThat(pair.client.received()).isEqualTo("and hello to you");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerThatIsNotPinnedIsRefusedBeforeItLearnsWhoAsks(String version) {
    PkiPair pair =
        new PkiPair(
            Versioned.of(Security.pki(ADA, trustingNobody()), version),
            Versioned.of(Security.pki(BEA, trusting(ADA)), version));

    pair.exchange();

    HandshakeException ours = pair.client.handshakeFailure();
    assertThat(ours.reason()).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(ours)
        .hasMessageContaining("TLS with den.local:4242: the peer's certificate 'CN=Bea'")
        .hasMessageContaining(BEA.fingerprint().toString());
    HandshakeException theirs = pair.server.handshakeFailure();
    assertThat(theirs.reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
    assertThat(theirs)
        .hasMessageContaining("does not accept this side's certificate 'CN=Bea'")
        .hasMessageContaining("bad_certificate(42)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientThatIsNotPinnedIsRefusedAndLearnsIt(String version) {
    PkiPair pair =
        new PkiPair(
            Versioned.of(Security.pki(ADA, trusting(BEA)), version),
            Versioned.of(Security.pki(BEA, trustingNobody()), version));

    pair.exchange();

    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
    assertThat(pair.server.received()).isEmpty();
    assertThat(pair.client.finished).isEqualTo(version.equals("TLSv1.3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientWithoutCertificateIsRefusedUnlessNobodyAsks(String version) {
    PkiPair pair =
        new PkiPair(
            Versioned.of(Security.pki(trusting(BEA)), version),
            Versioned.of(Security.pki(BEA, trusting(ADA)), version));

    pair.exchange();

    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.NO_CERTIFICATE);
    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.NO_CERTIFICATE);
    assertThat(pair.client.failure).hasMessageContaining("this side has none");

    PkiPair unasked =
        new PkiPair(
            Versioned.of(Security.pki(trusting(BEA)), version),
            Versioned.of(Security.pki(BEA, trusting(ADA)).withoutClientCertificate(), version));
    unasked.exchange();
    assertThat(unasked.client.finished && unasked.server.finished).isTrue();
    assertThat(unasked.server.stream.metadata().peerCertificates()).isEmpty();
  }

  static Stream<Arguments> dates() {
    Duration day = Duration.ofDays(1);
    Identity late = PkiPair.identity("Late", false, day.multipliedBy(-3), day.negated());
    Identity early = PkiPair.identity("Early", false, day, day.multipliedBy(3));
    return Stream.of("TLSv1.2", "TLSv1.3")
        .flatMap(
            version ->
                Stream.of(
                    Arguments.of(version, late, Reason.CERTIFICATE_EXPIRED, "has expired at"),
                    Arguments.of(
                        version, early, Reason.CERTIFICATE_NOT_YET_VALID, "is not valid before")));
  }

  @ParameterizedTest
  @MethodSource("dates")
  void datesHoldForWhoeverIsPinned(String version, Identity wrong, Reason reason, String words) {
    PkiPair server =
        new PkiPair(
            Versioned.of(Security.pki(ADA, trusting(wrong)), version),
            Versioned.of(Security.pki(wrong, trusting(ADA)), version));
    PkiPair client =
        new PkiPair(
            Versioned.of(Security.pki(wrong, trusting(ADA)), version),
            Versioned.of(Security.pki(ADA, trusting(wrong)), version));

    server.exchange();
    client.exchange();

    assertThat(server.client.handshakeFailure().reason()).isEqualTo(reason);
    assertThat(server.client.failure).hasMessageContaining(words);
    assertThat(client.server.handshakeFailure().reason()).isEqualTo(reason);
    List<Reason> told = List.of(Reason.CERTIFICATE_EXPIRED, Reason.NOT_TRUSTED_BY_PEER);
    assertThat(told).contains(server.server.handshakeFailure().reason());
    assertThat(told).contains(client.client.handshakeFailure().reason());
  }

  @Test
  void aSideThatTakesTls13OnlyRefusesTheOlder() {
    PkiPair pair =
        new PkiPair(
            Versioned.of(Security.pki(ADA, trusting(BEA)), "TLSv1.2"),
            new PkiSecurity(Security.pki(BEA, trusting(ADA)).requireTls13()));

    pair.exchange();

    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.PROTOCOL_VERSION);
    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.PROTOCOL_VERSION);
  }

  @Test
  void thePlatformTrustsNobodyWhoCertifiedHimself() {
    PkiPair pair =
        new PkiPair(Security.pki(ADA), Security.pki(BEA, TrustEvaluator.pinned(ADA.fingerprint())));

    pair.exchange();

    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(pair.client.failure)
        .hasMessageContaining("certificate authorities of this platform");
    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
  }

  @Test
  void anIdentityThatWasDestroyedShakesNoHands() {
    Identity gone = PkiPair.identity("Gone");
    gone.destroy();
    PkiPair pair =
        new PkiPair(Security.pki(gone, trusting(BEA)), Security.pki(BEA, trusting(gone)));

    pair.exchange();

    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.OTHER);
    assertThat(pair.client.failure).hasMessageContaining("has been destroyed");
  }
}
