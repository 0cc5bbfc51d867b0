package dev.earshot.internal.connection;

import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.spi.Outgoing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One piece of content in a {@link SendQueue}, and the link to the next. */
abstract class SendEntry implements Outgoing {
  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(SendEntry.class, "next", SendEntry.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Payload content;
  private final SendOptions options;

  /** Where it ends among all that was ever added; written before it is added. */
  private long end;

  private volatile @Nullable SendEntry next;

  SendEntry(Payload content, SendOptions options) {
    this.content = content;
    this.options = options;
  }

  /** One without content, from which the next is reached. */
  static SendEntry blank(long end) {
    SendEntry entry = new Plain(Payload.empty(), SendOptions.DEFAULT);
    entry.end = end;
    return entry;
  }

  @Override
  public final Payload content() {
    return content;
  }

  @Override
  public final SendOptions options() {
    return options;
  }

  /** Where it ends, once it is added. */
  final long end() {
    return end;
  }

  /** Says where it ends; only before it is added. */
  final void endsAt(long place) {
    end = place;
  }

  /** What was added after it; null at the end, or before who adds made the link. */
  final @Nullable SendEntry next() {
    return next;
  }

  /** Makes the link to what was added after it. */
  final void linkTo(SendEntry entry) {
    NEXT.setRelease(this, entry);
  }

  /** Takes the link away, so that an old entry does not keep the young ones alive; the loop's. */
  final void unlink() {
    NEXT.set(this, null);
  }

  /** One that is sent whatever happens. */
  static final class Plain extends SendEntry {
    Plain(Payload content, SendOptions options) {
      super(content, options);
    }
  }

  /** A datagram that may turn out too large, or that nobody minds to lose. */
  static final class Datagram extends SendEntry {
    /** Who waits for it; null if it may be dropped. */
    final @Nullable CompletableFuture<Void> waiting;

    Datagram(Payload content, SendOptions options, @Nullable CompletableFuture<Void> waiting) {
      super(content, options);
      this.waiting = waiting;
    }
  }
}
