package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is agreed on over datagrams with certificates, suite by suite, and whom a client asks for.
 */
class CertificateSuiteTest {
  private static final Identity ADA = Identities.mint("Ada");
  private static final Identity BOB = Identities.mint("Bob");

  @TempDir Path directory;

  private static CertificateDatagrams client(CertificateSuite suite, Identity server) {
    return new CertificateDatagrams(
        Security.pki(ADA, TrustEvaluator.pinned(server.fingerprint())), List.of(suite));
  }

  private static CertificateDatagrams server(Identity own) {
    return new CertificateDatagrams(Security.pki(own, TrustEvaluator.pinned(ADA.fingerprint())));
  }

  @ParameterizedTest
  @EnumSource
  void everySuiteIsTakenFromWhoHasNoOther(CertificateSuite suite)
      throws IOException, InterruptedException {
    Identity own = suite.isRsa() ? Pem.make(directory, "Ron", "rsa:2048") : BOB;
    DtlsPair pair = DtlsPair.of(client(suite, own), server(own)).shakeHands();

    assertThat(pair.client.failure).isNull();
    assertThat(pair.server.flow().metadata().cipherSuite()).isEqualTo(suite.name());
    pair.client.say("to the server");
    pair.server.say("to the client");
    pair.pass();
    assertThat(pair.server.texts()).containsExactly("to the server");
    assertThat(pair.client.texts()).containsExactly("to the client");
  }

  @Test
  void aSuiteForAnotherKindOfKeyIsNone() {
    CertificateSuite other = CertificateSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
    DtlsPair pair = DtlsPair.of(client(other, BOB), server(BOB)).shakeHands();

    assertThat(pair.server.failure)
        .isInstanceOfSatisfying(
            HandshakeException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NO_COMMON_SUITE));
  }

  @Test
  void theNameOfAHostIsSentAndAnAddressIsNot() {
    assertThat(Hellos.serverName(Endpoint.hostPort("10.0.0.1", 4242))).isEmpty();
    byte[] named = Hellos.serverName(Endpoint.hostPort("den.local", 4242));
    assertThat(named).startsWith(0, 0, 0, 14, 0, 12, 0, 0, 9);
    assertThat(new String(named, 9, 9, StandardCharsets.US_ASCII)).isEqualTo("den.local");
  }
}
