package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import io.netty.util.internal.PlatformDependent;
import java.io.File;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams of groups over real sockets. */
@Tag("network")
@ParameterizedClass
@MethodSource("natives")
class QuicStreamsNetworkTest {
  /** The most loops, and threads for what may block, that a network has. */
  private static final int MOST_THREADS = 4 + 8;

  @Parameter String natives;

  private QuicPair pair;
  private final QuicPair.Side dialling = new QuicPair.Side();

  static Stream<String> natives() {
    return Natives.names();
  }

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void anEchoComesBackWithItsEnd() {
    ConnectionGroup group = pair.connect(QuicPair.options().build(), dialling);
    pair.listening().echo();
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("hello"));
    stream.send(Payload.utf8(" there"), SendOptions.FINAL);
    assertThat(QuicPair.readAll(stream)).isEqualTo(Payload.utf8("hello there"));
  }

  @Test
  void whatIsSentBeforeTheGroupIsReadyLeavesWhenItIs() {
    int port = pair.listen(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options()));
    pair.listening().echo();
    Parameters parameters = QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options());
    ConnectionGroup group =
        pair.network().connectionGroup(Endpoint.hostPort("127.0.0.1", port), parameters);
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("early"));
    stream.send(Payload.utf8(" bird"), SendOptions.FINAL);
    assertThat(stream.state()).isNotInstanceOf(Connection.State.Ready.class);
    group.start(dialling, Runnable::run);
    assertThat(QuicPair.readAll(stream)).isEqualTo(Payload.utf8("early bird"));
  }

  @Test
  void anEndByItselfArrives() {
    ConnectionGroup group = pair.connect(options(), dialling);
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("x"));
    Connection there = pair.listening().next();
    assertThat(End.await(there.receive(1, 1))).isEqualTo(Received.bytes(Payload.utf8("x")));
    stream.send(Payload.empty(), SendOptions.FINAL);
    assertThat(End.await(there.receive(1, 1))).isEqualTo(Received.end(ContentMetadata.NONE));
    there.send(Payload.utf8("y"));
    assertThat(End.await(stream.receive(1, 1))).isEqualTo(Received.bytes(Payload.utf8("y")));
    there.send(Payload.empty(), SendOptions.FINAL);
    assertThat(End.await(stream.receive(1, 1))).isEqualTo(Received.end(ContentMetadata.NONE));
  }

  @Test
  void aConnectionByItselfIsAGroupWithOneStream() {
    int port = pair.listen(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options()));
    pair.listening().echo();
    Connection alone =
        End.await(
            pair.network()
                .connection(
                    Endpoint.hostPort("127.0.0.1", port),
                    QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options()))
                .start()
                .ready());
    assertThat(alone.securityMetadata().orElseThrow().peerFingerprint())
        .contains(QuicPair.DEN.fingerprint());
    alone.send(Payload.utf8("alone"), SendOptions.FINAL);
    assertThat(QuicPair.readAll(alone)).isEqualTo(Payload.utf8("alone"));
    StateWait.until(() -> alone.state() instanceof Connection.State.Cancelled);
    ConnectionGroup arrived = pair.arrival();
    StateWait.until(() -> arrived.state() instanceof Connection.State.Failed);
    assertThat(((Connection.State.Failed) arrived.state()).cause())
        .isInstanceOf(ClosedByPeerException.class);
  }

  @Test
  void fiftyStreamsGoBothWaysAtOnce() {
    ConnectionGroup group = pair.connect(options(), dialling);
    ConnectionGroup other = pair.arrival();
    pair.listening().echo();
    dialling.echo();
    List<Connection> streams = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      streams.add(group.openStream().start());
      streams.add(other.openStream().start());
    }
    for (int i = 0; i < streams.size(); i++) {
      streams.get(i).send(Payload.utf8("stream " + i), SendOptions.FINAL);
    }
    for (int i = 0; i < streams.size(); i++) {
      assertThat(QuicPair.readAll(streams.get(i))).isEqualTo(Payload.utf8("stream " + i));
    }
  }

  @Test
  void moreStreamsThanThePeerPermitsAtOnceTakeTurns() {
    ConnectionGroup group = pair.connect(QuicPair.options().maximumStreams(3).build(), dialling);
    pair.listening().echo();
    List<Connection> streams = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      streams.add(group.openStream().start());
    }
    StateWait.until(
        () ->
            streams.stream().filter(s -> s.state() instanceof Connection.State.Waiting).count()
                == 7);
    for (Connection stream : streams) {
      stream.send(Payload.utf8("turn"), SendOptions.FINAL);
    }
    for (Connection stream : streams) {
      assertThat(QuicPair.readAll(stream)).isEqualTo(Payload.utf8("turn"));
    }
  }

  @Test
  void aPeerThatPermitsNoStreamMakesThemWaitUntilTheirTimeIsOver() {
    pair.listen(
        QuicPair.parameters(
            QuicPair.DEN, QuicPair.LAB, QuicPair.options().maximumStreams(0).build()));
    ConnectionGroup group =
        End.await(
            pair.dial(
                    QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options()).toBuilder()
                        .establishmentTimeout(Duration.ofSeconds(3)) // the group's too
                        .build(),
                    dialling)
                .ready());
    Connection stream = group.openStream().start();
    assertThatThrownBy(() -> End.await(stream.ready()))
        .hasMessageContaining("the peer permits no more");
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
  }

  @Test
  void manyBytesArriveUnchanged() throws Exception {
    transfer(natives.equals("nio") ? 8 : 64); // once suffices
  }

  private void transfer(int mebibytes) throws Exception {
    ConnectionGroup group = pair.connect(options(), dialling);
    Connection stream = group.openStream().start();
    MessageDigest sent = MessageDigest.getInstance("SHA-256");
    byte[] chunk = new byte[1 << 20];
    CompletableFuture<byte[]> received =
        CompletableFuture.supplyAsync(() -> digest(pair.listening().next()));
    for (int i = 0; i < mebibytes; i++) {
      Arrays.fill(chunk, (byte) i);
      sent.update(chunk);
      SendOptions options = i == mebibytes - 1 ? SendOptions.FINAL : SendOptions.DEFAULT;
      End.await(stream.send(Payload.copyOf(chunk), options));
    }
    assertThat(received.get(120, TimeUnit.SECONDS)).isEqualTo(sent.digest());
  }

  private static byte[] digest(Connection stream) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      while (true) {
        Received next = End.await(stream.receive(1, 256 << 10));
        digest.update(next.content().toByteArray());
        if (next.endOfStream()) {
          stream.send(Payload.empty(), SendOptions.FINAL);
          return digest.digest();
        }
      }
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStreamThatNobodyReadsHoldsNoMoreThanItsWindowAndNoOtherUp() {
    int window = 64 << 10;
    ConnectionGroup group = pair.connect(QuicPair.options().streamWindow(window).build(), dialling);
    Connection slow = group.openStream().start();
    Connection quick = group.openStream().start();
    slow.send(Payload.utf8("slow"));
    Connection slowThere = pair.listening().next();
    quick.send(Payload.utf8("quick"));
    Connection quickThere = pair.listening().next();
    int piece = 16 << 10;
    int offered = 4 << 20;
    AtomicInteger withinBudget = new AtomicInteger();
    for (int i = 0; i < offered / piece; i++) {
      slow.send(Payload.wrap(new byte[piece])).thenRun(() -> withinBudget.addAndGet(piece));
    }
    QuicPair.echo(quickThere);
    for (int i = 0; i < 100; i++) {
      quick.send(Payload.wrap(new byte[10_000]));
    }
    quick.send(Payload.empty(), SendOptions.FINAL);
    assertThat(QuicPair.readAll(quick).length()).isEqualTo(5 + 100 * 10_000);
    // What may wait at this side, what is there unread, and a piece that is half sent.
    assertThat(withinBudget.get())
        .isLessThanOrEqualTo((1 << 20) + (64 << 10) + window + (64 << 10) + piece);
    long count = 0;
    while (count < offered + 4) {
      count += End.await(slowThere.receive(1, 64 << 10)).content().length();
    }
    StateWait.until( // those who wait for room are told on a thread of their own
        () -> withinBudget + " of " + offered, () -> withinBudget.get() == offered);
  }

  @Test
  void streamsThatNobodyReadsHoldTogetherNoMoreThanTheWindowOfTheirGroup() {
    int window = 512 << 10; // of each stream too: six of them permit six times as much
    int count = 6;
    ConnectionGroup group =
        pair.connect(QuicPair.options().streamWindow(window).groupWindow(window).build(), dialling);
    ConnectionGroup other = pair.arrival();
    List<Connection> streams = new ArrayList<>();
    List<Connection> unread = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Connection stream = group.openStream().start();
      stream.send(Payload.wrap(new byte[1])); // what comes later may be too late to be heard of
      streams.add(stream);
      unread.add(pair.listening().next());
    }
    int piece = 16 << 10;
    int offered = 1 << 20;
    for (Connection stream : streams) {
      for (int sent = 0; sent < offered; sent += piece) {
        stream.send(Payload.wrap(new byte[piece]));
      }
      stream.send(Payload.empty(), SendOptions.FINAL);
    }
    sendTheOtherWay(other, 10);
    // What each stream has ready for the engine, or half sent, is taken too, and comes on top.
    assertThat(taken(group)).isBetween(window - (64L << 10), window + count * (192L << 10));
    group.openStream().start().send(Payload.utf8("late"), SendOptions.FINAL);
    sendTheOtherWay(other, 1);
    assertThat(pair.listening().streams).as("a stream for which there is no room").isEmpty();
    // All at once: half of the window has to be read before the peer hears of new room.
    List<CompletableFuture<Integer>> read =
        unread.stream().map(stream -> countAll(stream, 0)).toList();
    read.forEach(all -> assertThat(End.await(all)).isEqualTo(1 + offered));
    assertThat(QuicPair.readAll(pair.listening().next())).isEqualTo(Payload.utf8("late"));
    assertThat(taken(group)).isEqualTo(count * (1 + offered) + 4);
  }

  /** Where there is room; when so much has gone there, all that may has gone the first way. */
  private void sendTheOtherWay(ConnectionGroup other, int mebibytes) {
    for (int i = 0; i < mebibytes; i++) {
      Connection back = other.openStream().start();
      back.send(Payload.wrap(new byte[1 << 20]), SendOptions.FINAL);
      assertThat(QuicPair.readAll(dialling.next()).length()).isEqualTo(1 << 20);
    }
  }

  /** How many bytes come until the end, beyond {@code before}. */
  private static CompletableFuture<Integer> countAll(Connection stream, int before) {
    return stream
        .receive(1, 64 << 10)
        .thenCompose(
            next -> {
              int count = before + next.content().length();
              return next.endOfStream()
                  ? CompletableFuture.completedFuture(count)
                  : countAll(stream, count);
            });
  }

  private static long taken(ConnectionGroup group) {
    return End.await(group.dataTransferReport()).bytesSent();
  }

  @Test
  void aStreamThatIsForceCancelledFailsAtTheOtherEndAndLeavesTheGroup() {
    ConnectionGroup group = pair.connect(options(), dialling);
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("x"));
    Connection there = pair.listening().next();
    assertThat(End.await(there.receive(1, 10)).content()).isEqualTo(Payload.utf8("x"));
    CompletableFuture<Received> next = there.receive(1, 10);
    stream.forceCancel();
    assertThatThrownBy(() -> End.await(next))
        .hasCauseInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("reset the stream");
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
    Connection another = group.openStream().start();
    another.send(Payload.utf8("y"), SendOptions.FINAL);
    assertThat(QuicPair.readAll(pair.listening().next())).isEqualTo(Payload.utf8("y"));
  }

  @Test
  void sendingToWhoReadsNoMoreFails() {
    ConnectionGroup group = pair.connect(options(), dialling);
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("x"));
    pair.listening().next().forceCancel();
    StateWait.until(
        () -> {
          stream.trySend(Payload.wrap(new byte[10_000]));
          return stream.state() instanceof Connection.State.Failed;
        });
    assertThat(((Connection.State.Failed) stream.state()).cause())
        .isInstanceOf(ConnectionLostException.class);
  }

  @Test
  void aHalfClosedStreamGoesOnTheOtherWay() {
    ConnectionGroup group = pair.connect(options(), dialling);
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("question"), SendOptions.FINAL);
    Connection there = pair.listening().next();
    assertThat(QuicPair.readAll(there)).isEqualTo(Payload.utf8("question"));
    there.send(Payload.utf8("ans"));
    there.send(Payload.utf8("wer"), SendOptions.FINAL);
    assertThat(QuicPair.readAll(stream)).isEqualTo(Payload.utf8("answer"));
    StateWait.until(() -> stream.state() instanceof Connection.State.Cancelled);
    StateWait.until(() -> there.state() instanceof Connection.State.Cancelled);
  }

  @Test
  void manyStreamsComeAndGo() {
    ConnectionGroup group = pair.connect(options(), dialling);
    pair.listening().echo();
    comeAndGo(group, 500);
  }

  private static void comeAndGo(ConnectionGroup group, int count) {
    for (int i = 0; i < count; i++) {
      Connection stream = group.openStream().start();
      stream.send(Payload.utf8("n" + i), SendOptions.FINAL);
      assertThat(QuicPair.readAll(stream)).isEqualTo(Payload.utf8("n" + i));
    }
  }

  @Test
  @Tag("soak")
  void aGibibyteArrivesUnchanged() throws Exception {
    transfer(1_024);
  }

  @Test
  @Tag("soak")
  void tenThousandStreamsComeAndGoWithoutGrowth() {
    ConnectionGroup group = pair.connect(options(), dialling);
    pair.listening().echo();
    comeAndGo(group, 1_000);
    long before = usedAfterCollection();
    long descriptors = descriptors();
    long threads = threads();
    comeAndGo(group, 9_000);
    assertThat(usedAfterCollection() - before).as("growth in bytes").isLessThan(4 << 20);
    assertThat(descriptors()).as("descriptors").isLessThanOrEqualTo(descriptors + 4);
    StateWait.until(
        () -> threads + " threads of the library, but now " + threads(),
        () -> threads() <= Math.max(threads, MOST_THREADS));
  }

  /** How many this process has open; 0 where the system does not tell. */
  private static long descriptors() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }

  /** How many threads are the library's. */
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("(?i).*(earshot|netty).*"))
        .count();
  }

  /** The heap that is in use, and what Netty has outside it. */
  private static long usedAfterCollection() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least + PlatformDependent.usedDirectMemory();
  }

  private static QuicOptions options() {
    return QuicPair.options().build();
  }
}
