package dev.earshot;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are larger than a datagram, over a connection of datagrams: cut into fragments that
 * fit, and put together again. Both sides have to use it.
 *
 * <pre>{@code
 * FragmentedMessages large = FragmentedMessages.create();
 * large.send(connection, Payload.copyOf(picture));
 * large.messages(connection, network.clock()).subscribe(subscriber);
 * }</pre>
 *
 * <p>Nothing is sent again: a message of which a fragment is lost is lost, the more probably the
 * more fragments it has. A message arrives once or not at all, whole, whatever order its fragments
 * come in and however often; messages may overtake each other. Where everything has to arrive, use
 * a stream.
 *
 * <p>On the wire each datagram begins with four big-endian numbers: of four bytes the number of the
 * message, one more for each, and its total size; of two bytes the index of the fragment, from 0
 * on, and how many there are, at most 65,535. Its content follows: the total divided by how many
 * there are, rounded up; the rest in the last. What does not look so is dropped.
 *
 * <p>Limits for what arrives, for each subscription, whatever a peer sends: {@link
 * #maximumMessageSize()}, which both sides should set alike, since what is larger is dropped
 * without a word; 64 incomplete messages, with 4 MiB together, or less where messages are small, or
 * twice the largest message if that is more, where each fragment counts 160 bytes more than its
 * content; and {@link #patience()}, which has to be longer than a message takes at the rate at
 * which it is sent. Of incomplete messages beyond them the one that was begun first is dropped.
 * What is announced takes no memory before it has arrived. A message whose number is that of one of
 * the last 256 is taken for a repeated one. What is sent at once has to fit into the receiver's
 * buffers ({@link Parameters#receiveBuffer()} and {@link UdpOptions#receiveQueue()}) unless it
 * reads as it comes. Datagrams that anybody may forge can spoil messages as they can spoil
 * datagrams: protect what leaves your own network.
 *
 * <p>Immutable but for the number of the next message, which begins anywhere; thread-safe. One
 * object may serve many connections.
 */
public final class FragmentedMessages {
  /** The most that {@link #maximumMessageSize(int)} takes, in bytes. */
  public static final int LARGEST = 16 << 20;

  private static final int DEFAULT_MAXIMUM = 1 << 20;
  private static final int USUAL_MEMORY = 4 << 20;
  private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(2);
  private static final Duration MOST_PATIENCE = Duration.ofHours(1);

  /** What a datagram counts for at least, however short. */
  private static final int SMALLEST_COST = 64;

  private final int maximumMessageSize;
  private final Duration patience;
  private final AtomicInteger nextMessage =
      new AtomicInteger(ThreadLocalRandom.current().nextInt());

  /** The bytes of messages that wait for their connection to be ready. */
  private final AtomicLong waiting = new AtomicLong();

  private FragmentedMessages(int maximumMessageSize, Duration patience) {
    this.maximumMessageSize = maximumMessageSize;
    this.patience = patience;
  }

  /** Messages with the default limits. */
  public static FragmentedMessages create() {
    return new FragmentedMessages(DEFAULT_MAXIMUM, DEFAULT_PATIENCE);
  }

  /** The same with another limit for what is sent and received, 1 to {@link #LARGEST}. */
  public FragmentedMessages maximumMessageSize(int bytes) {
    if (bytes < 1 || bytes > LARGEST) {
      throw new IllegalArgumentException(
          "maximumMessageSize " + bytes + " is not within 1 to " + LARGEST);
    }
    return new FragmentedMessages(bytes, patience);
  }

  /** The same with another {@link #patience()}, more than nothing and at most an hour. */
  public FragmentedMessages patience(Duration time) {
    Objects.requireNonNull(time, "time");
    if (time.isNegative() || time.isZero() || time.compareTo(MOST_PATIENCE) > 0) {
      throw new IllegalArgumentException("patience " + time + " is not within 1 ns to an hour");
    }
    return new FragmentedMessages(maximumMessageSize, time);
  }

  /** The bytes that a message may have; 1 MiB by default. */
  public int maximumMessageSize() {
    return maximumMessageSize;
  }

  /**
   * How long a message may be incomplete before what has arrived of it is dropped, counted from its
   * first fragment; 2 s by default. Looked at whenever a datagram comes: of a peer that falls
   * silent it is kept, within the limits, until the subscription ends.
   */
  public Duration patience() {
    return patience;
  }

  /**
   * Sends {@code message} over {@code connection}, in fragments as large as its {@link
   * Connection#maximumDatagramSize()}. On a connection that is ready they are on their way when
   * this returns, in the order of the calls; before that, the message waits.
   *
   * <p>Done, on the connection's queue, when the system has all fragments; fails when any of them
   * fails, as {@link Connection#send} does: the others may have left, and what arrives of the
   * message is dropped there. It has failed when this returns, and nothing was sent, with {@link
   * TooLargeException} beyond {@link #maximumMessageSize()}, 65,535 fragments, or {@link
   * Parameters#sendLimit()}, and with {@link BackPressureException} if more than that would wait
   * for connections that are not ready.
   *
   * @throws IllegalArgumentException if {@code connection} does not carry datagrams
   */
  public CompletableFuture<Void> send(Connection connection, Payload message) {
    requireDatagrams(connection);
    Objects.requireNonNull(message, "message");
    if (message.length() > maximumMessageSize) {
      return tooLarge(connection, message, maximumMessageSize + " bytes (maximumMessageSize)");
    }
    return connection.maximumDatagramSize() > 0
        ? sendFragments(connection, message)
        : sendWhenReady(connection, message);
  }

  private CompletableFuture<Void> sendWhenReady(Connection connection, Payload message) {
    int limit = connection.parameters().sendLimit();
    if (waiting.addAndGet(message.length()) > limit) {
      waiting.addAndGet(-message.length());
      return CompletableFuture.failedFuture(
          new BackPressureException(
              "sending %s to %s, not ready: more than the send limit of %d bytes would wait"
                  .formatted(message, connection.endpoint(), limit)));
    }
    CompletableFuture<Void> sent = new CompletableFuture<>();
    connection
        .ready()
        .whenComplete(
            (ready, failure) -> {
              waiting.addAndGet(-message.length());
              if (failure == null) {
                sendFragments(connection, message).whenComplete(into(sent));
              } else {
                sent.completeExceptionally(failure);
              }
            });
    return sent;
  }

  private CompletableFuture<Void> sendFragments(Connection connection, Payload message) {
    int size = connection.maximumDatagramSize();
    if (size == 0) {
      return connection.send(Payload.empty()); // it is over, and says why
    }
    List<Payload> fragments = Fragment.cut(nextMessage.getAndIncrement(), message, size);
    if (fragments.isEmpty()) {
      return tooLarge(connection, message, Fragment.MOST + " fragments");
    }
    long limit = connection.parameters().sendLimit();
    if ((long) fragments.size() * Math.max(SMALLEST_COST, size) > limit
        && fragments.stream().mapToLong(FragmentedMessages::cost).sum() > limit) {
      return tooLarge(connection, message, limit + " bytes with all headers (sendLimit)");
    }
    CompletableFuture<Void> all = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(fragments.size());
    connection.batch(
        () ->
            fragments.forEach(
                fragment ->
                    connection
                        .send(fragment)
                        .whenComplete(
                            (nothing, failure) -> {
                              if (failure != null) {
                                all.completeExceptionally(failure);
                              } else if (left.decrementAndGet() == 0) {
                                all.complete(null);
                              }
                            })));
    return all;
  }

  private static long cost(Payload fragment) {
    return Math.max(SMALLEST_COST, fragment.length());
  }

  private static BiConsumer<Void, @Nullable Throwable> into(CompletableFuture<Void> other) {
    return (nothing, failure) -> {
      if (failure == null) {
        other.complete(null);
      } else {
        other.completeExceptionally(failure);
      }
    };
  }

  private static CompletableFuture<Void> tooLarge(Connection to, Payload message, String limit) {
    return CompletableFuture.failedFuture(
        new TooLargeException(
            "sending %s to %s: at most %s".formatted(message, to.endpoint(), limit)));
  }

  /**
   * The messages that arrive over {@code connection}, which is read as by {@link
   * Connection#messages()}: by one subscriber at a time, on the connection's queue, by demand. What
   * was incomplete when a subscription ends is dropped.
   *
   * @param clock the network's, {@link Network#clock()}
   * @throws IllegalArgumentException if {@code connection} does not carry datagrams
   */
  public Flow.Publisher<Payload> messages(Connection connection, NetworkClock clock) {
    requireDatagrams(connection);
    Objects.requireNonNull(clock, "clock");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      FragmentAssembly assembly = new FragmentAssembly(maximumMessageSize, memory(), patience);
      connection.messages().subscribe(new Joining(assembly, clock, subscriber));
    };
  }

  private int memory() {
    long few = FragmentAssembly.MOST_MESSAGES * (maximumMessageSize + (1L << 10));
    return (int) Math.max(2 * maximumMessageSize, Math.min(USUAL_MEMORY, few));
  }

  private static void requireDatagrams(Connection connection) {
    if (!(connection.parameters().protocol() instanceof Protocol.Udp)) {
      throw new IllegalArgumentException(connection + " does not carry datagrams");
    }
  }

  /** The limits. */
  @Override
  public String toString() {
    return "FragmentedMessages[at most %d bytes, patience %s]"
        .formatted(maximumMessageSize, patience);
  }

  /** Gives a subscriber messages for datagrams, and asks for more where there is none yet. */
  private static final class Joining implements Flow.Subscriber<Received> {
    private final FragmentAssembly assembly;
    private final NetworkClock clock;
    private final Flow.Subscriber<? super Payload> to;

    /** Null before the first call. */
    private Flow.@Nullable Subscription subscription;

    Joining(FragmentAssembly assembly, NetworkClock clock, Flow.Subscriber<? super Payload> to) {
      this.assembly = assembly;
      this.clock = clock;
      this.to = to;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      to.onSubscribe(given);
    }

    @Override
    public void onNext(Received datagram) {
      Payload message = assembly.add(datagram.content(), clock.nanoTime());
      if (message != null) {
        to.onNext(message);
      } else if (subscription != null) {
        subscription.request(1);
      }
    }

    @Override
    public void onError(Throwable cause) {
      to.onError(cause);
    }

    @Override
    public void onComplete() {
      to.onComplete();
    }
  }
}
