package dev.earshot;

import java.util.Objects;

/**
 * How a connection is protected. Immutable.
 *
 * <p>There is no "optional": a connection is protected as asked, or it does not come about. More
 * kinds may be added: code that distinguishes them should have a branch for the rest.
 */
public sealed interface Security permits Security.None, Security.Psk {

  /** No protection: everybody on the path can read and change what is sent. */
  static Security none() {
    return None.INSTANCE;
  }

  /** TLS with one pre-shared key, known to both sides. */
  static Psk psk(PreSharedKey key) {
    return new Psk(PskSource.of(key), false);
  }

  /** TLS with the pre-shared keys of {@code source}; a connecting side uses its first. */
  static Psk psk(PskSource source) {
    return new Psk(source, false);
  }

  /** Bytes as they are. */
  final class None implements Security {
    private static final None INSTANCE = new None();

    private None() {}

    @Override
    public String toString() {
      return "None";
    }
  }

  /**
   * TLS 1.2 with a pre-shared key (RFC 4279, RFC 5489, RFC 8442), without certificates.
   *
   * <p>The suites, dearest first: 0xD001 (ECDHE_PSK_WITH_AES_128_GCM_SHA256), 0xCCAC
   * (ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256), 0x00A8 (PSK_WITH_AES_128_GCM_SHA256). The last is
   * what Apple's samples use; it has no forward secrecy. Sessions are never resumed and never
   * renegotiated.
   *
   * @param source where keys come from
   * @param forwardSecrecyRequired whether 0x00A8 is left out
   */
  record Psk(PskSource source, boolean forwardSecrecyRequired) implements Security {
    /** Checks that there is a source. */
    public Psk {
      Objects.requireNonNull(source, "source");
    }

    /** The same without suites that lack forward secrecy. */
    public Psk requireForwardSecrecy() {
      return new Psk(source, true);
    }
  }
}
