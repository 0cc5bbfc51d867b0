package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.security.tls.engine.Alerts;
import org.bouncycastle.tls.AlertDescription;

/** Words and reasons for handshakes with certificates that fail. */
final class CertificateWords {
  private CertificateWords() {}

  /** The meaning of an alert from the peer. */
  static DtlsFailure received(int alert, boolean suiteAgreed) {
    String name = " (" + Alerts.name(alert) + ")";
    return switch (alert) {
      case AlertDescription.bad_certificate,
          AlertDescription.unsupported_certificate,
          AlertDescription.certificate_revoked,
          AlertDescription.certificate_unknown,
          AlertDescription.unknown_ca,
          AlertDescription.access_denied ->
          silent(
              Reason.NOT_TRUSTED_BY_PEER,
              "the peer does not accept this side's certificate" + name);
      case AlertDescription.certificate_expired ->
          silent(
              Reason.CERTIFICATE_EXPIRED,
              "the peer says that this side's certificate has expired" + name);
      case AlertDescription.certificate_required ->
          silent(Reason.NO_CERTIFICATE, "the peer requires a certificate" + name);
      case AlertDescription.protocol_version ->
          silent(Reason.PROTOCOL_VERSION, "the peer does not take DTLS 1.2" + name);
      case AlertDescription.handshake_failure, AlertDescription.insufficient_security ->
          suiteAgreed
              ? silent(
                  Reason.PROTOCOL_ERROR,
                  "the peer ended the handshake, perhaps for want of a certificate" + name)
              : silent(Reason.NO_COMMON_SUITE, "the peer takes none of our cipher suites" + name);
      case AlertDescription.close_notify ->
          silent(Reason.CLOSED, "the peer closed the connection during the handshake");
      default -> silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name);
    };
  }

  private static DtlsFailure silent(Reason reason, String why) {
    return new DtlsFailure(reason, DtlsFailure.SILENT, why);
  }

  static DtlsFailure noCommonSuite() {
    return new DtlsFailure(
        Reason.NO_COMMON_SUITE,
        AlertDescription.handshake_failure,
        "the peer offers no cipher suite that this side has, or takes no signature of its key");
  }

  static DtlsFailure wrongVersion() {
    return new DtlsFailure(
        Reason.PROTOCOL_VERSION,
        AlertDescription.protocol_version,
        "the peer does not offer DTLS 1.2");
  }

  static DtlsFailure noCertificate() {
    return new DtlsFailure(
        Reason.NO_CERTIFICATE,
        AlertDescription.handshake_failure, // RFC 5246, section 7.4.6, names it
        "the peer has shown no certificate, and one is required here");
  }

  static DtlsFailure wrongProof() {
    return new DtlsFailure(
        Reason.PROTOCOL_ERROR,
        AlertDescription.decrypt_error,
        "the peer has not proved that its certificate is its own");
  }
}
