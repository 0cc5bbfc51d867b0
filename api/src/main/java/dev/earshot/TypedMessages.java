package dev.earshot;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A connection as one of values instead of bytes: each is one message, written and read by a {@link
 * Coder}.
 *
 * <pre>{@code
 * TypedMessages<Move> moves = TypedMessages.over(connection, coder);
 * moves.send(new Move(3, 4));
 * moves.receive().thenAccept(move -> move.ifPresent(board::play));
 * }</pre>
 *
 * <p>It holds nothing of its own: the connection is started, watched and ended as ever, what is
 * sent through it may be mixed with what is sent through this, and what is read from it is not read
 * from this. Immutable, and as thread-safe as its coder.
 *
 * @param <T> the type of the values
 */
public final class TypedMessages<T> {
  private final Connection connection;
  private final Coder<T> coder;

  private TypedMessages(Connection connection, Coder<T> coder) {
    this.connection = connection;
    this.coder = coder;
  }

  /**
   * Values over {@code connection}, which has to carry messages: over WebSocket, UDP, or with a
   * {@link Framer}.
   *
   * @throws IllegalArgumentException if it carries bytes
   */
  public static <T> TypedMessages<T> over(Connection connection, Coder<T> coder) {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(coder, "coder");
    if (!connection.parameters().isMessageBased()) {
      throw new IllegalArgumentException(
          connection + " carries bytes; with a Framer in its parameters it carries messages");
    }
    return new TypedMessages<>(connection, coder);
  }

  /**
   * Sends {@code value}, encoded before this returns, as {@link Connection#send(Payload,
   * SendOptions)} does.
   *
   * @throws IllegalArgumentException if the coder throws, which is the cause, or if the connection
   *     cannot send what it makes
   */
  public CompletableFuture<Void> send(T value) {
    Objects.requireNonNull(value, "value");
    Payload content;
    SendOptions options;
    try {
      content = Objects.requireNonNull(coder.encode(value), "the coder returns null");
      options = Objects.requireNonNull(coder.options(value), "the coder has null for options");
    } catch (Exception refusal) {
      restoreInterrupt(refusal);
      throw new IllegalArgumentException(
          "sending to %s: the coder refuses the value: %s"
              .formatted(connection.endpoint(), refusal),
          refusal);
    }
    return connection.send(content, options);
  }

  /**
   * Reads one value; none when the peer will send nothing more. Completes on the connection's
   * queue, in the order of the calls, and fails as {@link Connection#receiveMessage} does.
   * Cancelling the future withdraws the read; while the coder runs, that is too late for its
   * message.
   *
   * <p>Fails with {@link FramingException} if the coder throws, which is the cause: that message is
   * lost, and the connection goes on. Cancel the connection if you do not trust a peer that sends
   * such things. Pongs go to the coder too: whoever sends pings over the connection has one that
   * knows them.
   */
  public CompletableFuture<Optional<T>> receive() {
    return connection.receiveMessage(
        message -> message.isBareEnd() ? Optional.empty() : Optional.of(decode(message)));
  }

  /**
   * The same values, driven by a subscriber's demand, as {@link Connection#messages()} has it: one
   * subscriber at a time, called on the queue, told of the end of the stream.
   *
   * <p>If the coder throws, the subscriber is told {@link FramingException}, with that as its
   * cause, and the subscription is over; the connection goes on, and whoever subscribes next gets
   * what comes next.
   */
  public Flow.Publisher<T> messages() {
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      connection.messages().subscribe(new Decoding(subscriber));
    };
  }

  private T decode(Received message) throws FramingException {
    try {
      return Objects.requireNonNull(coder.decode(message), "the coder returns null");
    } catch (Exception | Error refusal) { // a peer may make a parser overflow the stack
      restoreInterrupt(refusal);
      throw new FramingException(
          "receiving from %s: the coder refuses %s: %s"
              .formatted(connection.endpoint(), message.content(), refusal),
          refusal);
    }
  }

  private static void restoreInterrupt(Throwable refusal) {
    if (refusal instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
  }

  /** The connection. */
  public Connection connection() {
    return connection;
  }

  /** The connection. */
  @Override
  public String toString() {
    return "TypedMessages[" + connection + "]";
  }

  /** Gives a subscriber values for messages. */
  private final class Decoding implements Flow.Subscriber<Received> {
    private final Flow.Subscriber<? super T> to;

    /** Null before the first call. */
    private Flow.@Nullable Subscription subscription;

    private Decoding(Flow.Subscriber<? super T> to) {
      this.to = to;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      to.onSubscribe(given);
    }

    @Override
    public void onNext(Received message) {
      T value;
      try {
        value = decode(message);
      } catch (FramingException refusal) {
        Objects.requireNonNull(subscription).cancel();
        to.onError(refusal);
        return;
      }
      to.onNext(value);
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
