package dev.earshot.transport.netty;

import dev.earshot.ClosedByPeerException;
import dev.earshot.ConnectionLostException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.QuicOptions;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.handler.codec.quic.QuicTransportError;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the errors of QUIC (RFC 9000, section 20) mean to a user. */
final class QuicErrors {
  /** This side's farewell. */
  static final int NO_ERROR = 0;

  /** This side ended it, or a stream, without farewell. */
  static final int ABORTED = 1;

  /** RFC 9000, section 20.1: CONNECTION_REFUSED. */
  static final int REFUSED = 0x02;

  /** RFC 9001, section 4.8: an alert of TLS is the error 0x100 and its number. */
  static final int FIRST_ALERT = 0x100;

  private static final int BAD_CERTIFICATE = 42;
  private static final int UNSUPPORTED_CERTIFICATE = 43;
  private static final int CERTIFICATE_REVOKED = 44;
  private static final int CERTIFICATE_EXPIRED = 45;
  private static final int CERTIFICATE_UNKNOWN = 46;
  private static final int UNKNOWN_CA = 48;
  private static final int ACCESS_DENIED = 49;
  private static final int CERTIFICATE_REQUIRED = 116;
  private static final int NO_APPLICATION_PROTOCOL = 120;

  private QuicErrors() {}

  /** The peer has ended the group with {@code peer}, which was ready. */
  static NetworkException closedByPeer(String peer, QuicConnectionCloseEvent event) {
    if (event.isApplicationClose() && event.error() == NO_ERROR) {
      return new ClosedByPeerException(
          "connection with " + peer + ": closed by the peer", OptionalInt.empty(), "");
    }
    String what =
        event.isTlsError()
            ? alertWords(QuicConnectionCloseEvent.extractTlsError(event.error()))
            : event.isApplicationClose()
                ? "application error " + event.error()
                : "error " + name(event.error());
    return new ConnectionLostException(
        "connection with " + peer + ": ended by the peer with " + what);
  }

  /** Nothing was heard of {@code peer} for as long as {@code options} permit. */
  static NetworkException silent(String peer, QuicOptions options) {
    return new ConnectionLostException(
        "connection with %s: nothing was heard within %s (QuicOptions.idleTimeout, or the peer's)"
            .formatted(peer, options.idleTimeout().toMillis() / 1000.0 + " s"));
  }

  /** The group with {@code peer} broke. */
  static NetworkException lost(String peer, Throwable cause) {
    if (cause instanceof NetworkException known) {
      return known;
    }
    if (cause instanceof QuicStreamResetException reset) {
      return new ConnectionLostException(
          "connection with %s: the peer reset the stream with application error %d"
              .formatted(peer, reset.applicationProtocolCode()),
          cause);
    }
    if (cause instanceof ChannelOutputShutdownException) {
      return new ConnectionLostException(
          "connection with " + peer + ": the peer wants no more to be sent on the stream", cause);
    }
    if (cause instanceof QuicException quic && quic.error() != null) {
      return new ConnectionLostException(
          "connection with " + peer + ": broken by " + quic.error().name(), cause);
    }
    return SocketErrors.lost(peer, cause);
  }

  /** The peer has ended the handshake. */
  static HandshakeException refusedByPeer(String peer, QuicConnectionCloseEvent event) {
    if (event.isTlsError()) {
      int alert = QuicConnectionCloseEvent.extractTlsError(event.error());
      return failure(reasonFrom(alert), peer, "the peer ended it with " + alertWords(alert), null);
    }
    Reason reason =
        event.error() == REFUSED && !event.isApplicationClose() ? Reason.TOO_MANY : Reason.CLOSED;
    String what =
        event.isApplicationClose()
            ? "application error " + event.error()
            : "error " + name(event.error());
    return failure(reason, peer, "the peer ended it with " + what, null);
  }

  /** This side's engine has ended the handshake. */
  static HandshakeException refusedHere(String peer, Throwable cause) {
    String words = String.valueOf(cause.getMessage());
    String upper = words.toUpperCase(Locale.ROOT);
    if (upper.contains("NO_APPLICATION_PROTOCOL") || upper.contains("ALPN")) {
      return failure(Reason.NO_COMMON_PROTOCOL, peer, "no application protocol in common", cause);
    }
    if (upper.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")) {
      String what = "the peer has shown no certificate, and one is required here";
      return failure(Reason.NO_CERTIFICATE, peer, what, cause);
    }
    return failure(Reason.PROTOCOL_ERROR, peer, words, cause);
  }

  /** This side cannot even begin. */
  static HandshakeException destroyed(String peer) {
    return failure(Reason.OTHER, peer, "this side's identity has been destroyed", null);
  }

  static HandshakeException failure(
      Reason reason, String peer, String words, @Nullable Throwable cause) {
    return new HandshakeException(reason, "QUIC handshake with " + peer + ": " + words, cause);
  }

  private static Reason reasonFrom(int alert) {
    return switch (alert) {
      case BAD_CERTIFICATE,
          UNSUPPORTED_CERTIFICATE,
          CERTIFICATE_REVOKED,
          CERTIFICATE_UNKNOWN,
          UNKNOWN_CA,
          ACCESS_DENIED ->
          Reason.NOT_TRUSTED_BY_PEER;
      case CERTIFICATE_EXPIRED -> Reason.CERTIFICATE_EXPIRED;
      case CERTIFICATE_REQUIRED -> Reason.NO_CERTIFICATE;
      case NO_APPLICATION_PROTOCOL -> Reason.NO_COMMON_PROTOCOL;
      default -> Reason.PROTOCOL_ERROR;
    };
  }

  private static String alertWords(int alert) {
    return switch (alert) {
      case CERTIFICATE_EXPIRED -> "the alert that this side's certificate has expired";
      case CERTIFICATE_REQUIRED -> "the alert that this side has shown no certificate";
      case NO_APPLICATION_PROTOCOL -> "the alert that there is no application protocol in common";
      case BAD_CERTIFICATE, CERTIFICATE_UNKNOWN, UNKNOWN_CA, ACCESS_DENIED ->
          "an alert about this side's certificate (" + alert + ")";
      default -> "the alert " + alert + " of TLS";
    };
  }

  private static String name(int error) {
    try {
      return QuicTransportError.valueOf(error).name();
    } catch (IllegalArgumentException unknown) {
      return String.valueOf(error); // from the wire: it may be anything
    }
  }
}
