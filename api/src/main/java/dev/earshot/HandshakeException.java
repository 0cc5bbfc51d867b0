package dev.earshot;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A peer that was reached, but with whom no protected or upgraded connection came about.
 *
 * <p>{@link #reason()} says why, so that a program can tell its user what to change. A handshake
 * failure is never reported as a network failure, and the other way round.
 */
public final class HandshakeException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** Why a handshake failed. More reasons may be added; treat an unknown one as {@link #OTHER}. */
  public enum Reason {
    /** Both sides know the identity, but their pre-shared keys differ. */
    WRONG_KEY,
    /** The accepting side has no key for the identity that the connecting side named. */
    UNKNOWN_IDENTITY,
    /** The peer does not speak TLS: it sent something else where a TLS record was expected. */
    PLAINTEXT_PEER,
    /** The peer speaks TLS on a connection that this side has not secured. */
    TLS_PEER,
    /** No TLS version in common. */
    PROTOCOL_VERSION,
    /** No cipher suite in common. */
    NO_COMMON_SUITE,
    /** Nothing in common that could be spoken: no application protocol (ALPN, RFC 7301). */
    NO_COMMON_PROTOCOL,
    /** This side does not accept the peer's certificate. */
    NOT_TRUSTED,
    /** The peer does not accept this side's certificate. */
    NOT_TRUSTED_BY_PEER,
    /** A certificate, the message says whose, has expired. */
    CERTIFICATE_EXPIRED,
    /** A certificate, the message says whose, is not valid yet; perhaps a clock is wrong. */
    CERTIFICATE_NOT_YET_VALID,
    /** A certificate was asked for, and the side that the message names has none. */
    NO_CERTIFICATE,
    /** This side's program did not say in time whether it trusts the peer's certificate. */
    TRUST_TIMED_OUT,
    /** The peer broke the rules of the protocol, or was tampered with on the way. */
    PROTOCOL_ERROR,
    /** The peer answered the WebSocket or HTTP upgrade with something else than agreement. */
    UPGRADE_REFUSED,
    /** The peer went away before the handshake was over. */
    CLOSED,
    /** The handshake was not over when its deadline passed. */
    TIMED_OUT,
    /** This side has as many handshakes in flight as it allows. */
    TOO_MANY,
    /** The peer is this program itself, or claims its id: a session has dialled its own address. */
    SELF,
    /** None of the others. */
    OTHER
  }

  private final Reason reason;

  /** Of the process that it came from only. */
  private final transient @Nullable HttpRefusal refusal;

  /** A failure for {@code reason}, whose message says what was tried, with whom, what happened. */
  public HandshakeException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public HandshakeException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.refusal = null;
  }

  /** A peer that answered an upgrade with {@code refusal}. */
  public HandshakeException(HttpRefusal refusal, String message) {
    super(message, null);
    this.reason = Reason.UPGRADE_REFUSED;
    this.refusal = Objects.requireNonNull(refusal, "refusal");
  }

  /** Why the handshake failed. */
  public Reason reason() {
    return reason;
  }

  /**
   * The peer's HTTP response, if the reason is {@link Reason#UPGRADE_REFUSED} and it was this side
   * that asked. Not kept when the exception is serialized.
   */
  public Optional<HttpRefusal> refusal() {
    return Optional.ofNullable(refusal);
  }
}
