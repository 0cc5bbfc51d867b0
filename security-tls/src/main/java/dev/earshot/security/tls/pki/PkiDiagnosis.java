package dev.earshot.security.tls.pki;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.security.tls.engine.Alerts;
import dev.earshot.security.tls.engine.TlsFailure;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/** Finds words and a reason for a handshake that failed. Used by one thread at a time. */
final class PkiDiagnosis {
  private final PkiFacts facts;
  private final PkiTerms terms;

  PkiDiagnosis(PkiFacts facts, PkiTerms terms) {
    this.facts = facts;
    this.terms = terms;
  }

  /** The meaning of a fatal alert from the peer. */
  TlsFailure received(int alert, @Nullable IOException cause) {
    String name = " (" + Alerts.name(alert) + ")";
    Optional<TlsFailure> certificate = aboutOurCertificate(alert, name, cause);
    if (certificate.isPresent()) {
      return certificate.get();
    }
    switch (alert) {
      case AlertDescription.protocol_version:
      case AlertDescription.inappropriate_fallback:
        return silent(
            Reason.PROTOCOL_VERSION, "the peer does not take " + versions() + name, cause);
      case AlertDescription.handshake_failure:
      case AlertDescription.insufficient_security:
        return facts.isSuiteAgreed()
            ? silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name, cause)
            : silent(
                Reason.NO_COMMON_SUITE,
                "the peer takes none of our cipher suites, or has no certificate for them" + name,
                cause);
      default:
        return silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name, cause);
    }
  }

  /**
   * The meaning of an alert that came when this side had finished already: in TLS 1.3 a server may
   * judge its client only then (RFC 8446, 4.4.2.4). Empty if it is about something else.
   */
  Optional<TlsFailure> later(int alert) {
    return aboutOurCertificate(alert, " (" + Alerts.name(alert) + ")", null);
  }

  private Optional<TlsFailure> aboutOurCertificate(
      int alert, String name, @Nullable IOException cause) {
    if (facts.isCertificateMissing() && mayMeanMissing(alert)) {
      String own =
          terms.own().isEmpty() ? "this side has none" : "this side has none of a kind it takes";
      return Optional.of(
          silent(
              Reason.NO_CERTIFICATE, "the peer requires a certificate, and " + own + name, cause));
    }
    return switch (alert) {
      case AlertDescription.certificate_required ->
          Optional.of(
              silent(Reason.NO_CERTIFICATE, "the peer requires a certificate" + name, cause));
      case AlertDescription.certificate_expired ->
          Optional.of(
              silent(
                  Reason.CERTIFICATE_EXPIRED,
                  "the peer says that this side's certificate" + own() + " has expired" + name,
                  cause));
      case AlertDescription.bad_certificate,
          AlertDescription.unsupported_certificate,
          AlertDescription.certificate_revoked,
          AlertDescription.certificate_unknown,
          AlertDescription.unknown_ca,
          AlertDescription.access_denied ->
          Optional.of(
              silent(
                  Reason.NOT_TRUSTED_BY_PEER,
                  "the peer does not accept this side's certificate" + own() + name,
                  cause));
      default -> Optional.empty();
    };
  }

  private static boolean mayMeanMissing(int alert) {
    return alert == AlertDescription.handshake_failure
        || alert == AlertDescription.certificate_required
        || alert == AlertDescription.bad_certificate
        || alert == AlertDescription.certificate_unknown;
  }

  /** The meaning of an alert that this side raised. */
  TlsFailure raised(IOException cause) {
    int alert = facts.raised() < 0 ? AlertDescription.internal_error : facts.raised();
    Objection objection = facts.objection();
    if (objection != null) {
      return TlsFailure.handshake(objection.reason(), objection.alert(), objection.words(), cause);
    }
    if (facts.hasNoCommonSuite()) {
      return TlsFailure.handshake(
          Reason.NO_COMMON_SUITE,
          alert,
          "the peer offers no cipher suite that this side has, or takes no signature of its key",
          cause);
    }
    if (alert == AlertDescription.protocol_version
        || alert == AlertDescription.inappropriate_fallback) {
      return TlsFailure.handshake(
          Reason.PROTOCOL_VERSION, alert, "the peer does not offer " + versions(), cause);
    }
    if (cause.getCause() instanceof IllegalStateException own) {
      return TlsFailure.handshake(Reason.OTHER, alert, String.valueOf(own.getMessage()), own);
    }
    return TlsFailure.handshake(
        Reason.PROTOCOL_ERROR,
        alert,
        "the handshake broke the rules: " + cause.getMessage(),
        cause);
  }

  /** The peer said farewell, or its stream ended. */
  TlsFailure closed(@Nullable IOException cause) {
    String hint =
        terms.own().isPresent() && facts.isSuiteAgreed()
            ? "; some do so when they do not trust this side's certificate"
            : "";
    return silent(Reason.CLOSED, "the peer went away during the handshake" + hint, cause);
  }

  private String own() {
    return terms
        .security()
        .identity()
        .map(identity -> " " + PeerChain.name(identity.certificate()))
        .orElse("");
  }

  private String versions() {
    return String.join(" or ", terms.protocols()).replace("TLSv", "TLS ");
  }

  private static TlsFailure silent(Reason reason, String words, @Nullable IOException cause) {
    return TlsFailure.handshake(reason, TlsFailure.SILENT, words, cause);
  }
}
