package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.earshot.testing.MemoryIdentity;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class IdentityTest {
  /** Computed by openssl. */
  private static final String FINGERPRINT =
      "4C:2C:F8:3B:51:8B:05:C5:23:B2:AD:3D:92:72:7B:07:"
          + "CF:BB:98:25:84:09:24:2C:9E:31:56:E0:78:39:99:01";

  private static final String KEY_DIGEST =
      "e00ef90724499f7fd5ef29907bd19a918f0c126bcaad0c48ac076e0f49e61a12";

  @Test
  void fingerprintsAreThoseThatOpenSslPrints() throws Exception {
    Identity identity = den();

    assertThat(identity.fingerprint()).hasToString(FINGERPRINT);
    assertThat(identity.keyFingerprint()).isEqualTo(Fingerprint.parse("key:" + KEY_DIGEST));
    assertThat(identity.keyFingerprint().toString()).startsWith("key:E0:0E:F9:07");
  }

  @Test
  void fingerprintsAreReadInEitherCaseWithOrWithoutColons() {
    Fingerprint expected = Fingerprint.parse(FINGERPRINT);

    assertThat(Fingerprint.parse(" " + FINGERPRINT.toLowerCase(Locale.ROOT))).isEqualTo(expected);
    assertThat(Fingerprint.parse(FINGERPRINT.replace(":", ""))).isEqualTo(expected);
    assertThat(Fingerprint.parse(expected.toString())).isEqualTo(expected);
    assertThat(expected.kind()).isEqualTo(Fingerprint.Kind.CERTIFICATE);
  }

  @Test
  void whatIsNoFingerprintIsRefusedInWords() {
    for (String wrong : List.of("", "key:", "4C:2C", FINGERPRINT + ":00", "4C2C\u001b[31m")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Fingerprint.parse(wrong))
          .withMessageContaining("is no fingerprint: 64 hexadecimal digits")
          .withMessageNotContaining("\u001b");
    }
  }

  @Test
  void aFingerprintMatchesItsCertificateOnly() throws Exception {
    X509Certificate certificate = certificate();

    assertThat(Fingerprint.parse(FINGERPRINT).matches(certificate)).isTrue();
    assertThat(Fingerprint.parse("key:" + KEY_DIGEST).matches(certificate)).isTrue();
    assertThat(Fingerprint.parse(KEY_DIGEST).matches(certificate)).isFalse();
  }

  @Test
  void anIdentityTellsItsNameAndNeverItsKey() throws Exception {
    assertThat(den().subject()).isEqualTo("CN=Den");
    assertThat(den()).hasToString("Identity['CN=Den', " + FINGERPRINT + "]");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    PrivateKey other = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
    PrivateKey another = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();

    for (PrivateKey wrong : List.of(other, another)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Identity.of(wrong, List.of(certificate())))
          .withMessage("the private key is not that of the certificate of CN=Den");
    }
  }

  @Test
  void aChainHasOneToTenCertificates() throws Exception {
    assertThatIllegalArgumentException().isThrownBy(() -> Identity.of(key(), List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.of(key(), Collections.nCopies(11, certificate())))
        .withMessage("chain of 11 certificates, not 1 to 10");
  }

  @Test
  void aDestroyedIdentityHasNoKeyAndKeepsItsName() throws Exception {
    Identity identity = den();

    identity.destroy();
    identity.destroy();

    assertThat(identity.isDestroyed()).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(identity::privateKey)
        .withMessageContaining("has been destroyed");
    assertThat(identity.fingerprint()).hasToString(FINGERPRINT);
  }

  @Test
  void securityWithCertificatesShowsWhoAndNoSecrets() throws Exception {
    Security.Pki pki =
        Security.pki(den(), TrustEvaluator.pinned(Fingerprint.parse(FINGERPRINT))).requireTls13();

    assertThat(pki.clientCertificateRequired()).isTrue();
    assertThat(pki.withoutClientCertificate().clientCertificateRequired()).isFalse();
    assertThat(pki)
        .hasToString(
            "Pki[Identity['CN=Den', "
                + FINGERPRINT
                + "], pinned to "
                + FINGERPRINT
                + ", TLS 1.3 only]");
  }

  @Test
  void nobodyIsPinnedToNothing() {
    assertThatIllegalArgumentException().isThrownBy(TrustEvaluator::pinned);
  }

  private static Identity den() throws Exception {
    return Identity.of(key(), List.of(certificate()));
  }

  private static PrivateKey key() throws Exception {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(MemoryIdentity.KEY)));
  }

  private static X509Certificate certificate() throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    MemoryIdentity.CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
  }
}
