package dev.earshot.security.tls;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.NetworkClock;
import dev.earshot.NetworkException;
import dev.earshot.Received;
import dev.earshot.security.tls.pairing.Agreement;
import dev.earshot.security.tls.pairing.Card;
import dev.earshot.security.tls.pairing.Code;
import dev.earshot.security.tls.pairing.EnteringExchange;
import dev.earshot.security.tls.pairing.Message;
import dev.earshot.security.tls.pairing.MessageCodec;
import dev.earshot.security.tls.pairing.WrongCodeException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The side where the code was typed: one connection, one try. What happens is told by {@link
 * PairingLife}.
 *
 * <p>Threads: the exchange runs on the connection's queue, as {@link Visitor}'s does. Deadlines and
 * the user only end the connection; the rest follows from the read that fails.
 */
final class EnteredPairing implements Pairing {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  /**
   * What a try takes.
   *
   * @param scalars random numbers for the exchange
   */
  record Settings(NetworkClock clock, Card self, Code code, Supplier<BigInteger> scalars) {}

  private final Connection connection;
  private final Settings settings;
  private final EnteringExchange exchange;
  private final PairingLife life = new PairingLife(this);
  private volatile @Nullable PairingException ended;
  private volatile NetworkClock.@Nullable Timer nextLook;
  private volatile NetworkClock.@Nullable Timer deadline;

  EnteredPairing(Connection connection, Settings settings) {
    this.connection = connection;
    this.settings = settings;
    this.exchange = new EnteringExchange(settings.code(), settings.self(), settings.scalars());
  }

  @Override
  public Pairing start(Handler handler, Executor queue) {
    life.begin(handler, queue);
    connection.ready().whenComplete(this::reached);
    try {
      connection.start();
    } catch (IllegalStateException e) {
      life.enter(new State.Cancelled()); // the network was closed, or somebody was quicker
      throw e;
    }
    look();
    return this;
  }

  @Override
  public String code() {
    return settings.code().shown();
  }

  @Override
  public State state() {
    return life.state();
  }

  @Override
  public OptionalInt port() {
    return OptionalInt.empty();
  }

  @Override
  public CompletableFuture<PairedPeer> paired() {
    return life.paired();
  }

  @Override
  public CompletableFuture<Void> cancel() {
    life.enter(new State.Cancelled());
    stopTimers();
    return connection.cancel();
  }

  @Override
  public void close() {
    cancel();
  }

  /**
   * Looks whether the other side could be reached. A connection goes on trying; a person who has
   * typed a code is better told at once.
   */
  private void look() {
    if (connection.state() instanceof Connection.State.Waiting waiting) {
      ended = Failures.notThere(connection.endpoint(), waiting.reason());
      connection.forceCancel();
    } else if (!life.state().isOver() && !(life.state() instanceof State.Exchanging)) {
      nextLook = settings.clock().schedule(LOOK_EVERY, this::look);
    }
  }

  private void reached(@Nullable Connection ready, @Nullable Throwable thrown) {
    if (thrown != null) {
      over(thrown instanceof NetworkException cause ? unreached(cause) : thrown);
    } else if (life.enter(new State.Exchanging())) {
      deadline = settings.clock().schedule(PATIENCE, this::silent);
      Conversation.ask(connection, exchange.open())
          .thenCompose(this::prove)
          .thenCompose(this::conclude)
          .whenComplete(this::concluded);
    }
  }

  private NetworkException unreached(NetworkException cause) {
    return cause instanceof CancelledException
        ? cause
        : Failures.notThere(connection.endpoint(), cause);
  }

  private CompletableFuture<Received> prove(Received received) {
    try {
      return Conversation.ask(connection, exchange.prove(expect(Message.Answer.class, received)));
    } catch (NetworkException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Agreement> conclude(Received received) {
    try {
      EnteringExchange.Concluded concluded =
          exchange.conclude(expect(Message.Acceptance.class, received));
      return connection
          .send(MessageCodec.encode(concluded.reply()))
          .thenApply(said -> concluded.agreement());
    } catch (NetworkException e) {
      return CompletableFuture.failedFuture(e);
    } catch (WrongCodeException e) {
      return CompletableFuture.failedFuture(Failures.wrongCodeTyped(connection.endpoint()));
    }
  }

  private void concluded(@Nullable Agreement agreement, @Nullable Throwable thrown) {
    if (agreement != null) {
      stopTimers();
      connection.cancel(); // sends what was said last
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      life.enter(
          new State.Paired(
              new PairedPeer(agreement.peer().name(), agreement.key(), now, Optional.empty())));
    } else if (thrown != null) {
      over(thrown);
    }
  }

  private void over(Throwable thrown) {
    stopTimers();
    connection.cancel();
    PairingException known = ended;
    NetworkException cause =
        known != null ? known : Failures.inExchange(connection.endpoint(), thrown);
    // Cancelled, but not by us: the network was closed.
    boolean cancelled = cause instanceof CancelledException;
    life.enter(cancelled ? new State.Cancelled() : new State.Failed(cause));
  }

  private <M extends Message> M expect(Class<M> kind, Received received) throws NetworkException {
    return Conversation.expect(kind, connection.endpoint(), received);
  }

  private void silent() {
    ended = Failures.silent(connection.endpoint());
    connection.forceCancel();
  }

  private void stopTimers() {
    stop(nextLook);
    stop(deadline);
  }

  private static void stop(NetworkClock.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  @Override
  public String toString() {
    return "Pairing[" + connection.endpoint() + "]";
  }
}
