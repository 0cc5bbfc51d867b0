package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** Sooner than timers end that nobody cancels: Netty has some of 30 s. */
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Where buffers were made that the engine keeps for each end: that is noted in tests only. */
  private static final long LEAK_RECORDS = 24 * KIBIBYTE;

  private static final long DIRECT_SLACK = 2 * MEBIBYTE;
  private static final int DESCRIPTOR_SLACK = 4;

  @ParameterizedTest
  @EnumSource(PathTransport.class)
  void connectionsThatComeAndGoLeaveNothing(PathTransport transport) {
    comeAndGo(transport, transport == PathTransport.QUIC ? 100 : 500);
  }

  @ParameterizedTest
  @EnumSource(PathTransport.class)
  @Tag("soak")
  void tenThousandConnectionsThatComeAndGoLeaveNothing(PathTransport transport) {
    comeAndGo(transport, 10_000);
  }

  @ParameterizedTest
  @EnumSource(PathTransport.class)
  void connectionsThatAreIdleHoldLittleAndLeaveNothing(PathTransport transport) {
    idle(transport, transport == PathTransport.QUIC ? 50 : 100);
  }

  @ParameterizedTest
  @EnumSource(PathTransport.class)
  @Tag("soak")
  void aThousandConnectionsThatAreIdleHoldLittleAndLeaveNothing(PathTransport transport) {
    idle(transport, 1_000);
  }

  private static void comeAndGo(PathTransport transport, int count) {
    try (Loopback loopback = Loopback.listen(patient(transport))) {
      long sockets = ProcessFacts.sockets();
      openAndClose(transport, loopback, count / 5);
      Holding before = Holding.once(sockets);
      openAndClose(transport, loopback, count);
      before.verifyNoMoreNow();
    }
  }

  /** One after the other; groups together, since each takes a fifth of a second to end. */
  private static void openAndClose(PathTransport transport, Loopback loopback, int count) {
    int together = transport == PathTransport.QUIC ? Math.min(count, 50) : 1;
    for (int i = 0; i < count; i += together) {
      List<Ends> ends = open(transport, loopback, together);
      List<CompletableFuture<Received>> reads =
          ends.stream().map(each -> each.accepted.receiveMessage()).toList();
      close(ends);
      reads.forEach(read -> Eventually.holds("a read that is over", read::isDone));
    }
  }

  private static void idle(PathTransport transport, int count) {
    try (Loopback loopback = Loopback.listen(patient(transport).maximumHandshakes(1_000, 1_000))) {
      long sockets = ProcessFacts.sockets();
      close(open(transport, loopback, count / 5));
      Holding before = Holding.once(sockets);
      List<Ends> idle = open(transport, loopback, count);
      Holding during = Holding.now();
      long records = transport == PathTransport.QUIC ? LEAK_RECORDS : 0;
      assertThat(during.threads).as("threads").isLessThanOrEqualTo(MOST_THREADS);
      assertThat(during.descriptors - before.descriptors)
          .as("descriptors more, with %d connections", count)
          .isLessThanOrEqualTo(2L * count + DESCRIPTOR_SLACK);
      assertThat(during.heap - before.heap)
          .as("bytes of heap more, with %d connections and both ends of each", count)
          .isLessThanOrEqualTo(2 * count * (transport.mostHeap() + records) + HEAP_SLACK);
      idle.forEach(ends -> ends.dialled.trySend(Payload.utf8("awake")));
      idle.forEach(ends -> assertThat(Eventually.get(ends.accepted.receiveMessage())).isNotNull());
      close(idle);
      before.verifyNoMoreNow();
    }
  }

  /** Such that nothing ends while the last of a thousand is opened. */
  private static Parameters.Builder patient(PathTransport transport) {
    return transport == PathTransport.QUIC
        ? PathSettings.PATIENT.of(transport)
        : transport.parameters();
  }

  private static List<Ends> open(PathTransport transport, Loopback loopback, int count) {
    return new ArrayList<>(
        IntStream.range(0, count)
            .mapToObj(
                i -> transport == PathTransport.QUIC ? Ends.ofGroup(loopback) : Ends.open(loopback))
            .toList());
  }

  /** Ends them, and forgets them. */
  private static void close(List<Ends> those) {
    List<CompletableFuture<Void>> ended = new ArrayList<>();
    those.forEach(ends -> ended.addAll(ends.cancel()));
    those.clear();
    ended.forEach(Eventually::get);
  }

  /**
   * A connection from end to end, over which a message has gone.
   *
   * @param ends how to end either side
   */
  private record Ends(
      Connection dialled, Connection accepted, List<Supplier<CompletableFuture<Void>>> ends) {
    static Ends open(Loopback loopback) {
      Connection dialled = loopback.connection().start(new Connection.Handler() {}, Runnable::run);
      dialled.send(Payload.utf8("hello")); // who listens for datagrams hears of nobody before
      Connection accepted = loopback.accepted().start(new Connection.Handler() {}, Runnable::run);
      Eventually.get(accepted.receiveMessage());
      return new Ends(dialled, accepted, List.of(dialled::cancel, accepted::cancel));
    }

    /** A group with a stream in it. */
    static Ends ofGroup(Loopback loopback) {
      ConnectionGroup group =
          loopback.group().start(new ConnectionGroup.Handler() {}, Runnable::run);
      Connection dialled = group.openStream().start(new Connection.Handler() {}, Runnable::run);
      dialled.send(Payload.utf8("hello"));
      CompletableFuture<Connection> arrived = new CompletableFuture<>();
      ConnectionGroup other =
          loopback
              .acceptedGroup()
              .start(
                  new ConnectionGroup.Handler() {
                    @Override
                    public void newStream(ConnectionGroup from, Connection stream) {
                      arrived.complete(stream.start(new Connection.Handler() {}, Runnable::run));
                    }
                  },
                  Runnable::run);
      Connection accepted = Eventually.get(arrived);
      Eventually.get(accepted.receiveMessage());
      return new Ends(dialled, accepted, List.of(group::cancel, other::cancel));
    }

    /** Both at once: each would wait a second for the farewell of the other. */
    List<CompletableFuture<Void>> cancel() {
      return ends.stream().map(Supplier::get).toList();
    }
  }

  /** What this process holds. */
  private record Holding(long heap, long direct, long descriptors, int threads) {
    /** When no more than {@code sockets} are open: some say farewell for a while. */
    static Holding once(long sockets) {
      Eventually.holds(
          () -> "no more than " + sockets + " sockets but " + ProcessFacts.sockets(),
          () -> ProcessFacts.sockets() <= sockets);
      return now();
    }

    static Holding now() {
      return new Holding(
          ProcessFacts.liveHeapBytes(),
          ProcessFacts.directBytes(),
          ProcessFacts.allDescriptors(),
          ProcessFacts.threads().size());
    }

    private void verifyNoMoreNow() {
      Eventually.holds(
          SOON,
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
