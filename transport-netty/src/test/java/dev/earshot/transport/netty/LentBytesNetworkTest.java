package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bytes()} over real sockets: memory that is used again shows nobody anything else. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class LentBytesNetworkTest {
  private static final Security KEY = Security.psk(PreSharedKey.of("den", new byte[32]));
  private static final int PIECE = 64 << 10;
  private static final int PIECES = 300;

  @Parameter String natives;

  private final ExecutorService queue = Executors.newSingleThreadExecutor();
  private Network network;

  @BeforeEach
  void open() {
    LeakWatch.begin();
    network = Network.builder().transport(new QuicPair.Over(natives)).open();
  }

  @AfterEach
  void close() {
    network.close();
    queue.shutdown();
    LeakWatch.assertNothingReported();
  }

  private static Parameters.Builder tcp() {
    return Parameters.tcp().localAddress(InetAddress.getLoopbackAddress());
  }

  /** Compares what it is shown with what was sent, and keeps none of it. */
  private static final class Comparing implements Flow.Subscriber<ByteBuffer> {
    private final CompletableFuture<Long> end = new CompletableFuture<>();
    private final Random expected;
    private final long demand;
    private Flow.@Nullable Subscription subscription;
    private final byte[] piece = new byte[PIECE];
    private int position = PIECE;
    private long count;

    Comparing(int seed, long demand) {
      this.expected = new Random(seed);
      this.demand = demand;
    }

    @Override
    public void onSubscribe(Flow.Subscription made) {
      subscription = made;
      made.request(demand);
    }

    @Override
    public void onNext(ByteBuffer lent) {
      while (lent.hasRemaining()) {
        if (position == PIECE) {
          expected.nextBytes(piece);
          position = 0;
        }
        int part = Math.min(PIECE - position, lent.remaining());
        ByteBuffer wanted = ByteBuffer.wrap(piece, position, part);
        if (!lent.slice(lent.position(), part).equals(wanted)) {
          end.completeExceptionally(new AssertionError("other bytes after " + count));
        }
        lent.position(lent.position() + part);
        position += part;
        count += part;
      }
      if (demand < Long.MAX_VALUE) {
        subscription.request(1);
      }
    }

    @Override
    public void onError(Throwable cause) {
      end.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
      end.complete(count);
    }
  }

  private void twoAtOnce(Parameters parameters, Executor executor, long demand) {
    Comparing[] readers = {new Comparing(1, demand), new Comparing(2, demand)};
    int[] arrived = {0};
    Listener listener = network.listener(parameters);
    listener.start(
        (from, connection) ->
            connection
                .start(new Connection.Handler() {}, executor)
                .bytes()
                .subscribe(readers[arrived[0]++]),
        Runnable::run);
    int port = End.await(listener.ready()).port().orElseThrow();
    Connection[] senders = new Connection[2];
    for (int i = 0; i < 2; i++) {
      senders[i] = network.connection(Endpoint.hostPort("127.0.0.1", port), parameters).start();
      End.await(senders[i].ready());
    }
    Random[] content = {new Random(1), new Random(2)};
    for (int piece = 0; piece < PIECES; piece++) {
      for (int i = 0; i < 2; i++) {
        byte[] bytes = new byte[PIECE];
        content[i].nextBytes(bytes);
        End.await(senders[i].send(Payload.wrap(bytes)));
      }
    }
    for (int i = 0; i < 2; i++) {
      senders[i].send(Payload.empty(), SendOptions.FINAL);
      assertThat(End.await(readers[i].end)).isEqualTo((long) PIECE * PIECES);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void byAStreamOfQuic(boolean onTheLoop) {
    try (QuicPair pair = new QuicPair(natives)) {
      ConnectionGroup group = pair.connect(QuicPair.options().build(), new QuicPair.Side());
      Connection here = group.openStream().start();
      Random content = new Random(1);
      Comparing reader = new Comparing(1, 1);
      for (int piece = 0; piece < PIECES; piece++) {
        byte[] bytes = new byte[PIECE];
        content.nextBytes(bytes);
        CompletableFuture<Void> sent = here.send(Payload.wrap(bytes));
        if (piece == 0) {
          QuicPair.poll(pair.listening().streams)
              .start(new Connection.Handler() {}, onTheLoop ? Runnable::run : queue)
              .bytes()
              .subscribe(reader);
        }
        End.await(sent);
      }
      here.send(Payload.empty(), SendOptions.FINAL);
      assertThat(End.await(reader.end)).isEqualTo((long) PIECE * PIECES);
    }
  }

  @Test
  void onTheLoop() {
    twoAtOnce(tcp().build(), Runnable::run, Long.MAX_VALUE);
  }

  @Test
  void onAQueue() {
    twoAtOnce(tcp().build(), queue, 1);
  }

  @Test
  void protectedOnTheLoop() {
    twoAtOnce(tcp().security(KEY).build(), Runnable::run, 1);
  }

  @Test
  void protectedOnAQueue() {
    twoAtOnce(tcp().security(KEY).build(), queue, Long.MAX_VALUE);
  }
}
