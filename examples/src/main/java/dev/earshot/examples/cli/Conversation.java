package dev.earshot.examples.cli;

import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.Payload;
import dev.earshot.Protocol;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of {@code cat}, from ready to its end: input goes to the peer, and what the peer
 * sends to the output, until both directions have ended. For one thread, which it blocks.
 *
 * <p>How it ends when the input does: a stream of bytes tells the peer so and goes on until the
 * peer's own end. WebSocket has no such halves: it says farewell, at once or after a time of quiet,
 * and reads what comes before the peer's answer. Datagrams have no end: a time of quiet is one.
 */
final class Conversation {
  private static final Set<Integer> GOOD_CODES = Set.of(1000, 1001); // RFC 6455, section 7.4.1
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private final Connection connection;
  private final CatOutput output;
  private final CompletableFuture<Void> inputEnded;
  private final CompletableFuture<Void> failure;
  private final Ending ending;
  private @Nullable CompletableFuture<Void> farewell; // once it was said

  /**
   * When it is over.
   *
   * @param quiet how long nothing may have arrived, after the end of the input
   * @param byPeer whether only the peer ends it, as far as the protocol lets it
   * @param withoutInput whether there is no input at all
   */
  record Ending(Optional<Duration> quiet, boolean byPeer, boolean withoutInput) {}

  Conversation(Connection connection, CatStates states, CatInput input, CatOutput out, Ending how) {
    this.connection = connection;
    this.output = out;
    this.inputEnded = how.withoutInput ? new CompletableFuture<>() : input.ended();
    this.failure = states.failure();
    this.ending = how;
  }

  /**
   * Goes on until it is over.
   *
   * @throws IOException if the output does not take any more, or the input does not come
   * @throws ExecutionException if the connection failed
   * @throws IllegalStateException if the peer ended it with an error
   */
  void run() throws IOException, ExecutionException, InterruptedException {
    CompletableFuture<Received> read = connection.receiveMessage();
    while (true) {
      Received received = await(read);
      if (received == null) {
        if (!afterQuiet()) {
          break;
        }
      } else if (received.endOfStream()) {
        peerEnded(received);
        break;
      } else {
        output.write(received.content());
        read = connection.receiveMessage();
      }
    }
    connection.cancel().get();
  }

  /** What was read, or null if the input has ended and it has been quiet for long enough. */
  private @Nullable Received await(CompletableFuture<Received> read)
      throws ExecutionException, InterruptedException {
    if (!read.isDone() && !saidFarewell()) {
      CompletableFuture.anyOf(read, inputEnded).get(); // fails if the input did
      if (inputEnded.isDone() && isStream()) {
        sayFarewell();
      }
    }
    Optional<Duration> limit = read.isDone() ? Optional.empty() : quiet();
    try {
      return limit.isEmpty() ? read.get() : read.get(limit.get().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  /** How long the peer may be silent now; as long as it likes if empty. */
  private Optional<Duration> quiet() {
    if (isStream()) {
      return ending.quiet;
    }
    if (saidFarewell()) {
      return Optional.of(ANSWER);
    }
    if (ending.byPeer) {
      return ending.quiet;
    }
    return Optional.of(ending.quiet.orElse(isWebSocket() ? Duration.ZERO : SILENCE));
  }

  /** Whether there is still something to wait for. */
  private boolean afterQuiet() {
    if (!isWebSocket()) {
      return false;
    }
    if (saidFarewell()) {
      throw new IllegalStateException(
          connection.endpoint() + " did not answer the farewell in " + ANSWER.toSeconds() + " s");
    }
    sayFarewell();
    return true;
  }

  private void peerEnded(Received end)
      throws IOException, ExecutionException, InterruptedException {
    if (end.metadata() instanceof ContentMetadata.WebSocket about) {
      check(about, end.content().toUtf8String());
      return;
    }
    if (!end.content().isEmpty()) {
      output.write(end.content());
    }
    if (!isStream()) {
      return;
    }
    CompletableFuture<Void> said = farewell;
    if (said == null) {
      if (!ending.withoutInput) {
        CompletableFuture.anyOf(inputEnded, failure).get();
      }
      said = sayFarewell();
    }
    CompletableFuture.anyOf(said, failure).get();
  }

  private void check(ContentMetadata.WebSocket about, String reason) {
    if (about.closeCode().isPresent() && !GOOD_CODES.contains(about.closeCode().getAsInt())) {
      throw new IllegalStateException(
          connection.endpoint()
              + " closed with "
              + about.closeCode().getAsInt()
              + (reason.isEmpty() ? "" : ": " + reason.replaceAll("\\p{Cntrl}", "\uFFFD")));
    }
  }

  /** Done when there was room for it, for which the peer may first have to get rid of its own. */
  private CompletableFuture<Void> sayFarewell() {
    CompletableFuture<Void> said = connection.send(Payload.empty(), SendOptions.FINAL);
    farewell = said;
    return said;
  }

  private boolean saidFarewell() {
    return farewell != null;
  }

  private boolean isStream() {
    return !connection.parameters().protocol().isMessageBased();
  }

  private boolean isWebSocket() {
    return connection.parameters().protocol() instanceof Protocol.WebSocket;
  }
}
