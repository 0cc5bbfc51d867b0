package dev.earshot;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * How values of one type are written as messages and read back: as JSON, as Protocol Buffers, or in
 * a form of your own. {@link TypedMessages} sends and receives values with one.
 *
 * <pre>{@code
 * Coder<Move> coder = new Coder<>() {
 *   @Override public Payload encode(Move move) throws Exception {
 *     return Payload.utf8(mapper.writeValueAsString(move)); // a JSON library's
 *   }
 *
 *   @Override public SendOptions options(Move move) {
 *     return SendOptions.TEXT;
 *   }
 *
 *   @Override public Move decode(Received message) throws Exception {
 *     return mapper.readValue(message.content().toUtf8String(), Move.class);
 *   }
 * };
 * }</pre>
 *
 * <p>One object may serve many connections. Values are encoded on the thread that sends them and
 * decoded on the queue of their connection, one after the other. So it has to be thread-safe,
 * unless it serves one connection, of which values are sent on its queue only. What a peer sends is
 * not to be trusted: decode into types that you name, not into those that a message names.
 *
 * @param <T> the type of the values
 */
public interface Coder<T> {
  /**
   * The content of the message that says {@code value}.
   *
   * @throws Exception if it cannot be said
   */
  Payload encode(T value) throws Exception;

  /**
   * What else the message is sent with: as text, with a type that a {@link TlvFramer} writes, with
   * a priority. By default nothing. An empty {@linkplain SendOptions#FINAL final} message is none
   * with a {@link Framer}: the value would be lost.
   */
  default SendOptions options(T value) {
    return SendOptions.DEFAULT;
  }

  /**
   * The value that a whole message says. Its {@linkplain Received#metadata() metadata} tell text
   * from binary and have the type that a {@link TlvFramer} reads.
   *
   * @throws Exception if it says none
   */
  T decode(Received message) throws Exception;

  /**
   * Texts, in UTF-8, as WebSocket's text messages. Binary messages are read as well. What is not
   * UTF-8 is refused, and so is a pong.
   */
  static Coder<String> utf8() {
    return new Coder<>() {
      @Override
      public Payload encode(String value) throws CharacterCodingException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        return Payload.copyOf(bytes);
      }

      @Override
      public SendOptions options(String value) {
        return SendOptions.TEXT;
      }

      @Override
      public String decode(Received message) throws CharacterCodingException {
        if (message.metadata() instanceof ContentMetadata.WebSocket about
            && about.opcode() == ContentMetadata.Opcode.PONG) {
          throw new IllegalArgumentException("a pong");
        }
        ByteBuffer bytes = message.content().asByteBuffer();
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      }
    };
  }
}
