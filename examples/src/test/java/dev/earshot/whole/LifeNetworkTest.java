package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.testing.RecordingHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections from beginning to end, over real sockets. */
@Tag("network")
class LifeNetworkTest {
  /** The most loops, and threads for what may block, that a network has. */
  private static final int LOOPS = 4;

  private static final int WORKERS = 8;

  @Test
  void twoHundredConnectionsAtOnceAreServed() {
    Parameters.Builder parameters = Parameters.webSocket().maximumHandshakes(1_000, 1_000);
    try (Loopback loopback = Loopback.listen(parameters)) {
      List<Connection> dialling = new ArrayList<>();
      List<Connection> accepting = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        dialling.add(loopback.connection().start(new Connection.Handler() {}, Runnable::run));
      }
      for (int i = 0; i < 200; i++) {
        accepting.add(loopback.accepted().start(new Connection.Handler() {}, Runnable::run));
      }
      for (int i = 0; i < 200; i++) {
        Eventually.get(dialling.get(i).send(Payload.utf8("number " + i)));
      }
      List<String> heard = new ArrayList<>();
      for (Connection each : accepting) {
        heard.add(Eventually.get(each.receiveMessage()).content().toUtf8String());
      }
      assertThat(heard).doesNotHaveDuplicates().hasSize(200);
      assertThat(ProcessFacts.threads()).hasSizeLessThanOrEqualTo(LOOPS + WORKERS);
      accepting.forEach(Connection::close);
      dialling.forEach(each -> Eventually.get(each.cancel()));
    }
  }

  @Test
  void aResetWithinAMessageIsALossThatNamesThePeer() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket());
        RawPeer peer = RawPeer.connect(loopback.port())) {
      Connection accepted = loopback.accepted().start();
      peer.upgrade();
      CompletableFuture<Received> read = accepted.receiveMessage();
      peer.send(Arrays.copyOf(RawPeer.frame(0x82, new byte[100]), 60));
      peer.reset();
      assertThat(Eventually.failure(read))
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageContaining(accepted.endpoint().toString());
      assertThat(Eventually.failure(accepted.send(Payload.utf8("too late"))))
          .isInstanceOf(ConnectionLostException.class);
      assertThat(accepted.trySend(Payload.utf8("too late"))).isFalse();
    }
  }

  @Test
  void restartWhileWaitingConnectsToAListenerThatCameLater() throws Exception {
    int port;
    try (Silence brief = new Silence()) {
      port = brief.port();
    }
    try (Network network = Network.open()) {
      Parameters parameters =
          Parameters.webSocket().requireLink(Loopback.link(network)).localPort(port).build();
      Connection waiting =
          network
              .connection(
                  Endpoint.hostPort("127.0.0.1", port), parameters.toBuilder().localPort(0).build())
              .start();
      Eventually.holds("it waits", () -> waiting.state() instanceof Connection.State.Waiting);
      Listener listener =
          network.listener(parameters).start((on, came) -> came.start(), Runnable::run);
      Eventually.get(listener.ready());
      waiting.restart();
      assertThat(Eventually.get(waiting.ready())).isSameAs(waiting);
    }
  }

  @Test
  void whatWasSentBeforeACancelArrives() {
    int count = 100_000;
    try (Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      Loopback.Pair pair = loopback.pair(Runnable::run);
      AtomicInteger next = new AtomicInteger();
      CompletableFuture<Void> end = new CompletableFuture<>();
      readInOrder(pair.accepting(), next, end);
      for (int i = 0; i < count; i++) {
        Payload content = Payload.wrap(ByteBuffer.allocate(4).putInt(i).array());
        if (!pair.dialling().trySend(content)) {
          Eventually.get(pair.dialling().send(content)); // waits for room
        }
      }
      Eventually.get(pair.dialling().cancel());
      Eventually.get(end);
      assertThat(next).hasValue(count);
    }
  }

  private static void readInOrder(
      Connection connection, AtomicInteger next, CompletableFuture<Void> end) {
    connection
        .receiveMessage()
        .whenComplete(
            (received, failure) -> {
              if (failure != null) {
                end.completeExceptionally(failure);
              } else if (received.endOfStream()) {
                end.complete(null);
              } else if (received.content().asByteBuffer().getInt() != next.getAndIncrement()) {
                end.completeExceptionally(new AssertionError("out of order at " + next));
              } else {
                readInOrder(connection, next, end);
              }
            });
  }

  @Test
  void eachDirectionOfAByteStreamEndsByItself() {
    try (Loopback loopback = Loopback.listen(Parameters.tcp())) {
      Loopback.Pair pair = loopback.pair(Runnable::run);
      Connection one = pair.dialling();
      Connection other = pair.accepting();
      one.send(Payload.utf8("last words"), SendOptions.FINAL);
      assertThat(textToEnd(other)).isEqualTo("last words");
      assertThat(other.state()).isInstanceOf(Connection.State.Ready.class);
      Eventually.get(other.send(Payload.utf8("but I")));
      Eventually.get(other.send(Payload.utf8(" go on"), SendOptions.FINAL));
      assertThat(textToEnd(one)).isEqualTo("but I go on");
      assertThat(Eventually.failure(one.send(Payload.utf8("more")))).isNotNull();
      Eventually.get(one.cancel());
      Eventually.get(other.cancel());
    }
  }

  private static String textToEnd(Connection connection) {
    StringBuilder text = new StringBuilder();
    while (true) {
      Received part = Eventually.get(connection.receive(1, 100));
      text.append(part.content().toUtf8String());
      if (part.endOfStream()) {
        return text.toString();
      }
    }
  }

  @Test
  void aSubscriberGetsNoMoreThanItAskedFor() {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      Loopback.Pair pair = loopback.pair(Runnable::run);
      AtomicInteger got = new AtomicInteger();
      AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
      CompletableFuture<Void> complete = new CompletableFuture<>();
      pair.accepting().messages().subscribe(new Counting(got, subscription, complete));
      for (int i = 0; i < 1_000; i++) {
        Eventually.get(pair.dialling().send(Payload.utf8("number " + i)));
      }
      pair.dialling().cancel();
      Eventually.holds("it has subscribed", () -> subscription.get() != null);
      assertThat(got).hasValue(0);
      for (int asked : new int[] {1, 10, 500}) {
        int wanted = got.get() + asked;
        subscription.get().request(asked);
        Eventually.holds(() -> wanted + " items, " + got, () -> got.get() == wanted);
      }
      assertThat(complete).isNotDone();
      subscription.get().request(Long.MAX_VALUE);
      Eventually.get(complete);
      assertThat(got).hasValue(1_000);
    }
  }

  private record Counting(
      AtomicInteger got,
      AtomicReference<Flow.Subscription> subscription,
      CompletableFuture<Void> complete)
      implements Flow.Subscriber<Received> {
    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.set(given);
    }

    @Override
    public void onNext(Received received) {
      got.incrementAndGet();
    }

    @Override
    public void onError(Throwable cause) {
      complete.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
      complete.complete(null);
    }
  }

  @Test
  void statesComeInOrderOneAtATimeOnTheQueue() {
    ExecutorService queue =
        Executors.newFixedThreadPool(4, task -> new Thread(task, "queue-of-the-test"));
    try (Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      for (int i = 0; i < 100; i++) {
        RecordingHandler handler =
            new RecordingHandler(
                () -> Thread.currentThread().getName().equals("queue-of-the-test"));
        Connection connection = loopback.connection().start(handler, queue);
        Connection other = loopback.accepted().start();
        if (i % 2 == 0) {
          Eventually.get(connection.ready());
        }
        CompletableFuture<Received> read = connection.receiveMessage();
        Eventually.get(connection.cancel());
        other.forceCancel();
        assertThat(Eventually.failure(read)).isInstanceOf(CancelledException.class);
        assertThat(handler.violations()).isEmpty();
        assertThat(handler.stateNames()).startsWith("Preparing").endsWith("Cancelled");
        assertThat(handler.stateNames()).doesNotHaveDuplicates();
      }
    } finally {
      queue.shutdown();
    }
  }

  @Test
  void whatIsAskedBeforeTheStartMovesNoHandlerToAnotherThread() {
    ExecutorService queue =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "queue-of-the-test"));
    try (Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      for (int i = 0; i < 100; i++) {
        RecordingHandler handler =
            new RecordingHandler(
                () -> Thread.currentThread().getName().equals("queue-of-the-test"));
        Connection connection = loopback.connection();
        for (int reads = 0; reads < 20; reads++) {
          connection.receiveMessage(); // keeps the library's own queue busy
        }
        connection.start(handler, queue);
        loopback.accepted().cancel();
        Eventually.get(connection.cancel());
        assertThat(handler.violations()).isEmpty();
      }
    } finally {
      queue.shutdown();
    }
  }
}
