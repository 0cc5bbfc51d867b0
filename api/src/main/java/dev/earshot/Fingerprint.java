package dev.earshot;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * The SHA-256 digest by which a certificate, or a key, is recognised. Immutable; no secret.
 *
 * <p>A fingerprint has one text: 32 upper-case pairs of hexadecimal digits with colons between
 * them, as {@code openssl x509 -fingerprint -sha256} prints it; that of a key has {@code key:} in
 * front. {@link #parse} takes either case, and no colons too. A certificate that is renewed has
 * another fingerprint, a key that is kept has the same.
 *
 * @param kind what was digested
 * @param digest the 32 bytes of SHA-256
 */
public record Fingerprint(Kind kind, Payload digest) {
  private static final int DIGEST_BYTES = 32;
  private static final String KEY_PREFIX = "key:";
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();

  /** What a fingerprint is the digest of. */
  public enum Kind {
    /** A whole certificate, in DER. */
    CERTIFICATE,
    /** The public key, as the DER of the certificate's SubjectPublicKeyInfo (RFC 5280, 4.1). */
    KEY
  }

  /** Checks that the digest has 32 bytes. */
  public Fingerprint {
    Objects.requireNonNull(kind, "kind");
    if (digest.length() != DIGEST_BYTES) {
      throw new IllegalArgumentException(
          "fingerprint of " + digest.length() + " bytes, not " + DIGEST_BYTES);
    }
  }

  /** The fingerprint of the whole of {@code certificate}. */
  public static Fingerprint of(X509Certificate certificate) {
    Objects.requireNonNull(certificate, "certificate");
    try {
      return new Fingerprint(Kind.CERTIFICATE, sha256(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("the certificate has no DER: " + e.getMessage(), e);
    }
  }

  /** The fingerprint of {@code key}, the same for every certificate that has it. */
  public static Fingerprint ofKey(PublicKey key) {
    Objects.requireNonNull(key, "key");
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new IllegalArgumentException("the " + key.getAlgorithm() + " key has no DER");
    }
    return new Fingerprint(Kind.KEY, sha256(encoded));
  }

  /**
   * Reads a text such as {@link #toString} gives.
   *
   * @throws IllegalArgumentException if it is no fingerprint
   */
  public static Fingerprint parse(String text) {
    Objects.requireNonNull(text, "text");
    String trimmed = text.strip();
    boolean key = trimmed.toLowerCase(Locale.ROOT).startsWith(KEY_PREFIX);
    String digits = key ? trimmed.substring(KEY_PREFIX.length()) : trimmed;
    try {
      byte[] digest =
          digits.indexOf(':') >= 0 ? COLONS.parseHex(digits) : HexFormat.of().parseHex(digits);
      return new Fingerprint(key ? Kind.KEY : Kind.CERTIFICATE, Payload.wrap(digest));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'"
              + Endpoint.Bonjour.printable(text)
              + "' is no fingerprint: 64 hexadecimal digits, with or without colons, "
              + "after key: if it is that of a key",
          e);
    }
  }

  /** Whether {@code certificate}, or its key, is what this is the fingerprint of. */
  public boolean matches(X509Certificate certificate) {
    return equals(kind == Kind.KEY ? ofKey(certificate.getPublicKey()) : of(certificate));
  }

  /** The one text. */
  @Override
  public String toString() {
    return (kind == Kind.KEY ? KEY_PREFIX : "") + COLONS.formatHex(digest.toByteArray());
  }

  private static Payload sha256(byte[] bytes) {
    try {
      return Payload.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
