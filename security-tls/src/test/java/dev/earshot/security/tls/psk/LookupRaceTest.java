package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.spi.StreamSecurity.Pause;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key is found on one thread at the moment in which another does not wait for it any more. */
@Timeout(60)
class LookupRaceTest {
  private static final int ROUNDS = 300;
  private static final ExecutorService OTHER = Executors.newSingleThreadExecutor();

  private final CyclicBarrier start = new CyclicBarrier(2);

  @AfterAll
  static void end() {
    OTHER.shutdown();
  }

  /** A server whose look-up has been asked for; it is answered by {@code answer}. */
  private static EnginePair asking(CompletableFuture<Optional<PreSharedKey>> answer) {
    EnginePair pair =
        EnginePair.ofSources(PskSource.of(EnginePair.key("kitchen")), identity -> answer);
    pair.client.begin();
    pair.server.arrive(pair.client.takeOutput());
    pair.client.arrive(pair.server.takeOutput());
    pair.server.arrive(pair.client.takeOutput());
    assertThat(pair.server.stream.pause()).isNotNull();
    return pair;
  }

  private CompletableFuture<Void> answered(CompletableFuture<Optional<PreSharedKey>> answer) {
    return CompletableFuture.runAsync(
        () -> {
          await();
          answer.complete(Optional.of(EnginePair.key("kitchen")));
        },
        OTHER);
  }

  private void await() {
    try {
      start.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void givingUpAndFindingAtOnceIsOneOfTheTwo() {
    for (int i = 0; i < ROUNDS; i++) {
      CompletableFuture<Optional<PreSharedKey>> answer = new CompletableFuture<>();
      EnginePair pair = asking(answer);
      Pause pause = pair.server.stream.pause();
      CompletableFuture<Void> other = answered(answer);

      await();
      pause.giveUp();
      pause.over().toCompletableFuture().join();
      pair.server.goOn();
      pair.exchange();
      other.join();

      boolean open = pair.server.finished == 1;
      assertThat(pair.client.finished == 1).isEqualTo(open);
      if (!open) {
        HandshakeException why =
            (HandshakeException) pair.server.stream.explain(pair.server.thrown);
        assertThat(why.reason()).isEqualTo(Reason.UNKNOWN_IDENTITY);
      }
    }
  }

  @Test
  void cancellingAndFindingAtOnceEndsIt() {
    for (int i = 0; i < ROUNDS; i++) {
      CompletableFuture<Optional<PreSharedKey>> answer = new CompletableFuture<>();
      EnginePair pair = asking(answer);
      Pause pause = pair.server.stream.pause();
      CompletableFuture<Void> other = answered(answer);

      await();
      pair.server.engine.closeOutbound();
      byte[] last = pair.server.takeOutput();
      other.join();

      assertThat(pause.over().toCompletableFuture()).isDone();
      assertThat(pair.server.finished).isZero();
      assertThat(pair.server.stream.pause()).isNull();
      assertThat(pair.server.engine.isOutboundDone()).isTrue();
      pair.client.arrive(last);
      pair.client.end();
      assertThat(pair.client.finished).isZero();
      assertThat(pair.client.stream.explain(pair.client.thrown))
          .isInstanceOf(HandshakeException.class);
    }
  }
}
