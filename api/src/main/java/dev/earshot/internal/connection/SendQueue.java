package dev.earshot.internal.connection;

import dev.earshot.BackPressureException;
import dev.earshot.Endpoint;
import dev.earshot.Framer;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent: any thread adds, the pipe on the loop takes, nobody blocks.
 *
 * <p>A linked queue for many producers and one consumer. Each entry knows where it ends among all
 * the bytes that were ever added, so that one compare-and-set of the tail, the only one on the way
 * of a message, both adds it and counts it. What waits is the end of the tail less what was taken,
 * which the loop writes once a run of polls. The loop is woken only when it found the queue empty
 * and said so. {@link #trySend} makes one object, the entry, and no future (but for a place of the
 * tail, once in 64 KiB).
 *
 * <p>Limits: {@link Parameters#sendBudget()} and {@link Parameters#sendLimit()}; one piece of
 * content that exceeds them is taken when nothing else waits, since it would never fit. Content
 * counts {@value #SMALLEST_COST} bytes at least, so that empty messages are bounded too.
 */
final class SendQueue {
  private static final VarHandle IDLE;
  private static final VarHandle CLOSED;
  private static final VarHandle SPECIALS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      IDLE = lookup.findVarHandle(SendQueue.class, "idle", boolean.class);
      CLOSED = lookup.findVarHandle(SendQueue.class, "closed", NetworkException.class);
      SPECIALS = lookup.findVarHandle(SendQueue.class, "specials", SpecialSends.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What a small piece of content costs in memory, about. */
  static final int SMALLEST_COST = 64;

  /** How often the loop looks for a link that a producer is about to make. */
  private static final int SPINS = 100;

  /** At least once in so many bytes the link of an entry that was taken is cut. */
  static final int LINKED = 16 << 10;

  /** About so many bytes are added at one place of the tail, before it moves on. */
  private static final int AT_ONE_PLACE = 64 << 10;

  private static final NetworkException FINAL_SENT =
      new UnsupportedException("sending after a final message");

  private final Endpoint endpoint;
  private final int budget;
  private final int limit;

  /** What a framer permits. */
  private final int longest;

  private final Runnable wakeUp;
  private final RoomQueue room;
  private final DatagramLimit datagrams;
  private final Taker taker;

  /** Null before there was content with a place or time of its own. */
  private volatile @Nullable SpecialSends specials;

  /** Null while content is accepted; {@link #FINAL_SENT}, or why it is over. */
  private volatile @Nullable NetworkException closed;

  /** Whether the loop found the queue empty and wants to be woken. */
  private volatile boolean idle;

  /** The bytes that were ever taken; written by the loop. */
  private volatile long taken;

  private final SendTail tail;

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
    this.longest = parameters.framer().map(Framer::maximumMessageSize).orElse(Integer.MAX_VALUE);
    this.wakeUp = wakeUp;
    this.room = new RoomQueue(crossing);
    this.datagrams = DatagramLimit.of(parameters);
    SendEntry first = SendEntry.blank(0);
    this.tail = new SendTail(first);
    this.taker = new Taker(crossing, first);
  }

  /** The end from which the pipe takes. */
  Pipe.Outbound outbound() {
    return taker;
  }

  /** What {@code content} counts for. */
  static long cost(Payload content) {
    return Math.max(SMALLEST_COST, content.length());
  }

  /** How large datagrams may be, and what was lost of them. */
  DatagramLimit datagrams() {
    return datagrams;
  }

  // ---- any thread

  /** Adds {@code content} if no more than the budget waits; false otherwise. */
  boolean trySend(Payload content) {
    return closed == null
        && objection(content) == null
        && append(new SendEntry.Plain(content, SendOptions.DEFAULT), budget, false);
  }

  /**
   * Adds {@code content}; done on the queue when it is ready and this is within the budget, or, if
   * it is a datagram, taken.
   */
  CompletableFuture<Void> send(Payload content, SendOptions options) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    NetworkException objection = objection(content);
    if (objection != null) {
      return room.crossing().failLater(future, objection);
    }
    if (SpecialSends.areSpecial(options)) {
      return sendSpecial(content, options, future);
    }
    SendEntry entry =
        datagrams.isOn()
            ? new SendEntry.Datagram(content, options, future)
            : new SendEntry.Plain(content, options);
    if (!mayAdd(options) || !append(entry, limit, true)) {
      return room.crossing().failLater(future, refusal(content));
    }
    return datagrams.isOn()
        ? room.await(future, entry.end(), closed != null)
        : awaitRoom(future, entry.end());
  }

  /** Done on the queue when there is room. */
  CompletableFuture<Void> room() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    return closed == null
        ? awaitRoom(future, tail.last().end())
        : room.crossing().failLater(future, refusal("waiting for room to send to " + endpoint));
  }

  /**
   * Who is within the budget need not wait. Who is above it waits until half of it is free: woken
   * for each few bytes that were taken, it would do little else than fall asleep.
   */
  private CompletableFuture<Void> awaitRoom(CompletableFuture<Void> future, long end) {
    long mayStillWait = end - taken <= budget ? budget : budget / 2;
    return room.await(future, end - mayStillWait, closed != null);
  }

  /** Adds what may overtake, be overtaken, or become too old. */
  private CompletableFuture<Void> sendSpecial(
      Payload content, SendOptions options, CompletableFuture<Void> future) {
    boolean fateMatters = datagrams.isOn() || options.expiry().isPresent();
    SpecialEntry entry = specials().entry(content, options, fateMatters ? future : null);
    if (closed != null || !append(entry, limit, true)) {
      return room.crossing().failLater(future, refusal(content));
    }
    specials().added(entry);
    return fateMatters ? future : awaitRoom(future, entry.end());
  }

  /** Adds a part of a file; done when the file is not needed for it any more. */
  CompletableFuture<Void> sendFile(FileChannel file, long position, long count) {
    FileEntry entry = new FileEntry(file, position, count);
    CompletableFuture<Void> future = entry.future();
    if (closed != null || !append(entry, limit, true)) {
      return room.crossing().failLater(future, refusal(entry.what(endpoint)));
    }
    NetworkException cause = closed;
    if (cause != null) { // perhaps too late for the end to find it
      room.crossing()
          .toLoop(() -> taker.failIfOver(entry), () -> room.crossing().failLater(future, cause));
    }
    return future;
  }

  /** Adds {@code content} if the limit permits; nobody is told. */
  void sendIdempotent(Payload content, SendOptions options) {
    SendEntry entry = idempotent(content, options);
    boolean added = objection(content) == null && mayAdd(options) && append(entry, limit, true);
    if (!added) {
      datagrams.dropped();
    } else if (entry instanceof SpecialEntry one) {
      specials().added(one);
    }
  }

  private SendEntry idempotent(Payload content, SendOptions options) {
    if (SpecialSends.areSpecial(options)) {
      return specials().entry(content, options, null);
    }
    return datagrams.isOn()
        ? new SendEntry.Datagram(content, options, null)
        : new SendEntry.Plain(content, options);
  }

  /**
   * Those that are special. Who sends one calls this before it looks whether the queue is closed;
   * the loop looks for it after closing. So the end is told to all that were made in time.
   */
  private SpecialSends specials() {
    SpecialSends known = specials;
    if (known != null) {
      return known;
    }
    SpecialSends made = new SpecialSends(room.crossing(), endpoint);
    return SPECIALS.compareAndSet(this, null, made) ? made : specials();
  }

  /** Why {@code content} cannot be sent; null if it can, as far as is known. */
  private @Nullable NetworkException objection(Payload content) {
    return content.length() <= longest
        ? datagrams.objection(content, endpoint)
        : new TooLargeException(
            "sending %s to %s: a message can have %d bytes (Framer.maximumMessageSize)"
                .formatted(content, endpoint, longest));
  }

  /** Whether a final message was added. */
  boolean isFinished() {
    return closed == FINAL_SENT;
  }

  /** Accepts no more; what was added is still to be taken. */
  void close(NetworkException cause) {
    if (!CLOSED.compareAndSet(this, null, cause)) {
      CLOSED.compareAndSet(this, FINAL_SENT, cause);
    }
  }

  private boolean mayAdd(SendOptions options) {
    return options.finalMessage() ? CLOSED.compareAndSet(this, null, FINAL_SENT) : closed == null;
  }

  /**
   * Adds {@code entry} at the end.
   *
   * @param most how many bytes may wait: before it is added, or with it if {@code inclusive}
   * @return false if more would wait, or the last entry is final
   */
  private boolean append(SendEntry entry, int most, boolean inclusive) {
    long cost = cost(entry.content());
    SendEntry last;
    do {
      last = tail.last();
      long waiting = last.end() - taken;
      boolean full = waiting > 0 && waiting + (inclusive ? cost : 0) > most;
      // A final message must be the last: whoever asked before it was added comes too late too.
      if (last.options().finalMessage() || (full && !entry.options().finalMessage())) {
        return false;
      }
      entry.endsAt(last.end() + cost);
    } while (!tail.replace(last, entry));
    last.linkTo(entry);
    // The loop declares itself idle and then looks at the tail; here it is the other way round. So
    // one of the two sees the other.
    if (idle && IDLE.compareAndSet(this, true, false)) {
      wakeUp.run();
    }
    if (((last.end() ^ entry.end()) & -AT_ONE_PLACE) != 0) {
      tail.move();
    }
    return true;
  }

  private NetworkException refusal(Payload content) {
    return refusal("sending " + content + " to " + endpoint);
  }

  private NetworkException refusal(String what) {
    NetworkException cause = closed;
    if (cause == FINAL_SENT) {
      return new UnsupportedException(what + " after a final message");
    }
    return cause != null
        ? cause
        : new BackPressureException(
            "%s: more than the send limit of %d bytes would wait".formatted(what, limit));
  }

  // ---- the loop

  /** The bytes of content that were ever taken to be sent. */
  long bytesTaken() {
    return taker.bytes;
  }

  /** The pieces of content that were ever taken to be sent. */
  long piecesTaken() {
    return taker.pieces;
  }

  /** There is a pipe, to which {@code carrier} leads. */
  void established(FileSends.Carrier carrier) {
    taker.carrier = carrier;
  }

  /** The connection is ready: whoever is within the budget is told so from now on. */
  void begin() {
    room.grantUpTo(taken);
  }

  /** Drops what was not taken, and fails those who wait for room, on the queue. */
  void end(NetworkException cause) {
    close(cause);
    taker.drop(cause);
    SpecialSends special = specials;
    if (special != null) {
      special.end(cause);
    }
    datagrams.end();
    room.end(cause);
  }

  /** The consumer's end. */
  @LoopConfined
  private final class Taker implements Pipe.Outbound {
    private final Crossing crossing;

    /** The entry before the next one; itself taken. */
    private SendEntry head;

    private boolean over;

    private long bytes;
    private long pieces;

    /** Null before there is a pipe. */
    private FileSends.@Nullable Carrier carrier;

    /** Null before the turn of the first file. */
    private @Nullable FileSends files;

    /** Why nothing is taken any more. */
    private @Nullable NetworkException end;

    private Taker(Crossing crossing, SendEntry first) {
      this.crossing = crossing;
      this.head = first;
    }

    @Override
    public @Nullable Outgoing poll() {
      crossing.loop().assertInLoop();
      while (true) {
        if (isFetching()) {
          FileSends.Part part = files().poll();
          if (part != null) {
            joinFiles(part);
            bytes += part.length();
            pieces += part.ends();
            return part;
          } else if (isFetching()) {
            return null;
          }
        }
        SendEntry next = next();
        while (next != null && !isTaken(next)) {
          next = next();
        }
        if (next instanceof FileEntry file) {
          files().begin(file);
          continue;
        }
        if (next != null) {
          bytes += next.content().length();
          pieces++;
        }
        return next;
      }
    }

    @Override
    public @Nullable Outgoing pollInto(Pipe.Sink sink) {
      boolean plain = specials == null && !datagrams.isOn() && !over && !isFetching();
      Outgoing refused = plain ? pollPlain(sink) : null;
      return refused != null ? refused : Pipe.Outbound.super.pollInto(sink);
    }

    /**
     * Gives {@code sink} the plain entries that come next. What this queue, which is old, knows of
     * them, which are young, is written once for all: a collector looks at each such write.
     *
     * @return the one that it did not take; null if what is next, if anything, is not plain
     */
    private @Nullable SendEntry pollPlain(Pipe.Sink sink) {
      crossing.loop().assertInLoop();
      SendEntry at = head;
      SendEntry next = at.next();
      boolean takes = true;
      try {
        while (takes && next instanceof SendEntry.Plain && !next.options().finalMessage()) {
          cutLink(at, next);
          at = next;
          bytes += at.content().length();
          pieces++;
          takes = sink.takes(at);
          next = at.next();
        }
      } finally {
        head = at;
      }
      return takes ? null : at;
    }

    /** Whether a file has its turn. */
    @Override
    public boolean isFetching() {
      return files != null && files.isBusy();
    }

    /** Lets {@code part} go on with the next file, as long as that is the same. */
    private void joinFiles(FileSends.Part part) {
      while (head.next() instanceof FileEntry file && files().joins(part, file)) {
        head.unlink();
        head = file;
      }
    }

    private FileSends files() {
      if (files == null) {
        files = new FileSends(crossing, endpoint, budget, Objects.requireNonNull(carrier));
      }
      return files;
    }

    /** Fails {@code file} if it came after the end. */
    private void failIfOver(FileEntry file) {
      if (end != null) {
        file.fail(crossing, end);
      }
    }

    private boolean isTaken(SendEntry entry) {
      if (datagrams.isOn() && !isStillSent(entry)) {
        if (entry instanceof SpecialEntry one) {
          specials().dropped(one);
        }
        return false;
      }
      if (!(entry instanceof SpecialEntry one) || specials().take(one)) {
        return true;
      }
      if (one.fate == null) {
        datagrams.dropped(); // too old, and nobody minds
      }
      return false;
    }

    /** Whether a datagram leaves after all: it may have become too large, or too old. */
    private boolean isStillSent(SendEntry entry) {
      NetworkException objection = datagrams.objection(entry.content(), endpoint);
      CompletableFuture<Void> waiting = waiting(entry);
      if (objection != null && waiting != null) {
        crossing.queue().execute(() -> waiting.completeExceptionally(objection));
        return false;
      }
      boolean droppable = waiting == null && !(entry instanceof SendEntry.Plain);
      if (objection != null || (droppable && tail.last().end() - entry.end() > budget)) {
        datagrams.dropped();
        return false;
      }
      return true;
    }

    private static @Nullable CompletableFuture<Void> waiting(SendEntry entry) {
      if (entry instanceof SpecialEntry one) {
        return one.fate;
      }
      return entry instanceof SendEntry.Datagram one ? one.waiting : null;
    }

    private @Nullable SendEntry next() {
      if (over) {
        return null;
      }
      SpecialSends special = specials;
      SendEntry urgent = special == null ? null : special.nextUrgent();
      return urgent != null ? urgent : nextInTurn();
    }

    /** The next that is not passed by; then, and before a final one, what was deferred. */
    private @Nullable SendEntry nextInTurn() {
      while (true) {
        SendEntry next = head.next();
        if (next == null) {
          next = nextUnlessIdle();
        }
        if (next == null || next.options().finalMessage()) {
          SendEntry deferred = nextDeferred();
          if (next == null || deferred != null) {
            return deferred;
          }
        }
        cutLink(head, next);
        head = next;
        over = next.options().finalMessage();
        if (!(next instanceof SpecialEntry one) || !specials().passes(one)) {
          return next;
        }
      }
    }

    /**
     * Cuts the link of what was taken to {@code next} at times, so that an entry that was taken
     * keeps no more than {@link #LINKED} bytes of what follows alive. Not each link, since that is
     * a write to what another processor has written last. What others may hold on to, as what was
     * deferred, keeps nothing.
     */
    private static void cutLink(SendEntry taken, SendEntry next) {
      boolean held = !(taken instanceof SendEntry.Plain);
      if (held || ((taken.end() ^ next.end()) & -LINKED) != 0) {
        taken.unlink();
      }
    }

    private @Nullable SendEntry nextDeferred() {
      SpecialSends special = specials;
      return special == null ? null : special.nextDeferred();
    }

    /** Declares the loop idle unless there is an entry after all. */
    private @Nullable SendEntry nextUnlessIdle() {
      if (!head.content().isEmpty()) {
        SendEntry blank = SendEntry.blank(head.end()); // so that what was sent last is not kept
        if (tail.replace(head, blank)) {
          head = blank;
        }
      }
      idle = true;
      if (tail.last() == head) {
        return null;
      }
      idle = false;
      for (int i = 0; i < SPINS; i++) {
        SendEntry next = head.next();
        if (next != null) {
          return next;
        }
        Thread.onSpinWait();
      }
      crossing.toLoop(wakeUp, () -> {}); // a producer was stopped before it made its link
      return null;
    }

    @Override
    public void taken() {
      crossing.loop().assertInLoop();
      SpecialSends special = specials;
      long total = head.end() - (special == null ? 0 : special.deferredCost());
      if (total != taken) {
        taken = total;
        room.grantUpTo(total);
      }
    }

    private void drop(NetworkException cause) {
      over = true;
      idle = false;
      end = cause;
      FileEntry.failAll(head, tail.last(), crossing, cause);
      if (files != null) {
        files.end(cause);
      }
      head = SendEntry.blank(tail.last().end());
      tail.replaceAny(head);
    }
  }
}
