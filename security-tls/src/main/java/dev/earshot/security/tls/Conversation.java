package dev.earshot.security.tls;

import dev.earshot.Connection;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.Received;
import dev.earshot.security.tls.pairing.Message;
import dev.earshot.security.tls.pairing.MessageCodec;
import java.util.concurrent.CompletableFuture;

/** What both sides of an exchange expect of what they receive. */
final class Conversation {
  private Conversation() {}

  /**
   * Says {@code message} and reads what comes next. What became of a message that could not be sent
   * shows in the read after it: the end, or why the connection is over.
   */
  static CompletableFuture<Received> ask(Connection connection, Message message) {
    return connection
        .send(MessageCodec.encode(message))
        .handle((said, thrown) -> connection.receiveMessage())
        .thenCompose(read -> read);
  }

  /**
   * The message in {@code received}.
   *
   * @throws FramingException if it is another one
   * @throws PairingException if it is a refusal, or the end
   */
  static <M extends Message> M expect(Class<M> kind, Object peer, Received received)
      throws NetworkException {
    if (received.endOfStream() && received.content().isEmpty()) {
      throw Failures.hungUp(peer);
    }
    Message message = MessageCodec.decode(received.content());
    if (message instanceof Message.Refusal refusal) {
      throw Failures.refused(peer, refusal.reason());
    }
    if (!kind.isInstance(message)) {
      throw new FramingException(
          "pairing: "
              + message.getClass().getSimpleName()
              + " where "
              + kind.getSimpleName()
              + " was expected");
    }
    return kind.cast(message);
  }
}
