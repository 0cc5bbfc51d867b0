package dev.earshot.security.tls.pki;

import static dev.earshot.security.tls.pki.PkiPair.trusting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.ServiceType;
import dev.earshot.TrustEvaluator;
import dev.earshot.TrustRequest;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates are taken, and which are not whoever trusts them. */
class TrustRulesTest {
  private static final Identity ADA = PkiPair.identity("Ada");

  private static GeneralName name(String host) {
    return new GeneralName(GeneralName.dNSName, host);
  }

  private static GeneralName address(String address) {
    return new GeneralName(GeneralName.iPAddress, address);
  }

  @ParameterizedTest
  @CsvSource({
    "den.local, den.local, true",
    "den.local, DEN.Local, true",
    "den.local., den.local, true",
    "*.den.local, a.den.local, true",
    "*.den.local, den.local, false",
    "*.den.local, a.b.den.local, false",
    "*.local, den.local, false",
    "a*.den.local, ab.den.local, false",
    "*, den.local, false",
    "other.local, den.local, false",
    "10.0.0.7, 10.0.0.7, false", // a name that looks like an address is not one
  })
  void aCertificateIsMadeOutToNamesLabelByLabel(String certified, String asked, boolean matches)
      throws Exception {
    Identity identity = new Authority().certify("ignored.local", name(certified));

    assertThat(HostCheck.matches(identity.certificate(), asked)).isEqualTo(matches);
  }

  @Test
  void aNameOfThousandsOfLabelsIsMerelyAnother() throws Exception {
    String endless = "*." + "a.".repeat(7_000) + "local";
    Identity identity = new Authority().certify("ignored.local", name(endless));

    assertThat(HostCheck.matches(identity.certificate(), "a.den.local")).isFalse();
  }

  @Test
  void aCertificateIsMadeOutToAddressesHoweverTheyAreWritten() throws Exception {
    Authority authority = new Authority();
    Identity identity = authority.certify("x", address("10.0.0.7"), address("fe80::1"));

    assertThat(HostCheck.matches(identity.certificate(), "10.0.0.7")).isTrue();
    assertThat(HostCheck.matches(identity.certificate(), "10.0.0.8")).isFalse();
    assertThat(HostCheck.matches(identity.certificate(), "fe80:0:0::1%eth0")).isTrue();
    assertThat(HostCheck.matches(identity.certificate(), "x")).isFalse();
    Identity commonName = authority.certify("den.local");
    assertThat(HostCheck.matches(commonName.certificate(), "den.local"))
        .as("common names mean nothing")
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void whoAnAuthorityOfThePlatformCertifiesForTheHostIsTrusted(String version) throws Exception {
    Authority authority = new Authority();
    Identity den = authority.certify("Den", name("den.local"));
    Security.Pki client = Security.pki(ADA);
    TrustJudge judge = new TrustJudge(client.trust(), authority.trust(), Instant::now);
    PkiSecurity dialling =
        version.equals("TLSv1.3")
            ? new PkiSecurity(client.requireTls13(), judge)
            : PkiSecurity.upToTls12(client, judge);
    PkiPair pair =
        new PkiPair(dialling, Versioned.of(Security.pki(den, trusting(ADA)), version)).exchange();

    assertThat(pair.client.failure).isNull();
    assertThat(pair.client.finished && pair.server.finished).isTrue();
    assertThat(pair.client.stream.metadata().peerCertificates()).isEqualTo(den.chain());
  }

  @Test
  void anAuthorityCertifiesForTheHostThatIsAskedForOnly() throws Exception {
    Authority authority = new Authority();
    PlatformTrust trust = authority.trust();
    List<X509Certificate> other = authority.certify("Other", name("other.local")).chain();
    Endpoint service = Endpoint.bonjour("Den", ServiceType.tcp("echo"));

    assertThat(trust.judge(other, false, PkiPair.SERVER).map(Objection::words))
        .hasValueSatisfying(
            words -> assertThat(words).contains("'CN=Other'", "is not made out to den.local"));
    assertThat(trust.judge(other, false, service)).as("a service has no host name").isEmpty();
    assertThat(trust.judge(other, true, PkiPair.CLIENT)).as("nor has a client").isEmpty();
    assertThat(trust.judge(ADA.chain(), true, PkiPair.CLIENT).map(Objection::reason))
        .contains(Reason.NOT_TRUSTED);
  }

  @Test
  void weakKeysAndSignaturesAreRefusedWhoeverTrustsThem() throws Exception {
    Identity small = RsaIdentity.selfSigned("Small", 1024);
    Identity forged = RsaIdentity.signed("Forged", "SHA1withRSA");
    for (Identity weak : List.of(small, forged)) {
      PkiPair pair =
          new PkiPair(Security.pki(weak, trusting(ADA)), Security.pki(ADA, trusting(weak)))
              .exchange();

      assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED);
      assertThat(pair.server.failure)
          .hasMessageMatching(".*(has a weak key|is signed with SHA1WITHRSA).*");
      assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.NOT_TRUSTED_BY_PEER);
    }
    Identity good = RsaIdentity.signed("Good", "SHA256withRSA");
    PkiPair pair =
        new PkiPair(Security.pki(good, trusting(ADA)), Security.pki(ADA, trusting(good)));
    assertThat(pair.exchange().server.finished).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aKeyThatNeverLeavesItsProviderSignsHandshakes(String version) {
    Identity hardware = Identity.of(new HardwareKey((ECPrivateKey) ADA.privateKey()), ADA.chain());
    Identity bea = PkiPair.identity("Bea");
    PkiPair pair =
        new PkiPair(
                Versioned.of(Security.pki(hardware, trusting(bea)), version),
                Versioned.of(Security.pki(bea, trusting(ADA)), version))
            .exchange();

    assertThat(pair.client.failure).isNull();
    assertThat(pair.server.finished).isTrue();
  }

