package dev.earshot.security.tls;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.security.tls.pairing.Agreement;
import dev.earshot.security.tls.pairing.Card;
import dev.earshot.security.tls.pairing.Code;
import dev.earshot.security.tls.pairing.EnteringExchange;
import dev.earshot.security.tls.pairing.Message;
import dev.earshot.security.tls.pairing.ShowingExchange;
import dev.earshot.security.tls.pairing.WrongCodeException;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Somebody between the two, who answers in the name of each with a code of its own guessing, or
 * passes on what it hears. It uses our own exchanges, as an attacker would.
 */
final class ManInTheMiddle {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Network network;
  private final Endpoint victim;
  private final String guess;
  final Listener listener;

  /** The key with whom the code was typed, and the one with whom it is shown, if it has them. */
  volatile Optional<Agreement> withEntering = Optional.empty();

  volatile Optional<Agreement> withShowing = Optional.empty();
  volatile boolean guessWasWrong;

  private ManInTheMiddle(Network network, Endpoint victim, String guess) {
    this.network = network;
    this.victim = victim;
    this.guess = guess;
    this.listener = network.listener(PairingOptions.named("Den").parameters());
  }

  /** Tests {@code guess} on both. */
  static ManInTheMiddle guessing(Network network, Endpoint victim, String guess) {
    ManInTheMiddle made = new ManInTheMiddle(network, victim, guess);
    made.listener.start((self, connection) -> made.deceive(connection), Runnable::run);
    return made;
  }

  /** Passes on everything, and listens. */
  static ManInTheMiddle relaying(Network network, Endpoint victim) {
    ManInTheMiddle made = new ManInTheMiddle(network, victim, "");
    made.listener.start((self, connection) -> made.relay(connection), Runnable::run);
    return made;
  }

  private void deceive(Connection entering) {
    ShowingExchange exchange =
        new ShowingExchange(Code.parse(guess), new Card("Den"), Code.scalars(RANDOM));
    entering
        .ready()
        .thenCompose(ready -> entering.receiveMessage())
        .thenCompose(
            opening ->
                Conversation.ask(
                    entering, attempt(() -> exchange.answer(read(Message.Opening.class, opening)))))
        .thenAccept(
            proof -> {
              try {
                ShowingExchange.Accepted accepted =
                    exchange.accept(read(Message.Proof.class, proof));
                withEntering = Optional.of(accepted.agreement());
                Conversation.ask(entering, accepted.reply());
              } catch (WrongCodeException e) {
                guessWasWrong = true;
                entering.cancel();
              } catch (NetworkException e) {
                throw new AssertionError(e);
              }
              attackShowing();
            });
    entering.start();
  }

  /** Now that the guess is proven, or lost, on one side, the other. */
  private void attackShowing() {
    EnteringExchange exchange =
        new EnteringExchange(Code.parse(guess), new Card("Kitchen"), Code.scalars(RANDOM));
    Connection showing = network.connection(victim, PairingOptions.named("Kitchen").parameters());
    showing
        .ready()
        .thenCompose(ready -> Conversation.ask(showing, exchange.open()))
        .thenCompose(
            answer ->
                Conversation.ask(
                    showing, attempt(() -> exchange.prove(read(Message.Answer.class, answer)))))
        .thenAccept(
            last -> {
              try {
                EnteringExchange.Concluded concluded =
                    exchange.conclude(read(Message.Acceptance.class, last));
                withShowing = Optional.of(concluded.agreement());
                Conversation.ask(showing, concluded.reply());
              } catch (NetworkException | WrongCodeException e) {
                showing.cancel();
              }
            });
    showing.start();
  }

  private void relay(Connection entering) {
    Connection showing = network.connection(victim, PairingOptions.named("x").parameters()).start();
    entering.start();
    pass(entering, showing);
    pass(showing, entering);
  }

  private static void pass(Connection from, Connection to) {
    from.receiveMessage()
        .thenAccept(
            received -> {
              Payload content = received.content();
              if (!content.isEmpty()) {
                to.send(content);
              }
              if (received.endOfStream()) {
                to.cancel();
              } else {
                pass(from, to);
              }
            });
  }

  private static <M extends Message> M read(Class<M> kind, Received received)
      throws NetworkException {
    return Conversation.expect(kind, "victim", received);
  }

  private interface Step<T> {
    T take() throws NetworkException;
  }

  private static <T> T attempt(Step<T> step) {
    try {
      return step.take();
    } catch (NetworkException e) {
      throw new java.util.concurrent.CompletionException(e);
    }
  }
}
