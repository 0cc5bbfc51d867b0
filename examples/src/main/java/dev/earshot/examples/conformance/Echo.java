package dev.earshot.examples.conformance;

import dev.earshot.Connection;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends every message back as it came, text as text and bytes as bytes, until the end. */
final class Echo {
  private final Connection connection;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  private Echo(Connection connection) {
    this.connection = connection;
  }

  /** Echoes on {@code connection}, which is started; completes when that is over. */
  static CompletableFuture<Void> on(Connection connection) {
    Echo echo = new Echo(connection);
    echo.next();
    return echo.over;
  }

  private void next() {
    connection.receiveMessage().whenComplete(this::answer);
  }

  private void answer(@Nullable Received received, @Nullable Throwable failure) {
    if (received == null || received.endOfStream()) {
      end();
      return;
    }
    SendOptions asItCame = new SendOptions(received.metadata(), false);
    connection
        .send(received.content(), asItCame)
        .whenComplete(
            (sent, refusal) -> {
              if (refusal == null) {
                next();
              } else {
                end();
              }
            });
  }

  private void end() {
    connection.cancel().thenRun(() -> over.complete(null));
  }
}