  @Test
  void aKeyThatIsNotTheCertificatesProvesNothing() {
    Identity bea = PkiPair.identity("Bea");
    Identity stolen = Identity.of(new HardwareKey((ECPrivateKey) bea.privateKey()), ADA.chain());
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      PkiPair asClient =
          new PkiPair(
                  Versioned.of(Security.pki(stolen, trusting(bea)), version),
                  Versioned.of(Security.pki(bea, trusting(ADA)), version))
              .exchange();
      assertThat(asClient.server.handshakeFailure().reason()).isEqualTo(Reason.PROTOCOL_ERROR);
      PkiPair asServer =
          new PkiPair(
                  Versioned.of(Security.pki(bea, trusting(ADA)), version),
                  Versioned.of(Security.pki(stolen, trusting(bea)), version))
              .exchange();
      assertThat(asServer.client.handshakeFailure().reason()).isEqualTo(Reason.PROTOCOL_ERROR);
    }
  }

  @Test
  void aStreamThatEndsInTheMiddleIsCalledThat() {
    PkiPair pair =
        new PkiPair(
            Security.pki(ADA, trusting(ADA)),
            Security.pki(ADA, TrustEvaluator.pinned(ADA.keyFingerprint())));
    pair.client.begin();
    byte[] hello = pair.client.takeOutput();
    pair.server.begin();
    pair.server.arrive(Arrays.copyOf(hello, hello.length / 2));
    pair.server.end();

    assertThat(pair.server.handshakeFailure().reason()).isEqualTo(Reason.CLOSED);
  }

  @Test
  void aPlatformThatFailsTrustsNobodyAndKeepsNobodyWaiting() {
    TrustVerdict verdict =
        new TrustJudge(TrustEvaluator.system(), null, Instant::now)
            .about(
                new TrustRequest(
                    ADA.chain(), PkiPair.SERVER, false, Optional.empty(), Optional.empty()));

    verdict.ask();

    Objection objection = verdict.objection().orElseThrow();
    assertThat(objection.reason()).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(objection.words()).contains("was not judged: the platform failed");
  }

  @Test
  void aVerdictAboutNobodyYetIsNone() {
    TrustVerdict verdict =
        TrustJudge.of(trusting(ADA))
            .about(
                new TrustRequest(
                    ADA.chain(), PkiPair.SERVER, false, Optional.empty(), Optional.empty()));

    assertThat(verdict.isReached()).isFalse();
    verdict.ask();
    assertThat(verdict.isReached()).isTrue();
    assertThat(verdict.objection()).isEmpty();
  }

  /** A key that signs and does not show itself. */
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
