package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket messages (RFC 6455): one frame a message on the way out; pings answered by themselves.
 *
 * <p>A pong is content only if this side has sent a ping that it can answer. The last content, or a
 * piece with the opcode {@code CLOSE}, is followed by, or is, the close frame; an empty last piece
 * is a close frame and no message. The peer's close frame is the end of the stream. A peer that
 * ends TCP without one is lost: its program crashed, or cancelled without a farewell as Apple's
 * framework does (close code 1006 in the terms of section 7.1.5).
 */
@LoopConfined
final class WebSocketCodec implements PipeCodec, FrameDecoder.Control {
  private static final int NORMAL_CLOSURE = 1000;
  private static final int GOING_AWAY = 1001;
  private static final int INTERNAL_ERROR = 1011;
  private static final int MAXIMUM_REASON = 123;

  /** Of more pings that are not answered, the oldest are forgotten. */
  private static final int PINGS_KEPT = 16;

  private static final ContentMetadata.WebSocket PONG =
      new ContentMetadata.WebSocket(Opcode.PONG, OptionalInt.empty());

  private final FrameEncoder encoder;
  private final FrameDecoder decoder;
  private final String peer;

  /** The payloads of pings that were sent and not answered, the oldest first; null before one. */
  private @Nullable ArrayDeque<Payload> pings;

  private boolean heardClose;

  /** What the close frame of this side says once the peer has given cause for it; null before. */
  private byte @Nullable [] farewell;

  /**
   * A codec for one connection.
   *
   * @param keys where keys come from on the connecting side; null on the accepting one
   */
  WebSocketCodec(@Nullable MaskKeys keys, WebSocketOptions options, String peer) {
    this.encoder = new FrameEncoder(keys);
    this.decoder = new FrameDecoder(keys == null, options, peer, this);
    this.peer = peer;
  }

  @Override
  public boolean isMessageBased() {
    return true;
  }

  @Override
  public void begin(Outgoing piece) throws NetworkException {
    try {
      beginPiece(piece);
    } catch (NetworkException e) {
      encoder.close(closePayload(INTERNAL_ERROR, Payload.empty()));
      throw e;
    }
  }

  private void beginPiece(Outgoing piece) throws NetworkException {
    SendOptions options = piece.options();
    Payload content = piece.content();
    if (options.metadata() == ContentMetadata.BINARY && !options.finalMessage()) {
      encoder.begin(FrameDecoder.BINARY, content);
      return;
    }
    Opcode opcode =
        options.metadata() instanceof ContentMetadata.WebSocket
            ? ((ContentMetadata.WebSocket) options.metadata()).opcode()
            : Opcode.BINARY;
    if (opcode == Opcode.CLOSE) {
      beginClose(((ContentMetadata.WebSocket) options.metadata()).closeCode(), content);
      return;
    }
    if (opcode == Opcode.PING || opcode == Opcode.PONG) {
      requireAtMost(FrameDecoder.MAXIMUM_CONTROL, opcode, content);
    }
    if (!options.finalMessage() || !content.isEmpty()) {
      if (opcode == Opcode.PING) {
        remember(content);
      }
      encoder.begin(number(opcode), content);
    }
    if (options.finalMessage()) {
      sayFarewell();
    }
  }

  @Override
  public int encodeWhole(Outgoing piece, byte[] target, int at, int limit) {
    return piece.options() == SendOptions.DEFAULT
        ? encoder.whole(FrameDecoder.BINARY, piece.content(), target, at, limit)
        : -1;
  }

  private void beginClose(OptionalInt code, Payload reason) throws NetworkException {
    requireAtMost(MAXIMUM_REASON, Opcode.CLOSE, reason);
    if (code.isEmpty()) {
      if (!reason.isEmpty()) {
        throw new FramingException("sending to " + peer + ": a close reason without a code");
      }
      encoder.close(new byte[0]);
      return;
    }
    if (!CloseCodes.mayBeSent(code.getAsInt())) {
      throw new FramingException(
          "sending to " + peer + ": close code " + code.getAsInt() + " (RFC 6455, section 7.4)");
    }
    encoder.close(closePayload(code.getAsInt(), reason));
  }

