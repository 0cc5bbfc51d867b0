package dev.earshot;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How a connection is protected. Immutable.
 *
 * <p>There is no "optional": a connection is protected as asked, or it does not come about. More
 * kinds may be added: code that distinguishes them should have a branch for the rest.
 */
public sealed interface Security permits Security.None, Security.Psk, Security.Pki {

  /** No protection: everybody on the path can read and change what is sent. */
  static Security none() {
    return None.INSTANCE;
  }

  /** TLS with one pre-shared key, known to both sides. */
  static Psk psk(PreSharedKey key) {
    Objects.requireNonNull(key, "key");
    return psk(PskSource.of(key));
  }

  /** TLS with the pre-shared keys of {@code source}; a connecting side uses its first. */
  static Psk psk(PskSource source) {
    Objects.requireNonNull(source, "source");
    return new Psk(source, Set.of(TlsVersion.TLS_1_2), false);
  }

  /**
   * TLS with certificates, both sides showing theirs; the platform's certificate authorities decide
   * whom to trust.
   */
  static Pki pki(Identity identity) {
    Objects.requireNonNull(identity, "identity");
    return pki(identity, TrustEvaluator.system());
  }

  /** TLS with certificates, both sides showing theirs; {@code trust} decides about the peer's. */
  static Pki pki(Identity identity, TrustEvaluator trust) {
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(trust, "trust");
    return new Pki(Optional.of(identity), trust, true, false);
  }

  /**
   * For connecting only: TLS with a certificate of the accepting side, and none of this one. A
   * listener that asks for one, as Earshot's do, refuses it.
   */
  static Pki pki(TrustEvaluator trust) {
    Objects.requireNonNull(trust, "trust");
    return new Pki(Optional.empty(), trust, true, false);
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
   * TLS with a pre-shared key and without certificates.
   *
   * <p>By default TLS 1.2 only (RFC 4279, RFC 5489, RFC 8442), since Apple's stack fails on
   * pre-shared keys in TLS 1.3. The suites, dearest first: 0xD001 (ECDHE_PSK_WITH_AES_128_GCM),
   * 0xCCAC (ECDHE_PSK_WITH_CHACHA20_POLY1305), 0x00A8 (PSK_WITH_AES_128_GCM). The last is what
   * Apple's samples use; it has no forward secrecy.
   *
   * <p>TLS 1.3 (RFC 8446, external keys, psk_dhe_ke) where both sides ask for it with {@link
   * #versions}. Its suites are 0x1301 (AES_128_GCM_SHA256) and 0x1303 (CHACHA20_POLY1305_SHA256);
   * all have forward secrecy. Sessions are never resumed and never renegotiated.
   *
   * @param source where keys come from
   * @param versions what may be agreed on; the newest that both sides have is
   * @param forwardSecrecyRequired whether 0x00A8 is left out
   */
  record Psk(PskSource source, Set<TlsVersion> versions, boolean forwardSecrecyRequired)
      implements Security {
    /** Checks that there are a source and a version, and copies the versions. */
    public Psk {
      Objects.requireNonNull(source, "source");
      if (versions.isEmpty()) {
        throw new IllegalArgumentException("no versions");
      }
      versions = Collections.unmodifiableSet(EnumSet.copyOf(versions));
    }

    /** The same with these versions and no other. */
    public Psk versions(TlsVersion one, TlsVersion... more) {
      return new Psk(source, EnumSet.of(one, more), forwardSecrecyRequired);
    }

    /** The same without suites that lack forward secrecy. */
    public Psk requireForwardSecrecy() {
      return new Psk(source, versions, true);
    }

    /** The same with keys from somewhere else. */
    public Psk withSource(PskSource other) {
      return new Psk(other, versions, forwardSecrecyRequired);
    }
  }

  /**
   * TLS 1.3 or 1.2 with certificates (RFC 8446, RFC 5246, RFC 8422).
   *
   * <p>Suites with forward secrecy and authenticated encryption only: AES-128-GCM, AES-256-GCM and
   * ChaCha20-Poly1305. Sessions are never resumed and never renegotiated. A listener asks for a
   * certificate and refuses who has none, unless told not to ask.
   */
  final class Pki implements Security {
    private final Optional<Identity> identity;
    private final TrustEvaluator trust;
    private final boolean clientCertificateRequired;
    private final boolean tls13Required;

    private Pki(
        Optional<Identity> identity,
        TrustEvaluator trust,
        boolean clientCertificateRequired,
        boolean tls13Required) {
      this.identity = identity;
      this.trust = Objects.requireNonNull(trust, "trust");
      this.clientCertificateRequired = clientCertificateRequired;
      this.tls13Required = tls13Required;
    }

    /** What this side proves itself with; always there on a listener. */
    public Optional<Identity> identity() {
      return identity;
    }

    /** Who decides about the peer's certificate. */
    public TrustEvaluator trust() {
      return trust;
    }

    /** Whether a listener asks for a certificate, and refuses who has none; true by default. */
    public boolean clientCertificateRequired() {
      return clientCertificateRequired;
    }

    /** Whether TLS 1.2 is left out; false by default. */
    public boolean tls13Required() {
      return tls13Required;
    }

    /** The same with another evaluator. */
    public Pki withTrust(TrustEvaluator value) {
      return new Pki(identity, value, clientCertificateRequired, tls13Required);
    }

    /**
     * The same for a listener that does not ask for certificates: whoever connects stays unknown.
     */
    public Pki withoutClientCertificate() {
      return new Pki(identity, trust, false, tls13Required);
    }

    /** The same without TLS 1.2, in which everybody on the path can read the certificates. */
    public Pki requireTls13() {
      return new Pki(identity, trust, clientCertificateRequired, true);
    }

    /** Who this side is and whom it trusts; no secrets. */
    @Override
    public String toString() {
      return "Pki["
          + identity.map(Identity::toString).orElse("no identity")
          + ", "
          + trust
          + (clientCertificateRequired ? "" : ", no client certificate")
          + (tls13Required ? ", TLS 1.3 only" : "")
          + "]";
    }
  }
}
