package dev.earshot;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a security handshake settled. Immutable; holds no secrets.
 *
 * @param protocol the protocol version, such as {@code TLSv1.2}
 * @param cipherSuite the suite's IANA name, such as {@code TLS_PSK_WITH_AES_128_GCM_SHA256}
 * @param pskIdentity the identity of the pre-shared key that both sides proved to know
 * @param peerCertificates the peer's certificate, whose key it proved to own, then what it sent
 *     along; empty if it showed none
 * @param applicationProtocol what both sides agreed to speak (ALPN, RFC 7301), if they did
 */
public record SecurityMetadata(
    String protocol,
    String cipherSuite,
    Optional<Payload> pskIdentity,
    List<X509Certificate> peerCertificates,
    Optional<String> applicationProtocol) {
  /** Checks that there are values. */
  public SecurityMetadata {
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(cipherSuite, "cipherSuite");
    Objects.requireNonNull(pskIdentity, "pskIdentity");
    peerCertificates = List.copyOf(peerCertificates);
    Objects.requireNonNull(applicationProtocol, "applicationProtocol");
  }

  /** What a handshake settled in which no application protocol was agreed on. */
  public SecurityMetadata(
      String protocol,
      String cipherSuite,
      Optional<Payload> pskIdentity,
      List<X509Certificate> peerCertificates) {
    this(protocol, cipherSuite, pskIdentity, peerCertificates, Optional.empty());
  }

  /** What a handshake without certificates settled. */
  public SecurityMetadata(String protocol, String cipherSuite, Optional<Payload> pskIdentity) {
    this(protocol, cipherSuite, pskIdentity, List.of());
  }

  /** The SHA-256 fingerprint of the peer's certificate, if it showed one. */
  public Optional<Fingerprint> peerFingerprint() {
    return peerCertificates.stream().findFirst().map(Fingerprint::of);
  }

  /** All of it, the identity with everything but printable ASCII escaped. */
  @Override
  public String toString() {
    return "SecurityMetadata["
        + protocol
        + ", "
        + cipherSuite
        + pskIdentity.map(id -> ", identity '" + PreSharedKey.printable(id) + "'").orElse("")
        + peerFingerprint().map(print -> ", peer " + print).orElse("")
        + applicationProtocol.map(name -> ", speaking " + name).orElse("")
        + "]";
  }
}