  private void requireAtMost(int limit, Opcode opcode, Payload content) throws TooLargeException {
    if (content.length() > limit) {
      throw new TooLargeException(
          "sending to "
              + peer
              + ": "
              + opcode
              + " with "
              + content.length()
              + " bytes, limit "
              + limit
              + " (RFC 6455, section 5.5)");
    }
  }

  private void remember(Payload ping) {
    if (pings == null) {
      pings = new ArrayDeque<>();
    } else if (pings.size() == PINGS_KEPT) {
      pings.remove();
    }
    pings.add(ping);
  }

  /** Whether a pong has the bytes of a ping; that one, and those before it, are done with then. */
  private boolean answers(Payload pong) {
    if (pings == null || !pings.contains(pong)) {
      return false;
    }
    while (!pings.remove().equals(pong)) {
      // RFC 6455, section 5.5.3: an endpoint may answer the latest of several pings only.
    }
    return true;
  }

  private static int number(Opcode opcode) {
    switch (opcode) {
      case TEXT:
        return FrameDecoder.TEXT;
      case PING:
        return FrameDecoder.PING;
      case PONG:
        return FrameDecoder.PONG;
      default:
        return FrameDecoder.BINARY;
    }
  }

  private static byte[] closePayload(int code, Payload reason) {
    byte[] payload = new byte[2 + reason.length()];
    payload[0] = (byte) (code >>> 8);
    payload[1] = (byte) code;
    reason.copyTo(0, payload, 2, reason.length());
    return payload;
  }

  @Override
  public boolean hasOutput() {
    return encoder.hasOutput();
  }

  @Override
  public int encode(byte[] target, int at, int limit) {
    return encoder.encode(target, at, limit);
  }

  @Override
  public void sayFarewell() {
    close(NORMAL_CLOSURE);
  }

  /** RFC 6455, section 7.4.1: 1001 is for a server that goes down, or who navigates away. */
  @Override
  public void sayGoingAway() {
    close(GOING_AWAY);
  }

  /** Says {@code code}, unless the peer has given cause for something else. */
  private void close(int code) {
    encoder.close(farewell != null ? farewell : closePayload(code, Payload.empty()));
  }

  @Override
  public boolean hasSaidFarewell() {
    return encoder.hasSaidClose();
  }

  @Override
  public void decode(byte[] bytes, int from, int to, List<Received> batch) throws NetworkException {
    try {
      decoder.decode(bytes, from, to, batch);
    } catch (NetworkException e) {
      farewell = closePayload(decoder.violation(), Payload.empty());
      throw e;
    }
  }

  @Override
  public boolean hasHeardFarewell() {
    return heardClose;
  }

  @Override
  public void ended(List<Received> batch) throws NetworkException {
    if (!heardClose) {
      throw new ConnectionLostException(
          "receiving from " + peer + ": it closed without a farewell (no WebSocket close frame)");
    }
  }

  @Override
  public void frame(int opcode, byte[] payload, List<Received> batch) throws FramingException {
    if (opcode == FrameDecoder.PING) {
      encoder.pong(payload);
    } else if (opcode == FrameDecoder.CLOSE) {
      batch.add(closed(payload));
    } else if (answers(Payload.wrap(payload))) {
      batch.add(Received.message(Payload.wrap(payload), PONG));
    }
  }

  private Received closed(byte[] payload) throws FramingException {
    OptionalInt code = OptionalInt.empty();
    Payload reason = Payload.empty();
    byte[] echo = payload;
    if (payload.length > 0) {
      code = OptionalInt.of(closeCode(payload));
      reason = Payload.copyOf(payload, 2, payload.length - 2);
      Utf8Check utf8 = new Utf8Check();
      if (!utf8.accepts(payload, 2, payload.length) || !utf8.isComplete()) {
        throw decoder.notUtf8();
      }
      echo = closePayload(code.getAsInt(), Payload.empty());
    }
    heardClose = true;
    farewell = echo; // RFC 6455, section 5.5.1: an answer echoes the code
    return new Received(reason, new ContentMetadata.WebSocket(Opcode.CLOSE, code), false, true);
  }

  private int closeCode(byte[] payload) throws FramingException {
    int code = payload.length < 2 ? 0 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
    if (!CloseCodes.mayBeSent(code)) {
      throw decoder.wrong("a close frame with code " + code, "7.4");
    }
    return code;
  }
}
