package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.security.tls.engine.Alerts;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * Words and reasons for handshakes with pre-shared keys that fail, or that nobody answers. For one
 * thread.
 */
final class PskWords {
  private static final String SAME_KEY = "; give both sides the same identity and key";

  private final List<DtlsSuite> suites;
  private @Nullable Payload identity;
  private boolean suiteAgreed;

  PskWords(List<DtlsSuite> suites) {
    this.suites = suites;
  }

  /** The handshake is about the key called {@code name}. */
  void identity(Payload name) {
    identity = name;
  }

  void suiteAgreed() {
    suiteAgreed = true;
  }

  /** The meaning of an alert from the peer. */
  DtlsFailure received(int alert) {
    String name = " (" + Alerts.name(alert) + ")";
    return switch (alert) {
      case AlertDescription.unknown_psk_identity ->
          silent(
              Reason.UNKNOWN_IDENTITY,
              "the peer has no key for our identity " + identity() + SAME_KEY + name);
      case AlertDescription.bad_record_mac, AlertDescription.decrypt_error ->
          silent(
              Reason.WRONG_KEY,
              "the peer's key for the identity " + identity() + " is not ours" + SAME_KEY + name);
      case AlertDescription.protocol_version ->
          silent(Reason.PROTOCOL_VERSION, "the peer does not take DTLS 1.2" + name);
      case AlertDescription.handshake_failure, AlertDescription.insufficient_security ->
          suiteAgreed
              ? silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name)
              : silent(
                  Reason.NO_COMMON_SUITE,
                  "the peer takes none of our cipher suites, " + suites() + name);
      case AlertDescription.close_notify ->
          silent(Reason.CLOSED, "the peer closed the connection during the handshake");
      default -> silent(Reason.PROTOCOL_ERROR, "the peer ended the handshake" + name);
    };
  }

  private static DtlsFailure silent(Reason reason, String why) {
    return new DtlsFailure(reason, DtlsFailure.SILENT, why);
  }

  DtlsFailure noCommonSuite() {
    return new DtlsFailure(
        Reason.NO_COMMON_SUITE,
        AlertDescription.handshake_failure,
        "the peer offers none of our cipher suites, " + suites());
  }

  DtlsFailure wrongVersion() {
    return new DtlsFailure(
        Reason.PROTOCOL_VERSION,
        AlertDescription.protocol_version,
        "the peer does not offer DTLS 1.2");
  }

  DtlsFailure unknownIdentity(@Nullable Throwable trouble) {
    String why =
        trouble == null
            ? "there is no key here for the peer's identity " + identity() + SAME_KEY
            : "looking up the peer's identity " + identity() + " failed: " + trouble;
    return new DtlsFailure(
        Reason.UNKNOWN_IDENTITY, AlertDescription.unknown_psk_identity, why, trouble);
  }

  static DtlsFailure unexpected(HandshakeMessage message) {
    return new DtlsFailure(
        Reason.PROTOCOL_ERROR,
        AlertDescription.unexpected_message,
        "a handshake message of type " + message.type() + " came out of turn");
  }

  static DtlsFailure illegal(String what) {
    return new DtlsFailure(Reason.PROTOCOL_ERROR, AlertDescription.illegal_parameter, what);
  }

  static DtlsFailure wrongFinished() {
    return new DtlsFailure(
        Reason.PROTOCOL_ERROR,
        AlertDescription.decrypt_error,
        "the peer saw another handshake than this side: somebody changed it on the way");
  }

  /** With DTLS a wrong key shows as silence: what cannot be read is dropped without a word. */
  NetworkException keyProbablyWrong(String peer) {
    return new HandshakeException(
        Reason.WRONG_KEY,
        ("DTLS with %s: nothing that the key for the identity %s protects is understood: the key"
                + " is probably wrong, or the identity unknown%s")
            .formatted(peer, identity(), SAME_KEY));
  }

  static NetworkException lookUpTooLong(String peer) {
    return new HandshakeException(
        Reason.TIMED_OUT, "DTLS with " + peer + ": looking up its key was not over in time");
  }

  NetworkException identityAsKey(String peer) {
    return new HandshakeException(
        Reason.WRONG_KEY,
        ("DTLS with %s: the peer used its identity %s as its key, which everybody on the path can"
                + " read; make it use the key itself (samples that set the key from the identity"
                + " are wrong)")
            .formatted(peer, identity()));
  }

  private String identity() {
    Payload name = identity;
    return name == null ? "(none)" : "'" + PreSharedKey.printable(name) + "'";
  }

  private String suites() {
    return suites.stream().map(Enum::name).collect(Collectors.joining(", "));
  }
}
