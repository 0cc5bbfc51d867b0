package dev.earshot.spi;

import dev.earshot.Security;

/** Makes TLS for streams and DTLS for datagrams; found by {@link java.util.ServiceLoader}. */
public interface SecurityProvider {

  /** A short name for messages, such as {@code tls}. */
  String name();

  /** Whether this provider can protect streams as {@code security} asks for. */
  boolean supports(Security security);

  /** Whether this provider can protect datagrams as {@code security} asks for. */
  default boolean supportsDatagrams(Security security) {
    return false;
  }

  /** Whether this provider can say whom to trust, for protocols that protect themselves. */
  default boolean supportsPeerTrust() {
    return false;
  }

  /**
   * Protection as {@code security} asks for; shared by all connections with the same parameters.
   */
  StreamSecurity streamSecurity(Security security);

  /** The same for datagrams; only what is {@linkplain #supportsDatagrams supported} is asked. */
  default DatagramSecurity datagramSecurity(Security security) {
    throw new IllegalArgumentException(name() + " cannot protect datagrams with " + security);
  }

  /** Whom {@code security} trusts; only if that is {@linkplain #supportsPeerTrust supported}. */
  default PeerTrust peerTrust(Security.Pki security) {
    throw new IllegalArgumentException(name() + " cannot judge certificates for other engines");
  }
}
