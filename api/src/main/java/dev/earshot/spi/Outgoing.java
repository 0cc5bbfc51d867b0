package dev.earshot.spi;

import dev.earshot.Payload;
import dev.earshot.SendOptions;
import org.jspecify.annotations.Nullable;

/** One piece of content on its way out. Immutable. */
public interface Outgoing {
  /** The bytes. */
  Payload content();

  /** How they are sent. */
  SendOptions options();

  /**
   * What is to be sent instead of {@link #content}, which is empty then; null as a rule. Only a
   * pipe that {@linkplain Pipe#sendsFrom says so} is given a part of a file.
   */
  default @Nullable FilePart file() {
    return null;
  }
}
