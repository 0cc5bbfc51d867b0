package dev.earshot.internal.connection;

import dev.earshot.CancelledException;
import dev.earshot.ClosedByPeerException;
import dev.earshot.ContentMetadata;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.Received;
import dev.earshot.UnreachableException;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection is over, in words: the causes that the connection itself finds, as opposed to
 * those that its attempt or its pipe tells.
 *
 * @param endpoint the other side
 */
record CauseWords(Endpoint endpoint) {

  String name() {
    return "connection with " + endpoint;
  }

  NetworkException cancelled() {
    return new CancelledException(name() + " was cancelled");
  }

  NetworkException notStarted(Duration limit) {
    return new HandshakeException(
        HandshakeException.Reason.TIMED_OUT,
        name() + ": not started within " + TimedDial.seconds(limit));
  }

  /**
   * Not ready within the user's time.
   *
   * @param stage what was being done
   * @param answered whether somebody was there, so that only the handshakes were missing
   */
  NetworkException timedOut(String stage, boolean answered) {
    String message = name() + ": not ready in time, still " + stage;
    return answered
        ? new HandshakeException(HandshakeException.Reason.TIMED_OUT, message)
        : new UnreachableException(message);
  }

  /**
   * The peer ended it in order.
   *
   * @param farewell the end of its stream, null if that was not asked for
   */
  NetworkException closedByPeer(@Nullable Received farewell) {
    OptionalInt code = OptionalInt.empty();
    String reason = "";
    if (farewell != null && farewell.metadata() instanceof ContentMetadata.WebSocket about) {
      code = about.closeCode();
      reason = farewell.content().toUtf8String();
    }
    // The reason is the peer's own words, which have no place in a line of a log.
    String with = code.isPresent() ? " with close code " + code.getAsInt() : "";
    return new ClosedByPeerException(name() + ": closed by the peer" + with, code, reason);
  }

  NetworkException broken(RuntimeException mistake) {
    return new NetworkException(name() + ": a mistake of the library, see the log", mistake);
  }
}
