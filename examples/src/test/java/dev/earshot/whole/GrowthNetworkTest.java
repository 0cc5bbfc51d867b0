package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.Received;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What connections leave when they are gone, and what they hold while they are idle: heap after a
 * collection, direct memory by Netty's own account, threads, descriptors. Both ends are in this
 * process.
 */
@Tag("network")
@Timeout(600)
class GrowthNetworkTest {
  private static final long KIBIBYTE = 1 << 10;
  private static final long MEBIBYTE = 1 << 20;

  /** The most loops, and threads for what may block, that a network has. */
  private static final int MOST_THREADS = 4 + 8;

  /** Classes that are loaded late, caches that fill, a descriptor that comes and goes. */
  private static final long HEAP_SLACK = 1_536 * KIBIBYTE;

  private static final long DIRECT_SLACK = 2 * MEBIBYTE;
  private static final int DESCRIPTOR_SLACK = 4;

  @ParameterizedTest
  @EnumSource(value = PathTransport.class, mode = Mode.EXCLUDE, names = "QUIC")
  void connectionsThatComeAndGoLeaveNothing(PathTransport transport) {
    comeAndGo(transport, 500);
  }

  @ParameterizedTest
  @EnumSource(value = PathTransport.class, mode = Mode.EXCLUDE, names = "QUIC")
  @Tag("soak")
  void tenThousandConnectionsThatComeAndGoLeaveNothing(PathTransport transport) {
    comeAndGo(transport, 10_000);
  }

  @ParameterizedTest
  @EnumSource(value = PathTransport.class, mode = Mode.EXCLUDE, names = "QUIC")
  void connectionsThatAreIdleHoldLittleAndLeaveNothing(PathTransport transport) {
    idle(transport, 100);
  }

  @ParameterizedTest
  @EnumSource(value = PathTransport.class, mode = Mode.EXCLUDE, names = "QUIC")
  @Tag("soak")
  void aThousandConnectionsThatAreIdleHoldLittleAndLeaveNothing(PathTransport transport) {
    idle(transport, 1_000);
  }

  private static void comeAndGo(PathTransport transport, int count) {
    try (Loopback loopback = Loopback.listen(transport.parameters())) {
      openAndClose(loopback, count / 5);
      Holding before = Holding.now();
      openAndClose(loopback, count);
      before.verifyNoMoreNow();
    }
  }

  private static void openAndClose(Loopback loopback, int count) {
    for (int i = 0; i < count; i++) {
      Ends ends = Ends.open(loopback);
      CompletableFuture<Received> end = ends.accepted.receiveMessage();
      ends.close();
      Eventually.holds("a read that is over", end::isDone);
    }
  }

  private static void idle(PathTransport transport, int count) {
    try (Loopback loopback =
        Loopback.listen(transport.parameters().maximumHandshakes(1_000, 1_000))) {
      close(open(loopback, count / 5));
      Holding before = Holding.now();
      List<Ends> idle = open(loopback, count);
      Holding during = Holding.now();
      assertThat(during.threads).as("threads").isLessThanOrEqualTo(MOST_THREADS);
      assertThat(during.descriptors - before.descriptors)
          .as("descriptors more, with %d connections", count)
          .isLessThanOrEqualTo(2L * count + DESCRIPTOR_SLACK);
      assertThat(during.heap - before.heap)
          .as("bytes of heap more, with %d connections and both ends of each", count)
          .isLessThanOrEqualTo(2 * count * transport.mostHeap() + HEAP_SLACK);
      idle.forEach(ends -> ends.dialled.trySend(Payload.utf8("awake")));
      idle.forEach(ends -> assertThat(Eventually.get(ends.accepted.receiveMessage())).isNotNull());
      close(idle);
      before.verifyNoMoreNow();
    }
  }

  private static List<Ends> open(Loopback loopback, int count) {
    return new ArrayList<>(IntStream.range(0, count).mapToObj(i -> Ends.open(loopback)).toList());
  }

  /** Ends them, and forgets them. */
  private static void close(List<Ends> those) {
    those.forEach(Ends::close);
    those.clear();
  }

  /** A connection from end to end, over which a message has gone. */
  private record Ends(Connection dialled, Connection accepted) {
    static Ends open(Loopback loopback) {
      Connection dialled = loopback.connection().start(new Connection.Handler() {}, Runnable::run);
      dialled.send(Payload.utf8("hello")); // who listens for datagrams hears of nobody before
      Connection accepted = loopback.accepted().start(new Connection.Handler() {}, Runnable::run);
      Eventually.get(accepted.receiveMessage());
      return new Ends(dialled, accepted);
    }

    /** Both at once: each would wait a second for the farewell of the other. */
    void close() {
      CompletableFuture<Void> end = dialled.cancel();
      Eventually.get(accepted.cancel());
      Eventually.get(end);
    }
  }

  /** What this process holds. */
  private record Holding(long heap, long direct, long descriptors, int threads) {
    static Holding now() {
      return new Holding(
          ProcessFacts.liveHeapBytes(),
          ProcessFacts.directBytes(),
          ProcessFacts.allDescriptors(),
          ProcessFacts.threads().size());
    }

    private void verifyNoMoreNow() {
      Eventually.holds(
          () -> "no more than " + this + " but " + now(),
          () -> {
            Holding after = now();
            return after.heap - heap < HEAP_SLACK
                && after.direct - direct < DIRECT_SLACK
                && after.descriptors <= descriptors + DESCRIPTOR_SLACK
                && after.threads <= Math.max(threads, MOST_THREADS);
          });
    }
  }
}
