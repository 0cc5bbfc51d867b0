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
        return keysAgreed || isKeyOffered() ? refusedKey(name, cause) : ended(name, cause);
      case AlertDescription.illegal_parameter:
        // What OpenSSL says to a binder that is not right.
        return !keysAgreed && isKeyOffered() ? refusedKey(name, cause) : ended(name, cause);
      case AlertDescription.protocol_version:
      case AlertDescription.inappropriate_fallback:
        return silent(
            Reason.PROTOCOL_VERSION,
            "the peer does not take " + versions() + ", which this side needs" + name,
            cause);
      case AlertDescription.handshake_failure:
      case AlertDescription.insufficient_security:
        return facts.isSuiteAgreed()
            ? ended(name, cause)
            : silent(
                Reason.NO_COMMON_SUITE,
                "the peer takes none of our cipher suites, "
                    + suites()
                    + (isKeyOffered() ? ", or has no key for the identity " + identity() : "")
                    + name,
                cause);
      default:
        return ended(name, cause);
    }
  }

  /** A peer of ours says the same of a key that is wrong and of an identity that it lacks. */
  private TlsFailure refusedKey(String name, TlsFatalAlertReceived cause) {
    return silent(
        Reason.WRONG_KEY,
        "the peer's key for the identity "
            + identity()
            + " is not ours, or it has none"
            + SAME_KEY
            + name,
        cause);
  }

  private static TlsFailure ended(String name, TlsFatalAlertReceived cause) {
    return silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name, cause);
  }

  /** Whether the hello proved to know a key, as in TLS 1.3. */
  private boolean isKeyOffered() {
    return !facts.isSuiteAgreed() && suites.stream().anyMatch(PskSuite::isTls13);
  }

  /** There is no key for the identity that the client named. */
  TlsFailure unknownIdentity(IOException cause, @Nullable Throwable trouble) {
    String why =
        trouble == null
            ? "there is no key here for the peer's identity " + identity() + SAME_KEY
            : "looking up the peer's identity " + identity() + " failed: " + trouble;
    return TlsFailure.handshake(
        Reason.UNKNOWN_IDENTITY, raisedAlert(), why, trouble == null ? cause : trouble);
  }

  /** The meaning of an alert that this side raised. */
  TlsFailure raised(IOException cause) {
    int alert = raisedAlert();
    if (facts.isKeyNotTaken()) {
      return TlsFailure.handshake(
          Reason.UNKNOWN_IDENTITY,
          alert,
          "the peer did not take our key for the identity "
              + identity()
              + " and wants to prove itself with a certificate"
              + SAME_KEY,
          cause);
    }
    if (facts.isNoKeyOffered()) {
      return TlsFailure.handshake(
          Reason.NO_COMMON_SUITE,
          alert,
          "the peer speaks TLS 1.3 and offers no pre-shared key; secure both sides with one",
          cause);
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
          "the peer does not offer " + versions() + ", which this side needs",
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

  private int raisedAlert() {
    return facts.raised() < 0 ? AlertDescription.internal_error : facts.raised();
  }

  private String versions() {
    return Versions.words(suites);
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
