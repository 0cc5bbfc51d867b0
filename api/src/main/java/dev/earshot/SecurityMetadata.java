package dev.earshot;

import java.util.Objects;
import java.util.Optional;

/**
 * What a security handshake settled. Immutable; holds no secrets.
 *
 * @param protocol the protocol version, such as {@code TLSv1.2}
 * @param cipherSuite the suite's IANA name, such as {@code TLS_PSK_WITH_AES_128_GCM_SHA256}
 * @param pskIdentity the identity of the pre-shared key that both sides proved to know
 */
public record SecurityMetadata(String protocol, String cipherSuite, Optional<Payload> pskIdentity) {
  /** Checks that there are values. */
  public SecurityMetadata {
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(cipherSuite, "cipherSuite");
    Objects.requireNonNull(pskIdentity, "pskIdentity");
  }

  /** All of it, the identity with everything but printable ASCII escaped. */
  @Override
  public String toString() {
    return "SecurityMetadata["
        + protocol
        + ", "
        + cipherSuite
        + pskIdentity.map(id -> ", identity '" + PreSharedKey.printable(id) + "'").orElse("")
        + "]";
  }
}
