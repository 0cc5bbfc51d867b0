package dev.earshot.security.tls.psk;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.security.tls.engine.Alerts;
import dev.earshot.security.tls.engine.TlsFailure;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/** Finds words and a reason for a handshake that failed. Used by one thread at a time. */
final class PskDiagnosis {
  private static final String SAME_KEY = "; give both sides the same identity and key";

  private final HandshakeFacts facts;
  private final List<PskSuite> suites;

  PskDiagnosis(HandshakeFacts facts, List<PskSuite> suites) {
    this.facts = facts;
    this.suites = suites;
  }

  /**
   * The meaning of an alert from the peer.
   *
   * @param keysAgreed whether records were protected already
   */
  TlsFailure received(TlsFatalAlertReceived cause, boolean keysAgreed) {
    int alert = cause.getAlertDescription();
    String name = " (" + Alerts.name(alert) + ")";
    switch (alert) {
      case AlertDescription.unknown_psk_identity:
        return silent(
            Reason.UNKNOWN_IDENTITY,
            "the peer has no key for our identity " + identity() + SAME_KEY + name,
            cause);
      case AlertDescription.bad_record_mac:
      case AlertDescription.decrypt_error:
        return keysAgreed
            ? silent(
                Reason.WRONG_KEY,
                "the peer's key for the identity " + identity() + " is not ours" + SAME_KEY + name,
                cause)
            : silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name, cause);
      case AlertDescription.protocol_version:
      case AlertDescription.inappropriate_fallback:
        return silent(
            Reason.PROTOCOL_VERSION,
            "the peer does not take TLS 1.2, which pre-shared keys need" + name,
            cause);
      case AlertDescription.handshake_failure:
      case AlertDescription.insufficient_security:
        return facts.isSuiteAgreed()
            ? silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name, cause)
            : silent(
                Reason.NO_COMMON_SUITE,
                "the peer takes none of our cipher suites, " + suites() + name,
                cause);
      default:
        return silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name, cause);
    }
  }

  /** The meaning of an alert that this side raised. */
  TlsFailure raised(IOException cause, @Nullable Throwable lookupTrouble) {
    int alert = facts.raised() < 0 ? AlertDescription.internal_error : facts.raised();
    if (facts.isKeyMissing()) {
      String why =
          lookupTrouble == null
              ? "there is no key here for the peer's identity " + identity() + SAME_KEY
              : "looking up the peer's identity " + identity() + " failed: " + lookupTrouble;
      return TlsFailure.handshake(
          Reason.UNKNOWN_IDENTITY, alert, why, lookupTrouble == null ? cause : lookupTrouble);
    }
    if (facts.hasNoCommonSuite()) {
      return TlsFailure.handshake(
          Reason.NO_COMMON_SUITE,
          alert,
          "the peer offers none of our cipher suites, " + suites(),
          cause);
    }
    if (alert == AlertDescription.protocol_version
        || alert == AlertDescription.inappropriate_fallback) {
      return TlsFailure.handshake(
          Reason.PROTOCOL_VERSION,
          alert,
          "the peer does not offer TLS 1.2, which pre-shared keys need",
          cause);
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

  /** The first record that the peer protected cannot be read. */
  TlsFailure wrongKey(IOException cause, boolean identityAsKey) {
    String why =
        identityAsKey
            ? "the peer used its identity "
                + identity()
                + " as its key, which everybody on the path can read;"
                + " make it use the key itself (samples that set the key from the identity are"
                + " wrong)"
            : "the peer's key for the identity " + identity() + " is not ours" + SAME_KEY;
    return TlsFailure.handshake(Reason.WRONG_KEY, facts.raised(), why, cause);
  }

  /** The peer said farewell, or its stream ended. */
  TlsFailure closed(boolean keySent, @Nullable IOException cause) {
    String hint =
        keySent
            ? "; some do so if they do not know the identity " + identity() + " or its key"
            : "";
    return silent(
        Reason.CLOSED, "the peer closed the connection during the handshake" + hint, cause);
  }

  private static TlsFailure silent(Reason reason, String why, @Nullable Throwable cause) {
    return TlsFailure.handshake(reason, TlsFailure.SILENT, why, cause);
  }

  private String identity() {
    Payload identity = facts.identity();
    return identity == null ? "(none)" : "'" + PreSharedKey.printable(identity) + "'";
  }

  private String suites() {
    return suites.stream().map(Enum::name).collect(Collectors.joining(", "));
  }
}
