package dev.earshot.internal.connection;

import dev.earshot.ContentMetadata;
import dev.earshot.Payload;
import dev.earshot.Protocol;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import org.jspecify.annotations.Nullable;

/** What WebSocket's control frames can carry (RFC 6455, section 5.5). */
final class ControlFrames {
  private static final int MOST_BYTES = 125;
  private static final int STATUS_CODE_BYTES = 2;

  private ControlFrames() {}

  /** Why {@code content} cannot be sent so; null if it can. */
  static @Nullable TooLargeException objection(
      Protocol protocol, Payload content, SendOptions options) {
    if (!(protocol instanceof Protocol.WebSocket)
        || !(options.metadata() instanceof ContentMetadata.WebSocket about)) {
      return null;
    }
    int most =
        switch (about.opcode()) {
          case PING, PONG -> MOST_BYTES;
          case CLOSE -> MOST_BYTES - STATUS_CODE_BYTES;
          default -> Integer.MAX_VALUE;
        };
    if (content.length() <= most) {
      return null;
    }
    return new TooLargeException(
        "sending %s as %s: it can carry %d bytes".formatted(content, about.opcode(), most));
  }
}
