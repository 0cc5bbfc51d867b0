package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.testing.LinkFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code messages()}, by the rules of Reactive Streams. */
class PublisherTest {
  private static final Duration WHILE = Duration.ofSeconds(1);
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();

  private final Neighbours neighbours = new Neighbours(23);
  private final Recorder recorder = new Recorder();

  @Test
  void asManyMessagesComeAsWereRequested() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    send("a", "b", "c");
    assertThat(recorder.signals).containsExactly("subscribed");
    recorder.request(2);
    neighbours.passing(WHILE);
    assertThat(recorder.signals).containsExactly("subscribed", "a", "b");
    recorder.request(Long.MAX_VALUE);
    recorder.request(Long.MAX_VALUE);
    neighbours.passing(WHILE);
    send("d");
    assertThat(recorder.signals).containsExactly("subscribed", "a", "b", "c", "d");
    assertThat(recorder.faults).isEmpty();
  }

  @Test
  void requestsFromInsideOnNextDoNotGrowTheStack() {
    recorder.requestOneMore = true;
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    neighbours.passing(WHILE);
    recorder.request(1);
    int sent = 0;
    while (sent < 50_000) {
      sent += neighbours.other().trySend(Payload.utf8("x")) ? 1 : 0;
      if (sent % 5_000 == 0) {
        neighbours.passing(WHILE);
      }
    }
    neighbours.passing(WHILE);
    assertThat(recorder.signals).hasSize(50_001);
    assertThat(recorder.deepest).isEqualTo(1);
  }

  @Test
  void theEndOfTheStreamCompletesItWithoutDemand() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    neighbours.other().send(Payload.empty(), SendOptions.FINAL);
    neighbours.passing(WHILE);
    assertThat(recorder.signals).containsExactly("subscribed", "complete");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void contentComesBeforeTheEnd(boolean messages) {
    LiveConnection connection =
        neighbours.connected(messages ? WEB_SOCKET : Parameters.tcp().build());
    connection.messages().subscribe(recorder);
    recorder.requestSoon(100);
    neighbours.other().send(Payload.utf8("last"), SendOptions.FINAL);
    neighbours.passing(WHILE);
    assertThat(String.join(" ", recorder.signals)).startsWith("subscribed ").endsWith(" complete");
    assertThat(String.join("", recorder.signals)).isEqualTo("subscribedlastcomplete");
  }

  @Test
  void aFailureComesAfterTheContent() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    send("a", "b");
    neighbours.wire.strike(LinkFault.CUT);
    neighbours.passing(WHILE);
    assertThat(recorder.signals).as("content is left, and no demand").hasSize(1);
    recorder.request(2);
    neighbours.passing(WHILE);
    assertThat(recorder.signals)
        .containsExactly("subscribed", "a", "b", ConnectionLostException.class.getSimpleName());
  }

  @Test
  void cancelOfTheConnectionIsAnErrorOfTheStream() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    recorder.requestSoon(1);
    neighbours.passing(WHILE);
    connection.cancel();
    neighbours.passing(WHILE);
    assertThat(recorder.signals).containsExactly("subscribed", "CancelledException");
  }

  @Test
  void aCancelledSubscriptionLeavesTheContentToOthers() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    recorder.requestSoon(1);
    send("a");
    recorder.cancel();
    neighbours.passing(WHILE);
    send("b");
    CompletableFuture<Received> read = connection.receiveMessage();
    neighbours.passing(WHILE);
    assertThat(recorder.signals).containsExactly("subscribed", "a");
    assertThat(read.join().content()).isEqualTo(Payload.utf8("b"));
    Recorder second = new Recorder();
    connection.messages().subscribe(second);
    second.requestSoon(1);
    send("c");
    assertThat(second.signals).containsExactly("subscribed", "c");
  }

  @Test
  void aSecondSubscriberIsRefused() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    Recorder second = new Recorder();
    connection.messages().subscribe(second);
    second.requestSoon(1);
    neighbours.passing(WHILE);
    assertThat(second.signals).containsExactly("subscribed", "IllegalStateException");
    recorder.request(1);
    send("a");
    assertThat(recorder.signals).containsExactly("subscribed", "a");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aRequestOfNothingIsAnError(long count) {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.messages().subscribe(recorder);
    recorder.requestSoon(count);
    send("a");
    assertThat(recorder.signals).containsExactly("subscribed", "IllegalArgumentException");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSubscriberThatThrowsIsLetGoAndTheConnectionLives(boolean error) {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    recorder.inside =
        () -> {
          if (error) {
            throw new AssertionError("thrown on purpose");
          }
          throw new IllegalStateException("thrown on purpose");
        };
    connection.messages().subscribe(recorder);
    recorder.requestSoon(10);
    send("a", "b");
    assertThat(recorder.signals).containsExactly("subscribed", "a");
    CompletableFuture<Received> read = connection.receiveMessage();
    neighbours.passing(WHILE);
    assertThat(read.join().content()).isEqualTo(Payload.utf8("b"));
  }

  @Test
  void aReadThatIsAskedForInsideOnNextGetsTheMessageAfterIt() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    List<CompletableFuture<Received>> reads = new ArrayList<>();
    recorder.inside =
        () -> {
          if (reads.isEmpty()) {
            reads.add(connection.receiveMessage());
          }
        };
    sendTogether("a", "b", "c");
    connection.messages().subscribe(recorder);
    recorder.requestSoon(10);
    neighbours.passing(WHILE);
    assertThat(recorder.signals).containsExactly("subscribed", "a", "c");
    assertThat(reads.get(0).join().content()).isEqualTo(Payload.utf8("b"));
  }

  @Test
  void whoCancelsInsideOnNextIsToldNothingMore() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    recorder.inside = recorder::cancel;
    sendTogether("a", "b");
    connection.messages().subscribe(recorder);
    recorder.requestSoon(10);
    neighbours.passing(WHILE);
    assertThat(recorder.signals).containsExactly("subscribed", "a");
    CompletableFuture<Received> read = connection.receiveMessage();
    neighbours.passing(WHILE);
    assertThat(read.join().content()).isEqualTo(Payload.utf8("b"));
  }

  /** So that they come in one batch. */
  private void sendTogether(String... texts) {
    neighbours.other().batch(() -> send(texts));
    neighbours.passing(WHILE);
  }

  private void send(String... texts) {
    for (String text : texts) {
      neighbours.other().trySend(Payload.utf8(text));
    }
    neighbours.passing(WHILE);
  }

  private final class Recorder implements Flow.Subscriber<Received> {
    private final List<String> signals = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private Flow.@Nullable Subscription subscription;
    private long requestOnSubscribe;
    private boolean requestSet;
    private boolean requestOneMore;
    private Runnable inside = () -> {};
    private int depth;
    private int deepest;

    void request(long count) {
      assertThat(subscription).isNotNull();
      subscription.request(count);
    }

    /** Requests inside onSubscribe, or at once if that is over. */
    void requestSoon(long count) {
      requestOnSubscribe = count;
      requestSet = true;
      if (subscription != null) {
        subscription.request(count);
      }
    }

    void cancel() {
      assertThat(subscription).isNotNull();
      subscription.cancel();
    }

    private void note(String signal) {
      if (!neighbours.queue.isRunningHere()) {
        faults.add(signal + " is not on the queue");
      }
      signals.add(signal);
    }

    @Override
    public void onSubscribe(Flow.Subscription made) {
      subscription = made;
      note("subscribed");
      if (requestSet) {
        made.request(requestOnSubscribe);
      }
    }

    @Override
    public void onNext(Received item) {
      deepest = Math.max(deepest, ++depth);
      note(item.content().toUtf8String());
      inside.run();
      if (requestOneMore) {
        request(1);
      }
      depth--;
    }

    @Override
    public void onError(Throwable thrown) {
      note(thrown.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      note("complete");
    }
  }
}
