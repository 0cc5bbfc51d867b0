package dev.earshot.examples.control;

import dev.earshot.Coder;
import dev.earshot.ContentMetadata;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What is said on a control stream. */
public sealed interface Word {
  /**
   * The first word of each side.
   *
   * @param peerId who speaks
   */
  record Hello(String peerId) implements Word {}

  /**
   * The last word of a side.
   *
   * @param error 0, or what went wrong
   * @param message the same for people
   */
  record Goodbye(int error, String message) implements Word {}

  /** The type in the header of the framer, and the fields in a row. */
  // docs: control
  final class WordCoder implements Coder<Word> {
    private static final long HELLO = 1;
    private static final long GOODBYE = 2;

    @Override
    public Payload encode(Word word) {
      if (word instanceof Hello hello) {
        return Payload.utf8(hello.peerId());
      }
      Goodbye goodbye = (Goodbye) word;
      byte[] message = goodbye.message().getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + message.length);
      return Payload.wrap(bytes.putInt(goodbye.error()).put(message).array());
    }

    @Override
    public SendOptions options(Word word) {
      return SendOptions.typed(word instanceof Hello ? HELLO : GOODBYE);
    }

    @Override
    public Word decode(Received message) {
      long type = ((ContentMetadata.Typed) message.metadata()).type();
      ByteBuffer bytes = message.content().asByteBuffer();
      if (type == HELLO) {
        return new Hello(StandardCharsets.UTF_8.decode(bytes).toString());
      }
      if (type == GOODBYE) {
        return new Goodbye(bytes.getInt(), StandardCharsets.UTF_8.decode(bytes).toString());
      }
      throw new IllegalArgumentException("no word has the type " + type);
    }
  }
  // docs: end
}
