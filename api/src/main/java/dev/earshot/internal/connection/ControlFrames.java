package dev.earshot.internal.connection;

import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Protocol;
import dev.earshot.SendOptions;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** What a program may ask to send: WebSocket has rules (RFC 6455, sections 5.5, 5.6 and 7.4). */
final class ControlFrames {
  private static final int MOST_BYTES = 125;
  private static final int STATUS_CODE_BYTES = 2;
  private static final int MOST_CHARS = 1_024;

  private ControlFrames() {}

  /**
   * The options to send {@code content} with: a close frame is always the last message.
   *
   * @throws IllegalArgumentException if it cannot be sent so
   */
  static SendOptions checked(Parameters parameters, Payload content, SendOptions options) {
    parameters.framer().ifPresent(framer -> framer.requireSendable(options.metadata()));
    if (SpecialSends.areSpecial(options) && !parameters.isMessageBased()) {
      throw new IllegalArgumentException(
          "bytes with %s, %s: only messages have a priority or an expiry"
              .formatted(options.priority(), options.expiry()));
    }
    return checked(parameters.protocol(), content, options);
  }

  private static SendOptions checked(Protocol protocol, Payload content, SendOptions options) {
    if (protocol instanceof Protocol.Udp && options.finalMessage()) {
      throw new IllegalArgumentException(
          "a final message of datagrams: there is no end of stream, cancel the connection instead");
    }
    if (options == SendOptions.DEFAULT
        || !(protocol instanceof Protocol.WebSocket)
        || !(options.metadata() instanceof ContentMetadata.WebSocket about)) {
      return options;
    }
    switch (about.opcode()) {
      case PING, PONG -> requireAtMost(MOST_BYTES, about.opcode(), content);
      case TEXT -> requireUtf8("text", content);
      case CLOSE -> {
        requireClose(about.closeCode(), content);
        return options.finalMessage()
            ? options
            : new SendOptions(about, true, options.priority(), options.expiry());
      }
      default -> {}
    }
    return options;
  }

  private static void requireClose(OptionalInt code, Payload reason) {
    requireAtMost(MOST_BYTES - STATUS_CODE_BYTES, Opcode.CLOSE, reason);
    if (code.isEmpty() && !reason.isEmpty()) {
      throw new IllegalArgumentException("a close reason needs a close code");
    }
    if (code.isPresent() && !mayBeSent(code.getAsInt())) {
      throw new IllegalArgumentException(
          "close code " + code.getAsInt() + " may not be sent (RFC 6455, section 7.4)");
    }
    requireUtf8("a close reason", reason);
  }

  /** RFC 6455, section 7.4, and IANA's registry. */
  private static boolean mayBeSent(int code) {
    boolean forApplications = code >= 3000 && code <= 4999;
    boolean registered = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
    return forApplications || registered;
  }

  private static void requireAtMost(int most, Opcode opcode, Payload content) {
    if (content.length() > most) {
      throw new IllegalArgumentException(
          "sending %s as %s: it can carry %d bytes".formatted(content, opcode, most));
    }
  }

  private static void requireUtf8(String what, Payload content) {
    ByteBuffer bytes = content.asByteBuffer();
    CharBuffer room = CharBuffer.allocate(Math.min(MOST_CHARS, content.length() + 1));
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(bytes, room, true);
    while (result.isOverflow()) {
      room.clear();
      result = decoder.decode(bytes, room, true);
    }
    if (result.isError()) {
      throw new IllegalArgumentException(what + " that is not UTF-8: " + content);
    }
  }
}
