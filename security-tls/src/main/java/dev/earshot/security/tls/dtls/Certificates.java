package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/** Certificate messages, written and read (RFC 5246, section 7.4.2). */
final class Certificates {
  private Certificates() {}

  static byte[] write(List<X509Certificate> chain) throws DtlsFailure {
    MessageWriter list = new MessageWriter();
    try {
      for (X509Certificate certificate : chain) {
        list.vector3(certificate.getEncoded());
      }
    } catch (CertificateEncodingException e) {
      throw new DtlsFailure(
          Reason.OTHER, AlertDescription.internal_error, "our own certificate has no DER", e);
    }
    return new MessageWriter().vector3(list.done()).done();
  }

  /** The certificates that a peer shows; none if it has none. */
  static List<X509Certificate> read(byte[] body) throws DtlsFailure {
    Fields message = new Fields(body);
    Fields list = new Fields(message.vector3(body.length));
    message.end();
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      while (!list.isAtEnd()) {
        if (chain.size() == Identity.MAXIMUM_CHAIN) {
          throw bad("the peer shows more than " + Identity.MAXIMUM_CHAIN + " certificates", null);
        }
        byte[] encoded = list.vector3(body.length);
        X509Certificate certificate =
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
        certificate.getPublicKey(); // may throw at last
        chain.add(certificate);
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw bad("a certificate of the peer's cannot be read", e);
    }
    return chain;
  }

  private static DtlsFailure bad(String what, @Nullable Exception cause) {
    return new DtlsFailure(Reason.PROTOCOL_ERROR, AlertDescription.bad_certificate, what, cause);
  }
}
