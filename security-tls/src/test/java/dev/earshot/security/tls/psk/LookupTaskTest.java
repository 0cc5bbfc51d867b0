package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.spi.StreamSecurity.Pause;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that take their time: a delegated task asks for them, and no thread waits. */
@Timeout(30)
class LookupTaskTest {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final CompletableFuture<Optional<PreSharedKey>> answer = new CompletableFuture<>();
  private final CompletableFuture<Payload> asked = new CompletableFuture<>();
  private final PskSource slow =
      identity -> {
        asked.complete(identity);
        return answer;
      };
  private final EnginePair pair =
      EnginePair.ofSources(PskSource.of(EnginePair.key("kitchen")), slow);
  private final SSLEngine server = pair.server.engine;

  @Test
  void theTaskAsksAndTheHandshakeWaitsWithoutAThread() throws Exception {
    askForTheKey();
    assertThat(asked).isCompletedWithValue(Payload.utf8("kitchen"));
    assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_TASK);
    assertThat(server.getDelegatedTask()).isNull();
    Pause pause = pair.server.stream.pause();
    assertThat(pause.over().toCompletableFuture()).isNotDone();
    assertNothingMoves();
    assertThat(pair.server.stream.suspicion().orElseThrow())
        .hasMessageContaining("looking up its key was not over in time");

    answer.complete(Optional.of(EnginePair.key("kitchen")));
    assertThat(pause.over().toCompletableFuture()).isDone();
    assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
    assertThat(pair.server.stream.pause()).isNull();
    assertThat(pair.server.stream.suspicion()).isEmpty();
    pair.exchange();
    assertThat(pair.server.finished).isEqualTo(1);
    assertThat(pair.client.finished).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsThereAtOnceNeedsNoPause() {
    EnginePair quick =
        EnginePair.ofSources(
            PskSource.of(EnginePair.key("kitchen")),
            identity -> CompletableFuture.completedStage(Optional.of(EnginePair.key("kitchen"))));

    quick.exchange();

    assertThat(quick.server.tasks).isEqualTo(1);
    assertThat(quick.server.finished).isEqualTo(1);
  }

  @Test
  void noKeyIsAnAnswer() throws Exception {
    askForTheKey();
    answer.complete(Optional.empty());

    pair.exchange();
    assertThat(reason(pair.server)).isEqualTo(HandshakeException.Reason.UNKNOWN_IDENTITY);
    assertThat(reason(pair.client)).isEqualTo(HandshakeException.Reason.WRONG_KEY);
  }

  @Test
  void givingUpIsNoAnswer() throws Exception {
    askForTheKey();
    pair.server.stream.pause().giveUp();

    pair.exchange();
    assertThat(reason(pair.server)).isEqualTo(HandshakeException.Reason.UNKNOWN_IDENTITY);
  }

  @Test
  void closingEndsTheWaitAndSaysFarewell() throws Exception {
    askForTheKey();
    Pause pause = pair.server.stream.pause();

    server.closeOutbound();

    assertThat(pause.over().toCompletableFuture()).isDone();
    assertThat(server.isInboundDone()).isTrue();
    assertThat(pair.server.takeOutput()).startsWith(21); // an alert
    assertThat(server.isOutboundDone()).isTrue();
    assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    answer.complete(Optional.of(EnginePair.key("kitchen")));
    assertThat(server.unwrap(NOTHING, NOTHING).getStatus()).isEqualTo(Status.CLOSED);
  }

  @Test
  void aStreamThatEndsMeanwhileEndsTheWait() throws Exception {
    askForTheKey();
    Pause pause = pair.server.stream.pause();

    pair.server.end();

    assertThat(pause.over().toCompletableFuture()).isDone();
    assertThat(reason(pair.server)).isEqualTo(HandshakeException.Reason.CLOSED);
    assertThat(pair.server.takeOutput()).isEmpty();
  }

  @Test
  void anIdentityThatIsTooLongIsNeverAskedFor() {
    byte[] key = EnginePair.KEY;
    StockSide client = StockSide.client("x".repeat(129), key, 0x00A8);

    Side.exchange(client, pair.server);

    assertThat(asked).isNotDone();
    assertThat(reason(pair.server)).isEqualTo(HandshakeException.Reason.UNKNOWN_IDENTITY);
  }

  @Test
  void fixedKeysNeedNoTask() {
    EnginePair quick = EnginePair.plain();
    quick.client.begin();
    quick.server.arrive(quick.client.takeOutput());
    quick.client.arrive(quick.server.takeOutput());
    quick.server.arrive(quick.client.takeOutput());

    assertThat(quick.server.tasks).isZero();
  }

  /** Brings the server to where it needs the key, and runs what it asks for. */
  private void askForTheKey() throws Exception {
    pair.client.begin();
    pair.server.arrive(pair.client.takeOutput());
    pair.client.arrive(pair.server.takeOutput());
    ByteBuffer flight = ByteBuffer.wrap(pair.client.takeOutput());
    SSLEngineResult result = server.unwrap(flight, NOTHING);
    assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_TASK);
    byte[] rest = new byte[flight.remaining()];
    flight.get(rest);
    pair.server.keep(rest);
    server.getDelegatedTask().run();
  }

  private void assertNothingMoves() throws Exception {
    SSLEngineResult wrapped = server.wrap(ByteBuffer.allocate(1), ByteBuffer.allocate(1000));
    SSLEngineResult unwrapped = server.unwrap(ByteBuffer.allocate(10), NOTHING);
    for (SSLEngineResult result : new SSLEngineResult[] {wrapped, unwrapped}) {
      assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_TASK);
      assertThat(result.bytesConsumed() + result.bytesProduced()).isZero();
    }
  }

  private static HandshakeException.Reason reason(EngineSide side) {
    return ((HandshakeException) side.stream.explain(side.thrown)).reason();
  }
}
