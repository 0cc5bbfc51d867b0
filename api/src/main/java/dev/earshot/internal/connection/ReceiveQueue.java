package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Received;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.LentBytes;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The reads that a user has asked for and the content that has arrived, matched in order.
 *
 * <p>It belongs to the queue, not to the loop: whole batches come as one task, and a read loop that
 * asks again from inside its own completion costs no change of thread while content is there. What
 * it tells the loop, how much was used up and whether somebody waits, goes through the {@link
 * Demand}; the loop asks the pipe for no more than that permits.
 *
 * <p>Reads are added on the queue; those of other threads go there by the loop, and while some are
 * on their way, those of the queue take the same way behind them, so that reads complete in the
 * order of the calls.
 *
 * <p>Content comes before the failure that ended it: a failure is told to a read only when what
 * arrived before does not satisfy it.
 */
final class ReceiveQueue {
  private static final int TURN = 1_024;

  private final Crossing crossing;
  private final SerialQueue queue;
  private final Demand demand;
  private final Runnable endRead;
  private final AtomicInteger onTheWay = new AtomicInteger();

  private final Arrived arrived = new Arrived();
  private final Subscriptions subscriptions;

  /** The reads that wait, the first and the last of them; null if none does. */
  private @Nullable Read first;

  private @Nullable Read last;

  /** The cost of all that has come here from the loop. */
  private long seen;

  private boolean matching;
  private boolean dropping;
  private @Nullable Runnable whenReadUp;
  private @Nullable Received end;
  private @Nullable NetworkException failure;

  /**
   * A queue without reads and content.
   *
   * @param endRead called on the queue, once, when the end of the stream is handed over
   */
  ReceiveQueue(Crossing crossing, Demand demand, Runnable endRead) {
    this.endRead = endRead;
    this.crossing = crossing;
    this.queue = crossing.queue();
    this.demand = demand;
    this.subscriptions = new Subscriptions(this, crossing);
  }

  // ---- any thread

  /** Adds {@code read}, which completes on the queue, never inside this call. */
  CompletableFuture<Received> add(Read read) {
    if (queue.inQueue() && onTheWay.get() == 0) {
      addLast(read);
      matchSoon();
    } else {
      onTheWay.incrementAndGet();
      Runnable add = () -> queue.execute(() -> arrive(read));
      crossing.toLoop(add, add);
    }
    return read;
  }

  /** The reads as a publisher, for one subscriber at a time. */
  Flow.Publisher<Received> messages() {
    return subscriptions;
  }

  /** The same of a stream of bytes, lent. */
  Flow.Publisher<ByteBuffer> bytes() {
    return subscriptions.bytes();
  }

  /** The same of what has no bytes: every subscriber is told so. */
  Flow.Publisher<ByteBuffer> noBytes(Endpoint endpoint) {
    return subscriptions.noBytes(endpoint);
  }

  /** Whether the subscriber of now keeps nothing of what it is shown. */
  boolean givesBack() {
    return subscriptions.givesBack();
  }

  // ---- the queue

  private void arrive(Read read) {
    onTheWay.decrementAndGet();
    addLast(read);
    match();
  }

  private void addLast(Read read) {
    if (last == null) {
      first = read;
    } else {
      last.next = read;
    }
    last = read;
  }

  private void removeFirst(Read read) {
    first = read.next;
    read.next = null; // who keeps it must not keep the others
    if (first == null) {
      last = null;
    }
  }

  /** Takes what came from the pipe. */
  void content(Batch come) {
    queue.assertInQueue();
    seen += come.cost();
    arrived.add(come);
    if (dropping) {
      arrived.clear();
    }
    match();
  }

  /**
   * Runs {@code task} once the program has read all that has arrived and asks for more, so that it
   * has done with what it read, or once it wants no more. At once if there was nothing to read.
   */
  void whenReadUp(Runnable task) {
    queue.assertInQueue();
    whenReadUp = task;
    match();
  }

  /** Nothing more arrives: reads that what has arrived does not satisfy fail with {@code cause}. */
  void fail(NetworkException cause) {
    queue.assertInQueue();
    if (failure == null) {
      failure = cause;
      match();
    }
  }

  /** The user wants no more: what has arrived is dropped, and all reads fail. */
  void cancel(NetworkException cause) {
    queue.assertInQueue();
    arrived.clear();
    dropping = true;
    end = null;
    failure = cause;
    match();
  }

  /** Matches once the running task has returned, unless a match is what is running. */
  void matchSoon() {
    if (!matching) {
      queue.execute(this::match);
    }
  }

  void match() {
    queue.assertInQueue();
    if (matching) {
      return;
    }
    matching = true;
    boolean more = true;
    try {
      for (int i = subscriptions.serveMessages(TURN); more && i < TURN; i++) {
        more = serveOne(); // runs the user's code, which may ask for more
      }
    } finally {
      matching = false;
      boolean wanted = first != null || subscriptions.wants();
      demand.update(arrived.consumed(), wanted ? seen : Demand.NOBODY_WAITS);
      if (whenReadUp != null) {
        tellIfReadUp(wanted);
      }
    }
    if (more) {
      matchSoon(); // so that a loop of reads does not keep the queue to itself
    }
  }

  private void tellIfReadUp(boolean wanted) {
    Runnable told = whenReadUp;
    if (told != null && (dropping || failure != null || isReadUp(wanted))) {
      whenReadUp = null;
      told.run();
    }
  }

  /** Whether the program has nothing left to answer, as far as one can know. */
  private boolean isReadUp(boolean wanted) {
    boolean hasReadNothing = arrived.consumed() == 0;
    return arrived.isEmpty()
        ? wanted || end != null || hasReadNothing
        : isAtBareEnd() && hasReadNothing;
  }

  private boolean serveOne() {
    Read read = first;
    return read == null ? subscriptions.serve() : serve(read);
  }

  /** Completes the first read, if it can be. */
  private boolean serve(Read read) {
    if (read.isDone()) { // by the user: the content is for the next read
      removeFirst(read);
      return true;
    }
    Received content = next(read.minimum(), read.maximum());
    if (content != null) {
      removeFirst(read);
      read.complete(content);
      return true;
    }
    NetworkException cause = failure;
    if (cause != null) {
      removeFirst(read);
      read.completeExceptionally(cause);
      return true;
    }
    return false;
  }

  /** The batch of {@link #next}, if that is all of it and its array can be given back. */
  @Nullable LentBytes lent() {
    return arrived.lent();
  }

  /** The next whole message, unless it is the last or a read is there to take it. */
  @Nullable Received nextMessage() {
    return first == null ? arrived.takeMessage(Integer.MAX_VALUE) : null;
  }

  /** The next content of so many bytes, or the end of the stream; null if there is neither. */
  @Nullable Received next(int minimum, int maximum) {
    Received content = arrived.take(minimum, maximum);
    if (content == null) {
      return arrived.isEmpty() ? end : null;
    }
    if (content.endOfStream()) {
      end = Received.end(content.metadata());
      endRead.run();
    }
    return content;
  }

  /** Whether all that is left is the end of the stream, without content. */
  boolean isAtBareEnd() {
    Received piece = arrived.peek();
    return piece == null ? end != null : piece.endOfStream() && piece.isBareEnd();
  }

  /** Why nothing more comes, when what has come is used up. */
  @Nullable NetworkException failure() {
    return arrived.isEmpty() ? failure : null;
  }
}
