package dev.earshot.spi;

import dev.earshot.Payload;
import dev.earshot.SendOptions;

/** One piece of content on its way out. Immutable. */
public interface Outgoing {
  /** The bytes. */
  Payload content();

  /** How they are sent. */
  SendOptions options();
}
