package dev.earshot.security.tls.pki;

import dev.earshot.Fingerprint;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsFatalAlert;

/** The certificates that a peer has shown, and what is wrong with them whoever trusts them. */
public final class PeerChain {
  private static final int RSA_BITS = 2048;
  private static final int CURVE_BITS = 256;

  /** A name may have thousands of characters; nobody reads them. */
  private static final int SHOWN_NAME = 100;

  private PeerChain() {}

  /**
   * The certificates of a handshake message as the JDK's.
   *
   * @throws TlsFatalAlert if there are too many, or one cannot be read
   */
  public static List<X509Certificate> read(Certificate shown) throws IOException {
    if (shown.getLength() > Identity.MAXIMUM_CHAIN) {
      throw new TlsFatalAlert(
          AlertDescription.bad_certificate, "a chain of " + shown.getLength() + " certificates");
    }
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (int i = 0; i < shown.getLength(); i++) {
        byte[] encoded = shown.getCertificateAt(i).getEncoded();
        chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded)));
        chain.get(i).getPublicKey(); // may throw at last
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw new TlsFatalAlert(AlertDescription.bad_certificate, "an unreadable certificate", e);
    }
    return chain;
  }

  /**
   * What is wrong with {@code chain} at the time {@code now}, which no evaluator can let through.
   */
  public static Optional<Objection> flaw(List<X509Certificate> chain, Instant now) {
    X509Certificate own = chain.get(0);
    Instant from = own.getNotBefore().toInstant();
    Instant until = own.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      return flaw(
          Reason.CERTIFICATE_NOT_YET_VALID,
          AlertDescription.bad_certificate,
          own,
          " is not valid before " + from + ", and here it is " + now + "; compare the clocks");
    }
    if (now.isAfter(until)) {
      return flaw(
          Reason.CERTIFICATE_EXPIRED,
          AlertDescription.certificate_expired,
          own,
          " has expired at " + until + ", and here it is " + now);
    }
    for (X509Certificate certificate : chain) {
      Optional<String> weakness = weakness(certificate);
      if (weakness.isPresent()) {
        return flaw(
            Reason.NOT_TRUSTED, AlertDescription.bad_certificate, certificate, weakness.get());
      }
    }
    return Optional.empty();
  }

  /** Whose certificate it is, for messages. */
  public static String name(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    String shown = name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "..." : name;
    return "'" + PreSharedKey.printable(Payload.utf8(shown)) + "' " + Fingerprint.of(certificate);
  }

  private static Optional<Objection> flaw(
      Reason reason, short alert, X509Certificate whose, String what) {
    return Optional.of(
        new Objection(reason, alert, "the peer's certificate " + name(whose) + what));
  }

  private static Optional<String> weakness(X509Certificate certificate) {
    if (isWeak(certificate.getPublicKey())) {
      return Optional.of(
          " has a weak key; RSA of 2048 bits, curves of 256 bits and Ed25519 are the least");
    }
    boolean selfSigned =
        certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    boolean broken =
        algorithm.contains("SHA1") || algorithm.contains("MD5") || algorithm.contains("MD2");
    // Nobody relies on what a certificate says of itself.
    return broken && !selfSigned
        ? Optional.of(" is signed with " + algorithm + ", which can be forged")
        : Optional.empty();
  }

  private static boolean isWeak(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return rsa.getModulus().bitLength() < RSA_BITS;
    }
    if (key instanceof ECPublicKey curve) {
      return curve.getParams().getOrder().bitLength() < CURVE_BITS;
    }
    return !(key instanceof EdECPublicKey);
  }
}
