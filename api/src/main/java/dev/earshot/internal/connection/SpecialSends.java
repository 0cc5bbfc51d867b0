package dev.earshot.internal.connection;

import dev.earshot.CancelledException;
import dev.earshot.Endpoint;
import dev.earshot.ExpiredException;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.SendOptions.Priority;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The content in a {@link SendQueue} whose place or time is its own.
 *
 * <p>It stands in the queue like any other, which counts it and keeps it within the limits. What is
 * urgent stands here too and is taken from here first; the queue passes it by later. What is in the
 * background moves here when the queue comes to it, counted as waiting still, and leaves when the
 * queue is empty. What expires is dropped in its place, which is passed by. So content without such
 * wishes costs one look whether there is one of these, which is made for the first that has any.
 */
@LoopConfined
final class SpecialSends {
  private final Crossing crossing;
  private final Endpoint endpoint;
  private final Queue<SpecialEntry> urgent = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<SpecialEntry> deferred = new ArrayDeque<>();

  /** Those that somebody waits for to be taken. */
  private final Set<SpecialEntry> awaited = new LinkedHashSet<>();

  /** Whether anything was ever urgent; written by who sends it, never back. */
  private volatile boolean anyUrgent;

  private long deferredCost;
  private @Nullable NetworkException end;

  SpecialSends(Crossing crossing, Endpoint endpoint) {
    this.crossing = crossing;
    this.endpoint = endpoint;
  }

  // ---- any thread

  /** Whether content with these options is one of ours. */
  static boolean areSpecial(SendOptions options) {
    return options.priority() != Priority.NORMAL || options.expiry().isPresent();
  }

  /** An entry to be added to the queue; {@code fate} is told once it is taken or dropped. */
  SpecialEntry entry(Payload content, SendOptions options, @Nullable CompletableFuture<Void> fate) {
    long patience = options.expiry().map(Duration::toNanos).orElse(0L);
    return new SpecialEntry(content, options, fate, crossing.loop().nanoTime() + patience);
  }

  /** Takes note that {@code entry} is in the queue. */
  void added(SpecialEntry entry) {
    if (entry.priority() == Priority.URGENT) {
      anyUrgent = true;
      urgent.add(entry);
    }
    CompletableFuture<Void> fate = entry.fate;
    if (fate != null) {
      crossing.toLoop(() -> await(entry), () -> crossing.failLater(fate, networkClosed()));
    }
  }

  private NetworkException networkClosed() {
    return new CancelledException("sending to " + endpoint + ": the network is closed");
  }

  // ---- the loop

  /** Watches over what somebody waits for, unless it is over by now. */
  private void await(SpecialEntry entry) {
    if (entry.over) {
      return;
    }
    if (end != null) {
      fail(entry, end);
      return;
    }
    awaited.add(entry);
    if (entry.expires()) {
      long left = Math.max(0, entry.deadline - crossing.loop().nanoTime());
      entry.timer = crossing.loop().schedule(Duration.ofNanos(left), () -> expire(entry));
    }
  }

  /** The next that is urgent, if there is one. */
  @Nullable SpecialEntry nextUrgent() {
    if (!anyUrgent) {
      return null;
    }
    SpecialEntry next = urgent.poll();
    while (next != null && next.over) {
      next = urgent.poll();
    }
    return next;
  }

  /** Whether the queue passes {@code entry} by: it is over, or waits here from now on. */
  boolean passes(SpecialEntry entry) {
    if (!entry.over && entry.priority() == Priority.BACKGROUND) {
      deferred.add(entry);
      deferredCost += SendQueue.cost(entry.content());
      return true;
    }
    return entry.over;
  }

  /** What waits here in the background, first the first. */
  @Nullable SpecialEntry nextDeferred() {
    SpecialEntry next = deferred.poll();
    if (next != null) {
      deferredCost -= SendQueue.cost(next.content());
    }
    return next;
  }

  /** What the queue has passed by and what is not taken yet, in bytes. */
  long deferredCost() {
    return deferredCost;
  }

  /** Takes {@code entry}; false if it is over already, or too old. */
  boolean take(SpecialEntry entry) {
    if (entry.over) {
      return false;
    }
    if (entry.expires() && crossing.loop().nanoTime() - entry.deadline >= 0) {
      expire(entry);
      return false;
    }
    end(entry);
    CompletableFuture<Void> fate = entry.fate;
    if (fate != null) {
      crossing.queue().execute(() -> fate.complete(null));
    }
    return true;
  }

  /** Takes note that {@code entry} is not going to be sent, of which somebody else tells. */
  void dropped(SpecialEntry entry) {
    end(entry);
  }

  /** Drops {@code entry}; whoever waits for it is told why. */
  private void fail(SpecialEntry entry, NetworkException cause) {
    end(entry);
    CompletableFuture<Void> fate = entry.fate;
    if (fate != null) {
      crossing.queue().execute(() -> fate.completeExceptionally(cause));
    }
  }

  private void expire(SpecialEntry entry) {
    if (!entry.over) {
      fail(
          entry,
          new ExpiredException(
              "sending %s to %s: not sent within %s"
                  .formatted(entry.content(), endpoint, entry.options().expiry().orElseThrow())));
    }
  }

  private void end(SpecialEntry entry) {
    entry.over = true;
    awaited.remove(entry);
    if (entry.timer != null) {
      entry.timer.cancel();
      entry.timer = null;
    }
  }

  /** Nothing is taken any more. */
  void end(NetworkException cause) {
    end = cause;
    urgent.clear();
    deferred.clear();
    deferredCost = 0;
    for (SpecialEntry entry : Set.copyOf(awaited)) {
      fail(entry, cause);
    }
  }
}
