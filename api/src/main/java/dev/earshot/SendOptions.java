package dev.earshot;

import java.util.Objects;

/**
 * How one piece of content is sent. Immutable.
 *
 * @param metadata what the protocol is told beside the bytes; {@link ContentMetadata#BINARY} by
 *     default, which a protocol without messages ignores
 * @param finalMessage whether nothing comes after it, and the peer reads the end of the stream.
 *     With TCP that ends this direction, and receiving goes on; with a {@link Framer} empty content
 *     is then no message. With WebSocket the content, if any, is followed by a close frame with
 *     code 1000, which the peer answers with its own: both directions end, and what the peer had
 *     sent before its answer is still read. Metadata with the opcode {@code CLOSE} makes a message
 *     final in any case.
 */
public record SendOptions(ContentMetadata metadata, boolean finalMessage) {
  /** A binary message, or bytes, with more to come. */
  public static final SendOptions DEFAULT = new SendOptions(ContentMetadata.BINARY, false);

  /** A text message; the content must be UTF-8. */
  public static final SendOptions TEXT = new SendOptions(ContentMetadata.TEXT, false);

  /** The last content that is sent; may be empty. */
  public static final SendOptions FINAL = new SendOptions(ContentMetadata.BINARY, true);

  /** Checks that there is metadata. */
  public SendOptions {
    Objects.requireNonNull(metadata, "metadata");
  }

  /** A message of a kind of its own, for {@link Framer#tlv}; {@code type} is read as unsigned. */
  public static SendOptions typed(long type) {
    return new SendOptions(new ContentMetadata.Typed(type), false);
  }
}
