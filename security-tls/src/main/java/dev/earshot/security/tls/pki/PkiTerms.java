package dev.earshot.security.tls.pki;

import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.tls.ProtocolVersion;

/**
 * What one side of one handshake insists on. Immutable.
 *
 * @param security what the user asked for
 * @param versions what may be agreed on
 * @param suites what may protect it, dearest first
 * @param own this side's identity, in Bouncy Castle's terms
 * @param endpoint what this side connects to, or where the peer came from
 */
record PkiTerms(
    Security.Pki security,
    Set<TlsVersion> versions,
    List<PkiSuite> suites,
    Optional<OwnCertificate> own,
    Endpoint endpoint) {
  /** The longest handshake message that is read, in bytes: a few certificates. */
  static final int MAXIMUM_MESSAGE = 1 << 14;

  /** Those of {@code versions}, with all their suites. */
  static PkiTerms of(Security.Pki security, Set<TlsVersion> versions, Endpoint endpoint) {
    Optional<Identity> identity = security.identity();
    return new PkiTerms(
        security, versions, PkiSuite.of(versions), identity.map(OwnCertificate::new), endpoint);
  }

  /** The same with one suite only, and the version that it belongs to. */
  PkiTerms only(PkiSuite suite) {
    return new PkiTerms(security, Set.of(suite.version()), List.of(suite), own, endpoint);
  }

  /** In Bouncy Castle's terms. */
  ProtocolVersion[] protocolVersions() {
    if (versions.size() > 1) {
      return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
    }
    return versions.contains(TlsVersion.TLS_1_3)
        ? ProtocolVersion.TLSv13.only()
        : ProtocolVersion.TLSv12.only();
  }

  /** Their names, newest first. */
  List<String> protocols() {
    return versions.stream().sorted(Comparator.reverseOrder()).map(TlsVersion::protocol).toList();
  }

  boolean clientCertificateRequired() {
    return security.clientCertificateRequired();
  }
}
