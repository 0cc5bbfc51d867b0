package dev.earshot.security.tls;

import dev.earshot.Connection;
import dev.earshot.FramingException;
import dev.earshot.NetworkClock;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.security.tls.pairing.Agreement;
import dev.earshot.security.tls.pairing.Message;
import dev.earshot.security.tls.pairing.MessageCodec;
import dev.earshot.security.tls.pairing.ShowingExchange;
import dev.earshot.security.tls.pairing.WrongCodeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who has connected to the side that shows a code: says its opening within ten seconds,
 * and if it is admitted, all the rest within ten more.
 *
 * <p>Threads: everything runs on the connection's queue, which is one of the library's threads and
 * no loop, so that the arithmetic holds nobody up. What happens elsewhere, a deadline or the end of
 * the pairing, only ends the connection; the rest follows from the read that fails. Futures are
 * asked for before the start or on the queue, so that nothing runs inside a call.
 */
final class Visitor {
  /** What a visitor's host has to decide. Called on the visitor's queue. */
  interface Host {
    /** It has sent an opening. */
    CodeDesk.Admission admit(Visitor visitor);

    /** The exchange of a visitor that was admitted. */
    ShowingExchange exchange();

    /** What depends on the code is sent now. */
    void tryBegins();

    /** An admitted visitor failed; tries are counted by now. */
    void failed(Visitor visitor, NetworkException cause);

    /** An admitted visitor had another code. */
    void wrongCode(Visitor visitor);

    /** An admitted visitor has the key. */
    void succeeded(Agreement agreement);

    /** A visitor that was not admitted is gone. */
    void left(Visitor visitor);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Connection connection;
  private final NetworkClock clock;
  private final Host host;
  private volatile @Nullable PairingException ended;
  private volatile NetworkClock.@Nullable Timer deadline;

  /** On the queue. */
  private boolean admitted;

  Visitor(Connection connection, NetworkClock clock, Host host) {
    this.connection = connection;
    this.clock = clock;
    this.host = host;
  }

  /** Starts the connection. To be called once. */
  void begin() {
    watch();
    connection
        .ready()
        .thenCompose(ready -> connection.receiveMessage())
        .thenAccept(this::opening)
        .whenComplete((done, thrown) -> gone(thrown));
    try {
      connection.start();
    } catch (IllegalStateException e) {
      gone(e); // the pairing, or the network, ended at this moment
    }
  }

  /** Ends the connection at once, without a word, from any thread. */
  void drop() {
    connection.forceCancel();
  }

  /** Ends the connection, from any thread. */
  CompletableFuture<Void> end() {
    return connection.cancel();
  }

  /** Whom messages name. */
  @Override
  public String toString() {
    return connection.endpoint().toString();
  }

  private void opening(Received received) {
    Payload content = received.content();
    if (MessageCodec.opensOtherVersion(content)) {
      refuse(Message.Reason.VERSION);
      return;
    }
    Message.Opening opening = received.endOfStream() ? null : openingIn(content);
    if (opening == null) {
      connection.forceCancel(); // no word for what is no peer of ours
      return;
    }
    switch (host.admit(this)) {
      case ADMITTED -> exchange(opening);
      case BUSY -> refuse(Message.Reason.BUSY);
      default -> refuse(Message.Reason.OVER);
    }
  }

  private static Message.@Nullable Opening openingIn(Payload content) {
    try {
      return MessageCodec.decode(content) instanceof Message.Opening opening ? opening : null;
    } catch (FramingException e) {
      System.getLogger("dev.earshot").log(System.Logger.Level.DEBUG, "no opening", e);
      return null;
    }
  }

  private void exchange(Message.Opening opening) {
    admitted = true;
    watch();
    ShowingExchange exchange = host.exchange();
    try {
      Message.Answer answer = exchange.answer(opening);
      host.tryBegins();
      Conversation.ask(connection, answer)
          .thenCompose(received -> proof(exchange, received))
          .whenComplete((agreement, thrown) -> concluded(agreement, thrown));
    } catch (FramingException | RuntimeException e) {
      concluded(null, e); // whatever it is, the next visitor must have its turn
    }
  }

  private CompletableFuture<Agreement> proof(ShowingExchange exchange, Received received) {
    try {
      ShowingExchange.Accepted accepted =
          exchange.accept(Conversation.expect(Message.Proof.class, this, received));
      return Conversation.ask(connection, accepted.reply())
          .thenApply(last -> finish(exchange, last, accepted.agreement()));
    } catch (NetworkException | WrongCodeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Agreement finish(ShowingExchange exchange, Received last, Agreement agreement) {
    try {
      exchange.finish(Conversation.expect(Message.Done.class, this, last));
      return agreement;
    } catch (NetworkException e) {
      throw new CompletionException(e);
    }
  }

  private void concluded(@Nullable Agreement agreement, @Nullable Throwable thrown) {
    stopWatching();
    if (agreement != null) {
      connection.cancel();
      host.succeeded(agreement);
    } else if (thrown != null && Failures.unwrap(thrown) instanceof WrongCodeException) {
      refuse(Message.Reason.WRONG_CODE);
      host.wrongCode(this);
    } else if (thrown != null) {
      connection.cancel();
      PairingException known = ended;
      host.failed(this, known != null ? known : Failures.inExchange(this, thrown));
    }
  }

  private void gone(@Nullable Throwable thrown) {
    if (!admitted) {
      stopWatching();
      host.left(this);
    }
    if (thrown != null) {
      connection.forceCancel(); // it never became ready, or we made a mistake
    }
  }

  private void refuse(Message.Reason reason) {
    stopWatching();
    connection
        .send(MessageCodec.encode(new Message.Refusal(reason)))
        .whenComplete((said, thrown) -> connection.cancel());
  }

  private void watch() {
    stopWatching();
    deadline =
        clock.schedule(
            PATIENCE,
            () -> {
              ended = Failures.silent(this);
              connection.forceCancel();
            });
  }

  private void stopWatching() {
    NetworkClock.Timer running = deadline;
    if (running != null) {
      running.cancel();
    }
  }
}
