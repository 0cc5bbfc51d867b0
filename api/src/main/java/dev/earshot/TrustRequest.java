package dev.earshot;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a peer whose certificate is to be judged. Immutable.
 *
 * <p>The peer has proved, or will have to before anything is sent or shown, that it owns the key of
 * the first certificate. Its dates and the strength of its keys have been checked. Whatever else
 * the certificates say, names among it, is what the peer, or who signed it, chose to write.
 *
 * @param chain the peer's certificate first, then what it sent along; never empty
 * @param endpoint what this side connects to, or where the peer came from
 * @param accepting whether this side is the one that was connected to
 * @param protocol the protocol version, such as {@code TLSv1.3}, if it is settled
 * @param cipherSuite the suite's IANA name, if it is settled
 */
public record TrustRequest(
    List<X509Certificate> chain,
    Endpoint endpoint,
    boolean accepting,
    Optional<String> protocol,
    Optional<String> cipherSuite) {

  /** Checks that there is a certificate. */
  public TrustRequest {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("no certificates");
    }
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(cipherSuite, "cipherSuite");
  }

  /** The peer's own certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** The SHA-256 fingerprint of the peer's own certificate. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(certificate());
  }

  /** Who it is about, with what could upset a terminal escaped. */
  @Override
  public String toString() {
    return "TrustRequest["
        + endpoint
        + ", '"
        + Endpoint.Bonjour.printable(certificate().getSubjectX500Principal().getName())
        + "', "
        + fingerprint()
        + "]";
  }
}
