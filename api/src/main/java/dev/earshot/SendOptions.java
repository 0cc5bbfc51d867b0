package dev.earshot;

import java.util.Objects;

/**
 * How one piece of content is sent. Immutable.
 *
 * @param metadata what the protocol is told beside the bytes; {@link ContentMetadata#BINARY} by
 *     default, which a protocol without messages ignores
 * @param finalMessage whether nothing comes after it: the peer reads the end of the stream, while
 *     receiving goes on
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
}
