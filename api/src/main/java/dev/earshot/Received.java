package dev.earshot;

import java.util.Objects;

/**
 * What a read brought. Immutable.
 *
 * <p>Handle the content first, then look at {@code endOfStream}: the last content and the end may
 * come together, and the last content may be empty.
 *
 * @param content the bytes, perhaps none
 * @param metadata what the protocol says about them
 * @param endOfMessage whether the content is, or completes, a message
 * @param endOfStream whether the peer will send nothing more
 */
public record Received(
    Payload content, ContentMetadata metadata, boolean endOfMessage, boolean endOfStream) {
  /** Checks that there are values. */
  public Received {
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(metadata, "metadata");
  }

  /** One whole message. */
  public static Received message(Payload content, ContentMetadata metadata) {
    return new Received(content, metadata, true, false);
  }

  /** Some bytes of a stream. */
  public static Received bytes(Payload content) {
    return new Received(content, ContentMetadata.NONE, false, false);
  }

  /**
   * Whether this says the end of the stream and nothing else: it has no content, or its content is
   * the reason that a WebSocket close frame gives.
   */
  public boolean isBareEnd() {
    boolean farewell =
        metadata instanceof ContentMetadata.WebSocket about
            && about.opcode() == ContentMetadata.Opcode.CLOSE;
    return farewell || endOfStream && content.isEmpty();
  }

  /** The end of a stream, without content. */
  public static Received end(ContentMetadata metadata) {
    return new Received(Payload.empty(), metadata, false, true);
  }
}
