package dev.earshot.security.tls.pki;

import dev.earshot.Endpoint;
import dev.earshot.Fingerprint;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.TrustEvaluator;
import dev.earshot.spi.StreamSecurity.Role;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Two sides of one connection in memory. Not thread-safe. */
final class PkiPair {
  static final Endpoint SERVER = Endpoint.hostPort("den.local", 4242);
  static final Endpoint CLIENT = Endpoint.hostPort("127.0.0.1", 50_000);

  final PkiSide client;
  final PkiSide server;

  PkiPair(Security.Pki client, Security.Pki server) {
    this(new PkiSecurity(client), new PkiSecurity(server));
  }

  PkiPair(PkiSecurity client, PkiSecurity server) {
    this(
        new PkiSide(client.open(Role.CLIENT, "den.local:4242", SERVER)),
        new PkiSide(server.open(Role.SERVER, "127.0.0.1:50000", CLIENT)));
  }

  private PkiPair(PkiSide client, PkiSide server) {
    this.client = client;
    this.server = server;
  }

  /** Two who trust each other, and a client that offers one suite only. */
  static PkiPair ofSuite(PkiSuite suite) {
    return new PkiPair(
        new PkiSide(new PkiStream(handshake(Role.CLIENT, suite), "the server")),
        new PkiSide(new PkiStream(handshake(Role.SERVER, suite), "the client")));
  }

  /** A side that takes one suite only, and trusts the other such side. */
  static PkiHandshake handshake(Role role, PkiSuite suite) {
    boolean rsa = suite.name().contains("_RSA_");
    Identity server = rsa ? Trusted.RSA : Trusted.BEA;
    Security.Pki security =
        role == Role.CLIENT
            ? Security.pki(Trusted.ADA, trusting(server))
            : Security.pki(server, trusting(Trusted.ADA));
    PkiTerms terms = PkiTerms.of(security, Set.of(TlsVersion.values()), SERVER).only(suite);
    return new PkiHandshake(role, terms, TrustJudge.of(security.trust()), Trusted.RANDOM);
  }

  /** Who trust each other. */
  private static final class Trusted {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Identity ADA = identity("Ada");
    private static final Identity BEA = identity("Bea");
    private static final Identity RSA = rsa();

    private static Identity rsa() {
      try {
        return RsaIdentity.selfSigned("Ron", 2048);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Carries bytes to and fro until neither side has more to say. */
  PkiPair exchange() {
    client.begin();
    server.begin();
    return goOn();
  }

  PkiPair goOn() {
    client.proceed();
    server.proceed();
    while (carry(client, server) | carry(server, client)) {
      // until both are silent
    }
    return this;
  }

  static boolean carry(PkiSide from, PkiSide to) {
    byte[] bytes = from.takeOutput();
    if (bytes.length > 0) {
      to.arrive(bytes);
    }
    return bytes.length > 0;
  }

  static TrustEvaluator trusting(Identity peer) {
    return TrustEvaluator.pinned(peer.fingerprint());
  }

  static TrustEvaluator trustingKey(Identity peer) {
    return TrustEvaluator.pinned(peer.keyFingerprint());
  }

  /** A pin that is nobody's. */
  static TrustEvaluator trustingNobody() {
    return TrustEvaluator.pinned(Fingerprint.parse("00".repeat(32)));
  }

  /** An identity that is valid from and until so long from now. */
  static Identity identity(String name, boolean edwards, Duration from, Duration until) {
    Instant now = Instant.now();
    return CertificateMint.selfSigned(
        edwards, new CertificateMint.Wording(name, List.of(), now.plus(from), now.plus(until)));
  }

  static Identity identity(String name) {
    return identity(name, false, Duration.ofDays(-1), Duration.ofDays(1));
  }

  static Identity edwards(String name) {
    return identity(name, true, Duration.ofDays(-1), Duration.ofDays(1));
  }
}
