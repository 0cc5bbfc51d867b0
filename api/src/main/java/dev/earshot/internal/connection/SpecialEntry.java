package dev.earshot.internal.connection;

import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.spi.Loop;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Content that may overtake, be overtaken, or become too old; see {@link SpecialSends}. */
final class SpecialEntry extends SendEntry {
  /** Who is told once it is taken or dropped; null if nobody is, or who waits only for room. */
  final @Nullable CompletableFuture<Void> fate;

  /** When it is too old, by the loop's clock; without meaning if it does not expire. */
  final long deadline;

  /** The loop's: it was taken or dropped, and is only passed by. */
  boolean over;

  /** The loop's: drops it when it is too old. */
  Loop.@Nullable Timer timer;

  SpecialEntry(
      Payload content, SendOptions options, @Nullable CompletableFuture<Void> fate, long deadline) {
    super(content, options);
    this.fate = fate;
    this.deadline = deadline;
  }

  boolean expires() {
    return options().expiry().isPresent();
  }

  SendOptions.Priority priority() {
    return options().priority();
  }
}
