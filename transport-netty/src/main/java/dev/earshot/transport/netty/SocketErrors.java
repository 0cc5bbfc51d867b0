package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.UnreachableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;

/** What the failures of sockets mean to a user. */
final class SocketErrors {
  private SocketErrors() {}

  /** {@code what}, such as "connecting to ..." or "listening on ...", did not work. */
  static UnreachableException unreachable(String what, Throwable cause) {
    return new UnreachableException(what + ": " + reason(cause), cause);
  }

  /** The connection with {@code peer} broke after it was ready. */
  static NetworkException lost(String peer, Throwable cause) {
    if (cause instanceof NetworkException) {
      return (NetworkException) cause;
    }
    return new ConnectionLostException("connection with " + peer + ": " + reason(cause), cause);
  }

  /** The connection with {@code peer} broke before {@code step} was over. */
  static NetworkException handshake(String step, String peer, Throwable cause) {
    if (cause instanceof NetworkException) {
      return (NetworkException) cause;
    }
    Reason reason = cause instanceof IOException ? Reason.CLOSED : Reason.OTHER;
    return new HandshakeException(
        reason, step + " with " + peer + ": " + reason(cause) + " before it was over", cause);
  }

  /** Whether {@code cause} is that another socket has the port. */
  static boolean isAddressInUse(Throwable cause) {
    return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("already in use");
  }

  /** Whether {@code cause} is that no link has the address (EADDRNOTAVAIL). */
  static boolean isAddressUnknown(Throwable cause) {
    return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("assign requested");
  }

  /** In a few words. The system's own are matched, since Java has no types for most of them. */
  static String reason(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    String lower = text.toLowerCase(Locale.ROOT);
    if (cause instanceof ClosedChannelException) {
      return "closed";
    } else if (cause instanceof NoRouteToHostException || lower.contains("no route to host")) {
      return "no route to it";
    } else if (cause instanceof PortUnreachableException || lower.contains("refused")) {
      return "refused";
    } else if (lower.contains("timed out")) {
      return "timed out";
    } else if (lower.contains("network is unreachable")) {
      return "network unreachable";
    } else if (lower.contains("reset") || lower.contains("broken pipe")) {
      return "reset";
    } else if (isAddressInUse(cause)) {
      return "address in use";
    } else if (isAddressUnknown(cause)) {
      return "no such local address";
    } else if (lower.contains("permission denied") || lower.contains("not permitted")) {
      return "not permitted";
    }
    Class<?> kind = cause.getClass();
    boolean ofJava = kind.getName().startsWith("java."); // others' names mean nothing to a user
    return ofJava && !(cause instanceof ConnectException)
        ? kind.getSimpleName() + ", " + text
        : text;
  }
}
