package dev.earshot.examples.cli;

import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.util.concurrent.CompletableFuture;

/** Sends everything back that arrives on a connection, and reads no more before it is sent. */
final class Echo {
  private final Connection connection;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  private Echo(Connection connection) {
    this.connection = connection;
  }

  /** Begins; completes when the peer has ended it, or fails as the connection does. */
  static CompletableFuture<Void> on(Connection connection) {
    Echo echo = new Echo(connection);
    echo.next();
    return echo.over;
  }

  private void next() {
    connection.receiveMessage().thenCompose(this::answer).whenComplete(this::goOn);
  }

  /** Whether there is more to come, once the answer is on its way. */
  private CompletableFuture<Boolean> answer(Received received) {
    Payload content = received.content();
    if (!received.endOfStream()) {
      return connection.send(content, likewise(received.metadata())).thenApply(sent -> true);
    }
    return connection.parameters().protocol().isMessageBased()
        ? connection.cancel().thenApply(ended -> false)
        : connection.send(content, SendOptions.FINAL).thenApply(sent -> false);
  }

  private static SendOptions likewise(ContentMetadata metadata) {
    return metadata.equals(ContentMetadata.TEXT) ? SendOptions.TEXT : SendOptions.DEFAULT;
  }

  private void goOn(Boolean more, Throwable failure) {
    if (failure != null) {
      connection.cancel();
      over.completeExceptionally(failure);
    } else if (more) {
      next();
    } else {
      connection.cancel().thenRun(() -> over.complete(null));
    }
  }
}
