package dev.earshot.internal.connection;

import dev.earshot.BackPressureException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent: any thread adds, the pipe on the loop takes, nobody blocks.
 *
 * <p>A linked queue for many producers and one consumer: a producer swaps itself in as the tail and
 * then links its predecessor to itself. Two counters bound it: bytes ever added, by any thread, and
 * bytes ever taken, by the loop once a run of polls; the difference is what waits. The loop is
 * woken only when it found the queue empty and went idle. On the way of {@link #trySend} there is
 * one object, the entry, and no future.
 *
 * <p>Limits: {@link Parameters#sendBudget()} and {@link Parameters#sendLimit()}; one piece of
 * content that exceeds them is taken when nothing else waits, since it would never fit. Content
 * counts {@value #SMALLEST_COST} bytes at least, so that empty messages are bounded too.
 */
final class SendQueue {
  /** What a small piece of content costs in memory, about. */
  static final int SMALLEST_COST = 64;

  private static final NetworkException FINAL_SENT =
      new UnsupportedException("sending after a final message");

  private static final VarHandle ADDED;
  private static final VarHandle TAIL;
  private static final VarHandle IDLE;
  private static final VarHandle CLOSED;
  private static final VarHandle NEXT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ADDED = lookup.findVarHandle(SendQueue.class, "added", long.class);
      TAIL = lookup.findVarHandle(SendQueue.class, "tail", Entry.class);
      IDLE = lookup.findVarHandle(SendQueue.class, "idle", boolean.class);
      CLOSED = lookup.findVarHandle(SendQueue.class, "closed", NetworkException.class);
      NEXT = lookup.findVarHandle(Entry.class, "next", Entry.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Endpoint endpoint;
  private final int budget;
  private final int limit;
  private final Runnable wakeUp;
  private final RoomQueue room;
  private final Taker taker;

  /** Null while content is accepted; {@link #FINAL_SENT}, or why it is over. */
  private volatile @Nullable NetworkException closed;

  /** Whether the loop found the queue empty and wants to be woken. */
  private volatile boolean idle;

  /** The bytes that were ever taken; written by the loop. */
  private volatile long taken;

  /** The bytes that were ever added; the last entry. Written by every producer. */
  private volatile long added;

  private volatile Entry tail;

  /**
   * An empty queue.
   *
   * @param endpoint the other side, for messages
   * @param wakeUp called by a producer, on its thread, when the loop is idle and has work again
   */
  SendQueue(Crossing crossing, Parameters parameters, Endpoint endpoint, Runnable wakeUp) {
    this.endpoint = endpoint;
    this.budget = parameters.sendBudget();
    this.limit = parameters.sendLimit();
    this.wakeUp = wakeUp;
    this.room = new RoomQueue(crossing);
    Entry first = new Entry(Payload.empty(), SendOptions.DEFAULT);
    this.tail = first;
    this.taker = new Taker(crossing, first);
  }

  /** The end from which the pipe takes. */
  Pipe.Outbound outbound() {
    return taker;
  }

  // ---- any thread

  /** Adds {@code content} if no more than the budget waits; false otherwise. */
  boolean trySend(Payload content) {
    if (closed != null || added - taken > budget) {
      return false;
    }
    ADDED.getAndAdd(this, cost(content));
    append(new Entry(content, SendOptions.DEFAULT));
    return true;
  }

  /** Adds {@code content}; done on the queue when it is within the budget. */
  CompletableFuture<Void> send(Payload content, SendOptions options) {
    long cost = cost(content);
    long end = reserve(cost, options);
    if (end < 0) {
      return room.crossing().failLater(new CompletableFuture<>(), refusal(content));
    }
    append(new Entry(content, options));
    return room.await(end - budget, closed != null);
  }

  /** Adds {@code content} if the limit permits; nobody is told. */
  void sendIdempotent(Payload content, SendOptions options) {
    if (reserve(cost(content), options) >= 0) {
      append(new Entry(content, options));
    }
  }

  /** Whether a final message was added. */
  boolean isFinished() {
    return closed == FINAL_SENT;
  }

  /** Accepts no more; what was added is still to be taken. */
  void close(NetworkException cause) {
    NetworkException before = closed;
    if (before == null || before == FINAL_SENT) {
      closed = cause;
    }
  }

  /** Returns where the content ends among all that was ever added, or -1 if it is refused. */
  private long reserve(long cost, SendOptions options) {
    long before;
    do {
      before = added;
      long waiting = before - taken;
      if (closed != null || (waiting > 0 && waiting + cost > limit)) {
        return -1;
      }
      if (options.finalMessage()) {
        boolean first = CLOSED.compareAndSet(this, null, FINAL_SENT);
        return first ? (long) ADDED.getAndAdd(this, cost) + cost : -1;
      }
    } while (!ADDED.compareAndSet(this, before, before + cost));
    return before + cost;
  }

  private NetworkException refusal(Payload content) {
    NetworkException cause = closed;
    if (cause == FINAL_SENT) {
      return new UnsupportedException(
          "sending " + content + " to " + endpoint + " after a final message");
    }
    return cause != null
        ? cause
        : new BackPressureException(
            "sending %s to %s: more than the send limit of %d bytes would wait"
                .formatted(content, endpoint, limit));
  }

  private void append(Entry entry) {
    Entry before = (Entry) TAIL.getAndSet(this, entry);
    // Volatile, as is the reading of idle: either the loop, after it has declared itself idle, sees
    // this link, or this producer sees that the loop is idle.
    before.next = entry;
    if (idle && IDLE.compareAndSet(this, true, false)) {
      wakeUp.run();
    }
  }

  private static long cost(Payload content) {
    return Math.max(SMALLEST_COST, content.length());
  }

  // ---- the loop

  /** Drops what was not taken, and fails those who wait for room, on the queue. */
  void end(NetworkException cause) {
    close(cause);
    taker.drop();
    room.end(cause);
  }

  /** One piece of content and the link to the next. */
  private static final class Entry implements Outgoing {
    private final Payload content;
    private final SendOptions options;
    private volatile @Nullable Entry next;

    private Entry(Payload content, SendOptions options) {
      this.content = content;
      this.options = options;
    }

    @Override
    public Payload content() {
      return content;
    }

    @Override
    public SendOptions options() {
      return options;
    }
  }

  /** The consumer's end. */
  @LoopConfined
  private final class Taker implements Pipe.Outbound {
    private final Crossing crossing;

    /** An entry without content, which takes the last one's place so that nothing keeps that. */
    private final Entry blank;

    /** The entry before the next one; itself taken. */
    private Entry head;

    private long takenInRun;
    private boolean over;

    private Taker(Crossing crossing, Entry first) {
      this.crossing = crossing;
      this.blank = first;
      this.head = first;
    }

    @Override
    public @Nullable Outgoing poll() {
      crossing.loop().assertInLoop();
      if (over) {
        return null;
      }
      Entry next = head.next;
      if (next == null) {
        next = nextUnlessIdle();
        if (next == null) {
          return null;
        }
      }
      NEXT.set(head, null); // an old entry must not keep the young ones alive
      head = next;
      takenInRun += cost(next.content);
      over = next.options.finalMessage();
      return next;
    }

    /** Declares the loop idle unless there is an entry after all. */
    private @Nullable Entry nextUnlessIdle() {
      if (head != blank) {
        NEXT.set(blank, null);
        if (TAIL.compareAndSet(SendQueue.this, head, blank)) {
          head = blank;
        }
      }
      idle = true;
      Entry next = head.next;
      if (next != null) {
        idle = false;
      }
      return next;
    }

    @Override
    public void taken() {
      crossing.loop().assertInLoop();
      if (takenInRun > 0) {
        long total = taken + takenInRun;
        taken = total;
        takenInRun = 0;
        room.grantUpTo(total);
      }
      if (over && head.next != null) {
        System.getLogger("dev.earshot")
            .log(Level.WARNING, "{0}: content added beside a final message is dropped", endpoint);
        NEXT.set(head, null);
      }
    }

    private void drop() {
      over = true;
      idle = false;
      head = blank;
      NEXT.set(blank, null);
    }
  }
}
